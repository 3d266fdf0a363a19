//! Damaged sources: nothing may crash, hang or overflow the stack.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Instant;

use pycsmith_bytecode::Target;
use pycsmith_compiler::{CompileError, CompileOptions, Session};
use pycsmith_tests::checks::mutate::Random;

use crate::reference::{self, Reference};
use crate::workers;

#[derive(clap::Args)]
pub struct Args {
    /// The tree of sources [default: the reference interpreter's standard library]
    #[arg(long)]
    root: Option<PathBuf>,
    /// Cuts a source
    #[arg(long, default_value = "20")]
    cuts: usize,
    /// Changes the places
    #[arg(long, default_value = "1")]
    seed: u64,
}

/// Longer for one cut source counts as a hang.
const HANG_SECONDS: f64 = 10.0;

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let root = match &args.root {
        Some(root) => root.clone(),
        None => Reference::find(None)?.stdlib()?,
    };
    let sources = reference::sources(&root);
    let faults: Vec<String> = workers::each(&sources, |session, index, name| {
        let Ok(source) = std::fs::read(root.join(name)) else {
            return Vec::new();
        };
        let mut random = Random::new(args.seed, index as u64);
        let cuts = (0..args.cuts).map(|_| random.below(source.len() + 1));
        cuts.filter_map(|cut| {
            try_one(session, &source[..cut]).map(|fault| format!("{name} cut at {cut}: {fault}"))
        })
        .collect()
    });
    println!(
        "{} sources cut at {} places each: {} faults",
        sources.len(),
        args.cuts,
        faults.len()
    );
    faults.iter().for_each(|fault| println!("  {fault}"));
    Ok(faults.is_empty())
}

fn try_one(session: &mut Session, source: &[u8]) -> Option<String> {
    let options = CompileOptions {
        target: Target::PY314,
        optimize: 0,
        filename: "cut.py".to_owned(),
    };
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| session.compile(source, &options)));
    let seconds = start.elapsed().as_secs_f64();
    match result {
        Err(_) => {
            *session = Session::new();
            Some("panic".to_owned())
        }
        Ok(Err(CompileError::Bug(what))) => Some(format!("bug: {what}")),
        Ok(_) if seconds > HANG_SECONDS => Some(format!("took {seconds:.1} s")),
        Ok(_) => None,
    }
}
