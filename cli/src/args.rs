//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use pycsmith_bytecode::Target;

use crate::dropin::{COMPILEALL_NOTES, DropinArgs, PY_COMPILE_NOTES};
use crate::opt::stats::StatsArgs;
use crate::{compile, completions, man};

const DIS_EXAMPLES: &str = "\
Examples:
  pycsmith dis --target 3.14 examples/fib.py
  pycsmith dis --stack --function fib examples/fib.py    what is on the stack
  pycsmith dis __pycache__/fib.cpython-314.pyc --lines 5-7
  echo 'x = y + 1' | pycsmith dis --json -
  pycsmith dis --target 3.14 --traceback traceback.txt    where each frame stood
  pycsmith dis --style cpython examples/fib.py    what python -m dis prints
  pycsmith dis --style cpython -COP --target 3.14 examples/fib.py";

const VERIFY_NOTES: &str = "\
A file is
  identical   the very bytes that compiling its source gives
  equal       the same code; only reference flags, interning or the order of sets differ
  different   other code, or none that can be read
  stale       made from another state of the source, by its header
  missing     not there
  foreign     of another version than its name or --target says, of an
              unknown one, or without a source

Examples:
  pycsmith verify app/                            all of app/**/__pycache__
  pycsmith verify app/main.py build/main.pyc      one file
  pycsmith verify dist/app-1.0-py3-none-any.whl   all members
  pycsmith verify src/ build/src/                 build/src/X.pyc for src/X.py
  pycsmith verify --python .venv .venv/lib        against what it makes now

Exit status: 0 if all are identical or equal, 1 if not, 2 for wrong usage.";

#[derive(Parser)]
#[command(name = "pycsmith", version, about, max_term_width = 100)]
#[command(after_help = EXIT_STATUS)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Compile Python sources to the .pyc files that the target's own py_compile would write
    #[command(after_help = compile::NOTES)]
    Compile(compile::CompileArgs),
    /// Print the abstract syntax tree as `python -m ast -a FILE` of the target does
    #[command(after_help = "Example:\n  pycsmith ast --target 3.14 examples/fib.py")]
    Ast(AstArgs),
    /// Tell what differs between two compiled modules, whatever their offsets are, or compare two functions by the numbers
    #[command(after_help = crate::diff::NOTES)]
    Diff(crate::diff::DiffArgs),
    /// List the bytecode of a source or .pyc file, nested code objects included
    #[command(
        after_help = DIS_EXAMPLES
    )]
    Dis(DisArgs),
    /// Tell what .pyc files say of themselves: version, how they are checked, code objects and their attributes
    #[command(after_help = crate::info::NOTES)]
    Info(crate::info::InfoArgs),
    /// Print a source's IR after code generation, after a pass, or at each pass that changes it; or that of a .pyc file
    #[command(
        after_help = "Examples:\n  pycsmith ir --target 3.14 examples/fib.py --function fib\n  pycsmith ir --target 3.14 examples/fib.py --after optimize_basic_blocks\n  pycsmith ir --target 3.14 examples/fib.py --print-changed\n  pycsmith ir --target 3.14 examples/wordcount.py --html wordcount.html\n  pycsmith ir __pycache__/fib.cpython-314.pyc"
    )]
    Ir(IrArgs),
    /// Run optimizer passes over IR in its text form, or tell what they remove from sources
    #[command(
        after_help = "Examples:\n  pycsmith opt --list --pipeline 3.12\n  pycsmith opt examples/fold.ir --passes optimize_load_const\n  pycsmith ir examples/fib.py | pycsmith opt - --print-changed\n  pycsmith opt --stats --target 3.14 app/"
    )]
    Opt(OptArgs),
    /// Assemble IR in its text form to a .pyc file
    #[command(
        after_help = "Examples:\n  pycsmith ir fib.py | pycsmith opt - | pycsmith asm - -o fib.pyc\n  pycsmith ir fib.pyc | pycsmith asm - -o same.pyc"
    )]
    Asm(AsmArgs),
    /// Tell whether .pyc files come from their sources, by compiling these again
    #[command(after_help = VERIFY_NOTES)]
    Verify(VerifyArgs),
    /// Do what `python -m py_compile` of the target does
    #[command(name = "py_compile", after_help = PY_COMPILE_NOTES)]
    PyCompile(DropinArgs),
    /// Do what `python -m compileall` of the target does
    #[command(after_help = COMPILEALL_NOTES)]
    Compileall(DropinArgs),
    /// Print what a shell needs to complete command lines of pycsmith
    #[command(after_help = completions::NOTES)]
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one for each subcommand
    #[command(after_help = man::NOTES)]
    Man(man::ManArgs),
}

