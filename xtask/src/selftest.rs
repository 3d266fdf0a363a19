//! CPython's own tests, run by CPython from our `.pyc` files with no source beside them.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileOptions, Session};
use walkdir::WalkDir;

use crate::reference::{self, Reference};

#[derive(clap::Args)]
pub struct Args {
    /// The interpreter [default: python3.14 of the references or of PATH]
    #[arg(long)]
    python: Option<PathBuf>,
    /// Modules of the `test` package
    #[arg(default_values = ["test_grammar", "test_fstring", "test_patma", "test_generators", "test_coroutines", "test_scope", "test_named_expressions", "test_type_params", "test_except_star", "test_listcomps"])]
    tests: Vec<String>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::find(args.python.as_deref())?;
    let stdlib = reference.stdlib()?;
    let (ours, theirs) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let library = format!("lib/python3.{}", reference.target.minor);
    let sources = reference::sources(&stdlib);
    link_data(&stdlib, &ours.path().join(&library))?;
    link_data(&stdlib, &theirs.path().join(&library))?;
    reference.compile(0, &stdlib, &sources, &theirs.path().join(&library))?;
    let by_us = compile_ours(&reference, &stdlib, &sources, &ours.path().join(&library))?;
    println!("{by_us} of {} sources compiled by us", sources.len());

    let mut good = true;
    for test in &args.tests {
        let (from_ours, from_theirs) = (
            results(&reference, ours.path(), test)?,
            results(&reference, theirs.path(), test)?,
        );
        let same = from_ours == from_theirs && !from_ours.is_empty();
        println!(
            "{test}: {} results, {}",
            from_ours.len(),
            if same {
                "the same as from CPython's files"
            } else {
                "DIFFERENT"
            }
        );
        for line in from_ours.symmetric_difference(&from_theirs).take(10) {
            println!(
                "    {} {line}",
                if from_ours.contains(line) {
                    "ours:  "
                } else {
                    "theirs:"
                }
            );
        }
        good &= same;
    }
    Ok(good)
}

/// Everything of the library but its sources, as links.
fn link_data(stdlib: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    for entry in WalkDir::new(stdlib)
        .follow_links(true)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "__pycache__")
        .filter_map(Result::ok)
    {
        let destination = to.join(entry.path().strip_prefix(stdlib)?);
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(destination)?;
        } else if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "py")
        {
            std::os::unix::fs::symlink(entry.path().canonicalize()?, destination)?;
        }
    }
    Ok(())
}

fn compile_ours(
    reference: &Reference,
    stdlib: &Path,
    sources: &[String],
    to: &Path,
) -> Result<usize, Box<dyn Error>> {
    let compile = || {
        let (mut session, mut count) = (Session::new(), 0);
        for name in sources {
            let Ok(source) = std::fs::read(stdlib.join(name)) else {
                continue;
            };
            let options = CompileOptions {
                target: reference.target,
                optimize: 0,
                filename: name.clone(),
            };
            if let Ok(code) = session.compile(&source, &options) {
                let validation =
                    Validation::UncheckedHash(pyc::source_hash(reference.target, &source));
                let Ok(bytes) = pyc::write(&code, reference.target, validation) else {
                    continue;
                };
                if std::fs::write(to.join(format!("{name}c")), bytes).is_ok() {
                    count += 1;
                }
            }
        }
        count
    };
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(1 << 30)
            .spawn_scoped(scope, compile)?;
        worker.join().map_err(|_| "the compiler panicked".into())
    })
}

/// One line for each test, `name ... outcome`.
fn results(
    reference: &Reference,
    home: &Path,
    test: &str,
) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let output = Command::new(&reference.path)
        .args(["-B", "-m", "unittest", "-v", &format!("test.{test}")])
        .env("PYTHONHOME", home)
        .env("PYTHONHASHSEED", "0")
        .current_dir(home)
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    Ok(text
        .lines()
        .filter(|line| line.contains(" ... "))
        .map(without_addresses)
        .collect())
}

/// `<function f at 0x7f00>` as `<function f at 0x>`.
fn without_addresses(line: &str) -> String {
    let mut parts = line.split(" at 0x");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| {
        line + " at 0x" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}
