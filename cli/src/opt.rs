//! `pycsmith opt`: IR in, passes, IR out.

mod list;
pub mod stats;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use pycsmith_bytecode::Target;
use pycsmith_ir::text::unit_text;
use pycsmith_ir::{CodeUnit, verify};
use pycsmith_optimizer::manager::Hooks;
use pycsmith_optimizer::passes::Unit;
use pycsmith_optimizer::pipeline::{self, Step};
use pycsmith_optimizer::verification::Verification;
use pycsmith_optimizer::{Bug, standalone};

use crate::args::OptArgs;
use crate::changes::{self, Paint};
use crate::{FINDINGS, OK, input, output};

/// `Err` for a wrong command line.
pub fn run(arguments: &OptArgs) -> Result<u8, String> {
    if let Some(option) = arguments.stats.misplaced() {
        return Err(format!(
            "{option} is an option for --stats: IR tells what it is for"
        ));
    }
    if arguments.stats.stats {
        return stats::run(arguments);
    }
    if arguments.list {
        output::print(&list::list(arguments.pipeline));
        return Ok(OK);
    }
    let [path] = &arguments.paths[..] else {
        return Err("one file of IR is needed, or - for standard input".to_owned());
    };
    let Some(mut text) = input::ir(path) else {
        return Ok(FINDINGS);
    };
    if !verified(path, &text) {
        return Ok(FINDINGS);
    }
    let module = &mut text.module;
    let steps = steps(arguments, module.target)?;
    let mut watch = Watch::new(arguments, module.target);
    for unit in &mut module.units {
        watch.begin(unit);
        if let Err(bug) = standalone::run(unit, module.target, steps.iter().copied(), &mut watch) {
            eprintln!("{}: unit {}: {}", path.display(), unit.id, bug.0);
            return Ok(FINDINGS);
        }
    }
    if arguments.print_changed {
        output::print(&watch.changes);
    } else {
        output::print(&module.to_string());
    }
    if arguments.time {
        eprint!("{}", watch.times());
    }
    Ok(OK)
}

/// Whether the units hold what passes rely on; the first fault of each that does not is told.
fn verified(path: &Path, text: &input::IrText) -> bool {
    let mut sound = true;
    for (index, unit) in text.module.units.iter().enumerate() {
        if let Err(fault) = verify::verify_unit(unit, text.module.target) {
            let fault = text.places.diagnostic(index, &fault);
            eprint!(
                "{}",
                fault.render(&path.display().to_string(), &text.source)
            );
            sound = false;
        }
    }
    sound
}

/// The steps that the command line asks for.
fn steps(arguments: &OptArgs, target: Target) -> Result<Vec<&'static Step>, String> {
    if let Some(pipeline) = arguments.pipeline
        && pipeline != target
    {
        return Err(format!("the text is IR of {target}, not of {pipeline}"));
    }
    let known = |name: &String| {
        standalone::find(target, name)
            .ok_or_else(|| format!("{target} has no pass {name}: see pycsmith opt --list"))
    };
    let all = pipeline::of(target);
    let mut steps: Vec<&Step> = if arguments.passes.is_empty() {
        all.iter().collect()
    } else {
        arguments
            .passes
            .iter()
            .map(known)
            .collect::<Result<_, _>>()?
    };
    for name in &arguments.disable {
        known(name)?;
        steps.retain(|step| step.pass.name != name.as_str());
    }
    if let Some(name) = &arguments.stop_after {
        known(name)?;
        if let Some(last) = steps
            .iter()
            .position(|step| step.pass.name == name.as_str())
        {
            steps.truncate(last + 1);
        }
    }
    Ok(steps)
}

/// What happens around passes: verification, times, changes.
struct Watch<'a> {
    arguments: &'a OptArgs,
    target: Target,
    /// Besides where it is asked for: passes that do not come in the pipeline's order, or not from its beginning, may be given
    /// what they do not expect.
    verifies: bool,
    verification: Verification,
    paint: Paint,
    started: Instant,
    /// Time by pass, in the order they ran first.
    times: Vec<(&'static str, Duration, u32)>,
    /// The unit's tables, for its text between passes.
    template: CodeUnit,
    before: String,
    changes: String,
}

impl Watch<'_> {
    fn new(arguments: &OptArgs, target: Target) -> Watch<'_> {
        Watch {
            arguments,
            target,
            verifies: false,
            verification: Verification::default(),
            paint: Paint::for_stdout(arguments.color),
            started: Instant::now(),
            times: Vec::new(),
            template: CodeUnit::default(),
            before: String::new(),
            changes: String::new(),
        }
    }

    fn begin(&mut self, unit: &CodeUnit) {
        let arguments = self.arguments;
        let in_order = arguments.passes.is_empty() && arguments.disable.is_empty();
        self.verifies = arguments.verify || !in_order || !unit.is_fresh();
        if self.arguments.print_changed {
            self.template = unit.clone();
            self.before = unit_text(unit, self.target);
            let _ = writeln!(self.changes, "# {} as it was given", unit.id);
            self.changes += &self.before;
        }
    }

    fn times(&self) -> String {
        let mut out = String::new();
        for (name, time, runs) in &self.times {
            let _ = writeln!(
                out,
                "{name:<50} {:>10.1} us {runs:>6} runs",
                time.as_secs_f64() * 1e6
            );
        }
        out
    }
}

impl Hooks for Watch<'_> {
    fn start(&mut self, unit: &Unit<'_>) -> Result<(), Bug> {
        match self.verifies {
            true => self.verification.start(unit),
            false => Ok(()),
        }
    }

    fn before(&mut self, _step: &Step, _unit: &Unit<'_>) -> bool {
        self.started = Instant::now();
        true
    }

    fn after(&mut self, step: &Step, unit: &Unit<'_>) -> Result<bool, Bug> {
        let spent = self.started.elapsed();
        let name = step.pass.name;
        match self.times.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, time, runs)) => {
                *time += spent;
                *runs += 1;
            }
            None => self.times.push((name, spent, 1)),
        }
        if self.verifies {
            self.verification.after(step, unit)?;
        }
        if self.arguments.print_changed {
            let now = unit_text(&standalone::snapshot(&self.template, unit), self.target);
            if now == self.before {
                let _ = writeln!(self.changes, "# {name}: no change");
            } else {
                let _ = writeln!(self.changes, "# {name}");
                self.changes += &changes::diff(&self.before, &now, self.paint);
                self.before = now;
            }
        }
        Ok(true)
    }
}
