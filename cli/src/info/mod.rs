//! `pycsmith info`.

mod json;

use std::path::{Path, PathBuf};

use clap::Args;
use pycsmith_bytecode::info::{self, Info};

use crate::args::{ColorChoice, MessageFormat};
use crate::cache_name::CacheName;
use crate::changes::Paint;
use crate::message::Message;
use crate::{FINDINGS, OK, input, output, terminal};

pub const NOTES: &str = "\
Files of CPython 3.6 to 3.10 and of pre-releases show their header only: their code objects have other forms. No file tells the \
optimization level that it was compiled at; where its name does not either, what is said is a guess from the code.

Examples:
  pycsmith info __pycache__/fib.cpython-314.pyc
  pycsmith info --summary __pycache__/*.pyc
  pycsmith info --json - < fib.pyc

Exit status: 0, 1 if a file is damaged or no .pyc file, 2 for wrong usage.";

#[derive(Args)]
pub struct InfoArgs {
    /// .pyc files, or - for one on standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Leave out what the code objects have
    #[arg(short, long, conflicts_with = "json")]
    summary: bool,
    /// Print a JSON object (README.md describes it) a line for each file
    #[arg(long)]
    json: bool,
    /// Columns to use [default: the terminal's, else 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..))]
    width: Option<u16>,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

pub fn run(arguments: &InfoArgs) -> u8 {
    let format = match arguments.json {
        true => MessageFormat::Json,
        false => MessageFormat::Human,
    };
    let mut status = OK;
    for (index, path) in arguments.files.iter().enumerate() {
        match read(path) {
            Ok(info) => {
                if info.is_damaged() {
                    status = FINDINGS;
                }
                if index > 0 && !arguments.json {
                    output::print("\n");
                }
                output::print(&page(arguments, path, &info));
            }
            Err(message) => {
                status = FINDINGS;
                message.print(format);
            }
        }
    }
    status
}

fn read(path: &Path) -> Result<Info, Box<Message>> {
    let bytes = input::read(path)?;
    let level = path
        .file_name()
        .and_then(CacheName::parse)
        .map(|name| name.level);
    Info::of(&bytes, level).map_err(|error| Message::plain(path, "ValueError", error.to_string()))
}

fn page(arguments: &InfoArgs, path: &Path, info: &Info) -> String {
    let title = input::filename(path);
    if arguments.json {
        return json::line(info, &title);
    }
    let options = info::Options {
        width: arguments.width.map_or_else(terminal::width, usize::from),
        color: Paint::for_stdout(arguments.color).is_on(),
        summary: arguments.summary,
    };
    info::text(info, &title, options)
}
