//! Block pushes and pops have done their work.
//!
//! ```text
//! b0:                         b0:
//!     SETUP_FINALLY b1            NOP
//!     POP_BLOCK          =>       NOP
//! b1:                         b1:
//!     RERAISE       0             RERAISE 0
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, OpKind, kind};

use super::super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "convert_exception_handlers_to_nops",
    what: "Removes block pushes and pops, which have done their work",
    mirrors: "convert_exception_handlers_to_nops",
    requires: &[Property::HandlersLabelled, Property::DepthsKnown],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].may_have(kind::BLOCK_PUSH | kind::POP_BLOCK) {
            cfg.note(b, kind::NOP);
            for instr in cfg.instrs_mut(b) {
                if instr.op.is_any(kind::BLOCK_PUSH | kind::POP_BLOCK) {
                    instr.set_op0(Op::NOP);
                    instr.target = BlockId::NONE;
                }
            }
        }
        b = cfg[b].next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn pushes_and_pops_are_no_instructions() {
        let mut cfg = cfg("SETUP_FINALLY L0\nPOP_BLOCK\nRETURN_VALUE\nL0:\nRERAISE 0");
        run(&mut cfg);
        assert_eq!(
            cfg_text(&cfg),
            "b0: NOP; NOP; RETURN_VALUE\nb1: RERAISE 0\n"
        );
    }
}
