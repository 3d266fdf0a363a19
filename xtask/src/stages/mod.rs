//! `cargo xtask stages`: truth for each stage of the compiler, not only for its end.
//!
//! CPython shows stages on their own, all but the first in `_testinternalcapi` (3.12 and later):
//!
//! - the symbol table of the same source (see `symbols`).
//! - `compiler_codegen` of the same source. It shows inner units from 3.13 on; it does not show the unit of a module's deferred
//!   annotations, nor its code in place of `ANNOTATIONS_PLACEHOLDER`.
//! - `optimize_cfg` of the instructions and constants that our code generation made of each unit. It takes no parameters for bound,
//!   knows no first line and no flags, so ours does not either; it shows neither exception handlers nor stack depths, and its cache of
//!   constants is empty. In 3.12 it takes no units with block pushes (`try`, `with`, generators).
//! - `assemble_code_object` of what our passes made of each unit (see `assemble`).

mod assemble;
pub mod check;
pub mod difference;
pub mod ours;
mod symbols;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use pycsmith_bytecode::Target;

use check::{Checker, Report, Tally};
use difference::Stage;

use crate::oracle::Oracle;
use crate::reference::{self, Reference};
use crate::workers;

#[derive(clap::Args)]
pub struct Args {
    /// Sources and folders of them [default: the standard library of the reference]
    files: Vec<PathBuf>,
    /// The target; its reference interpreter must be there
    #[arg(long, default_value = "3.14")]
    target: Target,
    /// The optimization level
    #[arg(long, default_value = "0")]
    level: u8,
    /// Every Nth source only
    #[arg(long, default_value = "1")]
    every: usize,
    /// How many differences are shown
    #[arg(long, default_value = "3")]
    show: usize,
    /// Leave this pass out of our pipeline, to see the difference that it makes
    #[arg(long, value_name = "PASS")]
    disable: Vec<String>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let started = Instant::now();
    let reference = Reference::of(args.target, true)?;
    let sources = sources(&args.files, &reference)?
        .into_iter()
        .step_by(args.every.max(1))
        .collect::<Vec<_>>();
    ours::check_passes(reference.target, &args.disable)?;
    let oracle = Oracle::new(reference)?;
    let offers = oracle.offers();
    let checker = Checker {
        oracle: &oracle,
        offers,
        level: args.level,
        disabled: &args.disable,
    };
    let reports = workers::each(&sources, |_, _, name| {
        let report = std::fs::read(name)
            .ok()
            .and_then(|source| checker.source(name, &source).ok());
        vec![(name.to_owned(), report)]
    });
    let mut summary = Summary::default();
    summary.add_all(reports);
    summary.print(args, oracle.target(), started.elapsed().as_secs_f64());
    Ok(summary.differing == 0)
}

/// The sources that the command line names.
fn sources(files: &[PathBuf], reference: &Reference) -> Result<Vec<String>, Box<dyn Error>> {
    let below = |root: &Path| {
        let name = |name: &String| root.join(name).to_str().map(str::to_owned);
        reference::sources(root).iter().filter_map(name).collect()
    };
    if files.is_empty() {
        return Ok(below(&reference.stdlib()?));
    }
    let mut all = Vec::new();
    for file in files {
        if file.is_dir() {
            all.extend::<Vec<String>>(below(file));
        } else {
            all.push(file.to_str().ok_or("a name that is not UTF-8")?.to_owned());
        }
    }
    Ok(all)
}

/// All reports together.
#[derive(Default)]
struct Summary {
    sources: usize,
    rejected: usize,
    differing: usize,
    stages: [Tally; Stage::ALL.len()],
    /// With the source's name.
    differences: Vec<String>,
    /// How often.
    refusals: BTreeMap<(Stage, String), usize>,
}

impl Summary {
    fn add_all(&mut self, mut reports: Vec<(String, Option<Report>)>) {
        reports.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, report) in reports {
            let Some(report) = report else {
                self.rejected += 1;
                continue;
            };
            self.sources += 1;
            self.differing += usize::from(!report.differences.is_empty());
            for (all, one) in self.stages.iter_mut().zip(&report.stages) {
                all.add(one);
            }
            for difference in &report.differences {
                self.differences.push(format!("{name}: {difference}"));
            }
            for refusal in report.refusals {
                *self.refusals.entry(refusal).or_default() += 1;
            }
        }
    }

    fn print(&self, args: &Args, target: Target, seconds: f64) {
        for difference in self.differences.iter().take(args.show) {
            println!("{difference}");
        }
        if self.differences.len() > args.show {
            println!(
                "... and {} more differences\n",
                self.differences.len() - args.show
            );
        }
        println!(
            "{target}, level {}: {} sources in {seconds:.1} s, {} not compiled; units by stage:",
            args.level, self.sources, self.rejected
        );
        for (stage, tally) in Stage::ALL.into_iter().zip(&self.stages) {
            let (words, function) = stage.words();
            println!(
                "  {words:<16} {function:<21} {:>7} same {:>5} different {:>5} refused {:>7} not shown",
                tally.same, tally.different, tally.refused, tally.hidden
            );
        }
        for ((stage, words), count) in &self.refusals {
            println!("  {count} sources or units, {stage}: {words}");
        }
    }
}
