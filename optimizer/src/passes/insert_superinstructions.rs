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
use pycsmith_ir::{BlockId, Cfg, Instr, kind};

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
        if cfg[b].may_have(kind::LOCAL) {
            join_in_block(cfg, b);
        }
        b = cfg[b].next;
    }
    remove_redundant_nops::run(cfg);
}

fn join_in_block(cfg: &mut Cfg, b: BlockId) {
    let instrs = cfg.instrs_mut(b);
    let (mut kept, mut stays, mut redundant) = (0, false, 0);
    // Pairs that begin at the last one come with the next 64.
    for start in (0..instrs.len()).step_by(63) {
        let loads = which_are(&instrs[start..], |instr| instr.op == Op::LOAD_FAST);
        let stores = which_are(&instrs[start..], |instr| instr.op == Op::STORE_FAST);
        let mut pairs = (loads | stores) & loads >> 1 | stores & stores >> 1;
        while pairs != 0 {
            let at = pairs.trailing_zeros() as usize;
            pairs &= pairs - 1;
            let second = 2 << at;
            match join(&mut instrs[start + at..]) {
                Joined::No => continue,
                Joined::Whole => redundant |= second,
                Joined::WithNop => stays = true,
            }
            // It is gone.
            pairs &= !second;
        }
        let end = instrs.len().min(start + 63);
        kept = remove_redundant_nops::close_up(instrs, start..end, redundant, kept);
        redundant >>= 63;
    }
    cfg.cut(b, kept);
    if stays {
        cfg.note(b, kind::NOP);
    }
}

enum Joined {
    No,
    /// The `NOP` in the place of the second one is not needed.
    Whole,
    /// Perhaps it is.
    WithNop,
}

/// Joins the first two, each of which loads or stores a local, if that can be.
fn join(instrs: &mut [Instr]) -> Joined {
    let [first, second, ..] = instrs else {
        return Joined::No;
    };
    let joined = match (first.op, second.op) {
        (Op::LOAD_FAST, _) => Op::LOAD_FAST_LOAD_FAST,
        (_, Op::LOAD_FAST) => Op::STORE_FAST_LOAD_FAST,
        _ => Op::STORE_FAST_STORE_FAST,
    };
    let is_whole = second.line() < 0 || first.line() == second.line();
    if !is_whole && first.line() >= 0 || first.arg >= 16 || second.arg >= 16 {
        return Joined::No;
    }
    first.set_op1(joined, first.arg << 4 | second.arg);
    second.set_op0(Op::NOP);
    match is_whole {
        true => Joined::Whole,
        false => Joined::WithNop,
    }
}
