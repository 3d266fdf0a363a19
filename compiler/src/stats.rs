//! What the optimizer bought: how many instructions, bytes, constants and blocks each pass removed.

use pycsmith_bytecode::Target;
use pycsmith_ir::{CodeUnit, ConstId, Graph};
use pycsmith_optimizer::manager::Hooks;
use pycsmith_optimizer::passes::Unit;
use pycsmith_optimizer::pipeline::{self, Step};
use pycsmith_optimizer::{Bug, standalone};

use crate::assemble::{Ruler, Size};
use crate::observer::Observer;
use crate::{CompileError, CompileOptions, Session};

/// What one step of the pipeline did to all units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepStats {
    /// Units in which it changed something, be it only what it knows of them.
    pub units: u64,
    /// All units behind it.
    pub after: Size,
}

/// What the pipeline of one target did to any number of units.
pub struct Stats {
    target: Target,
    pub units: u64,
    /// As code generation made them.
    pub generated: Size,
    /// By the steps of [`pipeline::of`] the target.
    pub steps: Vec<StepStats>,
    ruler: Ruler,
}

impl Stats {
    pub fn new(target: Target) -> Stats {
        Stats {
            target,
            units: 0,
            generated: Size::default(),
            steps: vec![StepStats::default(); pipeline::of(target).len()],
            ruler: Ruler::default(),
        }
    }

    pub fn target(&self) -> Target {
        self.target
    }

    /// All units behind the last step.
    pub fn finished(&self) -> Size {
        self.steps.last().map_or(self.generated, |step| step.after)
    }

    /// Adds what is known of other units, of the same target.
    pub fn add(&mut self, other: &Stats) {
        self.units += other.units;
        self.generated += other.generated;
        for (all, one) in self.steps.iter_mut().zip(&other.steps) {
            all.units += one.units;
            all.after += one.after;
        }
    }

    /// Watches the passes over one more unit.
    pub(crate) fn unit(&mut self) -> UnitStats<'_> {
        UnitStats {
            stats: self,
            last: Seen::default(),
            size: Size::default(),
            step: 0,
        }
    }
}

/// What the passes do to the units of a source.
///
/// # Errors
/// Those of [`Session::compile`].
pub fn of_source(
    session: &mut Session,
    source: &[u8],
    options: &CompileOptions,
) -> Result<Stats, CompileError> {
    session.observer = Some(Box::new(Observer::Stats(Stats::new(options.target))));
    let compiled = session.compile(source, options);
    let observer = session.observer.take();
    compiled?;
    match observer.map(|observer| *observer) {
        Some(Observer::Stats(stats)) => Ok(stats),
        _ => Ok(Stats::new(options.target)),
    }
}

/// What the passes do to units that come from text.
///
/// # Errors
/// A pass finds a unit contradictory; it is named.
pub fn of_units(units: &mut [CodeUnit], target: Target) -> Result<Stats, Bug> {
    let mut stats = Stats::new(target);
    for unit in units {
        standalone::run(unit, target, pipeline::of(target), &mut stats.unit())
            .map_err(|bug| Bug(format!("unit {}: {}", unit.id, bug.0)))?;
    }
    Ok(stats)
}

/// What a pass may change.
#[derive(Default, PartialEq)]
struct Seen {
    graph: Graph,
    consts: Vec<ConstId>,
    stack_depth: u32,
    nlocalsplus: u32,
}

/// Watches one unit.
pub(crate) struct UnitStats<'s> {
    stats: &'s mut Stats,
    /// The unit behind the last step that changed it.
    last: Seen,
    size: Size,
    step: usize,
}

impl UnitStats<'_> {
    /// Looks at the unit and tells whether it is another one than before.
    fn look(&mut self, unit: &Unit<'_>) -> Result<bool, Bug> {
        let now = Seen {
            graph: Graph(unit.cfg.clone()),
            consts: unit.consts.clone(),
            stack_depth: unit.stack_depth,
            nlocalsplus: unit.nlocalsplus,
        };
        let changed = now != self.last;
        if changed {
            self.last = now;
            let constants = unit.consts.len();
            let size = self
                .stats
                .ruler
                .measure(unit.cfg, constants, self.stats.target);
            self.size = size.map_err(|error| Bug(error.to_string()))?;
        }
        Ok(changed)
    }
}

impl Hooks for UnitStats<'_> {
    fn start(&mut self, unit: &Unit<'_>) -> Result<(), Bug> {
        self.look(unit)?;
        self.stats.units += 1;
        self.stats.generated += self.size;
        Ok(())
    }

    fn after(&mut self, _step: &Step, unit: &Unit<'_>) -> Result<bool, Bug> {
        let changed = self.look(unit)?;
        if let Some(step) = self.stats.steps.get_mut(self.step) {
            step.units += u64::from(changed);
            step.after += self.size;
        }
        self.step += 1;
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
