//! Removes constants and copies that are dropped at once, and `NOP`s on the way.
//!
//! ```text
//! LOAD_CONST 1           RETURN_VALUE
//! POP_TOP          =>
//! RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::cfg::find_any;
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
    loop {
        remove_redundant_nops::run(cfg);
        if !cfg.may_have(kind::POP_TOP) || !may_have_pairs(cfg) || !remove_pairs(cfg) {
            return;
        }
    }
}

/// Whether there may be a pair anywhere: most code has none.
fn may_have_pairs(cfg: &Cfg) -> bool {
    let (mut found, mut pushes) = (false, false);
    // No branch depends on what an instruction is.
    for instr in cfg.code() {
        found |= pushes & (instr.op == Op::POP_TOP);
        pushes = instr.op.is_any(kind::CONST) | (instr.op == Op::COPY);
    }
    for block in &cfg.blocks {
        let first = cfg.code().get(block.range().start);
        let pops_first = first.is_some_and(|first| first.op == Op::POP_TOP);
        found |= pops_first & (block.label == Label::NONE) & !block.is_empty();
    }
    found
}

/// One round over all blocks; whether a pair was found.
fn remove_pairs(cfg: &mut Cfg) -> bool {
    let mut found = false;
    // The block that stands before, with nothing but empty ones between to which no jump leads.
    let mut before = BlockId::NONE;
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].label != Label::NONE {
            before = BlockId::NONE;
        }
        if cfg[b].may_have(kind::POP_TOP) {
            if before.is_some()
                && cfg.first(b).is_some_and(|first| first.op == Op::POP_TOP)
                && let Some(last) = cfg.last_mut(before)
                && pushes_in_vain(last)
            {
                last.set_op0(Op::NOP);
                cfg.instrs_mut(b)[0].set_op0(Op::NOP);
                cfg.note(before, kind::NOP);
                cfg.note(b, kind::NOP);
                found = true;
            }
            if remove_pairs_within(cfg.instrs_mut(b)) {
                cfg.note(b, kind::NOP);
                found = true;
            }
        }
        if !cfg[b].is_empty() {
            before = b;
        }
        b = cfg[b].next;
    }
    found
}

/// The same where both stand in the block.
fn remove_pairs_within(instrs: &mut [Instr]) -> bool {
    let mut found = false;
    let mut start = 1;
    while let Some(pop) = find_any(instrs, start, kind::POP_TOP) {
        if pushes_in_vain(&instrs[pop - 1]) {
            instrs[pop - 1].set_op0(Op::NOP);
            instrs[pop].set_op0(Op::NOP);
            found = true;
        }
        start = pop + 1;
    }
    found
}

fn pushes_in_vain(instr: &Instr) -> bool {
    match instr.op {
        Op::COPY => instr.arg == 1,
        _ => loads_const(instr),
    }
}
