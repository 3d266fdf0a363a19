//! Marks the blocks that handle exceptions, for the search for cold blocks.
//!
//! ```text
//! b0:                     b0:
//!     SETUP_FINALLY b1        SETUP_FINALLY b1
//!     ...                     ...
//! b1:                  => b1:                  # except_handler
//!     PUSH_EXC_INFO           PUSH_EXC_INFO
//! ```

use pycsmith_ir::{Cfg, OpKind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "mark_except_handlers",
    mirrors: "mark_except_handlers",
    requires: &[],
    establishes: &[Property::HandlersMarked],
};

pub fn run(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        for i in 0..cfg[b].len() {
            let instr = cfg.instrs(b)[i];
            if instr.op.is_block_push() {
                cfg[instr.target].except_handler = true;
            }
        }
        b = cfg[b].next;
    }
}
