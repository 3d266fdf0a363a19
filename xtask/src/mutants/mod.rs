//! `cargo xtask mutants`: whether the tests of the optimizer notice when a rule of a pass is broken.
//!
//! cargo-mutants says what can be broken (`cargo mutants --list`, as `.cargo/mutants.toml` has it), but would build the crate for each of
//! a thousand mutants. Here all go into one: in a copy of the sources each function has a body for each of its mutants beside its
//! own, and a variable of the environment picks one. Mutants that do not compile are found by compiling, and left out.

mod build;
mod rewrite;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::workers;
use build::Built;

#[derive(clap::Args)]
pub struct Args {
    /// Only mutants whose name, as `cargo mutants --list` prints it, has this in it
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Every Nth mutant only
    #[arg(long, default_value = "1")]
    every: usize,
    /// The share of mutants, in percent, that must be caught
    #[arg(long, default_value = "90")]
    least: f64,
    /// Where the copy goes
    #[arg(long, value_name = "DIR", default_value = "target/mutants")]
    folder: PathBuf,
}

/// What cargo-mutants says of a mutant.
#[derive(Clone, Deserialize)]
pub struct Mutant {
    name: String,
    file: String,
    function: Option<Function>,
    span: Span,
    replacement: String,
}

#[derive(Clone, Deserialize)]
struct Function {
    span: Span,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    start: Place,
    end: Place,
}

/// From 1, in characters.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    line: usize,
    column: usize,
}

/// What became of a mutant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Caught,
    /// It goes round for ever, or asks for all memory.
    TimedOut,
    Missed,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let started = Instant::now();
    let mutants = listed(args)?;
    std::fs::create_dir_all(&args.folder)?;
    let folder = args.folder.canonicalize()?;
    let built = build::build(&folder.join("tree"), mutants)?;
    let baseline = Instant::now();
    if fate(&built, 0, Duration::from_secs(600)) != Fate::Missed {
        return Err("the tests fail without any mutant".into());
    }
    let timeout = baseline.elapsed() * 10 + Duration::from_secs(10);
    println!(
        "{} mutants, {} of them in one binary after {:.0} s; the tests take {:.1} s",
        built.mutants.len() + built.unviable.len() + built.not_tried.len(),
        built.mutants.len(),
        started.elapsed().as_secs_f64(),
        baseline.elapsed().as_secs_f64()
    );
    let numbers: Vec<String> = built.mutants.keys().map(usize::to_string).collect();
    let fates = workers::each(&numbers, |_, _, number| {
        let number = number.parse().unwrap_or_default();
        vec![(number, fate(&built, number, timeout))]
    });
    report(args, &folder, &built, fates)
}

/// The mutants that cargo-mutants knows, but for those that are not asked for.
fn listed(args: &Args) -> Result<Vec<Mutant>, Box<dyn Error>> {
    let output = Command::new("cargo")
        .args(["mutants", "--list", "--json"])
        .current_dir(crate::workspace())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("cargo mutants --list fails: is cargo-mutants installed?".into());
    }
    let all: Vec<Mutant> = serde_json::from_slice(&output.stdout)?;
    let asked_for = |mutant: &Mutant| {
        let name = args.only.as_ref();
        name.is_none_or(|text| mutant.name.contains(text))
    };
    Ok(all
        .into_iter()
        .filter(asked_for)
        .step_by(args.every.max(1))
        .collect())
}

/// Runs the tests with a mutant, until one of the binaries fails.
fn fate(built: &Built, number: usize, timeout: Duration) -> Fate {
    for binary in &built.binaries {
        match test(binary, &built.package, number, timeout) {
            Fate::Missed => {}
            fate => return fate,
        }
    }
    Fate::Missed
}

fn test(binary: &Path, package: &Path, number: usize, timeout: Duration) -> Fate {
    // No more than 4 GB: some mutants would take all there is.
    let child = Command::new("sh")
        .args(["-c", "ulimit -v 4000000; exec \"$0\" --quiet"])
        .arg(binary)
        .current_dir(package)
        .env("PYCSMITH_MUTANT", number.to_string())
        .env("INSTA_UPDATE", "no")
        .env("INSTA_WORKSPACE_ROOT", package.join(".."))
        .env_remove("RUST_BACKTRACE")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return Fate::Caught;
    };
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Fate::Missed,
            Ok(None) if started.elapsed() < timeout => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Fate::TimedOut;
            }
            _ => return Fate::Caught,
        }
    }
}

fn report(
    args: &Args,
    folder: &Path,
    built: &Built,
    mut fates: Vec<(usize, Fate)>,
) -> Result<bool, Box<dyn Error>> {
    fates.sort_by_key(|(number, _)| *number);
    let mut files: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut missed = String::new();
    for (number, fate) in &fates {
        let Some(mutant) = built.mutants.get(number) else {
            continue;
        };
        files.entry(&mutant.file).or_default()[*fate as usize] += 1;
        if *fate == Fate::Missed {
            missed += &format!("{}\n", mutant.name);
        }
    }
    println!("caught  timed out  missed");
    for (file, [caught, timed_out, missed]) in &files {
        println!("{caught:>6} {timed_out:>10} {missed:>7}  {file}");
    }
    print!("\nmissed:\n{missed}");
    std::fs::write(folder.join("missed.txt"), &missed)?;
    for (what, mutants) in [
        ("do not compile", &built.unviable),
        ("not tried", &built.not_tried),
    ] {
        println!("{} {what}", mutants.len());
    }
    let caught = fates
        .iter()
        .filter(|(_, fate)| *fate != Fate::Missed)
        .count();
    let share = caught as f64 * 100.0 / fates.len().max(1) as f64;
    println!("{caught} of {} caught: {share:.1} %", fates.len());
    Ok(share >= args.least)
}
