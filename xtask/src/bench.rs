//! CPU time and peak memory against CPython's `compileall`, measured in the same run.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wait4::Wait4 as _;

use crate::reference::{self, Reference};
use crate::release::{self, Toolchain};

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
    /// Measure the plain release build instead of the one that `release` makes, which is distributed
    #[arg(long)]
    plain: bool,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::find(args.python.as_deref())?;
    let root = match &args.root {
        Some(root) => root.canonicalize()?,
        None => reference.stdlib()?,
    };
    let (binary, built) = binary(args.plain)?;
    // A tree of its own for each run: where files were deleted a moment before, making new ones costs the kernel more.
    let copies = (0..2 * args.runs)
        .map(|_| tempfile::tempdir())
        .collect::<Result<Vec<_>, _>>()?;
    let mut bytes = 0;
    for copy in &copies {
        bytes = copy_tree(&root, copy.path())?;
    }

    // So that nobody's time goes into writing the copies to the disk. Where there is no such program, the figures vary more.
    let _ = Command::new("sync").status();

    let mut ours = Command::new(binary);
    ours.args([
        "compile",
        "-j",
        "1",
        "--target",
        &reference.target.to_string(),
        ".",
    ]);
    let mut theirs = Command::new(&reference.path);
    theirs.args(["-I", "-m", "compileall", "-f", "-q", "-j1", "."]);

    let (mut best_ours, mut best_theirs, mut peak) = (f64::INFINITY, f64::INFINITY, 0);
    for pair in copies.chunks_exact(2) {
        best_theirs = best_theirs.min(measure(&mut theirs, pair[0].path())?.0);
        let (seconds, memory) = measure(&mut ours, pair[1].path())?;
        best_ours = best_ours.min(seconds);
        peak = peak.max(memory);
    }
    println!(
        "{} sources, {:.1} MB, target {}",
        reference::sources(&root).len(),
        bytes as f64 / 1e6,
        reference.target
    );
    println!("pycsmith is built {built}");
    println!(
        "CPU time, one thread: compileall {best_theirs:.2} s, pycsmith {best_ours:.3} s, ratio {:.1}",
        best_theirs / best_ours
    );
    println!(
        "pycsmith: {:.1} MB of source a CPU second, peak memory {:.1} MB",
        bytes as f64 / 1e6 / best_ours,
        peak as f64 / 1e6
    );
    Ok(true)
}

/// The binary to measure, and how it is built.
fn binary(plain: bool) -> Result<(PathBuf, &'static str), Box<dyn Error>> {
    if !plain {
        let binary = release::build(&Toolchain::find()?)?;
        return Ok((binary, "as `cargo xtask release` does, with a profile"));
    }
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "pycsmith"])
        .current_dir(crate::workspace())
        .status()?;
    if !built.success() {
        return Err("pycsmith does not build".into());
    }
    let binary = crate::workspace().join("target/release/pycsmith");
    Ok((binary.canonicalize()?, "without a profile"))
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

/// User and system time in seconds, and peak memory in bytes, of one run of `command`.
pub fn measure(command: &mut Command, folder: &Path) -> Result<(f64, u64), Box<dyn Error>> {
    let mut child = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let usage = child.wait4()?.rusage;
    Ok(((usage.utime + usage.stime).as_secs_f64(), usage.maxrss))
}
