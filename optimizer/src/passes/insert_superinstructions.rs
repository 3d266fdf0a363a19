//! Joins neighbouring loads and stores of the first sixteen locals.
//!
//! ```text
//! LOAD_FAST   x           LOAD_FAST_LOAD_FAST   x y
//! LOAD_FAST   y     =>    BINARY_OP             +
//! BINARY_OP   +           STORE_FAST_STORE_FAST x y
//! STORE_FAST  x           RAISE_VARARGS         0
//! STORE_FAST  y
//! RAISE_VARARGS 0
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::cfg::which_are;
use pycsmith_ir::{Cfg, Instr, kind};

use super::{Pass, remove_redundant_nops};

pub const PASS: Pass = Pass {
    name: "insert_superinstructions",
    what: "Joins neighbouring loads and stores of the first sixteen locals",
    mirrors: "insert_superinstructions",
    requires: &[],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].may_have(kind::LOCAL) && join_in_block(cfg.instrs_mut(b)) {
            cfg.note(b, kind::NOP);
        }
        b = cfg[b].next;
    }
    remove_redundant_nops::run(cfg);
}

/// Whether any were joined.
fn join_in_block(instrs: &mut [Instr]) -> bool {
    let mut joined_any = false;
    // Pairs that begin at the last one come with the next 64.
    for start in (0..instrs.len()).step_by(63) {
        let loads = which_are(&instrs[start..], |instr| instr.op == Op::LOAD_FAST);
        let stores = which_are(&instrs[start..], |instr| instr.op == Op::STORE_FAST);
        let mut pairs = (loads | stores) & loads >> 1 | stores & stores >> 1;
        while pairs != 0 {
            let at = pairs.trailing_zeros() as usize;
            pairs &= pairs - 1;
            if join(&mut instrs[start + at..]) {
                joined_any = true;
                // The second one is gone.
                pairs &= !(2 << at);
            }
        }
    }
    joined_any
}

/// Joins the first two, each of which loads or stores a local, if that can be.
fn join(instrs: &mut [Instr]) -> bool {
    let [first, second, ..] = instrs else {
        return false;
    };
    let joined = match (first.op, second.op) {
        (Op::LOAD_FAST, _) => Op::LOAD_FAST_LOAD_FAST,
        (_, Op::LOAD_FAST) => Op::STORE_FAST_LOAD_FAST,
        _ => Op::STORE_FAST_STORE_FAST,
    };
    let other_line = first.line() >= 0 && second.line() >= 0 && first.line() != second.line();
    if other_line || first.arg >= 16 || second.arg >= 16 {
        return false;
    }
    first.set_op1(joined, first.arg << 4 | second.arg);
    second.set_op0(Op::NOP);
    true
}
