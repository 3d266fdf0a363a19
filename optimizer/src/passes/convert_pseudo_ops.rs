//! Operations that only the compiler knows become real ones, or go.
//!
//! ```text
//! SETUP_FINALLY b1              (gone)
//! LOAD_CLOSURE 0          =>    LOAD_FAST 0
//! STORE_FAST_MAYBE_NULL 1       STORE_FAST 1
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, OpKind};

use super::{Pass, Property, remove_redundant_jumps};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "convert_pseudo_ops",
    mirrors: "convert_pseudo_ops",
    requires: &[Property::HandlersLabelled],
    establishes: &[Property::NoPseudoOps],
};

/// # Errors
/// See `remove_redundant_jumps`.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    let mut b = cfg.entry;
    while b.is_some() {
        for instr in cfg.instrs_mut(b) {
            if instr.op.is_block_push() {
                instr.set_op0(Op::NOP);
                instr.target = BlockId::NONE;
            } else if instr.op == Op::LOAD_CLOSURE {
                instr.op = Op::LOAD_FAST;
            } else if instr.op == Op::STORE_FAST_MAYBE_NULL {
                instr.op = Op::STORE_FAST;
            }
        }
        b = cfg[b].next;
    }
    remove_redundant_jumps::run_with_nops(cfg)
}
