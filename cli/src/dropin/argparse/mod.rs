//! Command lines as Python's `argparse` takes them, with its words and its differences from release to release. What the two
//! drop-ins need of it is here: flags, options with one value, one positional argument.

mod help;
mod suggest;
mod wrap;

use std::ffi::{OsStr, OsString};

use pycsmith_bytecode::Target;

use super::python::{quoted, shown};
use crate::paths::of_bytes;
use crate::{OK, USAGE};

/// What a parser knows of an argument.
pub struct Action {
    /// `-j`, `--workers`; none for the positional one.
    pub names: &'static [&'static str],
    pub kind: Kind,
    /// What stands for the value in help.
    pub metavar: &'static str,
    pub help: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Prints help and ends.
    Help,
    Flag,
    Text,
    Int,
    Choice(&'static [&'static str]),
    /// The positional argument, any number of it.
    Any,
    /// The positional argument, at least one.
    Some,
}

impl Kind {
    fn takes_value(self) -> bool {
        matches!(self, Kind::Text | Kind::Int | Kind::Choice(_))
    }

    fn is_positional(self) -> bool {
        matches!(self, Kind::Any | Kind::Some)
    }
}

pub struct Parser {
    /// `compileall` or `py_compile`.
    pub module: &'static str,
    pub description: &'static str,
    pub actions: Vec<Action>,
    pub target: Target,
}

/// An argument that was given: the index of its action, and its value.
pub struct Given {
    pub action: usize,
    pub value: Value,
}

pub enum Value {
    None,
    Text(OsString),
    Int(i64),
    /// Values of the positional argument.
    All(Vec<OsString>),
}

/// The end of the process before anything was done.
pub struct Exit {
    pub status: u8,
    pub stdout: String,
    pub stderr: String,
}

/// A way to read an argument that begins with `-`.
struct Reading {
    /// `None` for an option that does not exist.
    action: Option<usize>,
    name: String,
    /// What stands between the name and its value within the argument: `=`, or nothing.
    separator: &'static str,
    explicit: Option<OsString>,
}

enum Class {
    Argument,
    /// The first `--`.
    Dashes,
    Option(Vec<Reading>),
}

