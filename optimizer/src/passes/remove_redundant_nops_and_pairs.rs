//! Removes constants and copies that are dropped at once, and `NOP`s on the way.
//!
//! ```text
//! LOAD_CONST 1           RETURN_VALUE
//! POP_TOP          =>
//! RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, Instr, Label, OpKind, kind};

use super::const_table::loads_const;
use super::{Pass, remove_redundant_nops};

pub const PASS: Pass = Pass {
    name: "remove_redundant_nops_and_pairs",
    what: "Removes constants and copies that are dropped at once, and `NOP`s on the way",
    mirrors: "remove_redundant_nops_and_pairs",
    requires: &[],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    if cfg.may_have(kind::POP_TOP) {
        while remove_pairs(cfg) {}
    } else {
        remove_redundant_nops::run(cfg);
    }
}

/// One round over all blocks; whether a pair was found.
fn remove_pairs(cfg: &mut Cfg) -> bool {
    let mut found = false;
    // The instruction executed before, if it stands in an earlier block.
    let mut before: Option<(BlockId, usize)> = None;
    let mut b = cfg.entry;
    while b.is_some() {
        remove_redundant_nops::in_block(cfg, b);
        if cfg[b].label != Label::NONE {
            before = None;
        }
        if cfg[b].may_have(kind::POP_TOP) {
            if let Some((block, at)) = before
                && cfg.first(b).is_some_and(|first| first.op == Op::POP_TOP)
                && pushes_in_vain(&cfg.instrs(block)[at])
            {
                cfg.instrs_mut(block)[at].set_op0(Op::NOP);
                cfg.instrs_mut(b)[0].set_op0(Op::NOP);
                cfg.note(block, kind::NOP);
                cfg.note(b, kind::NOP);
                found = true;
            }
            if remove_pairs_within(cfg.instrs_mut(b)) {
                cfg.note(b, kind::NOP);
                found = true;
            }
        }
        if let Some(last) = cfg[b].len().checked_sub(1) {
            before = Some((b, last));
        }
        let jumps = before.is_some_and(|(block, at)| cfg.instrs(block)[at].op.is_jump());
        if jumps || cfg.no_fallthrough(b) {
            before = None;
        }
        b = cfg[b].next;
    }
    found
}

/// The same where both stand in the block.
fn remove_pairs_within(instrs: &mut [Instr]) -> bool {
    let mut found = false;
    for i in 1..instrs.len() {
        if instrs[i].op == Op::POP_TOP && pushes_in_vain(&instrs[i - 1]) {
            instrs[i - 1].set_op0(Op::NOP);
            instrs[i].set_op0(Op::NOP);
            found = true;
        }
    }
    found
}

fn pushes_in_vain(instr: &Instr) -> bool {
    match instr.op {
        Op::COPY => instr.arg == 1,
        _ => loads_const(instr),
    }
}
