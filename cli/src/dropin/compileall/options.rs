//! The options of `compileall`.

use std::ffi::{OsStr, OsString};

use fancy_regex::Regex;

use crate::args::InvalidationMode;
use crate::dropin::argparse::{Action, Exit, Given, Kind, Parser, Value};
use crate::dropin::{Python, regex};

/// `sys.getrecursionlimit()`.
const ALL_LEVELS: i64 = 1000;
const MODES: &[&str] = &["checked-hash", "timestamp", "unchecked-hash"];

/// What the command line asks for.
pub struct Options {
    /// How many levels of folders below the named ones are looked at.
    pub levels: i64,
    pub force: bool,
    /// 1: errors only; 2: nothing.
    pub quiet: u32,
    /// Whether files are named `<path>c`.
    pub legacy: bool,
    /// `-d`, `-s`, `-p`.
    pub folder: Option<OsString>,
    pub strip: Option<OsString>,
    pub prepend: Option<OsString>,
    /// Files to skip; or the exception that looking at a file raises.
    pub skip: Option<Result<Regex, &'static str>>,
    /// A file with more destinations.
    pub list: Option<OsString>,
    pub destinations: Vec<OsString>,
    /// Threads, 0 for one for each core.
    pub workers: i64,
    pub mode: Option<InvalidationMode>,
    /// Optimization levels in order, each once; -1 for the interpreter's.
    pub optimize: Vec<i64>,
    /// Links that lead out of this folder are left alone.
    pub limit: Option<OsString>,
    pub hardlink_dupes: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            levels: ALL_LEVELS,
            force: false,
            quiet: 0,
            legacy: false,
            folder: None,
            strip: None,
            prepend: None,
            skip: None,
            list: None,
            destinations: Vec::new(),
            workers: 1,
            mode: None,
            optimize: vec![-1],
            limit: None,
            hardlink_dupes: false,
        }
    }
}

/// Reads the command line; or prints help, or says what is wrong.
pub fn parse(python: &Python, arguments: &[OsString]) -> Result<Options, Exit> {
    let parser = Parser {
        module: "compileall",
        description: "Utilities to support installing Python libraries.",
        actions: actions(python),
        target: python.target,
    };
    let mut options = Options::default();
    let mut pattern = None;
    let mut recursion = None;
    let mut optimize = Vec::new();
    for Given { action, value } in parser.parse(arguments)? {
        let name = parser.actions[action].names.first().copied();
        match (name, value) {
            (Some("-l"), _) => options.levels = 0,
            (Some("-f"), _) => options.force = true,
            (Some("-q"), _) => options.quiet += 1,
            (Some("-b"), _) => options.legacy = true,
            (Some("--hardlink-dupes"), _) => options.hardlink_dupes = true,
            (Some("-r"), Value::Int(levels)) => recursion = Some(levels),
            (Some("-j"), Value::Int(workers)) => options.workers = workers,
            (Some("-o"), Value::Int(level)) => optimize.push(level),
            (Some("-d"), Value::Text(text)) => options.folder = Some(text),
            (Some("-s"), Value::Text(text)) => options.strip = Some(text),
            (Some("-p"), Value::Text(text)) => options.prepend = Some(text),
            (Some("-x"), Value::Text(text)) => pattern = Some(text),
            (Some("-i"), Value::Text(text)) => options.list = Some(text),
            (Some("-e"), Value::Text(text)) => options.limit = Some(text),
            (Some("--invalidation-mode"), Value::Text(text)) => options.mode = mode(&text),
            (_, Value::All(destinations)) => options.destinations = destinations,
            _ => {}
        }
    }
    options.levels = recursion.unwrap_or(options.levels);
    options.skip = pattern
        .map(|pattern| compiled(python, &pattern))
        .transpose()?;
    options.limit = options.limit.filter(|folder| !folder.is_empty());
    if optimize.len() < 2 && options.hardlink_dupes {
        return Err(parser.error(
            "Hardlinking of duplicated bytecode makes sense only for more than one optimization level.",
        ));
    }
    if options.folder.is_some() && (options.strip.is_some() || options.prepend.is_some()) {
        return Err(parser.error("-d cannot be used in combination with -s or -p"));
    }
    if !optimize.is_empty() {
        optimize.sort_unstable();
        optimize.dedup();
        options.optimize = optimize;
    }
    Ok(options)
}

fn mode(name: &OsStr) -> Option<InvalidationMode> {
    match name.to_str()? {
        "checked-hash" => Some(InvalidationMode::CheckedHash),
        "unchecked-hash" => Some(InvalidationMode::UncheckedHash),
        "timestamp" => Some(InvalidationMode::Timestamp),
        _ => None,
    }
}

