//! What CPython compiles our own programs to, as hashes, so that the tests need no Python.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::pyc;

use crate::reference::{self, Reference};

#[derive(clap::Args)]
pub struct Args {
    /// The interpreter that makes the truth [default: each of the references]
    #[arg(long)]
    python: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let references = match &args.python {
        Some(path) => vec![Reference::at(path)?],
        None => Reference::all(),
    };
    references.iter().try_for_each(write_goldens)?;
    Ok(!references.is_empty())
}

/// Writes tests/goldens/<version>.txt: level, hash of the .pyc (or `rejected`), path.
fn write_goldens(reference: &Reference) -> Result<(), Box<dyn Error>> {
    let root = crate::workspace().join("tests/python").canonicalize()?;
    let sources = reference::sources(&root);
    let mut text = format!(
        "# What CPython {} compiles tests/python to; `cargo xtask goldens` writes this file.\n# level, hash of the .pyc (as `importlib.util.source_hash` would give it), `rejected`, or `failed` for a bug of CPython's, source\n",
        reference.target
    );
    for level in 0..=2 {
        let out = tempfile::tempdir()?;
        reference.compile(level, &root, &sources, out.path())?;
        for source in &sources {
            match std::fs::read(out.path().join(format!("{source}c"))) {
                Ok(bytes) => writeln!(
                    text,
                    "{level} {:016x} {source}",
                    pyc::source_hash(reference.target, &bytes)
                )?,
                Err(_) if is_rejected(&out.path().join(format!("{source}.error"))) => {
                    writeln!(text, "{level} rejected {source}")?
                }
                Err(_) => writeln!(text, "{level} failed {source}")?,
            }
        }
    }
    let path = crate::workspace().join(format!("tests/goldens/{}.txt", reference.target));
    std::fs::create_dir_all(path.parent().expect("a file has a folder"))?;
    std::fs::write(&path, text)?;
    println!(
        "{} sources at 3 levels by CPython {}",
        sources.len(),
        reference.target
    );
    Ok(())
}

/// Whether an error report is about the source; not if CPython died of it or found itself contradicted.
fn is_rejected(report: &Path) -> bool {
    let report = std::fs::read_to_string(report).unwrap_or_default();
    !report.is_empty() && !report.contains("\"SystemError\"") && !report.contains("\"Crash\"")
}
