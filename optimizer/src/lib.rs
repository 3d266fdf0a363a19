//! Passes over the control-flow graph.

pub mod const_eval;
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
///
/// # Errors
/// The sequence contradicts itself.
pub fn optimize_code_unit(
    target: Target,
    sequence: InstructionSequence,
    consts: &mut Vec<ConstId>,
    pool: &mut ConstPool,
    shape: &UnitShape,
) -> Result<Optimized, Bug> {
    use passes::*;
    let mut cfg = pycsmith_ir::Cfg::with_capacity(sequence.instrs.len());
    from_sequence::run(&mut cfg, &sequence)?;
    mark_except_handlers::run(&mut cfg);
    label_exception_targets::run(&mut cfg)?;
    check_cfg::run(&cfg)?;
    inline_small_or_no_lineno_blocks::run(&mut cfg);
    remove_unreachable::run(&mut cfg);
    resolve_line_numbers::run(&mut cfg);
    optimize_load_const::run(&mut cfg, consts, pool)?;
    optimize_basic_blocks::run(&mut cfg, consts, pool, target)?;
    remove_redundant_nops_and_pairs::run(&mut cfg);
    remove_unreachable::run(&mut cfg);
    remove_redundant_jumps::run_with_nops(&mut cfg)?;
    remove_unused_consts::run(&mut cfg, consts)?;
    add_checks_for_loads_of_uninitialized_variables::run(&mut cfg, shape.nlocals, shape.nparams);
    insert_superinstructions::run(&mut cfg);
    push_cold_blocks_to_end::run(&mut cfg)?;
    resolve_line_numbers::run(&mut cfg);
    convert_pseudo_conditional_jumps::run(&mut cfg);
    let stack_depth = calculate_stackdepth::run(&mut cfg, target)?;
    let nlocalsplus = prepare_localsplus::run(&mut cfg, shape)?;
    convert_pseudo_ops::run(&mut cfg)?;
    normalize_jumps::run(&mut cfg);
    optimize_load_fast::run(&mut cfg, target)?;
    Ok(Optimized { sequence: to_sequence::run(&mut cfg), stack_depth, nlocalsplus })
}
