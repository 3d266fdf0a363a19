//! `pycsmith compile`.

pub mod archive;
mod arguments;
mod job;
mod plan;
mod progress;
mod report;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::message::Message;
use crate::paths::{self, Exclude, ListError};
use crate::{interrupt, parallel, targets};
pub use arguments::{CompileArgs, NOTES};
use job::{Job, Outcome, Worker};
use plan::{Place, Plan};
use report::Report;

/// `Err` for a wrong command line.
pub fn run(arguments: &CompileArgs) -> Result<u8, String> {
    let targets = targets::all(&arguments.targets)?;
    let exclude = Exclude::new(&arguments.exclude)?;
    let plan = |place| Plan::new(arguments, &targets, place);
    // What is wrong with the command line is told before anything is written.
    let mut parts = Vec::new();
    for paths in arguments
        .paths
        .chunk_by(|one, other| !is_archive(one) && !is_archive(other))
    {
        let place = match paths {
            [path] if is_archive(path) => archive::place(path),
            _ => Place::Files,
        };
        parts.push((paths, place, plan(place)?));
    }
    interrupt::watch();
    let mut report = Report::new(arguments);
    for (paths, place, plan) in &parts {
        let flow = match place {
            Place::Files => files(paths, &exclude, plan, &mut report),
            Place::Wheel | Place::Zip => archive::run(&paths[0], &exclude, plan, &mut report),
        };
        if flow.is_break() || interrupt::status().is_some() {
            break;
        }
    }
    Ok(report.end())
}

/// Whether a path names an archive to compile, not a source or a folder.
fn is_archive(path: &Path) -> bool {
    crate::archive::is_archive(path) && path.is_file()
}

/// Compiles the sources among `paths`.
fn files(
    paths: &[PathBuf],
    exclude: &Exclude,
    plan: &Plan<'_>,
    report: &mut Report<'_>,
) -> ControlFlow<()> {
    let mut flow = ControlFlow::Continue(());
    let until_interrupted = |_: &_| interrupt::status().is_none();
    parallel::in_order(
        paths::search(paths, exclude).take_while(until_interrupted),
        plan.arguments.jobs,
        Worker::default,
        |worker, source| match source {
            Ok(source) => {
                let outcome = Job {
                    plan,
                    source: &source,
                }
                .run(worker);
                (source, outcome)
            }
            Err(ListError { path, error }) => {
                let outcome = Outcome::failed(*Message::io(&path, &error));
                (path, outcome)
            }
        },
        |(source, outcome)| {
            report.tell(&source, &outcome);
            if outcome.is_full {
                flow = ControlFlow::Break(());
            }
            flow
        },
    );
    flow
}
