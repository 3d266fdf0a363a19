//! Passes over the control-flow graph.

pub mod passes;

use pycsmith_bytecode::Target;
use pycsmith_ir::{ConstId, ConstPool, InstructionSequence, UnitShape};

/// What the optimizer hands to the assembler.
pub struct Optimized {
    /// No pseudo-instructions but `JUMP`s already resolved to real ones; `arg` of a jump is a label number.
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
pub fn optimize_code_unit(
    _target: Target,
    _sequence: InstructionSequence,
    _consts: &mut Vec<ConstId>,
    _pool: &mut ConstPool,
    _shape: &UnitShape,
) -> Result<Optimized, Bug> {
    todo!("optimizer helper")
}
