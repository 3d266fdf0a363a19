//! The sources that CPython's own tests hand to `compile()`.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// A CPython with its `test` package
    #[arg(long)]
    python: PathBuf,
    /// The folder that gets them: for `conformance --all`, snippets-3.X in its store
    #[arg(long)]
    out: PathBuf,
    /// Modules of the `test` package [default: those about syntax, compilation and the language]
    tests: Vec<String>,
}

const SCRIPT: &str = include_str!("snippets.py");

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    std::fs::create_dir_all(&args.out)?;
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("snippets.py");
    std::fs::write(&script, SCRIPT)?;
    // Tests write where they are.
    let status = Command::new(&args.python)
        .arg(&script)
        .arg(args.out.canonicalize()?)
        .args(&args.tests)
        .current_dir(folder.path())
        .status()?;
    Ok(status.success())
}