fn compiled(python: &Python, pattern: &OsStr) -> Result<Result<Regex, &'static str>, Exit> {
    if pattern.is_empty() {
        // CPython quirk: an empty expression is not compiled, but used.
        return Ok(Err(
            "AttributeError: 'str' object has no attribute 'search'",
        ));
    }
    regex::compile(&pattern.to_string_lossy())
        .map(Ok)
        .map_err(|words| {
            let class = if python.target.has_pattern_errors() {
                "re.PatternError"
            } else {
                "re.error"
            };
            Exit::raised(&format!("{class}: {words}"))
        })
}

/// The arguments in the module's order, with the target's words.
fn actions(python: &Python) -> Vec<Action> {
    let flag = |names, help| action(names, Kind::Flag, "", help);
    let text = |names, metavar, help| action(names, Kind::Text, metavar, help);
    let int = |names, metavar, help| action(names, Kind::Int, metavar, help);
    let marked = python.target.help_marks_code();
    let words = |plain, with_backticks| if marked { with_backticks } else { plain };
    vec![
        action(
            &["-h", "--help"],
            Kind::Help,
            "",
            "show this help message and exit",
        ),
        flag(&["-l"], "don't recurse into subdirectories"),
        int(
            &["-r"],
            "RECURSION",
            "control the maximum recursion level. if `-l` and `-r` options are specified, then `-r` takes precedence.",
        ),
        flag(&["-f"], "force rebuild even if timestamps are up to date"),
        flag(
            &["-q"],
            words(
                "output only error messages; -qq will suppress the error messages as well.",
                "output only error messages; `-qq` will suppress the error messages as well.",
            ),
        ),
        flag(
            &["-b"],
            words(
                "use legacy (pre-PEP3147) compiled file locations",
                "use legacy (pre-PEP 3147) compiled file locations",
            ),
        ),
        text(
            &["-d"],
            "DESTDIR",
            "directory to prepend to file paths for use in compile-time tracebacks and in runtime tracebacks in cases where the source file is unavailable",
        ),
        text(
            &["-s"],
            "STRIPDIR",
            "part of path to left-strip from path to source file - for example buildroot. `-d` and `-s` options cannot be specified together.",
        ),
        text(
            &["-p"],
            "PREPENDDIR",
            "path to add as prefix to path to source file - for example / to make it absolute when some part is removed by `-s` option. `-d` and `-p` options cannot be specified together.",
        ),
        text(
            &["-x"],
            "REGEXP",
            "skip files matching the regular expression; the regexp is searched for in the full path of each file considered for compilation",
        ),
        text(
            &["-i"],
            "FILE",
            words(
                "add all the files and directories listed in FILE to the list considered for compilation; if \"-\", names are read from stdin",
                "add all the files and directories listed in `FILE` to the list considered for compilation; if `\"-\"`, names are read from `stdin`",
            ),
        ),
        action(
            &[],
            Kind::Any,
            "FILE|DIR",
            words(
                "zero or more file and directory names to compile; if no arguments given, defaults to the equivalent of -l sys.path",
                "zero or more file and directory names to compile; if no arguments given, defaults to the equivalent of `-l` `sys.path`",
            ),
        ),
        int(
            &["-j", "--workers"],
            "WORKERS",
            "Run compileall concurrently",
        ),
        action(
            &["--invalidation-mode"],
            Kind::Choice(MODES),
            "",
            words(
                "set .pyc invalidation mode; defaults to \"checked-hash\" if the SOURCE_DATE_EPOCH environment variable is set, and \"timestamp\" otherwise.",
                "set `.pyc` invalidation mode; defaults to `\"checked-hash\"` if the `SOURCE_DATE_EPOCH` environment variable is set, and `\"timestamp\"` otherwise.",
            ),
        ),
        int(
            &["-o"],
            "OPT_LEVELS",
            words(
                "Optimization levels to run compilation with. Default is -1 which uses the optimization level of the Python interpreter itself (see -O).",
                "Optimization levels to run compilation with. Default is `-1` which uses the optimization level of the Python interpreter itself (see `-O`).",
            ),
        ),
        text(
            &["-e"],
            "DIR",
            words(
                "Ignore symlinks pointing outsite of the DIR",
                "Ignore symlinks pointing outsite of the `DIR`",
            ),
        ),
        flag(&["--hardlink-dupes"], "Hardlink duplicated pyc files"),
    ]
}

fn action(
    names: &'static [&'static str],
    kind: Kind,
    metavar: &'static str,
    help: &'static str,
) -> Action {
    Action {
        names,
        kind,
        metavar,
        help,
    }
}
