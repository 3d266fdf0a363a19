//! One set of test binaries for all mutants.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Mutant;
use super::rewrite::{self, Rewritten};

/// What picks the body that runs; 0 is none of the mutants.
const ACTIVE: &str = r#"
pub fn active() -> usize {
    static ACTIVE: std::sync::LazyLock<usize> = std::sync::LazyLock::new(|| {
        let number = std::env::var("PYCSMITH_MUTANT");
        number.ok().and_then(|number| number.parse().ok()).unwrap_or(0)
    });
    *ACTIVE
}
"#;

/// The test binaries, and what is in them.
pub struct Built {
    pub binaries: Vec<PathBuf>,
    /// The folder that tests run in.
    pub package: PathBuf,
    /// By number, from 1.
    pub mutants: BTreeMap<usize, Mutant>,
    pub unviable: Vec<Mutant>,
    pub not_tried: Vec<Mutant>,
}

/// Builds the copy of the workspace at `tree` without those mutants that do not compile.
pub fn build(tree: &Path, mutants: Vec<Mutant>) -> Result<Built, Box<dyn Error>> {
    copy(tree)?;
    let mut left: BTreeMap<usize, Mutant> = (1..).zip(mutants).collect();
    let (mut unviable, mut not_tried) = (Vec::new(), Vec::new());
    let files: BTreeSet<String> = left.values().map(|mutant| mutant.file.clone()).collect();
    loop {
        let written = write(tree, &files, &left)?;
        let mut impossible = BTreeSet::new();
        for rewritten in written.values() {
            impossible.extend(&rewritten.not_tried);
        }
        not_tried.extend(impossible.iter().filter_map(|number| left.remove(number)));
        let broken = broken(tree, &written)?;
        if broken.is_empty() {
            break;
        }
        eprintln!("{} mutants do not compile", broken.len());
        unviable.extend(broken.iter().filter_map(|number| left.remove(number)));
    }
    Ok(Built {
        binaries: binaries(tree)?,
        package: tree.join("optimizer"),
        mutants: left,
        unviable,
        not_tried,
    })
}

/// Copies what git knows of.
fn copy(tree: &Path) -> Result<(), Box<dyn Error>> {
    let _ = std::fs::remove_dir_all(tree);
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(crate::workspace())
        .output()?;
    for name in String::from_utf8(output.stdout)?.split_terminator('\0') {
        let (from, to) = (crate::workspace().join(name), tree.join(name));
        if from.is_file() {
            std::fs::create_dir_all(to.parent().ok_or("a file has a folder")?)?;
            std::fs::copy(from, to)?;
        }
    }
    let lib = tree.join("optimizer/src/lib.rs");
    let text = std::fs::read_to_string(&lib)?;
    std::fs::write(&lib, format!("#![allow(warnings)]\n{text}\nmod mutants;\n"))?;
    std::fs::write(tree.join("optimizer/src/mutants.rs"), ACTIVE)?;
    Ok(())
}

/// Writes the files, those too that have no mutants any more.
fn write(
    tree: &Path,
    files: &BTreeSet<String>,
    mutants: &BTreeMap<usize, Mutant>,
) -> Result<BTreeMap<String, Rewritten>, Box<dyn Error>> {
    let mut written = BTreeMap::new();
    for file in files {
        let own = mutants.iter().filter(|(_, mutant)| mutant.file == *file);
        let mutants: Vec<(usize, &Mutant)> =
            own.map(|(number, mutant)| (*number, mutant)).collect();
        let text = std::fs::read_to_string(crate::workspace().join(file))?;
        let rewritten = rewrite::rewrite(&text, &mutants);
        std::fs::write(tree.join(file), &rewritten.text)?;
        written.insert(file.to_owned(), rewritten);
    }
    Ok(written)
}

/// The messages of cargo, which end with an error of the compiler's or not.
fn messages(tree: &Path, arguments: &[&str]) -> Result<Vec<Value>, Box<dyn Error>> {
    let output = Command::new("cargo")
        .args(arguments)
        .args([
            "--message-format",
            "json",
            "--package",
            "pycsmith-optimizer",
        ])
        .args([
            "--config",
            "profile.dev.package.pycsmith-optimizer.opt-level=0",
        ])
        .current_dir(tree)
        // Not the workspace's: cargo takes crates at the same place of two copies for the same.
        .env("CARGO_TARGET_DIR", tree.with_file_name("target"))
        .stderr(Stdio::null())
        .output()?;
    let lines = String::from_utf8(output.stdout)?;
    Ok(lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect())
}

/// The mutants in which the compiler finds errors.
fn broken(
    tree: &Path,
    written: &BTreeMap<String, Rewritten>,
) -> Result<BTreeSet<usize>, Box<dyn Error>> {
    let mut found = BTreeSet::new();
    for message in messages(tree, &["build"])? {
        let error = &message["message"];
        if message["reason"] != "compiler-message" || error["level"] != "error" {
            continue;
        }
        let mut places = error["spans"].as_array().into_iter().flatten();
        let number = places.find_map(|span| mutant_at(written, span));
        match number {
            Some(number) => {
                found.insert(number);
            }
            // The summary at the end.
            None if error["spans"].as_array().is_some_and(Vec::is_empty) => {}
            None => return Err(format!("not of a mutant: {}", error["rendered"]).into()),
        }
    }
    Ok(found)
}

/// The mutant at a place of a compiler's message.
fn mutant_at(written: &BTreeMap<String, Rewritten>, span: &Value) -> Option<usize> {
    let (file, line) = (span["file_name"].as_str()?, span["line_start"].as_u64()?);
    let lines = &written.get(file)?.lines;
    let (_, number) = lines
        .iter()
        .find(|(lines, _)| lines.contains(&(line as usize)))?;
    Some(*number)
}

fn binaries(tree: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let found: Vec<PathBuf> = messages(tree, &["test", "--no-run"])?
        .iter()
        .filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
        .collect();
    match found.is_empty() {
        true => Err("the tests are not built".into()),
        false => Ok(found),
    }
}
