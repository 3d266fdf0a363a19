//! `pycsmith opt --stats`: what each pass removed from many units.

mod table;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clap::Args;
use pycsmith_bytecode::Target;
use pycsmith_compiler::assemble::Size;
use pycsmith_compiler::stats::{self, Stats};
use pycsmith_compiler::{CompileOptions, Session};
use pycsmith_optimizer::pipeline;
use serde::Serialize;

use super::verified;
use crate::args::{LevelArg, MessageFormat, OptArgs, TargetArg};
use crate::changes::Paint;
use crate::message::Message;
use crate::{FINDINGS, OK, input, output, parallel, paths, session, targets};

#[derive(Args)]
#[command(next_help_heading = "Options for --stats")]
pub struct StatsArgs {
    /// Tell what each pass removed: from the units of sources, of all *.py in folders, or of IR
    #[arg(long, conflicts_with_all = [
        "passes", "pipeline", "disable", "stop_after", "list", "verify", "time", "print_changed"
    ])]
    pub stats: bool,
    #[command(flatten)]
    target: TargetArg,
    #[command(flatten)]
    level: LevelArg,
    /// Number of threads [default: one for each core]
    #[arg(short, long, value_name = "N", requires = "stats")]
    jobs: Option<NonZeroUsize>,
    /// Print a JSON object (README.md describes it) instead of a table
    #[arg(long, requires = "stats")]
    json: bool,
}

impl StatsArgs {
    /// An option that means nothing without `--stats`.
    pub fn misplaced(&self) -> Option<&'static str> {
        let given = [
            ("--target", self.target.target.is_some()),
            ("--python", self.target.python.is_some()),
            ("-O", self.level.optimize > 0),
        ];
        let first = given.iter().find(|(_, is_given)| *is_given)?;
        (!self.stats).then_some(first.0)
    }
}

/// What is told of a run.
struct Report {
    stats: Stats,
    /// Of sources.
    level: Option<u8>,
    sources: usize,
    failed: Vec<Message>,
}

/// `Err` for a wrong command line.
pub fn run(arguments: &OptArgs) -> Result<u8, String> {
    let options = &arguments.stats;
    let report = match &arguments.paths[..] {
        [] => return Err("--stats needs sources, folders of them, or IR".to_owned()),
        [path] if is_ir(path) => match of_ir(path, targets::asked_for(&options.target)?)? {
            Some(report) => report,
            None => return Ok(FINDINGS),
        },
        paths => {
            if let Some(path) = paths.iter().find(|path| is_ir(path)) {
                return Err(format!("{}: IR stands alone with --stats", path.display()));
            }
            of_sources(options, paths, targets::one(&options.target)?)
        }
    };
    if options.json {
        output::print(&json(&report));
    } else {
        output::print(&table::table(&report, Paint::for_stdout(arguments.color)));
    }
    Ok(if report.failed.is_empty() {
        OK
    } else {
        FINDINGS
    })
}

fn is_ir(path: &Path) -> bool {
    path.as_os_str() == "-" || path.extension().is_some_and(|extension| extension == "ir")
}

/// `None` if something is wrong with it, which is told.
fn of_ir(path: &Path, asked_for: Option<Target>) -> Result<Option<Report>, String> {
    let Some(mut text) = input::ir(path) else {
        return Ok(None);
    };
    let target = text.module.target;
    if let Some(other) = asked_for.filter(|other| *other != target) {
        return Err(format!("the text is IR of {target}, not of {other}"));
    }
    if !verified(path, &text) {
        return Ok(None);
    }
    match stats::of_units(&mut text.module.units, target) {
        Ok(stats) => Ok(Some(Report {
            stats,
            level: None,
            sources: 1,
            failed: Vec::new(),
        })),
        Err(bug) => {
            eprintln!("{}: {}", path.display(), bug.0);
            Ok(None)
        }
    }
}

fn of_sources(options: &StatsArgs, paths: &[PathBuf], target: Target) -> Report {
    let sources = paths::sources(paths);
    let (total, level) = (Mutex::new(Stats::new(target)), options.level.optimize);
    let mut failed = Vec::new();
    parallel::in_order(
        sources.iter(),
        options.jobs,
        Session::new,
        |session, source| {
            let path = match source {
                Ok(path) => path,
                Err(failure) => return Err(Message::io(&failure.path, &failure.error)),
            };
            let stats = of_source(session, path, target, level)?;
            // Sums do not depend on the order.
            total
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(&stats);
            Ok(())
        },
        |found| {
            if let Err(message) = found {
                if !options.json {
                    message.print(MessageFormat::Human);
                }
                failed.push(*message);
            }
            ControlFlow::Continue(())
        },
    );
    Report {
        stats: total.into_inner().unwrap_or_else(PoisonError::into_inner),
        level: Some(level),
        sources: sources.len() - failed.len(),
        failed,
    }
}

fn of_source(
    session: &mut Session,
    path: &Path,
    target: Target,
    optimize: u8,
) -> Result<Stats, Box<Message>> {
    let source = input::read(path)?;
    let options = CompileOptions {
        target,
        optimize,
        filename: input::filename(path),
    };
    session::guarded(session, |session| {
        stats::of_source(session, &source, &options)
    })
    .map_err(|error| Message::compile(path, &error))
}

/// A step of the pipeline, as it is told.
struct Row {
    pass: &'static str,
    units: u64,
    after: Size,
    removed: Size,
}

fn rows(stats: &Stats) -> Vec<Row> {
    let mut before = stats.generated;
    let steps = pipeline::of(stats.target()).iter().zip(&stats.steps);
    steps
        .map(|(step, found)| {
            let row = Row {
                pass: step.pass.name,
                units: found.units,
                after: found.after,
                removed: before - found.after,
            };
            before = found.after;
            row
        })
        .collect()
}

#[derive(Serialize)]
struct JsonReport<'r> {
    target: String,
    level: Option<u8>,
    sources: usize,
    failed: &'r [Message],
    units: u64,
    generated: JsonSize,
    assembled: JsonSize,
    removed: JsonSize,
    passes: Vec<JsonRow>,
}

#[derive(Serialize)]
struct JsonRow {
    pass: &'static str,
    units: u64,
    after: JsonSize,
    removed: JsonSize,
}

#[derive(Serialize)]
struct JsonSize {
    instructions: i64,
    bytes: i64,
    constants: i64,
    blocks: i64,
}

impl From<Size> for JsonSize {
    fn from(size: Size) -> JsonSize {
        JsonSize {
            instructions: size.instructions,
            bytes: size.bytes,
            constants: size.constants,
            blocks: size.blocks,
        }
    }
}

fn json(report: &Report) -> String {
    let Report { stats, .. } = report;
    let row = |row: Row| JsonRow {
        pass: row.pass,
        units: row.units,
        after: row.after.into(),
        removed: row.removed.into(),
    };
    let told = JsonReport {
        target: stats.target().to_string(),
        level: report.level,
        sources: report.sources,
        failed: &report.failed,
        units: stats.units,
        generated: stats.generated.into(),
        assembled: stats.finished().into(),
        removed: (stats.generated - stats.finished()).into(),
        passes: rows(stats).into_iter().map(row).collect(),
    };
    serde_json::to_string_pretty(&told).expect("strings and numbers are JSON") + "\n"
}
