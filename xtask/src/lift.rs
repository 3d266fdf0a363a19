//! Lifting and assembling undo each other, and text between the stages of a compilation changes nothing.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{Target, compare};
use pycsmith_compiler::lift::{LiftedPyc, lift_pyc};
use pycsmith_compiler::{CompileError, CompileOptions, Session, assemble, stages};
use pycsmith_ir::{CodeModule, text};
use pycsmith_optimizer::{pipeline, standalone};

use crate::conformance::outcome::{Outcome, Who, read_truth};
use crate::conformance::store::Store;
use crate::conformance::tally::Tally;
use crate::conformance::{complete, every_nth, is_series};
use crate::reference::Reference;
use crate::workers;

#[derive(clap::Args)]
pub struct Args {
    /// The CPython whose files to lift, by version: 3.13 or 3.13.0; may be repeated
    #[arg(long, value_name = "VERSION", default_value = "3.14")]
    target: Vec<String>,
    /// The tree of sources [default: the interpreter's own standard library]
    #[arg(long)]
    root: Option<PathBuf>,
    /// Where the interpreter's files are, or go if they are not there yet: DIR/O0, DIR/O1, DIR/O2
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Optimization levels
    #[arg(long, value_delimiter = ',', default_value = "0,2")]
    levels: Vec<u8>,
    /// Every Nth source only
    #[arg(long, default_value = "1")]
    every: usize,
    /// Compile the sources instead, with text between code generation, passes and assembly, and compare with compiling them at
    /// once
    #[arg(long)]
    sources: bool,
    /// Examples a group of differences
    #[arg(long, default_value = "3")]
    examples: usize,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let store = Store::new(None);
    let mut good = true;
    for version in &args.target {
        let reference = Reference::of(version.parse()?, is_series(version))?;
        let root = match &args.root {
            Some(root) => root.canonicalize()?,
            None => reference.stdlib()?,
        };
        for &level in &args.levels {
            let sources = every_nth(&root, args.every);
            let truth = match &args.truth {
                Some(folder) => folder.join(format!("O{level}")),
                None => store.of_tree(&reference, &root, level),
            };
            if !args.sources {
                complete(&reference, level, &root, &truth, &sources)?;
            }
            let target = reference.target;
            let outcomes = workers::each(&sources, |session, _, name| {
                let result = catch_unwind(AssertUnwindSafe(|| match args.sources {
                    true => compiled(session, target, level, &root, name),
                    false => lifted(target, &truth, name),
                }));
                let outcome = result.unwrap_or_else(|_| differs("a panic", String::new()));
                vec![(name.to_owned(), outcome)]
            });
            let what = match args.sources {
                true => "compiled by way of text",
                false => "lifted and assembled",
            };
            println!(
                "{} sources {what}, target {target}, level {level}",
                sources.len()
            );
            let tally = Tally::of(outcomes);
            tally.print(args.examples);
            good &= tally.groups.is_empty();
        }
    }
    Ok(good)
}

fn differs(cause: impl Into<String>, details: impl Into<String>) -> Outcome {
    Outcome::Differs {
        cause: cause.into(),
        details: details.into(),
        who: Who::Both,
    }
}

/// What comes of CPython's file for one source.
fn lifted(target: Target, truth: &Path, name: &str) -> Outcome {
    let bytes = match read_truth(truth, name) {
        Some(Ok(bytes)) => bytes,
        Some(Err(_)) => return Outcome::BothReject { same_line: true },
        None => return Outcome::NoTruth,
    };
    let LiftedPyc { module, deviation } = match lift_pyc(&bytes, Some(target)) {
        Ok(lifted) => lifted,
        Err(error) => return differs("refused", error.to_string()),
    };
    if let Some(deviation) = deviation {
        return differs(format!("deviates: {deviation}"), String::new());
    }
    match read_back(&module) {
        Ok(read) => match assemble::to_pyc(&read) {
            Ok(written) if written == bytes => Outcome::Identical,
            Ok(_) => differs("text makes a difference", String::new()),
            Err(error) => differs("not assembled", error.to_string()),
        },
        Err(outcome) => outcome,
    }
}

/// The module that its text says.
fn read_back(module: &CodeModule) -> Result<CodeModule, Outcome> {
    let printed = module.to_string();
    match text::parse(&printed) {
        Err(faults) => Err(differs("not read", faults[0].render("text", &printed))),
        Ok(read) if read.units == module.units && read.file == module.file => Ok(read),
        Ok(read) => {
            let again = read.to_string();
            let line = printed.lines().zip(again.lines()).find(|(a, b)| a != b);
            Err(differs("read as another module", format!("{line:?}")))
        }
    }
}

/// What comes of a source that is text between the stages, against what comes of it at once.
fn compiled(session: &mut Session, target: Target, level: u8, root: &Path, name: &str) -> Outcome {
    let Ok(source) = std::fs::read(root.join(name)) else {
        return Outcome::NoTruth;
    };
    let options = CompileOptions {
        target,
        optimize: level,
        filename: name.to_owned(),
    };
    let at_once = match session.compile(&source, &options) {
        Ok(code) => code,
        Err(CompileError::Syntax(_)) => return Outcome::BothReject { same_line: true },
        Err(error) => return differs("not compiled", error.to_string()),
    };
    let generated = match stages::module_after(&source, &options, None) {
        Ok(module) => module,
        Err(error) => return differs("not compiled", error.to_string()),
    };
    let in_steps = || -> Result<CodeModule, Outcome> {
        let mut module = read_back(&generated)?;
        for unit in &mut module.units {
            standalone::run(unit, target, pipeline::of(target), &mut ())
                .map_err(|bug| differs("a pass fails", bug.0))?;
        }
        read_back(&module)
    };
    let module = match in_steps() {
        Ok(module) => module,
        Err(outcome) => return outcome,
    };
    let assembled = match assemble::module(&module) {
        Ok(assembled) => assembled,
        Err(error) => return differs("not assembled", error.to_string()),
    };
    let bytes = |code| pyc::write(code, target, Validation::UncheckedHash(0)).ok();
    if bytes(&at_once) == bytes(&assembled.code) {
        return Outcome::Identical;
    }
    match compare::first_difference_of(&assembled.code, &at_once, target) {
        Some(difference) => differs(difference.cause.clone(), difference.to_string()),
        None => differs("only marshal's references differ", String::new()),
    }
}
