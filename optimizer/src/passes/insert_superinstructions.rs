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
use pycsmith_ir::cfg::{bits_from, which_are};
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
    if cfg.may_have(kind::LOCAL) {
        let mut starts = std::mem::take(&mut cfg.scratch_bits);
        cfg.starts(&mut starts);
        if join_in_blocks(cfg.code_mut(), &starts) {
            cfg.kinds |= kind::NOP;
        }
        cfg.scratch_bits = starts;
    }
    remove_redundant_nops::run(cfg);
}

/// Joins all that can be, where `starts` says at which ones a block starts. Whether any were joined.
fn join_in_blocks(instrs: &mut [Instr], starts: &[u64]) -> bool {
    let mut joined_any = false;
    // Pairs that begin at the last one come with the next 64.
    for start in (0..instrs.len()).step_by(63) {
        let behind = &instrs[start..];
        let loads = which_are(behind, |instr| is_low(instr) & (instr.op == Op::LOAD_FAST));
        let stores = which_are(behind, |instr| is_low(instr) & (instr.op == Op::STORE_FAST));
        let pairs = (loads | stores) & loads >> 1 | stores & stores >> 1;
        let mut pairs = pairs & !bits_from(starts, start + 1);
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

/// Its local, if it has one, may be that of a super-instruction.
fn is_low(instr: &Instr) -> bool {
    instr.arg < 16
}

/// Joins the first two, each of which loads or stores one of the first locals, if they are of one line.
fn join(instrs: &mut [Instr]) -> bool {
    let [first, second, ..] = instrs else {
        return false;
    };
    let joined = match (first.op, second.op) {
        (Op::LOAD_FAST, _) => Op::LOAD_FAST_LOAD_FAST,
        (_, Op::LOAD_FAST) => Op::STORE_FAST_LOAD_FAST,
        _ => Op::STORE_FAST_STORE_FAST,
    };
    if first.line() >= 0 && second.line() >= 0 && first.line() != second.line() {
        return false;
    }
    first.set_op1(joined, first.arg << 4 | second.arg);
    second.set_op0(Op::NOP);
    true
}
