//! The command line of `pycsmith compile`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::{ColorChoice, InvalidationMode, MessageFormat, TargetArgs};

pub const NOTES: &str = "\
A wheel gets its .pyc files in __pycache__ and in its RECORD; pip compiles what it installs itself, uv and others keep \
what the wheel has. Any other zip file gets them beside the sources, the only place where zipimport looks. \
Archives are replaced in place, or written below --out-dir; members that do not change stay as they are.

SIGINT and SIGTERM end a run after the files in hand. Only whole files ever appear under their names; a run that was \
killed may leave files .pycsmith-*.tmp, which the next one removes.

Examples:
  pycsmith compile app/                                   app/**/__pycache__/*.pyc
  pycsmith compile --target 3.14 --out-dir build app/     build/app/**.pyc
  pycsmith compile -O 0,2 --target 3.13,3.14 app/         four files a source
  pycsmith compile --python .venv --invalidation-mode unchecked-hash .venv/lib
  pycsmith compile --exclude 'tests/' --exclude '/setup.py' app/
  pycsmith compile --strip-prefix build --prepend-prefix / build/usr/lib
  pycsmith compile --target 3.14 dist/app-1.0-py3-none-any.whl

Exit status: 0 if all is compiled or up to date, 1 if anything was reported, 2 for wrong usage, 130 and 143 after SIGINT and SIGTERM.";

#[derive(Args)]
pub struct CompileArgs {
    /// Sources, folders to search for *.py (__pycache__ is skipped), wheels and zip files
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub targets: TargetArgs,
    /// 0; 1: no assert statements, __debug__ is False; 2: no docstrings either; several: for each
    #[arg(short = 'O', value_name = "LEVEL,...", default_value = "0", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(0..=2))]
    pub optimize: Vec<u8>,
    /// How the interpreter will find a .pyc stale [default: timestamp, or checked-hash where SOURCE_DATE_EPOCH is set; in
    /// wheels checked-hash, since installed sources get a new time; in other archives unchecked-hash]
    #[arg(long, value_name = "MODE")]
    pub invalidation_mode: Option<InvalidationMode>,
    /// Write below DIR instead of beside the source: DIR/<path>c; for several targets or levels DIR/<cache tag>/<path>c
    #[arg(long, value_name = "DIR")]
    pub out_dir: Option<PathBuf>,
    /// Where a .pyc goes [default: pycache; beside with --out-dir and in zip files that are no wheels]
    #[arg(long, value_name = "LAYOUT")]
    pub layout: Option<Layout>,
    /// Leave out of folders and archives what this pattern of .gitignore's matches; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Drop DIR from the front of the file name that tracebacks show; sources elsewhere are errors
    #[arg(long, value_name = "DIR")]
    pub strip_prefix: Option<PathBuf>,
    /// Put DIR in front of the file name that tracebacks show
    #[arg(long, value_name = "DIR")]
    pub prepend_prefix: Option<PathBuf>,
    /// How errors are told: for people on standard error, or a JSON object a line on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Number of threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Compile also what is up to date
    #[arg(short, long)]
    pub force: bool,
    /// No progress and no summary; twice: no errors either
    #[arg(short, long, action = clap::ArgAction::Count, conflicts_with = "verbose")]
    pub quiet: u8,
    /// Tell each file that is written
    #[arg(short, long)]
    pub verbose: bool,
    /// Colours of errors and progress
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// Where a `.pyc` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    /// __pycache__/<name>.<cache tag>[.opt-<level>].pyc, where interpreters look
    Pycache,
    /// <name>.pyc beside the source, what is imported where there is no source, and from zip files
    Beside,
}
