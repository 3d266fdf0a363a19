//! Makes an instruction sequence of the graph: label `n` stands at the `n`th block of the layout.
//!
//! ```text
//! b0:                           L0:
//!     POP_JUMP_IF_FALSE b2          POP_JUMP_IF_FALSE L2
//! b1:                           L1:
//!     RETURN_VALUE         =>       RETURN_VALUE
//! b2:                           L2:
//!     RERAISE           0           RERAISE 0
//! ```

use std::hint::select_unpredictable;
use std::ops::Range;

use pycsmith_ir::{Cfg, HandlerInfo, Instr, InstructionSequence, Label, kind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "to_sequence",
    what: "Makes an instruction sequence of the graph",
    mirrors: "_PyCfg_ToInstructionSequence",
    requires: &[Property::DepthsKnown],
    establishes: &[],
};

/// Fills `sequence`, which is cleared first. With `keep_labels`, blocks keep the labels they have.
pub fn run(cfg: &mut Cfg, sequence: &mut InstructionSequence, keep_labels: bool) {
    sequence.clear();
    let mut length = 0;
    let mut b = cfg.entry;
    while b.is_some() {
        if keep_labels {
            cfg.label(b);
            let number = cfg[b].label.0 as usize;
            if sequence.labels.len() <= number {
                sequence.labels.resize(number + 1, u32::MAX);
            }
            sequence.labels[number] = length;
        } else {
            cfg[b].label = Label(sequence.labels.len() as u32);
            sequence.labels.push(length);
        }
        length += cfg[b].len() as u32;
        b = cfg[b].next;
    }
    sequence
        .handlers
        .extend(cfg.blocks.iter().map(|block| HandlerInfo {
            label: block.label,
            start_depth: block.start_depth.max(0) as u32,
            preserve_lasti: block.preserve_lasti,
        }));
    if cfg.may_have(kind::JUMP | kind::BLOCK_PUSH) {
        label_targets(cfg);
    }
    sequence.instrs.reserve(length as usize + PIECE);
    let mut b = cfg.entry;
    let (blocks, code) = cfg.parts();
    while b.is_some() {
        let block = &blocks[b.0 as usize];
        append(&mut sequence.instrs, code, block.range());
        b = block.next;
    }
}

/// Instructions that are copied at once: more than most blocks have.
const PIECE: usize = 16;

/// Appends these instructions of `code`, in pieces of one length: the length of a block is as good as chance.
fn append(instrs: &mut Vec<Instr>, code: &[Instr], range: Range<usize>) {
    let end = instrs.len() + range.len();
    for start in range.clone().step_by(PIECE) {
        match code[start..].first_chunk::<PIECE>() {
            Some(piece) => instrs.extend_from_slice(piece),
            None => instrs.extend_from_slice(&code[start..range.end]),
        }
    }
    instrs.truncate(end);
}

/// Makes operands of the labels of targets.
fn label_targets(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    let (blocks, code) = cfg.parts();
    while b.is_some() {
        let block = &blocks[b.0 as usize];
        let instrs = &mut code[block.range()];
        // Jumps stand at the end, or have a `NOT_TAKEN` behind them.
        let start = if block.may_have(kind::BLOCK_PUSH) {
            0
        } else {
            instrs.len().saturating_sub(2)
        };
        for instr in &mut instrs[start..] {
            // Most of them have none: no branch depends on it.
            let target = select_unpredictable(instr.target.is_some(), instr.target, b);
            let label = blocks[target.0 as usize].label.0;
            instr.arg = select_unpredictable(instr.target.is_some(), label, instr.arg);
        }
        b = block.next;
    }
}

#[cfg(test)]
mod tests {
    use pycsmith_bytecode::{Op, Target};
    use pycsmith_ir::BlockId;

    use super::*;
    use crate::passes::label_exception_targets;
    use crate::testing::cfg;

    #[test]
    fn labels_are_numbers_in_the_layout() {
        let mut cfg = cfg("LOAD_FAST 0
             POP_JUMP_IF_FALSE L1
             LOAD_CONST 0
             RETURN_VALUE
             L1:
             LOAD_CONST 1
             RETURN_VALUE");
        // b0, b2, b1.
        let [a, b, c] = [0, 1, 2].map(BlockId);
        (cfg[a].next, cfg[c].next, cfg[b].next) = (c, b, BlockId::NONE);
        let mut sequence = InstructionSequence::default();
        sequence.push(Op::NOP, 0, pycsmith_bytecode::Location::NONE);
        run(&mut cfg, &mut sequence, false);
        let instrs: Vec<_> = sequence.instrs.iter().map(|i| (i.op, i.arg)).collect();
        assert_eq!(
            instrs,
            [
                (Op::LOAD_FAST, 0),
                (Op::POP_JUMP_IF_FALSE, 1),
                (Op::LOAD_CONST, 1),
                (Op::RETURN_VALUE, 0),
                (Op::LOAD_CONST, 0),
                (Op::RETURN_VALUE, 0),
            ]
        );
        assert_eq!(sequence.labels, [0, 2, 4]);
    }

    #[test]
    fn instructions_know_their_handlers() {
        let mut cfg = cfg("SETUP_CLEANUP L1\nNOP\nPOP_BLOCK\nNOP\nRETURN_VALUE\nL1:\nRERAISE 1");
        label_exception_targets::run(&mut cfg, Target::PY314).unwrap();
        cfg[BlockId(1)].start_depth = 2;
        let mut sequence = InstructionSequence::default();
        run(&mut cfg, &mut sequence, false);
        let protected = HandlerInfo {
            label: Label(1),
            start_depth: 2,
            preserve_lasti: true,
        };
        let handlers: Vec<_> = sequence
            .instrs
            .iter()
            .map(|i| sequence.handlers.get(i.handler.0 as usize).copied())
            .collect();
        assert_eq!(handlers, [None, Some(protected), None, None, None, None]);
    }

    #[test]
    fn blocks_keep_labels_that_they_have() {
        let mut cfg = cfg("POP_JUMP_IF_FALSE L1\nNOP\nL1:\nRETURN_VALUE");
        let [a, b, c] = [0, 1, 2].map(BlockId);
        (cfg[a].label, cfg[c].label, cfg.next_label) = (Label(3), Label(1), 4);
        let mut sequence = InstructionSequence::default();
        run(&mut cfg, &mut sequence, true);
        assert_eq!(cfg[b].label, Label(4), "a new one");
        assert_eq!(sequence.labels, [u32::MAX, 2, u32::MAX, 0, 1]);
        assert_eq!(sequence.instrs[0].arg, 1);
    }
}
