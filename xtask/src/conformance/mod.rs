//! Identity with CPython over whole trees.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{Target, compare};
use pycsmith_compiler::{CompileError, CompileOptions, Session};

use crate::reference::{self, Reference};
use crate::workers;

#[derive(clap::Args)]
pub struct Args {
    /// The interpreter to compare with [default: python3.14 of the references or of PATH]
    #[arg(long)]
    python: Option<PathBuf>,
    /// The tree to compile [default: the interpreter's own standard library]
    #[arg(long)]
    root: Option<PathBuf>,
    /// Where the interpreter's files are, or go if they are not there yet: DIR/O0, DIR/O1, DIR/O2
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Optimization levels
    #[arg(long, value_delimiter = ',', default_value = "0,1,2")]
    levels: Vec<u8>,
    /// Compare every Nth source only
    #[arg(long, default_value = "1")]
    every: usize,
    /// Name each source that differs
    #[arg(long)]
    list: bool,
    /// Examples a group of differences
    #[arg(long, default_value = "3")]
    examples: usize,
}

/// What came of one source.
enum Outcome {
    Identical,
    BothReject {
        same_place: bool,
    },
    /// The code objects are equal, the bytes are not.
    OnlyBytes(String),
    Different(Box<compare::Difference>),
    OnlyWeReject(String),
    OnlyWeAccept(String),
    Crash(String),
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::find(args.python.as_deref())?;
    let root = match &args.root {
        Some(root) => root.canonicalize()?,
        None => reference.stdlib()?,
    };
    let sources: Vec<String> = reference::sources(&root)
        .into_iter()
        .step_by(args.every.max(1))
        .collect();
    let mut good = true;
    for &level in &args.levels {
        let truth = match &args.truth {
            Some(folder) => folder.join(format!("O{level}")),
            None => default_truth(&reference, &root, level),
        };
        let missing: Vec<String> = sources
            .iter()
            .filter(|source| read_truth(&truth, source).is_none())
            .cloned()
            .collect();
        if !missing.is_empty() {
            reference.compile(level, &root, &missing, &truth)?;
        }
        println!(
            "{} sources below {}, level {level}, against CPython {}",
            sources.len(),
            root.display(),
            reference.target
        );
        good &= report(
            args,
            &compare_all(reference.target, level, &root, &truth, &sources),
        );
    }
    Ok(good)
}

fn default_truth(reference: &Reference, root: &Path, level: u8) -> PathBuf {
    let place: String = root
        .to_string_lossy()
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .collect();
    crate::workspace()
        .join("target/conformance")
        .join(reference.target.to_string())
        .join(place)
        .join(format!("O{level}"))
}

/// The interpreter's file, or `Err` with its error report.
fn read_truth(truth: &Path, source: &str) -> Option<Result<Vec<u8>, serde_json::Value>> {
    if let Ok(bytes) = std::fs::read(truth.join(format!("{source}c"))) {
        return Some(Ok(bytes));
    }
    let report = std::fs::read(truth.join(format!("{source}.error"))).ok()?;
    Some(Err(
        serde_json::from_slice(&report).unwrap_or(serde_json::Value::Null)
    ))
}

fn compare_all(
    target: Target,
    level: u8,
    root: &Path,
    truth: &Path,
    sources: &[String],
) -> Vec<(String, Outcome)> {
    let mut outcomes = workers::each(sources, |session, _, source| {
        let outcome = compare_one(session, target, level, root, truth, source);
        outcome
            .map(|outcome| (source.to_owned(), outcome))
            .into_iter()
            .collect()
    });
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    outcomes
}

