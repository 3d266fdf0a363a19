//! `pycsmith ast` against `python -m ast -a`.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use pycsmith_bytecode::{Target, pyc};

use super::outcome::{Outcome, Who};
use crate::reference::Reference;
use crate::workers;

const SCRIPT: &str = include_str!("ast.py");

/// Differing sources whose texts are looked at for a cause.
const LOOKED_AT: usize = 40;

/// Compares the trees of `sources` below `root`; `truth` is the file that keeps CPython's, by hash.
pub fn compare_all(
    reference: &Reference,
    root: &Path,
    truth: &Path,
    sources: &[String],
) -> Result<Vec<(String, Outcome)>, Box<dyn Error>> {
    let known = known(reference, root, truth, sources)?;
    let target = reference.target;
    let mut outcomes = workers::each(sources, |_, _, name| {
        vec![(
            name.to_owned(),
            compare_one(target, root, name, known.get(name).map(String::as_str)),
        )]
    });
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    explain(reference, root, &mut outcomes)?;
    Ok(outcomes)
}

/// What CPython found for each source, from `truth`, which gets what it lacks.
fn known(
    reference: &Reference,
    root: &Path,
    truth: &Path,
    sources: &[String],
) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let read = || -> BTreeMap<String, String> {
        std::fs::read_to_string(truth)
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(found, name)| (name.to_owned(), found.to_owned()))
            .collect()
    };
    if let Some(folder) = truth.parent() {
        std::fs::create_dir_all(folder)?;
    }
    loop {
        let known = read();
        let missing: Vec<String> = sources
            .iter()
            .filter(|name| !known.contains_key(*name))
            .cloned()
            .collect();
        if missing.is_empty() {
            return Ok(known);
        }
        let arguments = [truth.as_os_str(), root.as_os_str(), "hash".as_ref()];
        let status = reference.run_script(SCRIPT, &arguments, &missing)?;
        let after = read();
        if let Some(culprit) = missing.iter().find(|name| !after.contains_key(*name)) {
            if status.success() {
                return Err(format!("{culprit}: no tree by {}", reference.path.display()).into());
            }
            // The interpreter died of it.
            let mut text = std::fs::read_to_string(truth).unwrap_or_default();
            text.push_str(&format!("crash {culprit}\n"));
            std::fs::write(truth, text)?;
        }
    }
}

fn compare_one(target: Target, root: &Path, name: &str, theirs: Option<&str>) -> Outcome {
    let differs = |cause: &str, details: String, who| Outcome::Differs {
        cause: cause.to_owned(),
        details,
        who,
    };
    let Some(theirs) = theirs.filter(|theirs| *theirs != "crash") else {
        return Outcome::NoTruth;
    };
    match ours(target, root, name) {
        Err(words) if words.starts_with("crash") => differs("crash", words, Who::OnlyCpython),
        Err(_) if theirs == "rejected" => Outcome::BothReject { same_line: true },
        Err(words) => differs("only we reject", words, Who::OnlyCpython),
        Ok(_) if theirs == "rejected" => {
            differs("only CPython rejects", String::new(), Who::OnlyUs)
        }
        Ok(text) => {
            if format!("{:016x}", pyc::source_hash(target, text.as_bytes())) == theirs {
                Outcome::Identical
            } else {
                differs(DIFFERENT, String::new(), Who::Both)
            }
        }
    }
}

/// The cause of a difference that has not been looked at.
const DIFFERENT: &str = "different trees";

/// What `pycsmith ast` prints.
fn ours(target: Target, root: &Path, name: &str) -> Result<String, String> {
    let source = std::fs::read(root.join(name)).map_err(|error| format!("crash: {error}"))?;
    let dumped = catch_unwind(AssertUnwindSafe(|| {
        pycsmith_compiler::dump_ast(&source, target)
    }));
    match dumped {
        Ok(Ok(text)) => Ok(text + "\n"),
        Ok(Err(pycsmith_compiler::CompileError::Syntax(error))) => Err(error.msg),
        Ok(Err(other)) => Err(format!("crash: {other:?}")),
        Err(_) => Err("crash: a panic".to_owned()),
    }
}

/// Asks CPython for the texts of trees that differ, and says where they do first.
fn explain(
    reference: &Reference,
    root: &Path,
    outcomes: &mut [(String, Outcome)],
) -> Result<(), Box<dyn Error>> {
    let different = outcomes.iter_mut().filter(
        |(_, outcome)| matches!(outcome, Outcome::Differs { cause, .. } if cause == DIFFERENT),
    );
    let different: Vec<_> = different.take(LOOKED_AT).collect();
    if different.is_empty() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let names: Vec<String> = different.iter().map(|(name, _)| name.clone()).collect();
    let arguments = [folder.path().as_os_str(), root.as_os_str(), "text".as_ref()];
    reference.run_script(SCRIPT, &arguments, &names)?;
    for (name, outcome) in different {
        let theirs = std::fs::read_to_string(folder.path().join(format!("{name}.ast")));
        if let (Ok(ours), Ok(theirs)) = (ours(reference.target, root, name), theirs) {
            *outcome = first_difference(&ours, &theirs);
        }
    }
    Ok(())
}

/// The first line that differs, with its field's name as the cause, between two lines of context.
fn first_difference(ours: &str, theirs: &str) -> Outcome {
    let (ours, theirs): (Vec<_>, Vec<_>) = (ours.lines().collect(), theirs.lines().collect());
    let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let line = |lines: &[&str]| {
        lines
            .get(at)
            .map_or("(the end)", |line| line.trim())
            .to_owned()
    };
    let words = |line: &str| line.split(['=', '(']).next().unwrap_or_default().to_owned();
    let (our_line, their_line) = (line(&ours), line(&theirs));
    let node = ours[..at.min(ours.len())]
        .iter()
        .rev()
        .find(|line| line.ends_with('('))
        .map_or("", |line| line.trim());
    Outcome::Differs {
        cause: format!("tree: {} against {}", words(&our_line), words(&their_line)),
        details: format!(
            "line {} of the dump, in {node}\nours:   {our_line}\ntheirs: {their_line}",
            at + 1
        ),
        who: Who::Both,
    }
}