impl Parser {
    /// What the arguments say, in the order in which it has effect.
    pub fn parse(&self, arguments: &[OsString]) -> Result<Vec<Given>, Exit> {
        let mut classes = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            if argument == "--" {
                classes.push(Class::Dashes);
                classes.extend(arguments[index + 1..].iter().map(|_| Class::Argument));
                break;
            }
            let class = self.classify(argument);
            if let Class::Option(readings) = &class
                && !self.target.argparse_reads_in_turn()
            {
                self.check_unambiguous(argument, readings)?;
            }
            classes.push(class);
        }
        let mut run = Run {
            parser: self,
            arguments,
            classes: &classes,
            given: Vec::new(),
            unrecognized: Vec::new(),
            has_positional: false,
        };
        run.all()?;
        self.check_complete(run)
    }

    fn check_complete(&self, run: Run<'_>) -> Result<Vec<Given>, Exit> {
        let required = self.actions.iter().find(|action| action.kind == Kind::Some);
        if let Some(action) = required.filter(|_| !run.has_positional) {
            let words = format!("the following arguments are required: {}", action.metavar);
            return Err(self.error(&words));
        }
        if !run.unrecognized.is_empty() {
            let words: Vec<String> = run.unrecognized.iter().map(|text| shown(text)).collect();
            return Err(self.error(&format!("unrecognized arguments: {}", words.join(" "))));
        }
        Ok(run.given)
    }

    /// How `argument` may be read (`_parse_optional`).
    fn classify(&self, argument: &OsStr) -> Class {
        let bytes = argument.as_encoded_bytes();
        if bytes.len() < 2 || bytes[0] != b'-' {
            return Class::Argument;
        }
        let (name, explicit) = match bytes.iter().position(|&byte| byte == b'=') {
            Some(at) => (&bytes[..at], Some(of_bytes(&bytes[at + 1..]))),
            None => (bytes, None),
        };
        if let Some((action, name)) = self.named(bytes) {
            return Class::Option(vec![Reading::new(action, name, "", None)]);
        }
        if let (Some((action, name)), Some(explicit)) = (self.named(name), explicit.clone()) {
            return Class::Option(vec![Reading::new(action, name, "=", Some(explicit))]);
        }
        let readings = if bytes[1] == b'-' {
            self.abbreviated(name, explicit)
        } else {
            let value = of_bytes(&bytes[2..]);
            let reading = |(action, name)| Reading::new(action, name, "", Some(value));
            self.named(&bytes[..2]).map(reading).into_iter().collect()
        };
        if !readings.is_empty() {
            return Class::Option(readings);
        }
        if self.is_negative_number(bytes) || bytes.contains(&b' ') {
            return Class::Argument;
        }
        Class::Option(vec![Reading {
            action: None,
            name: String::new(),
            separator: "",
            explicit: None,
        }])
    }

    /// The option of exactly that name.
    fn named(&self, name: &[u8]) -> Option<(usize, &'static str)> {
        self.names().find(|(_, other)| other.as_bytes() == name)
    }

    /// The names of all options, in order, each with the index of its action.
    fn names(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let actions = self.actions.iter().enumerate();
        actions.flat_map(|(index, action)| action.names.iter().map(move |&name| (index, name)))
    }

    /// The options whose long names begin so.
    fn abbreviated(&self, prefix: &[u8], explicit: Option<OsString>) -> Vec<Reading> {
        let separator = if explicit.is_some() { "=" } else { "" };
        self.names()
            .filter(|(_, name)| name.as_bytes().starts_with(prefix))
            .map(|(action, name)| Reading::new(action, name, separator, explicit.clone()))
            .collect()
    }

    fn is_negative_number(&self, bytes: &[u8]) -> bool {
        let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        let number = &bytes[1..];
        if self.target.argparse_looks_at_first_digit() {
            let number = number.strip_prefix(b".").unwrap_or(number);
            return number.first().is_some_and(u8::is_ascii_digit);
        }
        match number.iter().position(|&byte| byte == b'.') {
            Some(dot) => (dot == 0 || digits(&number[..dot])) && digits(&number[dot + 1..]),
            None => digits(number),
        }
    }

    fn check_unambiguous(&self, argument: &OsStr, readings: &[Reading]) -> Result<(), Exit> {
        if readings.len() < 2 {
            return Ok(());
        }
        let names: Vec<&str> = readings.iter().map(|reading| &*reading.name).collect();
        Err(self.error(&format!(
            "ambiguous option: {} could match {}",
            shown(argument),
            names.join(", ")
        )))
    }

    /// The value of an option (`_get_values`).
    fn value(&self, action: usize, text: OsString) -> Result<Value, Exit> {
        match self.actions[action].kind {
            Kind::Int => match integer(&text) {
                Some(value) => Ok(Value::Int(value)),
                None => {
                    let words = format!("invalid int value: {}", quoted(&text, self.target));
                    Err(self.argument_error(action, &words))
                }
            },
            Kind::Choice(choices) if !choices.iter().any(|&choice| text == choice) => {
                let quoted_choices: Vec<String> =
                    choices.iter().map(|choice| format!("'{choice}'")).collect();
                let closest = match text.to_str() {
                    Some(text) if self.target.argparse_suggests() => {
                        suggest::closest(text, choices)
                    }
                    _ => None,
                };
                let maybe = closest.map_or(String::new(), |choice| {
                    format!(", maybe you meant '{choice}'?")
                });
                let words = format!(
                    "invalid choice: {}{maybe} (choose from {})",
                    quoted(&text, self.target),
                    quoted_choices.join(", ")
                );
                Err(self.argument_error(action, &words))
            }
            _ => Ok(Value::Text(text)),
        }
    }

    fn argument_error(&self, action: usize, words: &str) -> Exit {
        let names = self.actions[action].names.join("/");
        self.error(&format!("argument {names}: {words}"))
    }

    /// `ArgumentParser.error`.
    pub fn error(&self, words: &str) -> Exit {
        Exit {
            status: USAGE,
            stdout: String::new(),
            stderr: format!("{}\n{}: error: {words}\n", self.usage(), self.program()),
        }
    }

    /// What the module is called in usage texts.
    fn program(&self) -> String {
        if self.target.argparse_names_modules() {
            format!("python{} -m {}", self.target.series(), self.module)
        } else {
            format!("{}.py", self.module)
        }
    }
}

impl Reading {
    fn new(
        action: usize,
        name: &str,
        separator: &'static str,
        explicit: Option<OsString>,
    ) -> Reading {
        Reading {
            action: Some(action),
            name: name.to_owned(),
            separator,
            explicit,
        }
    }
}

/// `int(text)`, cut off to 64 bits.
fn integer(text: &OsStr) -> Option<i64> {
    let text = text.to_str()?.trim_matches(super::is_space);
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let mut value: i64 = 0;
    for part in digits.split('_') {
        if part.is_empty() {
            return None;
        }
        for char in part.chars() {
            value = value
                .saturating_mul(10)
                .saturating_add(char.to_digit(10)?.into());
        }
    }
    Some(if negative { -value } else { value })
}

/// One reading of a command line (`_parse_known_args`).
struct Run<'a> {
    parser: &'a Parser,
    arguments: &'a [OsString],
    classes: &'a [Class],
    given: Vec<Given>,
    unrecognized: Vec<OsString>,
    has_positional: bool,
}

