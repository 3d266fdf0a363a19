//! `py_compile`: compiling one file, and the module's command line.

use std::ffi::{OsStr, OsString};
use std::io::{Error, ErrorKind, Read as _};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::pyc::Validation;
use pycsmith_compiler::{CompileError, CompileOptions, Session};
use pycsmith_parser::error::line_text;

use super::argparse::{Action, Exit, Kind, Parser, Value};
use super::python::{OsError, shown};
use super::{Python, lines, split_path};
use crate::args::InvalidationMode;
use crate::message::Message;
use crate::output::Writer;
use crate::{FINDINGS, OK, interrupt, output, parallel, pyc_file, traceback};

/// What a thread keeps from file to file.
#[derive(Default)]
pub struct Worker {
    session: Session,
    writer: Writer,
}

/// What `py_compile.compile` raises.
pub enum Failure {
    /// `PyCompileError`, with its text.
    Compile(String),
    Os(OsError),
}

/// What to compile, and how.
pub struct Request<'a> {
    pub source: &'a OsStr,
    pub destination: &'a Path,
    /// The file name for `co_filename` and messages, if it is not the source's.
    pub filename: Option<&'a OsStr>,
    /// -1 for the interpreter's.
    pub level: i64,
    pub mode: Option<InvalidationMode>,
}

/// The module's `main`.
pub fn main(python: &Python, arguments: &[OsString]) -> Result<u8, Exit> {
    let (is_quiet, names) = parse(python, arguments)?;
    interrupt::watch();
    let mut stop = None;
    let compile = |worker: &mut Worker, name: &OsString| {
        let destination = python.cache_from_source(name, python.optimize);
        let request = Request {
            source: name,
            destination: &destination,
            filename: None,
            level: -1,
            mode: None,
        };
        python.compile(worker, &request)
    };
    parallel::in_order(
        names.iter(),
        Some(NonZeroUsize::MIN),
        Worker::default,
        compile,
        |result| match result {
            Ok(()) if interrupt::status().is_none() => ControlFlow::Continue(()),
            result => {
                stop = result.err();
                ControlFlow::Break(())
            }
        },
    );
    match stop {
        None => Ok(interrupt::status().unwrap_or(OK)),
        Some(_) if is_quiet => Ok(FINDINGS),
        Some(Failure::Compile(words)) => Err(failed(words)),
        Some(Failure::Os(error)) => Err(failed(error.to_string())),
    }
}

/// The end with these words as they are, without a line end.
fn failed(stderr: String) -> Exit {
    Exit {
        status: FINDINGS,
        stdout: String::new(),
        stderr,
    }
}

/// Whether to be quiet, and the files.
fn parse(python: &Python, arguments: &[OsString]) -> Result<(bool, Vec<OsString>), Exit> {
    let action = |names, kind, metavar, help| Action {
        names,
        kind,
        metavar,
        help,
    };
    let parser = Parser {
        module: "py_compile",
        description: "A simple command-line interface for py_compile module.",
        actions: vec![
            action(
                &["-h", "--help"],
                Kind::Help,
                "",
                "show this help message and exit",
            ),
            action(&["-q", "--quiet"], Kind::Flag, "", "Suppress error output"),
            action(&[], Kind::Some, "filenames", "Files to compile"),
        ],
        target: python.target,
    };
    let mut is_quiet = false;
    let mut names = Vec::new();
    for given in parser.parse(arguments)? {
        match given.value {
            Value::All(all) => names = all,
            _ => is_quiet = true,
        }
    }
    if names == ["-"] {
        let mut list = Vec::new();
        let _ = std::io::stdin().lock().read_to_end(&mut list);
        names = lines(&list);
    }
    Ok((is_quiet, names))
}

impl Python {
    /// `py_compile.compile(..., doraise=True)`.
    pub fn compile(&self, worker: &mut Worker, request: &Request<'_>) -> Result<(), Failure> {
        self.check_replaceable(request.destination)?;
        let os_error =
            |error: &Error, path: &OsStr| Failure::Os(OsError::new(error, path, self.target));
        let source =
            std::fs::read(request.source).map_err(|error| os_error(&error, request.source))?;
        let metadata =
            std::fs::metadata(request.source).map_err(|error| os_error(&error, request.source))?;
        let mode = request.mode.unwrap_or_else(pyc_file::default_mode);
        let validation = pyc_file::validation(mode, &metadata, &source, self.target);
        let bytes = self.bytes(&mut worker.session, &source, request, validation)?;
        make_folders(request.destination)
            .map_err(|(error, folder)| os_error(&error, folder.as_os_str()))?;
        worker
            .writer
            .write(request.destination, &bytes, output::pyc_mode(&metadata))
            .map_err(|error| os_error(&error, request.destination.as_os_str()))
    }

    /// Refuses what would not be a regular file any more.
    fn check_replaceable(&self, path: &Path) -> Result<(), Failure> {
        let kind = match path.symlink_metadata() {
            Ok(metadata) if metadata.file_type().is_symlink() => {
                "a symlink and will be changed into a regular file"
            }
            Ok(metadata) if !metadata.is_file() => {
                "a non-regular file and will be changed into a regular one"
            }
            _ => return Ok(()),
        };
        Err(Failure::Os(OsError::file_exists(format!(
            "{} is {kind} if import writes a byte-compiled file to it",
            shown(path.as_os_str())
        ))))
    }

    fn bytes(
        &self,
        session: &mut Session,
        source: &[u8],
        request: &Request<'_>,
        validation: Validation,
    ) -> Result<Vec<u8>, Failure> {
        let optimize = match request.level {
            -1 => self.optimize.min(2) as u8,
            level @ 0..=2 => level as u8,
            _ => {
                let words = "Sorry: ValueError: compile(): invalid optimize value";
                return Err(Failure::Compile(words.to_owned()));
            }
        };
        let filename = match request.filename {
            Some(filename) if !filename.is_empty() => filename,
            _ => request.source,
        };
        let options = CompileOptions {
            target: self.target,
            optimize,
            filename: filename.to_string_lossy().into_owned(),
        };
        pyc_file::bytes(session, source, &options, validation)
            .map_err(|error| Failure::Compile(self.words(&error, request.source, filename)))
    }

    /// The text of the `PyCompileError` for what the compiler raised.
    fn words(&self, error: &CompileError, source: &OsStr, filename: &OsStr) -> String {
        let shown_name = shown(filename);
        let mut message = Message::compile(Path::new(&shown_name), error);
        if let CompileError::Syntax(error) = error
            && error.is_late
            && filename != source
        {
            message.text = line_of(filename, error.lineno);
        }
        if message.kind == "SyntaxError" {
            return traceback::syntax_error(&message, self.target);
        }
        let place = match message.lineno {
            Some(line) => format!(" ({}, line {line})", shown(&split_path(filename).1)),
            None => String::new(),
        };
        format!("Sorry: {}: {}{place}", message.kind, message.msg)
    }
}

/// A line of the file with that name, if there is one (`PyErr_ProgramTextObject`).
fn line_of(filename: &OsStr, line: Option<u32>) -> Option<String> {
    let text = std::fs::read(filename).ok()?;
    line_text(&String::from_utf8_lossy(&text), line?).map(str::to_owned)
}

/// Makes the folders for `path`; an error comes with the folder that cannot be made (`os.makedirs`).
fn make_folders(path: &Path) -> Result<(), (Error, PathBuf)> {
    let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    else {
        return Ok(());
    };
    if folder.exists() {
        return Ok(());
    }
    make_folders(folder)?;
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err((error, folder.to_owned())),
        _ => Ok(()),
    }
}
