//! Makes an instruction sequence of the graph: label `n` stands at the `n`th block of the layout.
//!
//! ```text
//! b0:                         L0: POP_JUMP_IF_FALSE L2
//!     POP_JUMP_IF_FALSE b2        ...
//! ...                     =>
//! b2:                         L2: RETURN_VALUE
//!     RETURN_VALUE
//! ```

use pycsmith_ir::{BlockId, Cfg, HandlerInfo, Instruction, InstructionSequence, Label, OpKind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "to_sequence",
    mirrors: "_PyCfg_ToInstructionSequence",
    requires: &[Property::DepthsKnown],
    establishes: &[],
};

/// Fills `sequence`, which is cleared first.
pub fn run(cfg: &mut Cfg, sequence: &mut InstructionSequence) {
    sequence.instrs.clear();
    sequence.labels.clear();
    sequence.annotations = None;
    let mut length = 0;
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].label = Label(sequence.labels.len() as u32);
        sequence.labels.push(length);
        length += cfg[b].len() as u32;
        b = cfg[b].next;
    }
    sequence.instrs.reserve(length as usize);
    let mut handler = (BlockId::NONE, HandlerInfo::NONE);
    for b in cfg.layout() {
        sequence.instrs.extend(cfg.instrs(b).iter().map(|instr| {
            if instr.handler != handler.0 {
                handler = (instr.handler, handler_info(cfg, instr.handler));
            }
            let arg = if instr.op.has_target() {
                cfg[instr.target].label.0
            } else {
                instr.arg
            };
            Instruction {
                op: instr.op,
                arg,
                loc: instr.loc,
                handler: handler.1,
            }
        }));
    }
}

fn handler_info(cfg: &Cfg, handler: BlockId) -> HandlerInfo {
    if handler.is_none() {
        return HandlerInfo::NONE;
    }
    let block = &cfg[handler];
    HandlerInfo {
        label: block.label,
        start_depth: block.start_depth.max(0) as u32,
        preserve_lasti: block.preserve_lasti,
    }
}
