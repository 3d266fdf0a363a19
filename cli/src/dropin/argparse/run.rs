//! Reading the arguments, options and groups of others, in turn.

use std::ffi::{OsStr, OsString};

use super::{Class, Exit, Given, Kind, Parser, Value};
use crate::OK;
use crate::dropin::python::quoted;
use crate::paths::of_bytes;

/// One reading of a command line (`_parse_known_args`).
pub struct Run<'a> {
    parser: &'a Parser,
    arguments: &'a [OsString],
    classes: &'a [Class],
    pub given: Vec<Given>,
    /// What nothing is known of.
    pub unrecognized: Vec<OsString>,
    pub has_positional: bool,
}

impl<'a> Run<'a> {
    pub fn new(parser: &'a Parser, arguments: &'a [OsString], classes: &'a [Class]) -> Run<'a> {
        Run {
            parser,
            arguments,
            classes,
            given: Vec::new(),
            unrecognized: Vec::new(),
            has_positional: false,
        }
    }

    /// Reads all arguments.
    pub fn all(&mut self) -> Result<(), Exit> {
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
