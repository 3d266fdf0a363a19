//! Whether one source after another comes out as CPython's does, asked of one long-lived interpreter.

use std::cell::RefCell;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use pycsmith_bytecode::{CodeObject, Target};
use pycsmith_compiler::{CompileError, CompileOptions, compile, stages};
use serde_json::{Value, json};

use crate::conformance::outcome::{Outcome, compare_one, read_truth};
use crate::reference::Reference;
use crate::stages::ours;

const SERVER: &str = include_str!("compile_server.py");

/// A `.pyc` file, an error report, or nothing: the interpreter died.
type Truth = Option<Result<Vec<u8>, Value>>;

/// Compares our compiler, perhaps without some passes, with a reference interpreter.
pub struct Judge {
    reference: Reference,
    options: CompileOptions,
    disabled: Vec<String>,
    folder: tempfile::TempDir,
    /// None where the interpreter cannot start processes.
    server: Option<RefCell<Server>>,
}

impl Judge {
    pub fn new(
        reference: Reference,
        level: u8,
        filename: &str,
        disabled: &[String],
    ) -> Result<Judge, Box<dyn Error>> {
        ours::check_passes(reference.target, disabled)?;
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("compile_server.py");
        std::fs::write(&script, SERVER)?;
        let server = match reference.has_processes() {
            true => Some(RefCell::new(Server::start(
                &reference,
                &script,
                folder.path(),
            )?)),
            false => None,
        };
        Ok(Judge {
            options: CompileOptions {
                target: reference.target,
                optimize: level,
                filename: filename.to_owned(),
            },
            reference,
            disabled: disabled.to_vec(),
            folder,
            server,
        })
    }

    pub fn target(&self) -> Target {
        self.options.target
    }

    pub fn options(&self) -> &CompileOptions {
        &self.options
    }

    /// What we make of a source.
    ///
    /// # Errors
    /// Those of the compiler.
    pub fn ours(&self, source: &[u8]) -> Result<CodeObject, CompileError> {
        if self.disabled.is_empty() {
            return compile(source, &self.options);
        }
        stages::stages_without(source, &self.options, &self.disabled).map(|(_, code)| code)
    }

    /// What CPython makes of it.
    pub fn theirs(&self, source: &[u8]) -> Truth {
        match &self.server {
            Some(server) => server
                .borrow_mut()
                .ask(source, &self.options)
                .ok()
                .flatten(),
            None => self.through_files(source).ok().flatten(),
        }
    }

    /// Compares the two.
    pub fn judge(&self, source: &[u8]) -> Outcome {
        match self.theirs(source) {
            None => Outcome::NoTruth,
            Some(truth) => compare_one(source, &self.options, truth, |source, _| self.ours(source)),
        }
    }

    fn through_files(&self, source: &[u8]) -> Result<Truth, Box<dyn Error>> {
        let (root, out) = (
            self.folder.path().join("in"),
            self.folder.path().join("out"),
        );
        let name = &self.options.filename;
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().ok_or("a source has a folder")?)?;
        std::fs::write(path, source)?;
        let _ = std::fs::remove_dir_all(&out);
        self.reference.compile(
            self.options.optimize,
            &root,
            std::slice::from_ref(name),
            &out,
        )?;
        Ok(read_truth(&out, name))
    }
}

struct Server {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Server {
    fn start(
        reference: &Reference,
        script: &Path,
        folder: &Path,
    ) -> Result<Server, Box<dyn Error>> {
        let mut child = reference
            .command()
            .arg(script)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("no pipes to the interpreter".into());
        };
        Ok(Server {
            child,
            questions,
            answers: BufReader::new(answers),
        })
    }

    fn ask(&mut self, source: &[u8], options: &CompileOptions) -> Result<Truth, Box<dyn Error>> {
        let CompileOptions {
            optimize, filename, ..
        } = options;
        writeln!(self.questions, "{optimize} {} {filename}", source.len())?;
        self.questions.write_all(source)?;
        self.questions.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (kind, length) = line.trim_end().split_once(' ').ok_or("no answer")?;
        let mut data = vec![0; length.parse()?];
        self.answers.read_exact(&mut data)?;
        Ok(match kind {
            "ok" => Some(Ok(data)),
            "no" => Some(Err(report(&String::from_utf8_lossy(&data)))),
            _ => None,
        })
    }
}

/// The error report of `reference.py`, as far as it is looked at.
fn report(words: &str) -> Value {
    let mut lines = words.splitn(3, '\n');
    let kind = lines.next();
    let line = lines.next().and_then(|line| line.parse::<u64>().ok());
    json!({ "type": kind, "lineno": line, "msg": lines.next() })
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
