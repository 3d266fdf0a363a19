//! One source, compiled by us and by CPython.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{CodeObject, Target, compare};
use pycsmith_compiler::{CompileError, CompileOptions, Session};

use crate::workers;

/// What came of one source.
pub enum Outcome {
    Identical,
    BothReject {
        same_line: bool,
    },
    /// Something differs: its cause without the particulars of the place, and the particulars.
    Differs {
        cause: String,
        details: String,
        who: Who,
    },
    /// The interpreter died of this source, or of a bug of its own; there is nothing to compare with.
    NoTruth,
}

impl Outcome {
    /// We panicked, or found a bug of ours.
    fn is_crash(&self) -> bool {
        matches!(self, Outcome::Differs { cause, .. } if cause.starts_with("crash: "))
    }
}

/// Who accepts a source that came out differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Both,
    OnlyUs,
    OnlyCpython,
}

/// The interpreter's file, or `Err` with its error report; `None` if it has not been asked.
pub fn read_truth(truth: &Path, source: &str) -> Option<Result<Vec<u8>, serde_json::Value>> {
    if let Ok(bytes) = std::fs::read(truth.join(format!("{source}c"))) {
        return Some(Ok(bytes));
    }
    let report = std::fs::read(truth.join(format!("{source}.error"))).ok()?;
    Some(Err(
        serde_json::from_slice(&report).unwrap_or(serde_json::Value::Null)
    ))
}

/// Compiles `sources` below `root` and compares with what `truth` holds; sorted by name.
pub fn compare_all(
    target: Target,
    level: u8,
    root: &Path,
    truth: &Path,
    sources: &[String],
) -> Vec<(String, Outcome)> {
    let mut outcomes = workers::each(sources, |session, _, name| {
        let outcome = std::fs::read(root.join(name))
            .ok()
            .zip(read_truth(truth, name))
            .map_or(Outcome::NoTruth, |(source, truth)| {
                let options = CompileOptions {
                    target,
                    optimize: level,
                    filename: name.to_owned(),
                };
                compare_one(&source, &options, truth, |source, options| {
                    session.compile(source, options)
                })
            });
        if outcome.is_crash() {
            *session = Session::new();
        }
        vec![(name.to_owned(), outcome)]
    });
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    outcomes
}

/// Compares what `compile` makes of a source with the interpreter's file or error report.
pub fn compare_one(
    source: &[u8],
    options: &CompileOptions,
    truth: Result<Vec<u8>, serde_json::Value>,
    compile: impl FnOnce(&[u8], &CompileOptions) -> Result<CodeObject, CompileError>,
) -> Outcome {
    let target = options.target;
    let who = if truth.is_ok() {
        Who::OnlyCpython
    } else {
        Who::OnlyUs
    };
    let ours = catch_unwind(AssertUnwindSafe(|| {
        let code = compile(source, options)?;
        let validation = Validation::UncheckedHash(pyc::source_hash(target, source));
        let bytes = pyc::write(&code, target, validation)
            .map_err(|error| CompileError::Bug(error.to_string()))?;
        Ok::<_, CompileError>((code, bytes))
    }));
    let ours = match ours {
        Ok(ours) => ours,
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
            return differs("crash: ", words.unwrap_or_default(), Who::OnlyCpython);
        }
    };
    match (ours, truth) {
        // A SystemError says that CPython has contradicted itself, not what is wrong with the source.
        (Ok(_), Err(theirs))
            if ["Crash", "SystemError"]
                .iter()
                .any(|name| theirs.get("type").is_some_and(|kind| kind == name)) =>
        {
            Outcome::NoTruth
        }
        (Err(CompileError::Syntax(ours)), Err(theirs)) => {
            let line = theirs.get("lineno").and_then(serde_json::Value::as_u64);
            Outcome::BothReject {
                same_line: line == ours.lineno.map(u64::from),
            }
        }
        (Err(CompileError::Syntax(ours)), Ok(_)) => {
            let words = format!("{} (line {:?})", ours.msg, ours.lineno);
            differs("only we reject: ", words, who)
        }
        (Err(other), _) => differs("crash: ", format!("{other:?}"), who),
        (Ok(_), Err(theirs)) => {
            let words = theirs.get("msg").and_then(serde_json::Value::as_str);
            differs(
                "only CPython rejects: ",
                words.unwrap_or("?").to_owned(),
                who,
            )
        }
        (Ok((_, ours)), Ok(theirs)) if ours == theirs => Outcome::Identical,
        (Ok((code, ours)), Ok(theirs)) => match pyc::read(&theirs) {
            Err(error) => differs("crash: the reader: ", error.to_string(), Who::Both),
            Ok((_, _, theirs_code)) => {
                match compare::first_difference_of(&code, &theirs_code, target) {
                    Some(difference) => Outcome::Differs {
                        cause: format!("different: {}", difference.cause),
                        details: difference.to_string(),
                        who: Who::Both,
                    },
                    None => only_bytes(&ours, &theirs),
                }
            }
        },
    }
}

/// The cause is the first words.
fn differs(kind: &str, words: String, who: Who) -> Outcome {
    let first: String = words.chars().take(60).collect();
    Outcome::Differs {
        cause: format!("{kind}{first}"),
        details: words,
        who,
    }
}

/// The code objects are equal, the bytes are not.
fn only_bytes(ours: &[u8], theirs: &[u8]) -> Outcome {
    let at = ours
        .iter()
        .zip(theirs)
        .position(|(a, b)| a != b)
        .unwrap_or(ours.len().min(theirs.len()));
    let window = |bytes: &[u8]| {
        format!(
            "{:02x?}",
            &bytes[at.min(bytes.len())..(at + 8).min(bytes.len())]
        )
    };
    Outcome::Differs {
        cause: "equal code, other bytes".to_owned(),
        details: format!("at byte {at}: {} against {}", window(ours), window(theirs)),
        who: Who::Both,
    }
}
