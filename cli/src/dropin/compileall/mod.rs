//! `compileall`: the module's command line.

mod file;
mod options;
mod path;
mod turns;
mod walk;

use std::ffi::OsString;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use super::argparse::Exit;
use super::{Python, lines};
use crate::dropin::py_compile::Worker;
use crate::{FINDINGS, OK, interrupt, parallel};
use file::Outcome;
use options::Options;
use turns::Turns;
use walk::{Places, Step};

/// The module's `main`.
pub fn main(python: &Python, arguments: &[OsString]) -> Result<u8, Exit> {
    let mut options = options::parse(python, arguments)?;
    if let Some(list) = options.list.take().filter(|list| !list.is_empty()) {
        match list_of_names(&list)? {
            Ok(names) => options.destinations.extend(names),
            Err(_) => {
                if options.quiet < 2 {
                    print(&format!(
                        "Error reading file list {}\n",
                        super::shown(&list)
                    ));
                }
                return Ok(FINDINGS);
            }
        }
    }
    if options.destinations.is_empty() {
        return path::compile(python, &options);
    }
    let places = Places::new(python, &options);
    run(python, &options, places)
}

/// The names in a list, or in what standard input has for `-`.
fn list_of_names(list: &OsString) -> Result<std::io::Result<Vec<OsString>>, Exit> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    if list == "-" {
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
            return Ok(Err(error));
        }
    } else {
        match std::fs::read(list) {
            Ok(read) => bytes = read,
            Err(error) => return Ok(Err(error)),
        }
        if let Err(error) = std::str::from_utf8(&bytes) {
            let words = format!(
                "UnicodeDecodeError: 'utf-8' codec can't decode byte {:#04x} in position {}: {}",
                bytes[error.valid_up_to()],
                error.valid_up_to(),
                match error.error_len() {
                    None => "unexpected end of data",
                    Some(1) if is_start(bytes[error.valid_up_to()]) => "invalid continuation byte",
                    Some(1) => "invalid start byte",
                    Some(_) => "invalid continuation byte",
                }
            );
            return Err(Exit::raised(&words));
        }
    }
    let stripped = |line: OsString| match line.to_str() {
        Some(text) => text.trim_matches(super::is_space).into(),
        None => line,
    };
    Ok(Ok(lines(&bytes).into_iter().map(stripped).collect()))
}

/// Whether the byte can begin a character of several bytes.
fn is_start(byte: u8) -> bool {
    (0xc2..=0xf4).contains(&byte)
}

/// Takes the steps on as many threads as asked for, and tells what they did as one thread would.
fn run(
    python: &Python,
    options: &Options,
    steps: impl Iterator<Item = Step> + Send,
) -> Result<u8, Exit> {
    match options.workers {
        1 => run_on(python, options, Some(NonZeroUsize::MIN), steps),
        // Folders are listed before anything is written, so that what is found does not depend on the threads.
        workers => {
            let steps: Vec<Step> = steps.collect();
            let jobs = usize::try_from(workers).ok().and_then(NonZeroUsize::new);
            run_on(python, options, jobs, steps.into_iter())
        }
    }
}

fn run_on(
    python: &Python,
    options: &Options,
    jobs: Option<NonZeroUsize>,
    steps: impl Iterator<Item = Step> + Send,
) -> Result<u8, Exit> {
    interrupt::watch();
    let turns = Turns::default();
    let mut status = OK;
    let mut raised = None;
    parallel::in_order(
        steps.map(|step| (turns.ticket(&step), step)),
        jobs,
        Worker::default,
        |worker, (ticket, step)| match step {
            Step::Say(words) => Outcome::good(words),
            Step::Raise(exception) => Outcome::raised(String::new(), exception),
            Step::File(source) => {
                let _turn = turns.wait(ticket);
                python.compile_file(worker, options, &source)
            }
        },
        |outcome: Outcome| {
            print(&outcome.words);
            if !outcome.is_good {
                status = FINDINGS;
            }
            raised = outcome.raised;
            match raised {
                None if interrupt::status().is_none() => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        },
    );
    if let Some(exception) = raised {
        return Err(Exit::raised(&exception));
    }
    if interrupt::status().is_some() {
        if options.quiet < 2 {
            print("\n[interrupted]\n");
        }
        return Ok(FINDINGS);
    }
    Ok(status)
}

/// Prints on standard output; a closed pipe is nobody's error.
fn print(words: &str) {
    let _ = std::io::stdout().lock().write_all(words.as_bytes());
}