/// What most subcommands end with.
const EXIT_STATUS: &str =
    "Exit status: 0 success, 1 errors in the input or while writing, 2 wrong usage.";

/// The command line, with the exit status in the help of each subcommand.
pub fn command() -> clap::Command {
    Cli::command().mut_subcommands(|subcommand| {
        let notes = subcommand.get_after_help().map(ToString::to_string);
        match notes {
            Some(notes) if notes.contains("Exit status") => subcommand,
            notes => {
                let notes = notes.map_or_else(String::new, |notes| notes + "\n\n");
                subcommand.after_help(notes + EXIT_STATUS)
            }
        }
    })
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
    /// A source, a .pyc file, or - for either on standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
    #[command(flatten)]
    pub target: TargetArg,
    /// 0; 1: no assert statements, __debug__ is False; 2: no docstrings either
    #[arg(long, value_name = "LEVEL", default_value = "0", value_parser = clap::value_parser!(u8).range(0..=2))]
    pub optimize: u8,
    /// The form of the listing
    #[arg(long, default_value = "reading")]
    pub style: DisStyle,
    /// Only the code object of this qualified name, and those in it
    #[arg(long, value_name = "QUALNAME")]
    pub function: Option<String>,
    /// Only instructions of these lines
    #[arg(long, value_name = "A-B", value_parser = lines)]
    pub lines: Option<(i32, i32)>,
    /// Read a traceback (from a file, or - for standard input) and point at the instruction at which each frame stood; sources are
    /// compiled for the target, FILE stands for the one that it comes from
    #[arg(long, value_name = "TRACEBACK", conflicts_with_all = ["function", "lines", "style"])]
    pub traceback: Option<PathBuf>,
    /// Show the values on the evaluation stack behind each instruction
    #[arg(long)]
    pub stack: bool,
    /// Print a JSON object (README.md describes it) instead of a listing
    #[arg(long)]
    pub json: bool,
    /// Columns to use [default: the terminal's, else 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..))]
    pub width: Option<u16>,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    #[command(flatten)]
    pub cpython: CPythonDisArgs,
}

/// The options of `python -m dis`.
#[derive(Args)]
#[command(next_help_heading = "Options for --style cpython")]
pub struct CPythonDisArgs {
    /// Show inline caches (3.13 and later)
    #[arg(short = 'C', long)]
    pub show_caches: bool,
    /// Show the instructions' offsets (3.13 and later; before, they always are)
    #[arg(short = 'O', long)]
    pub show_offsets: bool,
    /// Show the instructions' positions in the source (3.14 and later)
    #[arg(short = 'P', long)]
    pub show_positions: bool,
    /// Show the code as the interpreter holds it before it runs: caches have their first values (3.14 and later)
    #[arg(short = 'S', long)]
    pub specialized: bool,
}

/// `A-B`, or a line.
fn lines(text: &str) -> Result<(i32, i32), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if 0 <= first && first <= last => Ok((first, last)),
        _ => Err("expected A-B, two lines, the first one first".to_owned()),
    }
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub enum DisStyle {
    /// Beside the source, with arrows for jumps, the extent of handlers and the depth of the stack
    Reading,
    /// Attributes and instructions of each code object
    Plain,
    /// What the target's own `python -m dis` prints
    Cpython,
}