impl Run<'_> {
    fn all(&mut self) -> Result<(), Exit> {
        let is_option = |class: &Class| matches!(class, Class::Option(_));
        let mut index = 0;
        while index < self.classes.len() {
            let end = self.classes[index..]
                .iter()
                .position(is_option)
                .map_or(self.classes.len(), |distance| index + distance);
            if index < end {
                self.arguments(index, end);
                index = end;
            } else {
                index = self.option(index)?;
            }
        }
        Ok(())
    }

    /// Arguments between options: the first such group is the positional argument's, what comes later is too much.
    fn arguments(&mut self, start: usize, end: usize) {
        let classes = &self.classes[start..end];
        let mut arguments = self.arguments[start..end].to_vec();
        let is_argument = |class: &Class| matches!(class, Class::Argument);
        let kind = self
            .positional()
            .map(|index| self.parser.actions[index].kind);
        let fits = kind == Some(Kind::Any) || classes.iter().any(is_argument);
        let Some(action) = self.positional().filter(|_| !self.has_positional && fits) else {
            self.unrecognized.append(&mut arguments);
            return;
        };
        if let Some(dashes) = classes
            .iter()
            .position(|class| matches!(class, Class::Dashes))
        {
            arguments.remove(dashes);
        }
        self.has_positional = true;
        self.given.push(Given {
            action,
            value: Value::All(arguments),
        });
    }

    fn positional(&self) -> Option<usize> {
        let mut actions = self.parser.actions.iter();
        actions.position(|action| action.kind.is_positional())
    }

    /// The option at `index`, or the cluster of them; gives where to go on (`consume_optional`).
    fn option(&mut self, index: usize) -> Result<usize, Exit> {
        let Class::Option(readings) = &self.classes[index] else {
            return Ok(index + 1);
        };
        self.parser
            .check_unambiguous(&self.arguments[index], readings)?;
        let reading = &readings[0];
        let Some(mut action) = reading.action else {
            self.unrecognized.push(self.arguments[index].clone());
            return Ok(index + 1);
        };
        let mut name = reading.name.clone();
        let mut separator = reading.separator;
        let mut explicit = reading.explicit.clone();
        let mut flags = Vec::new();
        let stop = loop {
            let takes_value = self.parser.actions[action].kind.takes_value();
            let Some(text) = explicit.take() else {
                let stop = self.with_following(action, index, &mut flags)?;
                break stop;
            };
            if takes_value {
                flags.push((action, Some(text)));
                break index + 1;
            }
            let ignored = || {
                let words = format!(
                    "ignored explicit argument {}",
                    quoted(&text, self.parser.target)
                );
                self.parser.argument_error(action, &words)
            };
            let bytes = text.as_encoded_bytes();
            let in_turn = self.parser.target.argparse_reads_in_turn();
            let Some(letter) = next_letter(&text).filter(|_| !name.starts_with("--")) else {
                return Err(ignored());
            };
            if in_turn && (!separator.is_empty() || bytes[0] == b'-') {
                return Err(ignored());
            }
            let next = [b"-", &bytes[..letter]].concat();
            let Some((other, other_name)) = self.parser.named(&next) else {
                if !in_turn {
                    return Err(ignored());
                }
                flags.push((action, None));
                self.unrecognized.push(of_bytes(&[b"-", bytes].concat()));
                break index + 1;
            };
            flags.push((action, None));
            let mut rest = &bytes[letter..];
            separator = "";
            let has_rest = !rest.is_empty();
            if in_turn && let Some(value) = rest.strip_prefix(b"=") {
                (separator, rest) = ("=", value);
            }
            explicit = has_rest.then(|| of_bytes(rest));
            action = other;
            name = other_name.to_owned();
        };
        for (action, text) in flags {
            self.take(action, text)?;
        }
        Ok(stop)
    }

    /// The option with what follows as its value, if it takes one.
    fn with_following(
        &self,
        action: usize,
        index: usize,
        flags: &mut Vec<(usize, Option<OsString>)>,
    ) -> Result<usize, Exit> {
        if !self.parser.actions[action].kind.takes_value() {
            flags.push((action, None));
            return Ok(index + 1);
        }
        match self.classes.get(index + 1) {
            Some(Class::Argument) => {
                flags.push((action, Some(self.arguments[index + 1].clone())));
                Ok(index + 2)
            }
            _ => Err(self.parser.argument_error(action, "expected one argument")),
        }
    }

    fn take(&mut self, action: usize, text: Option<OsString>) -> Result<(), Exit> {
        if self.parser.actions[action].kind == Kind::Help {
            return Err(Exit {
                status: OK,
                stdout: self.parser.help(),
                stderr: String::new(),
            });
        }
        let value = match text {
            Some(text) => self.parser.value(action, text)?,
            None => Value::None,
        };
        self.given.push(Given { action, value });
        Ok(())
    }
}

/// The length of the first character of an option's value, if it has one.
fn next_letter(text: &OsStr) -> Option<usize> {
    let bytes = text.as_encoded_bytes();
    let first = bytes.utf8_chunks().next()?;
    Some(first.valid().chars().next().map_or(1, char::len_utf8))
}
