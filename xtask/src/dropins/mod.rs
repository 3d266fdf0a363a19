//! `cargo xtask dropins`: `pycsmith py_compile` and `pycsmith compileall` against CPython's modules.
//!
//! The cases of `tests/dropin_cases`, and others made up at random, are run by both in the same tree; and CPython's own tests of the two
//! modules are run with our command in their place.

mod random;
mod upstream;

use std::error::Error;
use std::path::Path;

use pycsmith_bytecode::Target;
use pycsmith_tests::dropin_cases::{Case, Suite, golden, to_golden};

use crate::reference::Reference;

#[derive(clap::Args)]
pub struct Args {
    /// The target; its reference interpreter must be there [default: the references that `tests/goldens/dropins` are made with]
    #[arg(long)]
    target: Vec<Target>,
    /// Record what CPython does in the cases, for the tests
    #[arg(long)]
    record: bool,
    /// Every Nth case only
    #[arg(long, default_value = "1")]
    every: usize,
    /// How many cases to make up at random
    #[arg(long, default_value = "100")]
    random: usize,
    /// Where chance begins
    #[arg(long, default_value = "1")]
    seed: u64,
    /// Leave CPython's own tests out
    #[arg(long)]
    cases_only: bool,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let references = if args.target.is_empty() {
        let all = Reference::all().into_iter();
        all.filter(|reference| reference.has_processes() && is_recorded(reference.target))
            .collect()
    } else {
        let of = |target: &Target| Reference::of(*target, true);
        args.target.iter().map(of).collect::<Result<Vec<_>, _>>()?
    };
    let pycsmith = crate::pycsmith()?;
    let mut is_good = !references.is_empty();
    for reference in &references {
        if args.record {
            record(reference)?;
            continue;
        }
        is_good &= compare(args, reference, &pycsmith)?;
        if !args.cases_only {
            is_good &= upstream::run(reference, &pycsmith)?;
        }
    }
    Ok(is_good)
}

/// Of the releases of a series the newest one that is no script for node.
fn is_recorded(target: Target) -> bool {
    golden(target).exists()
}

/// How CPython's module is run.
fn theirs(reference: &Reference) -> impl Fn(&[String], &str) -> Vec<String> + Sync {
    let path = reference.path.display().to_string();
    move |options, module| {
        let mut words = vec![path.clone()];
        words.extend_from_slice(options);
        words.extend(["-m".to_owned(), module.to_owned()]);
        words
    }
}

/// How ours is run.
fn ours(pycsmith: &Path, target: Target) -> impl Fn(&[String], &str) -> Vec<String> + Sync {
    let path = pycsmith.display().to_string();
    move |options, module| {
        let mut words = vec![path.clone(), module.to_owned()];
        words.extend(["--target".to_owned(), target.to_string()]);
        words.extend_from_slice(options);
        words
    }
}

fn record(reference: &Reference) -> Result<(), Box<dyn Error>> {
    let suite = Suite::read();
    let folder = tempfile::tempdir()?;
    let results = suite
        .run_all(folder.path(), reference.target, &theirs(reference))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    let path = golden(reference.target);
    std::fs::write(&path, to_golden(&suite.cases, &results))?;
    println!("{}: {} cases", path.display(), results.len());
    Ok(())
}

fn compare(args: &Args, reference: &Reference, pycsmith: &Path) -> Result<bool, Box<dyn Error>> {
    let target = reference.target;
    let mut suite = Suite::read();
    suite.cases.extend(random::cases(args.seed, args.random));
    suite.cases = suite.cases.into_iter().step_by(args.every.max(1)).collect();
    let (theirs, ours) = (theirs(reference), ours(pycsmith, target));
    // Both in the same place, which then may show.
    let folder = tempfile::tempdir()?;
    suite.leaves_root_out = false;
    let theirs = suite.run_all(&folder.path().join("run"), target, &theirs);
    std::fs::remove_dir_all(folder.path().join("run"))?;
    let ours = suite.run_all(&folder.path().join("run"), target, &ours);
    let mut different = 0;
    for ((case, theirs), ours) in suite.cases.iter().zip(theirs).zip(ours) {
        let (theirs, ours) = (theirs?, ours?);
        if theirs != ours {
            different += 1;
            show(case, &theirs, &ours);
        }
    }
    println!(
        "{target}: {} cases as CPython's modules have them, {different} others",
        suite.cases.len() - different
    );
    Ok(different == 0)
}

fn show(case: &Case, theirs: &str, ours: &str) {
    println!("    {}", case.text);
    let difference = similar::TextDiff::from_lines(theirs, ours);
    for change in difference.iter_all_changes() {
        let sign = match change.tag() {
            similar::ChangeTag::Delete => "theirs",
            similar::ChangeTag::Insert => "ours  ",
            similar::ChangeTag::Equal => continue,
        };
        print!("        {sign} {change}");
    }
}