#[derive(Args)]
pub struct AsmArgs {
    /// IR in its text form, which the passes are done with, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where the .pyc file goes, or - for standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Args)]
pub struct IrArgs {
    /// A source, a .pyc file, or - for a source on standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub target: TargetArg,
    #[command(flatten)]
    pub level: LevelArg,
    /// Only the code object of this qualified name
    #[arg(long, value_name = "QUALNAME")]
    pub function: Option<String>,
    /// As it is behind the last run of this pass [default: as code generation made it]
    #[arg(long, value_name = "PASS", conflicts_with = "print_changed")]
    pub after: Option<String>,
    /// As code generation made it, and what each pass changed
    #[arg(long)]
    pub print_changed: bool,
    /// Write a page for the browser (or - for standard output): the source, the IR at each pass side by side, and its graph
    #[arg(long, value_name = "OUT", conflicts_with_all = ["after", "print_changed"])]
    pub html: Option<PathBuf>,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

#[derive(Args)]
pub struct OptArgs {
    /// IR in its text form, or - for standard input; with --stats sources and folders, or IR
    #[arg(value_name = "FILE")]
    pub paths: Vec<PathBuf>,
    /// These passes, in this order [default: all of the target's pipeline]
    #[arg(long, value_name = "PASS,...", value_delimiter = ',')]
    pub passes: Vec<String>,
    /// The whole pipeline of this target, which must be that of the text
    #[arg(long, value_name = "VERSION", conflicts_with = "passes")]
    pub pipeline: Option<Target>,
    /// Leave these passes out
    #[arg(long, value_name = "PASS,...", value_delimiter = ',')]
    pub disable: Vec<String>,
    /// End behind the first run of this pass
    #[arg(long, value_name = "PASS")]
    pub stop_after: Option<String>,
    /// List the passes of each target's pipeline (or of --pipeline), in order: what each does, and why it stands there
    #[arg(long)]
    pub list: bool,
    /// Check the IR after each pass
    #[arg(long)]
    pub verify: bool,
    /// Tell the time of each pass on standard error
    #[arg(long)]
    pub time: bool,
    /// Print what each pass changed instead of the result
    #[arg(long)]
    pub print_changed: bool,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    #[command(flatten)]
    pub stats: StatsArgs,
}

#[derive(Args)]
pub struct VerifyArgs {
    /// A source, a folder to search for *.py, or a wheel or zip file
    #[arg(value_name = "SOURCE|FOLDER")]
    pub path: PathBuf,
    /// The .pyc file, or a folder with the same layout [default: what is in __pycache__]
    #[arg(value_name = "PYC")]
    pub pyc: Option<PathBuf>,
    #[command(flatten)]
    pub target: TargetArg,
    /// Only files of this level [default: the one that a file's name tells, else any]
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=2))]
    pub optimize: Option<u8>,
    /// For people, or a JSON object a file, on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Number of threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Tell also what is identical or equal
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// Which CPython to compile for.
#[derive(Args)]
pub struct TargetArg {
    /// The CPython to compile for: a minor version (its newest verified release) or a release, 3.14 or 3.14.2 [default:
    /// PYCSMITH_TARGET, else that of the active virtual environment, else of the python3 on PATH, else the newest]
    #[arg(long, value_name = "VERSION", conflicts_with = "python")]
    pub target: Option<Target>,
    /// Compile for this interpreter or virtual environment
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
}

/// Which CPythons to compile for.
#[derive(Args)]
pub struct TargetArgs {
    /// The CPython to compile for: a minor version (its newest verified release) or a release, 3.14 or 3.14.2; several are
    /// compiled for in one run [default: PYCSMITH_TARGET, else that of the active virtual environment, else of the python3
    /// on PATH, else the newest]
    #[arg(long, value_name = "VERSION,...", value_delimiter = ',')]
    pub target: Vec<Target>,
    /// Compile for this interpreter or virtual environment; may be repeated
    #[arg(long, value_name = "PATH")]
    pub python: Vec<PathBuf>,
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
