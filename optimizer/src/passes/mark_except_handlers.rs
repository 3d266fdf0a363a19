//! Marks the blocks that handle exceptions, for the search for cold blocks.
//!
//! ```text
//! b0:                         b0:
//!     SETUP_FINALLY b1            SETUP_FINALLY b1
//!     RAISE_VARARGS 0    =>       RAISE_VARARGS 0
//! b1:                         b1: handler
//!     RERAISE       0             RERAISE       0
//! ```

use pycsmith_ir::{Cfg, OpKind, kind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "mark_except_handlers",
    what: "Marks the blocks that handle exceptions",
    mirrors: "mark_except_handlers",
    requires: &[],
    establishes: &[Property::HandlersMarked],
};

/// Of a graph fresh from its sequence.
pub fn run(cfg: &mut Cfg) {
    if !cfg.may_have(kind::BLOCK_PUSH) {
        return;
    }
    let (blocks, code) = cfg.parts();
    for instr in code.iter().filter(|instr| instr.op.is_block_push()) {
        blocks[instr.target.0 as usize].except_handler = true;
    }
}
