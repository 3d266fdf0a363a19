//! The drop-ins: `pycsmith py_compile` and `pycsmith compileall`, which take the arguments of `python -m py_compile` and
//! `python -m compileall`, print what these print, and write what they write, for the target.

mod argparse;
mod compileall;
mod py_compile;
mod python;
mod regex;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use pycsmith_bytecode::Target;

use crate::args::TargetArg;
use crate::{interpreter, paths, targets};
use argparse::Exit;
use python::shown;

/// A module that is stood in for.
#[derive(Clone, Copy)]
pub enum Module {
    PyCompile,
    Compileall,
}

impl Module {
    fn named(name: &OsStr) -> Option<Module> {
        match name.to_str()? {
            "py_compile" => Some(Module::PyCompile),
            "compileall" => Some(Module::Compileall),
            _ => None,
        }
    }
}

pub const PY_COMPILE_NOTES: &str = "\
Examples:
  pycsmith py_compile --target 3.14 app/main.py
  pycsmith py_compile -h                          CPython's own options
  find app -name '*.py' | pycsmith py_compile -   file names from standard input";

pub const COMPILEALL_NOTES: &str = "\
Examples:
  pycsmith compileall --target 3.14 -q -j0 app/
  pycsmith compileall -h                          CPython's own options
  pycsmith compileall --target 3.13 -s build -p / build/usr/lib/python3";

#[derive(Args)]
#[command(
    disable_help_flag = true,
    override_usage = "pycsmith <py_compile|compileall> [--target VERSION] [--python PATH] [-O...] [ARGS]..."
)]
pub struct DropinArgs {
    #[command(flatten)]
    target: TargetArg,
    /// The interpreter's -O: level 1; -OO: level 2 [default: what PYTHONOPTIMIZE says]
    #[arg(short = 'O', action = clap::ArgAction::Count)]
    optimize: u8,
    /// What CPython's own module takes; -h tells, in the target's words
    #[arg(value_name = "ARGS")]
    theirs: Vec<OsString>,
}

/// Takes apart a command line for a drop-in: what is ours, to be parsed as for any command, and the module's own arguments. A
/// link to this program under a module's name runs that module.
pub fn split(mut arguments: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let called = arguments.first().map(Path::new).and_then(Path::file_stem);
    if let Some(name) = called.filter(|name| Module::named(name).is_some()) {
        let name = name.to_owned();
        arguments.insert(1, name);
    }
    if arguments
        .get(1)
        .and_then(|name| Module::named(name))
        .is_none()
    {
        return (arguments, Vec::new());
    }
    let mut end = 2;
    while let Some(argument) = arguments.get(end).and_then(|text| text.to_str()) {
        end += match argument {
            "--target" | "--python" => 2,
            "-O" | "-OO" => 1,
            _ if argument.starts_with("--target=") || argument.starts_with("--python=") => 1,
            _ => break,
        };
    }
    let theirs = arguments.split_off(end.min(arguments.len()));
    (arguments, theirs)
}

/// Runs a module; gives the exit status, or what is wrong with our own arguments.
pub fn run(module: Module, ours: &DropinArgs, theirs: &[OsString]) -> Result<u8, String> {
    let python = Python::new(ours)?;
    // The first are those behind a `--` before the module's name.
    let theirs = [&ours.theirs, theirs].concat();
    let result = match module {
        Module::PyCompile => py_compile::main(&python, &theirs),
        Module::Compileall => compileall::main(&python, &theirs),
    };
    Ok(result.unwrap_or_else(|exit| exit.print()))
}

impl Exit {
    /// The end by an exception that the module does not catch. The traceback has no frames: there is no Python code.
    fn raised(exception: &str) -> Exit {
        Exit {
            status: crate::FINDINGS,
            stdout: String::new(),
            stderr: format!("Traceback (most recent call last):\n{exception}\n"),
        }
    }

    /// Prints the last words; a closed pipe is nobody's error.
    fn print(&self) -> u8 {
        let _ = std::io::stdout().write_all(self.stdout.as_bytes());
        let _ = std::io::stderr().write_all(self.stderr.as_bytes());
        self.status
    }
}

/// What the modules ask their interpreter.
struct Python {
    target: Target,
    /// `sys.flags.optimize`.
    optimize: u64,
    /// `sys.pycache_prefix`.
    pycache_prefix: Option<OsString>,
    /// The interpreter that the command line names.
    executable: Option<PathBuf>,
}

