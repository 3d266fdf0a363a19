//! CPU time and peak memory against CPython's `compileall`, measured in the same run.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::resource::{UsageWho, getrusage};

use crate::reference::{self, Reference};

#[derive(clap::Args)]
pub struct Args {
    /// The interpreter to compare with [default: python3.14 of the references or of PATH]
    #[arg(long)]
    python: Option<PathBuf>,
    /// The tree of sources, copied before use [default: the interpreter's own standard library]
    #[arg(long)]
    root: Option<PathBuf>,
    /// Runs of each, alternating; the least time of each counts
    #[arg(long, default_value = "3")]
    runs: usize,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::find(args.python.as_deref())?;
    let root = match &args.root {
        Some(root) => root.canonicalize()?,
        None => reference.stdlib()?,
    };
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "pycsmith"])
        .current_dir(crate::workspace())
        .status()?;
    if !built.success() {
        return Err("pycsmith does not build".into());
    }
    let binary = crate::workspace()
        .join("target/release/pycsmith")
        .canonicalize()?;
    let copy = tempfile::tempdir()?;
    let bytes = copy_tree(&root, copy.path())?;

    let mut ours = Command::new(binary);
    ours.args([
        "compile",
        "--force",
        "-j",
        "1",
        "--target",
        &reference.target.to_string(),
        ".",
    ]);
    let mut theirs = Command::new(&reference.path);
    theirs.args(["-I", "-m", "compileall", "-f", "-q", "-j1", "."]);

    // The children's peak memory is that of the largest so far: ours must run first.
    let (mut best_ours, mut best_theirs) = (f64::INFINITY, f64::INFINITY);
    best_ours = best_ours.min(cpu_seconds(&mut ours, copy.path())?);
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    for _ in 0..args.runs {
        best_theirs = best_theirs.min(cpu_seconds(&mut theirs, copy.path())?);
        best_ours = best_ours.min(cpu_seconds(&mut ours, copy.path())?);
    }
    println!(
        "{} sources, {:.1} MB, target {}",
        reference::sources(copy.path()).len(),
        bytes as f64 / 1e6,
        reference.target
    );
    println!(
        "CPU time, one thread: compileall {best_theirs:.2} s, pycsmith {best_ours:.3} s, ratio {:.1}",
        best_theirs / best_ours
    );
    println!(
        "pycsmith: {:.1} MB of source a CPU second, peak memory {:.1} MB (the largest child so far, cargo included)",
        bytes as f64 / 1e6 / best_ours,
        peak as f64 / 1024.0
    );
    Ok(true)
}

fn copy_tree(root: &Path, to: &Path) -> Result<u64, Box<dyn Error>> {
    let mut bytes = 0;
    for source in reference::sources(root) {
        let destination = to.join(&source);
        std::fs::create_dir_all(destination.parent().expect("a file has a folder"))?;
        bytes += std::fs::copy(root.join(&source), destination)?;
    }
    Ok(bytes)
}

/// User and system time of one run of `command`.
fn cpu_seconds(command: &mut Command, folder: &Path) -> Result<f64, Box<dyn Error>> {
    let before = children()?;
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    Ok(children()? - before)
}

fn children() -> Result<f64, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}
