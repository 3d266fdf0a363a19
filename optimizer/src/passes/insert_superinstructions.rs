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
use pycsmith_ir::{Cfg, OpKind, kind};

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
        if !cfg[b].may_have(kind::LOCAL) {
            b = cfg[b].next;
            continue;
        }
        let mut joined_any = false;
        let instrs = cfg.instrs_mut(b);
        for i in 1..instrs.len() {
            if !instrs[i].op.is_any(kind::LOCAL) {
                continue;
            }
            let joined = match (instrs[i - 1].op, instrs[i].op) {
                (Op::LOAD_FAST, Op::LOAD_FAST) => Op::LOAD_FAST_LOAD_FAST,
                (Op::STORE_FAST, Op::LOAD_FAST) => Op::STORE_FAST_LOAD_FAST,
                (Op::STORE_FAST, Op::STORE_FAST) => Op::STORE_FAST_STORE_FAST,
                _ => continue,
            };
            let (first, second) = (instrs[i - 1], instrs[i]);
            let other_line =
                first.line() >= 0 && second.line() >= 0 && first.line() != second.line();
            if !other_line && first.arg < 16 && second.arg < 16 {
                instrs[i - 1].set_op1(joined, first.arg << 4 | second.arg);
                instrs[i].set_op0(Op::NOP);
                joined_any = true;
            }
        }
        if joined_any {
            cfg.note(b, kind::NOP);
        }
        b = cfg[b].next;
    }
    remove_redundant_nops::run(cfg);
}
