//! Makes the last pseudo-instructions real: block pushes vanish, the others have a real counterpart.
//!
//! ```text
//! .cells c
//! .state localsplus
//! b0:                                  b0:
//!     SETUP_FINALLY         b1             LOAD_FAST    c
//!     LOAD_CLOSURE          c     =>       STORE_FAST   x
//!     STORE_FAST_MAYBE_NULL x          b1:
//! b1:                                      RERAISE      0
//!     RERAISE               0
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, OpKind, kind};

use super::{Pass, Property, remove_redundant_jumps};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "convert_pseudo_ops",
    what: "Removes block pushes and pops, and makes the other pseudo-instructions real",
    mirrors: "convert_pseudo_ops",
    requires: &[Property::HandlersLabelled, Property::DepthsKnown],
    establishes: &[Property::NoPseudoOps],
};

/// # Errors
/// A jump that leads nowhere.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    let mut b = cfg.entry;
    let mut drops_edges = false;
    while b.is_some() && cfg.may_have(kind::PSEUDO) {
        if !cfg[b].may_have(kind::PSEUDO) {
            b = cfg[b].next;
            continue;
        }
        cfg.note(
            b,
            kind::NOP | Op::LOAD_FAST.kinds() | Op::STORE_FAST.kinds(),
        );
        for instr in cfg.instrs_mut(b) {
            match instr.op {
                Op::SETUP_FINALLY | Op::SETUP_WITH | Op::SETUP_CLEANUP => {
                    instr.set_op0(Op::NOP);
                    instr.target = BlockId::NONE;
                    drops_edges = true;
                }
                Op::LOAD_CLOSURE => instr.op = Op::LOAD_FAST,
                Op::STORE_FAST_MAYBE_NULL => instr.op = Op::STORE_FAST,
                _ => {}
            }
        }
        cfg[b].kinds &= !(kind::PSEUDO | kind::BLOCK_PUSH);
        b = cfg[b].next;
    }
    if drops_edges {
        // Those to handlers: control still comes there, but no instruction says so.
        cfg.forget_edges();
    }
    remove_redundant_jumps::run_with_nops(cfg)
}
