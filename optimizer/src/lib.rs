//! Passes over the control-flow graph.

pub mod const_eval;
#[cfg(test)]
mod examples;
pub mod manager;
pub mod passes;
pub mod pipeline;
pub mod stages;
pub mod standalone;
mod steps;
#[cfg(test)]
mod testing;
pub mod verification;

use passes::Unit;
use std::cell::Cell;

use pycsmith_bytecode::Target;
use pycsmith_ir::{Cfg, ConstId, ConstPool, InstructionSequence, UnitShape};

/// What the optimizer hands to the assembler.
pub struct Optimized {
    /// No pseudo-instructions but `JUMP` and `JUMP_NO_INTERRUPT`; `arg` of a jump is a label number.
    pub sequence: InstructionSequence,
    /// In slots (CPython's `stackdepth`).
    pub stack_depth: u32,
    /// Locals, cells and free variables, a cell that is also a local counted once.
    pub nlocalsplus: u32,
}

/// An internal contradiction: never the user's fault.
#[derive(Debug)]
pub struct Bug(pub String);

/// CPython's `_PyCfg_FromInstructionSequence`, `_PyCfg_OptimizeCodeUnit` and
/// `_PyCfg_OptimizedCfgToInstructionSequence` (`Python/flowgraph.c`) for `target`.
///
/// # Errors
/// The unit contradicts itself.
pub fn optimize_code_unit(
    target: Target,
    sequence: InstructionSequence,
    consts: &mut Vec<ConstId>,
    pool: &mut ConstPool,
    shape: &UnitShape,
) -> Result<Optimized, Bug> {
    optimize_with(target, sequence, consts, pool, shape, &mut ())
}

/// [`optimize_code_unit`] with something happening around passes.
///
/// # Errors
/// The unit contradicts itself, or the hooks find something.
pub fn optimize_with(
    target: Target,
    mut sequence: InstructionSequence,
    consts: &mut Vec<ConstId>,
    pool: &mut ConstPool,
    shape: &UnitShape,
    hooks: &mut impl manager::Hooks,
) -> Result<Optimized, Bug> {
    // Units are many and small: the graph's buffers go from one to the next.
    let mut cfg = GRAPH.take().unwrap_or_default();
    fill_graph(target, &mut cfg, &mut sequence)?;
    let mut unit = Unit {
        target,
        cfg: &mut cfg,
        consts,
        pool,
        shape,
        stack_depth: 0,
        nlocalsplus: 0,
    };
    manager::run(pipeline::of(target), &mut unit, hooks)?;
    let Unit {
        stack_depth,
        nlocalsplus,
        ..
    } = unit;
    passes::to_sequence::run(&mut cfg, &mut sequence, target.sizes_jumps_from_labels());
    if sequence.instrs.len() <= KEPT {
        GRAPH.set(Some(cfg));
    }
    Ok(Optimized {
        sequence,
        stack_depth,
        nlocalsplus,
    })
}

/// Makes `cfg` the graph of `sequence`, whose instructions it takes (`_PyCfg_FromInstructionSequence`).
///
/// # Errors
/// A jump goes to a label that stands nowhere.
pub fn fill_graph(
    target: Target,
    cfg: &mut Cfg,
    sequence: &mut InstructionSequence,
) -> Result<(), Bug> {
    if target.generates_blocks() {
        passes::explicit_blocks::from_sequence::run(cfg, sequence)
    } else {
        passes::from_sequence::run(cfg, sequence, target.starts_blocks_at_all_labels())
    }
}

/// Longest unit, in instructions, whose graph is kept.
const KEPT: usize = 1 << 16;

thread_local! {
    static GRAPH: Cell<Option<Box<Cfg>>> = Cell::default();
}
