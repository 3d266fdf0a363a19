//! `pycsmith verify`: do these `.pyc` files come from these sources?

mod files;
mod fresh;
mod judge;
mod pairs;
mod report;

use std::ops::ControlFlow;

use std::path::Path;

use pycsmith_compiler::Session;

use crate::args::VerifyArgs;
use crate::message::Message;
use crate::{FINDINGS, OK, archive, interpreter, parallel, targets};
use files::Files;
use fresh::Fresh;
use judge::Judge;
use pairs::Wanted;
use report::Report;

/// `Err` for a wrong command line.
pub fn run(arguments: &VerifyArgs) -> Result<u8, String> {
    let target = match (&arguments.target.target, &arguments.target.python) {
        (None, None) => None,
        _ => Some(targets::one(&arguments.target)?),
    };
    let python = match &arguments.target.python {
        Some(path) => Some(interpreter::executable(path).ok_or_else(|| {
            format!(
                "--python {}: there is no interpreter to run",
                path.display()
            )
        })?),
        None => None,
    };
    if python.is_some() && is_in_archive(&arguments.path) {
        return Err(
            "--python is for files: an interpreter compiles no member of an archive".to_owned(),
        );
    }
    let wanted = Wanted {
        target,
        level: arguments.optimize,
    };
    let pairs = pairs::find(&arguments.path, arguments.pyc.as_deref(), wanted)?;
    let mut report = Report::new(arguments);
    let mut status = OK;
    parallel::in_order(
        pairs.iter(),
        arguments.jobs,
        || Judge {
            session: Session::new(),
            target,
            fresh: python.as_deref().map(Fresh::new),
            last: None,
            files: Files::default(),
        },
        |judge, pair| match pair {
            Ok(pair) => Ok(judge.judge(pair)),
            Err(failure) => Err(Message::io(&failure.path, &failure.error)),
        },
        |found| {
            match found {
                Ok(verdict) => {
                    if !verdict.status.is_good() {
                        status = FINDINGS;
                    }
                    report.tell(&verdict);
                }
                Err(message) => {
                    status = FINDINGS;
                    message.print(arguments.message_format);
                }
            }
            ControlFlow::Continue(())
        },
    );
    report.end();
    Ok(status)
}

/// Whether it is an archive, or a member of one.
fn is_in_archive(path: &Path) -> bool {
    archive::is_archive(path) && path.is_file() || archive::split(path).is_some()
}
