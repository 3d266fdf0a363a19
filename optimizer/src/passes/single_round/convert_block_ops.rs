//! Pushes and pops of blocks vanish; the other pseudo-instructions become real.
//!
//! ```text
//! b0:                                b0:
//!     SETUP_FINALLY         b1           STORE_FAST   x
//!     STORE_FAST_MAYBE_NULL x            LOAD_CONST   None
//!     POP_BLOCK                  =>      RETURN_VALUE
//!     LOAD_CONST            None     b1:
//!     RETURN_VALUE                       RERAISE      0
//! b1:
//!     RERAISE               0
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, OpKind, kind};

use super::super::{Pass, Property, remove_redundant_nops};

pub const PASS: Pass = Pass {
    name: "convert_pseudo_ops",
    what: "Removes block pushes and pops, and makes the other pseudo-instructions real",
    mirrors: "_PyCfg_ConvertPseudoOps",
    requires: &[Property::HandlersLabelled, Property::DepthsKnown],
    establishes: &[Property::NoPseudoOps],
};

pub fn run(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].may_have(kind::PSEUDO | kind::POP_BLOCK) {
            cfg.note(b, kind::NOP | Op::STORE_FAST.kinds());
            for instr in cfg.instrs_mut(b) {
                match instr.op {
                    Op::SETUP_FINALLY | Op::SETUP_WITH | Op::SETUP_CLEANUP | Op::POP_BLOCK => {
                        instr.set_op0(Op::NOP);
                        instr.target = BlockId::NONE;
                    }
                    Op::STORE_FAST_MAYBE_NULL => instr.op = Op::STORE_FAST,
                    _ => {}
                }
            }
        }
        b = cfg[b].next;
    }
    remove_redundant_nops::run(cfg);
}
