//! One file a pass: a plain function and, beside it, its [`Pass`].

use pycsmith_bytecode::Target;
use pycsmith_ir::{Cfg, ConstId, ConstPool, UnitShape};

pub mod add_checks_for_loads_of_uninitialized_variables;
pub mod calculate_stackdepth;
pub mod check_cfg;
pub mod const_table;
mod constant_tests;
pub mod convert_pseudo_conditional_jumps;
pub mod convert_pseudo_ops;
pub mod explicit_blocks;
pub mod from_sequence;
pub mod inline_small_or_no_lineno_blocks;
pub mod insert_superinstructions;
pub mod label_exception_targets;
pub mod mark_except_handlers;
pub mod normalize_jumps;
pub mod optimize_basic_blocks;
pub mod optimize_load_const;
pub mod optimize_load_fast;
pub mod prepare_localsplus;
pub mod push_cold_blocks_to_end;
pub mod remove_redundant_jumps;
pub mod remove_redundant_nops;
pub mod remove_redundant_nops_and_pairs;
pub mod remove_unreachable;
pub mod remove_unused_consts;
pub mod resolve_line_numbers;
pub mod single_round;
pub mod to_sequence;

/// What is true of a graph before or after a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Property {
    /// Jumps, returns and raises stand only at the end of a block.
    Terminated,
    /// Blocks that only exceptions reach are marked (`Block::except_handler`).
    HandlersMarked,
    /// Every instruction knows its handler.
    HandlersLabelled,
    /// Unreachable blocks are empty, and `Block::predecessors` holds.
    Reachable,
    /// Exits have a line.
    LinesResolved,
    /// The unit's constants are those that are used, and the first one.
    ConstsUsed,
    /// A `LOAD_FAST` finds its local bound.
    LoadsChecked,
    /// Cold blocks stand at the end.
    ColdAtEnd,
    /// `Block::start_depth` holds.
    DepthsKnown,
    /// Cells and free variables are numbered behind the locals.
    LocalsPlus,
    /// No pseudo-instruction but `JUMP` and `JUMP_NO_INTERRUPT`.
    NoPseudoOps,
    /// Conditional jumps go forwards.
    JumpsNormalized,
}

/// What the pipeline and its tools know of a pass.
#[derive(Debug)]
pub struct Pass {
    /// Its name on the command line and in dumps.
    pub name: &'static str,
    /// What it does, in a line.
    pub what: &'static str,
    /// The functions of CPython's `Python/flowgraph.c` (`compile.c` in 3.11) that it mirrors.
    pub mirrors: &'static str,
    pub requires: &'static [Property],
    pub establishes: &'static [Property],
}

/// A code unit on its way through the pipeline.
pub struct Unit<'a> {
    pub target: Target,
    pub cfg: &'a mut Cfg,
    pub consts: &'a mut Vec<ConstId>,
    pub pool: &'a mut ConstPool,
    pub shape: &'a UnitShape,
    /// In slots, from `calculate_stackdepth` on.
    pub stack_depth: u32,
    /// From `prepare_localsplus` on.
    pub nlocalsplus: u32,
}