fn compare_one(
    session: &mut Session,
    target: Target,
    level: u8,
    root: &Path,
    truth: &Path,
    name: &str,
) -> Option<Outcome> {
    let source = std::fs::read(root.join(name)).ok()?;
    let truth = read_truth(truth, name)?;
    let options = CompileOptions {
        target,
        optimize: level,
        filename: name.to_owned(),
    };
    let ours = catch_unwind(AssertUnwindSafe(|| {
        let code = session.compile(&source, &options)?;
        let bytes = pyc::write(
            &code,
            target,
            Validation::UncheckedHash(pyc::source_hash(target, &source)),
        )
        .map_err(|error| CompileError::Bug(error.to_string()))?;
        Ok::<_, CompileError>((code, bytes))
    }));
    let ours = match ours {
        Ok(ours) => ours,
        Err(panic) => {
            *session = Session::new();
            let words = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
            return Some(Outcome::Crash(words.unwrap_or_default()));
        }
    };
    Some(match (ours, truth) {
        (Err(CompileError::Syntax(ours)), Err(theirs)) => {
            let line = theirs.get("lineno").and_then(serde_json::Value::as_u64);
            Outcome::BothReject {
                same_place: line == ours.lineno.map(u64::from),
            }
        }
        (Err(CompileError::Syntax(ours)), Ok(_)) => {
            Outcome::OnlyWeReject(format!("{} (line {:?})", ours.msg, ours.lineno))
        }
        (Err(other), _) => Outcome::Crash(format!("{other:?}")),
        (Ok(_), Err(theirs)) => Outcome::OnlyWeAccept(
            theirs
                .get("msg")
                .and_then(serde_json::Value::as_str)
                .unwrap_or("?")
                .to_owned(),
        ),
        (Ok((_, ours)), Ok(theirs)) if ours == theirs => Outcome::Identical,
        (Ok((code, ours)), Ok(theirs)) => match pyc::read(&theirs) {
            Err(error) => Outcome::Crash(format!("the reader: {error}")),
            Ok((_, _, theirs_code)) => {
                match compare::first_difference_of(&code, &theirs_code, target) {
                    Some(difference) => Outcome::Different(Box::new(difference)),
                    None => {
                        let at = ours
                            .iter()
                            .zip(&theirs)
                            .position(|(a, b)| a != b)
                            .unwrap_or(ours.len().min(theirs.len()));
                        Outcome::OnlyBytes(format!(
                            "at byte {at}: {:02x?} against {:02x?}",
                            window(&ours, at),
                            window(&theirs, at)
                        ))
                    }
                }
            }
        },
    })
}

fn window(bytes: &[u8], at: usize) -> &[u8] {
    &bytes[at.min(bytes.len())..(at + 8).min(bytes.len())]
}

fn report(args: &Args, outcomes: &[(String, Outcome)]) -> bool {
    let mut groups: BTreeMap<String, Vec<(&str, String)>> = BTreeMap::new();
    let (mut identical, mut rejected, mut other_line) = (0, 0, 0);
    for (name, outcome) in outcomes {
        let (group, text) = match outcome {
            Outcome::Identical => {
                identical += 1;
                continue;
            }
            Outcome::BothReject { same_place } => {
                rejected += 1;
                other_line += usize::from(!same_place);
                continue;
            }
            Outcome::OnlyBytes(text) => ("equal code, other bytes".to_owned(), text.clone()),
            Outcome::Different(difference) => (
                format!("different: {}", difference.cause),
                difference.to_string(),
            ),
            Outcome::OnlyWeReject(text) => (
                format!("only we reject: {}", first_words(text)),
                text.clone(),
            ),
            Outcome::OnlyWeAccept(text) => (
                format!("only CPython rejects: {}", first_words(text)),
                text.clone(),
            ),
            Outcome::Crash(text) => (format!("crash: {}", first_words(text)), text.clone()),
        };
        groups.entry(group).or_default().push((name, text));
    }
    println!(
        "  identical {identical}, rejected by both {rejected} ({other_line} of them with another line), other {}",
        outcomes.len() - identical - rejected
    );
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    for (group, members) in &groups {
        println!("  {:5} {group}", members.len());
        for (name, text) in members
            .iter()
            .take(if args.list { usize::MAX } else { args.examples })
        {
            println!(
                "        {name}\n            {}",
                text.replace('\n', "\n            ")
            );
        }
    }
    groups.is_empty()
}

fn first_words(text: &str) -> String {
    text.chars().take(60).collect()
}
