//! `pycsmith diff`.

mod functions;
mod json;

use std::path::{Path, PathBuf};

use clap::Args;
use pycsmith_bytecode::Target;
use pycsmith_bytecode::diff::{self, Diff, Side};

use crate::args::{ColorChoice, MessageFormat, TargetArg};
use crate::changes::Paint;
use crate::message::Message;
use crate::module::{self, Module};
use crate::{FINDINGS, OK, USAGE, input, output, targets, terminal};

pub const NOTES: &str = "\
Code objects are compared by qualified name: attributes, constants, names, instructions (with labels for the targets of jumps, so that \
a shifted offset is no difference), their places in the source, and exception tables. The header of .pyc files is not \
(pycsmith info shows it), nor how strings are interned, nor the name of the source where a side is one.

Examples:
  pycsmith diff old/fib.pyc new/fib.pyc
  pycsmith diff fib.py __pycache__/fib.cpython-314.pyc
  pycsmith diff --target 3.13,3.14 fib.py           one source, two versions
  pycsmith diff -O 0,2 fib.py                       one source, two levels
  pycsmith diff --functions total total_of_list sums.py

Exit status: 0 if nothing differs, 1 if something does, 2 for errors; with --functions 0 or 2.";

#[derive(Args)]
pub struct DiffArgs {
    /// A source or .pyc file, or - for one on standard input
    #[arg(value_name = "A")]
    one: PathBuf,
    /// Another one [default: the same source with the second --target or -O]
    #[arg(value_name = "B")]
    other: Option<PathBuf>,
    /// The CPython to compile sources for, or two of them, one for each side
    #[arg(long, value_name = "VERSION[,VERSION]", value_delimiter = ',')]
    target: Vec<Target>,
    /// The optimization level of sources, or two of them, one for each side
    #[arg(short = 'O', value_name = "LEVEL[,LEVEL]", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(0..=2))]
    optimize: Vec<u8>,
    /// Compare these two functions (by qualified name; of A, or the second one of B) by the numbers: their instructions, and
    /// those of one round of each loop
    #[arg(long, num_args = 2, value_names = ["F", "G"])]
    functions: Option<Vec<String>>,
    /// Print a JSON object (README.md describes it)
    #[arg(long)]
    json: bool,
    /// Columns to use [default: the terminal's, else 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..))]
    width: Option<u16>,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

/// A side as the command line names it.
struct Named<'a> {
    path: &'a Path,
    is_source: bool,
    side: Side,
    /// The level that a source was compiled at.
    level: Option<u8>,
}

impl Named<'_> {
    /// `fib.py (CPython 3.14.10, level 2)`
    fn title(&self) -> String {
        let target = match self.is_source {
            true => self.side.target.to_string(),
            false => self.side.target.series(),
        };
        let level = self
            .level
            .map_or(String::new(), |level| format!(", level {level}"));
        format!("{} (CPython {target}{level})", input::filename(self.path))
    }
}

/// `Err` for a wrong command line.
pub fn run(arguments: &DiffArgs) -> Result<u8, String> {
    if arguments.target.len() > 2 || arguments.optimize.len() > 2 {
        return Err("there are two sides: name two targets or levels at most".to_owned());
    }
    let two_ways = arguments.target.len() == 2 || arguments.optimize.len() == 2;
    if arguments.other.is_none() && !two_ways && arguments.functions.is_none() {
        let words =
            "name two files, or two targets (--target 3.13,3.14) or levels (-O 0,2) for one source";
        return Err(words.to_owned());
    }
    let other = arguments.other.as_ref().unwrap_or(&arguments.one);
    let result = read(arguments, &arguments.one, 0).and_then(|one| {
        let other = read(arguments, other, 1)?;
        if one.level.is_none() && arguments.other.is_none() && two_ways {
            return Err(Failure::Usage(
                "--target and -O are for sources: a .pyc file has its own".to_owned(),
            ));
        }
        match &arguments.functions {
            Some(names) => functions::compare(arguments, &one, &other, (&names[0], &names[1])),
            None => Ok(compare(arguments, &one, &other)),
        }
    });
    match result {
        Ok(status) => Ok(status),
        Err(Failure::Usage(words)) => Err(words),
        Err(Failure::Found(message)) => {
            message.print(MessageFormat::Human);
            Ok(USAGE)
        }
    }
}

enum Failure {
    /// A wrong command line.
    Usage(String),
    Found(Box<Message>),
}

impl From<Box<Message>> for Failure {
    fn from(message: Box<Message>) -> Failure {
        Failure::Found(message)
    }
}

fn read<'a>(arguments: &DiffArgs, path: &'a Path, number: usize) -> Result<Named<'a>, Failure> {
    let bytes = input::read(path)?;
    let is_source = !module::is_pyc(path, &bytes);
    let level = of_side(&arguments.optimize, number).unwrap_or(0);
    let Module { target, code, .. } = if is_source {
        let target = targets::one(&TargetArg {
            target: of_side(&arguments.target, number),
            python: None,
        })
        .map_err(Failure::Usage)?;
        module::of_source(path, &bytes, target, level)?
    } else {
        module::of_pyc(path, &bytes)?
    };
    Ok(Named {
        path,
        is_source,
        side: Side { code, target },
        level: is_source.then_some(level),
    })
}

/// That of the side; of one for both, that one.
fn of_side<T: Copy>(values: &[T], number: usize) -> Option<T> {
    values.get(number).or(values.first()).copied()
}

fn compare(arguments: &DiffArgs, one: &Named<'_>, other: &Named<'_>) -> u8 {
    let filenames = !one.is_source && !other.is_source;
    let found = diff::diff(&one.side, &other.side, filenames);
    let status = if found.is_empty() { OK } else { FINDINGS };
    if arguments.json {
        output::print(&json::text(&found, one, other));
    } else if status == FINDINGS {
        output::print(&page(arguments, &found, one, other));
    }
    status
}

fn page(arguments: &DiffArgs, found: &Diff, one: &Named<'_>, other: &Named<'_>) -> String {
    let options = options(arguments);
    let (removed, added, end) = match options.color {
        true => ("\x1b[31m", "\x1b[32m", "\x1b[0m"),
        false => ("", "", ""),
    };
    let head = format!(
        "{removed}--- {}{end}\n{added}+++ {}{end}\n",
        one.title(),
        other.title()
    );
    head + &diff::text(found, (&one.side, &other.side), options)
}

fn options(arguments: &DiffArgs) -> diff::Options {
    diff::Options {
        width: arguments.width.map_or_else(terminal::width, usize::from),
        color: Paint::for_stdout(arguments.color).is_on(),
    }
}
