//! Tools that watch the optimizer at work.

use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, Target};
use pycsmith_ir::{ConstId, ConstPool, InstructionSequence, UnitShape};
use pycsmith_optimizer::{Bug, Optimized, optimize_code_unit, optimize_with};
use pycsmith_parser::Interner;

use crate::codegen::unit::Unit;
use crate::interned::Interned;
use crate::stages::Observed;
use crate::stats::Stats;

/// Who watches a compilation.
pub(crate) enum Observer {
    /// Keeps units at each step.
    Stages(Observed),
    /// Counts.
    Stats(Stats),
}

impl Observer {
    /// The unit seen last became `code`.
    pub(crate) fn finished(&mut self, code: &Arc<CodeObject>) {
        if let Observer::Stages(observed) = self {
            observed.finished(code);
        }
    }

    /// The compilation is over.
    pub(crate) fn end(&mut self, names: &Interner, interned: &Interned) {
        if let Observer::Stages(observed) = self {
            observed.end(names, interned);
        }
    }
}

/// What the optimizer is asked to do: with an observer if there is one.
pub(crate) fn optimize(
    observer: Option<&mut Observer>,
    unit: &Unit<'_>,
    names: &Interner,
    job: Job<'_>,
) -> Result<Optimized, Bug> {
    match observer {
        None => optimize_code_unit(job.target, job.sequence, job.consts, job.pool, job.shape),
        Some(Observer::Stages(observed)) => {
            let mut watch = observed.unit(unit, names, &job);
            let Job {
                target,
                sequence,
                consts,
                pool,
                shape,
                ..
            } = job;
            let result = optimize_with(target, sequence, consts, pool, shape, &mut watch);
            watch.end();
            result
        }
        Some(Observer::Stats(stats)) => {
            let Job {
                target,
                sequence,
                consts,
                pool,
                shape,
                ..
            } = job;
            optimize_with(target, sequence, consts, pool, shape, &mut stats.unit())
        }
    }
}

/// The arguments of [`optimize_code_unit`].
pub(crate) struct Job<'a> {
    pub target: Target,
    pub sequence: InstructionSequence,
    pub consts: &'a mut Vec<ConstId>,
    pub pool: &'a mut ConstPool,
    pub shape: &'a UnitShape,
    /// Units around this one.
    pub depth: usize,
}