impl Python {
    fn new(arguments: &DropinArgs) -> Result<Python, String> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        // Words count as 1, and so do negative numbers.
        let optimize = variable("PYTHONOPTIMIZE").map_or(0, |value| {
            let value = value.to_str().and_then(|text| text.parse::<i32>().ok());
            value.and_then(|value| value.try_into().ok()).unwrap_or(1)
        });
        Ok(Python {
            target: targets::one(&arguments.target)?,
            optimize: optimize.max(arguments.optimize.into()),
            pycache_prefix: variable("PYTHONPYCACHEPREFIX"),
            executable: arguments
                .target
                .python
                .as_deref()
                .and_then(interpreter::executable),
        })
    }

    /// `importlib.util.cache_from_source(path, optimization=level)`.
    ///
    /// CPython quirk: the folder is what stands before the last separator, so the cache of a source in the root folder is in the
    /// current one.
    fn cache_from_source(&self, path: &OsStr, level: u64) -> PathBuf {
        let (folder, name) = split_path(path);
        let name = paths::cache_name(&name, &self.target.cache_tag(), level);
        let Some(prefix) = &self.pycache_prefix else {
            return joined([&folder, OsStr::new("__pycache__"), &name]);
        };
        let mut folder = folder;
        if !folder.as_encoded_bytes().starts_with(b"/") {
            let current = std::env::current_dir().unwrap_or_default();
            folder = joined([current.as_os_str(), &folder]).into_os_string();
        }
        let folder = folder.as_encoded_bytes();
        let slashes = folder.iter().take_while(|&&byte| byte == b'/').count();
        joined([
            prefix.as_os_str(),
            &paths::of_bytes(&folder[slashes..]),
            &name,
        ])
    }
}

/// What stands before the last separator, and what behind it (`_path_split`).
fn split_path(path: &OsStr) -> (OsString, OsString) {
    let bytes = path.as_encoded_bytes();
    match bytes.iter().rposition(|&byte| is_separator(byte)) {
        Some(at) => (
            paths::of_bytes(&bytes[..at]),
            paths::of_bytes(&bytes[at + 1..]),
        ),
        None => (OsString::new(), path.to_owned()),
    }
}

fn is_separator(byte: u8) -> bool {
    std::path::is_separator(byte.into())
}

/// The parts that are not empty, without separators at their ends, with one between each (`_path_join`).
fn joined<'p>(parts: impl IntoIterator<Item = &'p OsStr>) -> PathBuf {
    let mut path = OsString::new();
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    for (index, part) in parts.enumerate() {
        if index > 0 {
            path.push(std::path::MAIN_SEPARATOR_STR);
        }
        let bytes = part.as_encoded_bytes();
        let end = bytes.iter().rposition(|&byte| !is_separator(byte));
        path.push(paths::of_bytes(&bytes[..end.map_or(0, |last| last + 1)]));
    }
    path.into()
}

/// `str.isspace`: what `strip` takes off.
fn is_space(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{1c}'..='\u{1f}')
}

/// The lines of a list of names on standard input or in a file, without their ends; `\r` and `\r\n` end lines too.
fn lines(bytes: &[u8]) -> Vec<OsString> {
    let mut lines: Vec<OsString> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| b"\r\n".contains(byte));
        let (line, behind) = match end {
            Some(end) if rest[end..].starts_with(b"\r\n") => (&rest[..end], &rest[end + 2..]),
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &[][..]),
        };
        lines.push(paths::of_bytes(line));
        rest = behind;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(texts: &[&str]) -> Vec<OsString> {
        texts.iter().map(OsString::from).collect()
    }

    #[test]
    fn our_own_arguments_come_first() {
        for (given, ours) in [
            (&["pycsmith", "compileall", "-q", "--target", "x"][..], 2),
            (
                &[
                    "pycsmith",
                    "compileall",
                    "--target",
                    "3.14",
                    "-O",
                    "--",
                    "-O",
                ],
                5,
            ),
            (&["pycsmith", "py_compile", "--python=p", "-OO", "x.py"], 4),
            (&["pycsmith", "compileall", "--target"], 3),
            (&["pycsmith", "compile", "x.py"], 3),
        ] {
            let (left, right) = split(words(given));
            assert_eq!(left, words(&given[..ours]));
            assert_eq!(right, words(&given[ours..]));
        }
        let (left, right) = split(words(&["/usr/bin/compileall", "--target=3.13", "-l"]));
        assert_eq!(
            left,
            words(&["/usr/bin/compileall", "compileall", "--target=3.13"])
        );
        assert_eq!(right, words(&["-l"]));
    }

    /// Expected: `importlib.util.cache_from_source`, CPython 3.14, in the folder `/here`.
    #[test]
    fn cache_names_are_made_of_the_text() {
        let mut python = Python {
            target: Target::PY314,
            optimize: 0,
            pycache_prefix: None,
            executable: None,
        };
        let path = |python: &Python, source: &str, level| {
            let path = python.cache_from_source(source.as_ref(), level);
            path.to_str().expect("UTF-8").to_owned()
        };
        assert_eq!(
            path(&python, "a//b.py", 0),
            "a/__pycache__/b.cpython-314.pyc"
        );
        assert_eq!(
            path(&python, "./a.py", 3),
            "./__pycache__/a.cpython-314.opt-3.pyc"
        );
        assert_eq!(path(&python, "/x.py", 0), "__pycache__/x.cpython-314.pyc");
        assert_eq!(path(&python, "//x.py", 0), "/__pycache__/x.cpython-314.pyc");
        python.pycache_prefix = Some("/p/".into());
        assert_eq!(path(&python, "/a/x.py", 0), "/p/a/x.cpython-314.pyc");
        let here = std::env::current_dir().expect("a current folder");
        let expected = format!("/p{}/a/b.cpython-314.pyc", here.display());
        assert_eq!(path(&python, "a//b.py", 0), expected);
    }

    #[test]
    fn lines_end_as_in_text_files() {
        assert_eq!(lines(b"a\nb\r\n\rc"), words(&["a", "b", "", "c"]));
    }
}
