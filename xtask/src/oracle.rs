//! A reference interpreter that answers questions about the stages of its compiler, in one long-lived process.

use std::error::Error;
use std::io::BufRead;
use std::sync::Mutex;

use pycsmith_bytecode::Target;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::conversation::Conversation;
use crate::reference::Reference;
use crate::wire::{Flat, WireConsts};

const SCRIPT: &str = concat!(include_str!("wire.py"), include_str!("oracle.py"));

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What the interpreter raised.
    Raised(Raised),
    /// Something of ours failed.
    Ours(String),
    /// The interpreter died of the question; the next one goes to a new process.
    Died,
}

/// An exception.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Raised {
    #[serde(rename = "type")]
    pub kind: String,
    pub msg: String,
    pub line: Option<i64>,
}

impl Refusal {
    pub fn ours(message: String) -> Refusal {
        Refusal::Ours(message)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Raised(raised) => write!(f, "{}: {}", raised.kind, raised.msg),
            Refusal::Ours(message) => write!(f, "pycsmith: {message}"),
            Refusal::Died => f.write_str("the interpreter died"),
        }
    }
}

/// What was asked for, or what was raised.
#[derive(Deserialize)]
pub struct Answer<T> {
    #[serde(default = "none")]
    value: Option<T>,
    error: Option<Raised>,
}

fn none<T>() -> Option<T> {
    None
}

impl<T> Answer<T> {
    pub fn into_result(self) -> Result<T, Refusal> {
        match (self.value, self.error) {
            (Some(value), None) => Ok(value),
            (_, Some(raised)) => Err(Refusal::Raised(raised)),
            (None, None) => Err(Refusal::Died),
        }
    }
}

/// What an interpreter offers.
#[derive(Clone, Copy, Default, Deserialize)]
pub struct Offers {
    /// The functions of `_testinternalcapi`.
    pub functions: bool,
    /// They know where a block push goes. 3.12's drop its operand, and die of it or write nonsense.
    pub block_pushes: bool,
}

/// What `compiler_codegen` shows of a module.
#[derive(Deserialize)]
pub struct Codegen {
    /// Inner ones before those around them.
    pub units: Vec<Flat>,
    /// It shows inner units (from 3.13 on).
    pub nested: bool,
}

/// What `optimize_cfg` makes of a unit.
#[derive(Deserialize)]
pub struct OptimizedUnit {
    pub instrs: Flat,
    pub consts: WireConsts,
}

/// The line that answers `question`; `None` if the process ends instead.
fn answer(process: &mut Conversation, question: &Value) -> Option<String> {
    process.say(format!("{question}\n").as_bytes()).ok()?;
    let mut answer = String::new();
    let read = process.from.read_line(&mut answer).ok()?;
    (read > 0 && answer.ends_with('\n')).then_some(answer)
}

/// Asks one reference interpreter; threads that ask at the same time get a process each.
pub struct Oracle {
    reference: Reference,
    _folder: tempfile::TempDir,
    script: std::path::PathBuf,
    idle: Mutex<Vec<Conversation>>,
}

impl Oracle {
    pub fn new(reference: Reference) -> Result<Oracle, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("oracle.py");
        std::fs::write(&script, SCRIPT)?;
        Ok(Oracle {
            reference,
            _folder: folder,
            script,
            idle: Mutex::default(),
        })
    }

    pub fn target(&self) -> Target {
        self.reference.target
    }

    /// What the interpreter can be asked for.
    pub fn offers(&self) -> Offers {
        self.ask(&json!({ "do": "offers" })).unwrap_or_default()
    }

    fn ask<T: DeserializeOwned>(&self, question: &Value) -> Result<T, Refusal> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let process = match idle {
            Some(process) => Ok(process),
            None => Conversation::start(&self.reference, &self.script, &[]),
        };
        let Ok(mut process) = process else {
            return Err(Refusal::Died);
        };
        let line = answer(&mut process, question).ok_or(Refusal::Died)?;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(process);
        }
        let answer: Answer<T> =
            serde_json::from_str(&line).map_err(|error| Refusal::Ours(error.to_string()))?;
        answer.into_result()
    }

    /// The symbol table of a source as text.
    pub fn symbols(&self, source: &[u8], filename: &str) -> Result<String, Refusal> {
        let question = json!({
            "do": "symbols", "source": latin_1(source), "filename": filename,
        });
        self.ask(&question)
    }

    /// What `compiler_codegen` shows of a source.
    pub fn codegen(&self, source: &[u8], filename: &str, level: u8) -> Result<Codegen, Refusal> {
        let question = json!({
            "do": "codegen", "source": latin_1(source), "filename": filename, "level": level,
        });
        self.ask(&question)
    }

    /// What one of the functions makes of each of `units` (see [`crate::wire`]).
    pub fn units<T: DeserializeOwned>(
        &self,
        work: &str,
        units: &[Value],
    ) -> Result<Vec<Answer<T>>, Refusal> {
        let question = json!({ "do": "units", "work": work, "units": units });
        self.ask(&question)
    }

    /// What `python -m ast -a` prints, without the newline at its end.
    pub fn tree(&self, source: &[u8], filename: &str) -> Result<String, Refusal> {
        let question = json!({
            "do": "tree", "source": latin_1(source), "filename": filename,
        });
        self.ask(&question)
    }
}

/// A character a byte.
fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
