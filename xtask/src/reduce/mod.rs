//! `cargo xtask reduce`: a source that still comes out differently, but is small.

mod lines;
mod nodes;
mod outline;

use std::cell::Cell;
use std::error::Error;
use std::path::PathBuf;

use pycsmith_bytecode::Target;

use crate::conformance::outcome::{Outcome, Who};
use crate::judge::{Judge, Suspect};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    suspect: Suspect,
    /// Any difference will do, not only one with the same cause
    #[arg(long)]
    any: bool,
    /// Where the small source goes [default: standard output]
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let (name, source, judge) = args.suspect.open()?;
    let Some((cause, who)) = difference(&judge, &source) else {
        return Err(format!("{name} comes out as CPython's does").into());
    };
    eprintln!("{name}, {}: {cause}", judge.target());
    let tried = Cell::new(0usize);
    let keeps = |candidate: &[u8]| {
        tried.set(tried.get() + 1);
        // Most candidates are no Python at all, which we can tell sooner.
        if who == Who::Both && judge.ours(candidate).is_err() {
            return false;
        }
        difference(&judge, candidate)
            .is_some_and(|(now, whose)| args.any || now == cause && whose == who)
    };
    let small = reduce(&source, judge.target(), keeps);
    eprintln!(
        "{} bytes of {} are left, {} candidates were tried",
        small.len(),
        source.len(),
        tried.get()
    );
    match &args.out {
        Some(path) => std::fs::write(path, &small)?,
        None => print!("{}", String::from_utf8_lossy(&small)),
    }
    Ok(true)
}

/// The cause of the difference, and who accepts the source.
fn difference(judge: &Judge, source: &[u8]) -> Option<(String, Who)> {
    match judge.judge(source) {
        Outcome::Differs { cause, who, .. } => Some((cause, who)),
        _ => None,
    }
}

/// Makes `source` smaller by lines and nodes until nothing more can go.
fn reduce(source: &[u8], target: Target, keeps: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut source = source.to_vec();
    loop {
        let before = source.len();
        source = lines::fewer(&source, &keeps);
        // Places of nodes count the bytes of UTF-8.
        if let Ok(text) = std::str::from_utf8(&source) {
            source = nodes::smaller(text, target, &keeps).into_bytes();
        }
        if source.len() == before {
            return source;
        }
    }
}

#[cfg(test)]
mod tests {
    use pycsmith_compiler::{CompileOptions, compile, stages};

    use super::*;

    /// With our own whole pipeline for truth.
    #[test]
    fn what_a_missing_pass_spoils_is_found() {
        let source = b"\
import os

class C:
    def f(self, a):
        for b in a:
            print(b, 'x' * 3)
        return [c for c in a if c]

    def g(self):
        with self: return 1
";
        let options = CompileOptions {
            target: Target::PY314,
            optimize: 0,
            filename: "c.py".to_owned(),
        };
        let disabled = ["optimize_load_fast".to_owned()];
        let borrows = |code: &pycsmith_bytecode::CodeObject| {
            let listing = pycsmith_bytecode::dis::listing(code, options.target);
            listing.matches("LOAD_FAST_BORROW").count()
        };
        let keeps = |candidate: &[u8]| {
            let without = stages::stages_without(candidate, &options, &disabled);
            match (compile(candidate, &options), without) {
                (Ok(whole), Ok((_, without))) => borrows(&whole) > borrows(&without),
                _ => false,
            }
        };
        let small = reduce(source, options.target, keeps);
        assert!(keeps(&small));
        assert!(small.len() < 40, "{}", String::from_utf8_lossy(&small));
    }
}
