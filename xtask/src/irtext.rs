//! The IR at each step: the verifier finds nothing wrong with it, and its text reads back as what it was.

use std::error::Error;
use std::path::PathBuf;

use pycsmith_bytecode::Target;
use pycsmith_compiler::{CompileError, CompileOptions, stages};
use pycsmith_ir::{CodeModule, ModuleFile, text};

use crate::reference::{self, Reference};
use crate::workers;

#[derive(clap::Args)]
pub struct Args {
    /// The target of the pipelines
    #[arg(long, default_value = "3.14")]
    target: Target,
    /// The tree of sources [default: the target's own standard library, from the references or PATH]
    #[arg(long)]
    root: Option<PathBuf>,
    /// Every Nth source only
    #[arg(long, default_value = "1")]
    every: usize,
    /// Only after code generation and after the last pass, not wherever a pass changed something
    #[arg(long)]
    ends: bool,
    /// Verify it at each step, and leave out the text
    #[arg(long)]
    verify_only: bool,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let root = match &args.root {
        Some(root) => root.canonicalize()?,
        None => Reference::of(args.target, true)?.stdlib()?,
    };
    let sources: Vec<String> = reference::sources(&root)
        .into_iter()
        .step_by(args.every.max(1))
        .collect();
    let found = workers::each(&sources, |_, _, source| vec![one(args, &root, source)]);
    let (mut modules, mut faults) = (0, 0);
    for outcome in found {
        match outcome {
            Ok(count) => modules += count,
            Err(message) => {
                faults += 1;
                if faults <= 10 {
                    println!("{message}");
                }
            }
        }
    }
    println!(
        "{} sources, target {}: {modules} units {}, {faults} sources with a fault",
        sources.len(),
        args.target,
        if args.verify_only {
            "verified at each step"
        } else {
            "verified, printed and read again at each step"
        }
    );
    Ok(faults == 0)
}

fn one(args: &Args, root: &std::path::Path, name: &str) -> Result<usize, String> {
    let Ok(source) = std::fs::read(root.join(name)) else {
        return Ok(0);
    };
    let options = CompileOptions {
        target: args.target,
        optimize: 0,
        filename: name.to_owned(),
    };
    let units = match stages::verified_stages(&source, &options) {
        Ok((units, _)) => units,
        Err(CompileError::Bug(what)) => return Err(format!("{name}: {what}")),
        Err(_) => return Ok(0),
    };
    if args.verify_only {
        return Ok(units.len());
    }
    let mut count = 0;
    let mut check = |unit: &pycsmith_ir::CodeUnit, pass: &str| {
        count += 1;
        let module = CodeModule {
            target: args.target,
            file: ModuleFile::default(),
            units: vec![unit.clone()],
        };
        let printed = module.to_string();
        let place = format!("{name}: {} after {pass}", unit.id);
        match text::parse(&printed) {
            Err(faults) => Err(format!("{place}\n{}", faults[0].render("text", &printed))),
            Ok(read) if read.units[0] == *unit => Ok(()),
            Ok(read) => {
                let again = read.to_string();
                let line = printed.lines().zip(again.lines()).find(|(a, b)| a != b);
                Err(format!("{place}: reads as another unit {line:?}"))
            }
        }
    };
    for unit in &units {
        check(&unit.generated, "code generation")?;
        if args.ends {
            check(unit.last(), "the last pass")?;
            continue;
        }
        for (pass, changed) in &unit.steps {
            if let Some(changed) = changed {
                check(changed, pass)?;
            }
        }
    }
    Ok(count)
}
