//! `pycsmith compile`.

mod arguments;
mod job;
mod plan;
mod progress;
mod report;

use std::ops::ControlFlow;
use std::path::PathBuf;

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
    let plan = Plan::new(arguments, &targets, Place::Files)?;
    interrupt::watch();
    let mut report = Report::new(arguments);
    let _ = files(&arguments.paths, &exclude, &plan, &mut report);
    Ok(report.end())
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
                let outcome = Outcome::failed(Message::io(&path, &error));
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
