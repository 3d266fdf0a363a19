//! Sources of packages of the Python index.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// A Python with pip
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The folder that gets them: for `conformance --all`, pkgsrc in its store
    #[arg(long)]
    out: PathBuf,
    /// Names on the index
    #[arg(default_values = ["django", "sqlalchemy", "numpy", "requests", "rich", "pydantic", "pytest", "attrs"])]
    packages: Vec<String>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let status = Command::new(&args.python)
        .args([
            "-m",
            "pip",
            "install",
            "--no-deps",
            "--no-compile",
            "--target",
        ])
        .arg(&args.out)
        .args(&args.packages)
        .status()?;
    Ok(status.success())
}
