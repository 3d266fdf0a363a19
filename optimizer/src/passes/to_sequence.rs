//! Lays the blocks out as one sequence. Label `n` is the `n`-th block.
//!
//! ```text
//! b0:                              0: LOAD_FAST 0
//!     LOAD_FAST 0                     POP_JUMP_IF_FALSE 1
//!     POP_JUMP_IF_FALSE b4   =>    1: LOAD_CONST 0
//! b4:                                 RETURN_VALUE
//!     LOAD_CONST 0
//!     RETURN_VALUE
//! ```

use pycsmith_ir::{Block, Cfg, HandlerInfo, Instruction, InstructionSequence, Label, OpKind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "to_sequence",
    mirrors: "_PyCfg_ToInstructionSequence",
    requires: &[
        Property::LocalsPlus,
        Property::NoPseudoOps,
        Property::JumpsNormalized,
    ],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) -> InstructionSequence {
    let mut sequence = InstructionSequence::default();
    let mut count = 0;
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].label = Label(sequence.labels.len() as u32);
        sequence.labels.push(count);
        count += cfg[b].len() as u32;
        b = cfg[b].next;
    }
    sequence.instrs.reserve(count as usize);
    for b in cfg.layout() {
        for instr in cfg.instrs(b) {
            let arg = if instr.op.has_target() {
                cfg[instr.target].label.0
            } else {
                instr.arg
            };
            let handler = if instr.handler.is_some() {
                let Block {
                    label,
                    start_depth,
                    preserve_lasti,
                    ..
                } = cfg[instr.handler];
                HandlerInfo {
                    label,
                    start_depth: start_depth.max(0) as u32,
                    preserve_lasti,
                }
            } else {
                HandlerInfo::NONE
            };
            sequence.instrs.push(Instruction {
                op: instr.op,
                arg,
                loc: instr.loc,
                handler,
            });
        }
    }
    sequence
}
