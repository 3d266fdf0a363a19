//! Whether one source after another comes out as CPython's does, asked of one long-lived interpreter.

use std::cell::RefCell;
use std::error::Error;
use std::io::{BufRead, Read};
use std::path::PathBuf;

use pycsmith_bytecode::{CodeObject, Target};
use pycsmith_compiler::{CompileError, CompileOptions, compile, stages};
use serde_json::{Value, json};

use crate::conformance::outcome::{Outcome, compare_one, read_truth};
use crate::conversation::Conversation;
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
    server: Option<RefCell<Conversation>>,
}

/// What `bisect` and `reduce` look at.
#[derive(clap::Args)]
pub struct Suspect {
    /// The source
    file: PathBuf,
    /// The target; its reference interpreter must be there
    #[arg(long, default_value = "3.14")]
    target: Target,
    /// The optimization level
    #[arg(long, default_value = "0")]
    pub level: u8,
    /// Leave this pass out of our pipeline, to have a difference to look for
    #[arg(long, value_name = "PASS")]
    pub disable: Vec<String>,
}

impl Suspect {
    /// The reference interpreter.
    pub fn reference(&self) -> Result<Reference, Box<dyn Error>> {
        Reference::of(self.target, true)
    }

    /// The file's name, what is in it, and who judges it.
    pub fn open(&self) -> Result<(&str, Vec<u8>, Judge), Box<dyn Error>> {
        let source = std::fs::read(&self.file)?;
        let name = self.file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or("a file name that is not UTF-8")?;
        let judge = Judge::new(self.reference()?, self.level, name, &self.disable)?;
        Ok((name, source, judge))
    }
}

impl Judge {
    fn new(
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
            true => Some(RefCell::new(Conversation::start(
                &reference,
                &script,
                &[folder.path().as_os_str()],
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
            Some(server) => ask(&mut server.borrow_mut(), source, &self.options)
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

/// Has the interpreter compile a source.
fn ask(
    server: &mut Conversation,
    source: &[u8],
    options: &CompileOptions,
) -> Result<Truth, Box<dyn Error>> {
    let CompileOptions {
        optimize, filename, ..
    } = options;
    server.say(format!("{optimize} {} {filename}\n", source.len()).as_bytes())?;
    server.say(source)?;
    let mut line = String::new();
    server.from.read_line(&mut line)?;
    let (kind, length) = line.trim_end().split_once(' ').ok_or("no answer")?;
    let mut data = vec![0; length.parse()?];
    server.from.read_exact(&mut data)?;
    Ok(match kind {
        "ok" => Some(Ok(data)),
        "no" => Some(Err(report(&String::from_utf8_lossy(&data)))),
        _ => None,
    })
}

/// The error report of `reference.py`, as far as it is looked at.
fn report(words: &str) -> Value {
    let mut lines = words.splitn(3, '\n');
    let kind = lines.next();
    let line = lines.next().and_then(|line| line.parse::<u64>().ok());
    json!({ "type": kind, "lineno": line, "msg": lines.next() })
}
