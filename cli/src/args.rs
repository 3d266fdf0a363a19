//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pycsmith_bytecode::Target;

#[derive(Parser)]
#[command(name = "pycsmith", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit status: 0 success, 1 errors in the input or while writing, 2 wrong usage."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Compile Python sources to the .pyc files that the target's own py_compile would write
    #[command(
        after_help = "Examples:\n  pycsmith compile app/                     __pycache__/*.cpython-314.pyc beside the sources\n  pycsmith compile --out-dir build app/     build/app/**.pyc\n  pycsmith compile -O 2 --invalidation-mode unchecked-hash app/main.py"
    )]
    Compile(CompileArgs),
    /// Print the abstract syntax tree as `python -m ast -a FILE` of the target does
    #[command(after_help = "Example:\n  pycsmith ast examples/fib.py")]
    Ast(AstArgs),
    /// List the bytecode of a source or .pyc file, nested code objects included
    #[command(
        after_help = "Examples:\n  pycsmith dis examples/fib.py\n  pycsmith dis __pycache__/fib.cpython-314.pyc"
    )]
    Dis(DisArgs),
}

#[derive(Args)]
pub struct CompileArgs {
    /// Sources, and folders to search for *.py (__pycache__ is skipped)
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub target: TargetArg,
    #[command(flatten)]
    pub level: LevelArg,
    /// How the interpreter will find a .pyc stale [default: timestamp, or checked-hash where
    /// SOURCE_DATE_EPOCH is set]
    #[arg(long, value_name = "MODE")]
    pub invalidation_mode: Option<InvalidationMode>,
    /// Write DIR/<path>c instead of __pycache__ beside the source
    #[arg(long, value_name = "DIR")]
    pub out_dir: Option<PathBuf>,
    /// How errors are told: for people on standard error, or a JSON object a line on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Number of threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Compile also what is up to date
    #[arg(short, long)]
    pub force: bool,
}

#[derive(Args)]
pub struct AstArgs {
    /// A source, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub target: TargetArg,
}

#[derive(Args)]
pub struct DisArgs {
    /// A source, a .pyc file, or - for a source on standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub target: TargetArg,
    #[command(flatten)]
    pub level: LevelArg,
}

#[derive(Args)]
pub struct TargetArg {
    /// The CPython to compile for: a minor version (its newest verified release) or a release
    #[arg(long, value_name = "VERSION", default_value = "3.14", value_parser = parse_target)]
    pub target: Target,
}

#[derive(Args)]
pub struct LevelArg {
    /// 0; 1: no assert statements, __debug__ is False; 2: no docstrings either
    #[arg(short = 'O', value_name = "LEVEL", default_value = "0", value_parser = clap::value_parser!(u8).range(0..=2))]
    pub optimize: u8,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub enum InvalidationMode {
    Timestamp,
    CheckedHash,
    UncheckedHash,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub enum MessageFormat {
    Human,
    Json,
}

fn parse_target(text: &str) -> Result<Target, String> {
    let target = text.parse::<Target>().map_err(|error| error.to_string())?;
    // For us, while a series is being made.
    if target.is_finished() || std::env::var_os("PYCSMITH_UNFINISHED").is_some() {
        Ok(target)
    } else {
        Err(format!(
            "CPython {target} is not a target yet (so far: {})",
            Target::PY314
        ))
    }
}
