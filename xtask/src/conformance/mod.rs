//! Identity with CPython over whole trees.

mod ast;
pub mod outcome;
pub mod store;
mod table;
pub mod tally;

use std::error::Error;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;

use crate::reference::{self, Reference};
use store::Store;
use table::Measure;
use tally::Tally;

#[derive(clap::Args)]
pub struct Args {
    /// Every measure for every reference there is, as one table (--target and --measures choose some)
    #[arg(long, conflicts_with_all = ["python", "root", "truth"])]
    all: bool,
    /// The CPython to compare with, by version: 3.13 or 3.13.0; may be repeated
    #[arg(long, value_name = "VERSION")]
    target: Vec<String>,
    /// The CPython to compare with [default: python3.14 of the references or of PATH]
    #[arg(long, conflicts_with = "target")]
    python: Option<PathBuf>,
    /// The tree to compile [default: the interpreter's own standard library]
    #[arg(long)]
    root: Option<PathBuf>,
    /// Where the interpreter's files are, or go if they are not there yet: DIR/O0, DIR/O1, DIR/O2
    #[arg(long)]
    truth: Option<PathBuf>,
    /// With --all: the rows of the table
    #[arg(
        long,
        value_delimiter = ',',
        value_enum,
        default_value = "stdlib,cross,snippets,programs,packages,ast"
    )]
    measures: Vec<Measure>,
    /// With --all: the folder that keeps sources and CPython's files [default: target/conformance]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// With --all: print an object with all counts and groups instead of the table
    #[arg(long)]
    json: bool,
    /// Optimization levels of the standard library
    #[arg(long, value_delimiter = ',', default_value = "0,1,2")]
    levels: Vec<u8>,
    /// Compare every Nth source only
    #[arg(long, default_value = "1")]
    every: usize,
    /// Name each source that differs
    #[arg(long)]
    list: bool,
    /// Examples a group of differences
    #[arg(long, default_value = "3")]
    examples: usize,
}

impl Args {
    /// How many members of a group are shown.
    fn shown(&self) -> usize {
        if self.list { usize::MAX } else { self.examples }
    }
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let store = Store::new(args.store.as_deref());
    if args.all {
        return table::run(args, &store);
    }
    let references = if args.target.is_empty() {
        vec![Reference::find(args.python.as_deref())?]
    } else {
        let find = |text: &String| Reference::of(text.parse::<Target>()?, is_series(text));
        args.target.iter().map(find).collect::<Result<_, _>>()?
    };
    let mut good = true;
    for reference in &references {
        good &= one_tree(args, &store, reference)?;
    }
    Ok(good)
}

/// Whether a version is a minor one: `3.13`, not `3.13.0`.
pub fn is_series(version: &str) -> bool {
    version.matches('.').count() == 1
}

/// One tree at all levels.
fn one_tree(args: &Args, store: &Store, reference: &Reference) -> Result<bool, Box<dyn Error>> {
    let root = match &args.root {
        Some(root) => root.canonicalize()?,
        None => reference.stdlib()?,
    };
    let mut good = true;
    for &level in &args.levels {
        let truth = match &args.truth {
            Some(folder) => folder.join(format!("O{level}")),
            None => store.of_tree(reference, &root, level),
        };
        let (sources, tally) = compare_tree(reference, level, &root, &truth, args.every)?;
        println!(
            "{sources} sources below {}, level {level}, against CPython {}",
            root.display(),
            reference.target
        );
        tally.print(args.shown());
        good &= tally.groups.is_empty();
    }
    Ok(good)
}

/// Compares every Nth source below `root`; CPython compiles into `truth` what is not there yet.
fn compare_tree(
    reference: &Reference,
    level: u8,
    root: &Path,
    truth: &Path,
    every: usize,
) -> Result<(usize, Tally), Box<dyn Error>> {
    let sources = every_nth(root, every);
    complete(reference, level, root, truth, &sources)?;
    let outcomes = outcome::compare_all(reference.target, level, root, truth, &sources);
    Ok((sources.len(), Tally::of(outcomes)))
}

/// Has CPython compile into `truth` what is not there yet.
pub fn complete(
    reference: &Reference,
    level: u8,
    root: &Path,
    truth: &Path,
    sources: &[String],
) -> Result<(), Box<dyn Error>> {
    let missing: Vec<String> = sources
        .iter()
        .filter(|source| outcome::read_truth(truth, source).is_none())
        .cloned()
        .collect();
    if !missing.is_empty() {
        reference.compile(level, root, &missing, truth)?;
    }
    Ok(())
}

pub fn every_nth(root: &Path, every: usize) -> Vec<String> {
    reference::sources(root)
        .into_iter()
        .step_by(every.max(1))
        .collect()
}
