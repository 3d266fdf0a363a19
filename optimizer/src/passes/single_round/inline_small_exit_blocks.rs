//! A jump to a short exit becomes a copy of the exit.
//!
//! ```text
//! b0:                               b0:
//!     STORE_FAST        x               STORE_FAST        x
//!     JUMP              b2              NOP
//! b1:                                   LOAD_CONST        None
//!     RAISE_VARARGS     0     =>        RETURN_VALUE
//! b2:                               b1:
//!     LOAD_CONST        None            RAISE_VARARGS     0
//!     RETURN_VALUE                  b2:
//!                                       LOAD_CONST        None
//!                                       RETURN_VALUE
//! ```

use pycsmith_ir::{Cfg, OpKind, kind};

use super::super::inline_small_or_no_lineno_blocks::{MAX_COPY_SIZE, replace_jump};
use super::super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "inline_small_exit_blocks",
    what: "Replaces a jump to a short exit by a copy of the exit",
    mirrors: "inline_small_exit_blocks",
    requires: &[Property::Terminated],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    if !cfg.may_have(kind::UNCONDITIONAL) {
        return;
    }
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].may_have(kind::UNCONDITIONAL)
            && let Some(last) = cfg.last(b)
            && last.op.is_unconditional_jump()
            && cfg.exits_scope(last.target)
            && cfg[last.target].len() <= MAX_COPY_SIZE
        {
            replace_jump(cfg, b, last.target);
        }
        b = cfg[b].next;
    }
}
