//! Command lines as Python's `argparse` takes them, with its words and its differences from release to release. What the two
//! drop-ins need of it is here: flags, options with one value, one positional argument.

mod help;
mod run;
mod suggest;
mod wrap;

use std::ffi::{OsStr, OsString};

use pycsmith_bytecode::Target;

use super::python::{quoted, shown};
use crate::USAGE;
use crate::paths::of_bytes;
use run::Run;

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
        let mut run = Run::new(self, arguments, &classes);
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
