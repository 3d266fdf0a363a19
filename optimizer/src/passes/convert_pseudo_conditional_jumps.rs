//! Spells out the jumps of `and`, `or` and chained comparisons, which keep the value.
//!
//! ```text
//! b0:                         b0:
//!     LOAD_FAST     x             LOAD_FAST         x
//!     JUMP_IF_FALSE b2   =>       COPY              1
//! b1:                             TO_BOOL
//!     RETURN_VALUE                POP_JUMP_IF_FALSE b2
//! b2:                         b1:
//!     RETURN_VALUE                RETURN_VALUE
//!                             b2:
//!                                 RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{Cfg, Instr, OpKind, kind};

use super::Pass;

pub const PASS: Pass = Pass {
    name: "convert_pseudo_conditional_jumps",
    what: "Spells out the jumps of `and`, `or` and chained comparisons, which keep the value",
    mirrors: "convert_pseudo_conditional_jumps",
    requires: &[],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    if !cfg.may_have(kind::JUMP_IF) {
        return;
    }
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].may_have(kind::JUMP_IF)
            && let Some(last) = cfg.last_mut(b)
        {
            let real = match last.op {
                Op::JUMP_IF_FALSE => Some(Op::POP_JUMP_IF_FALSE),
                Op::JUMP_IF_TRUE => Some(Op::POP_JUMP_IF_TRUE),
                _ => None,
            };
            if let Some(real) = real {
                last.op = real;
                let Instr { loc, handler, .. } = *last;
                cfg.note(b, real.kinds());
                let at = cfg[b].len() - 1;
                cfg.insert(
                    b,
                    at,
                    Instr {
                        handler,
                        ..Instr::new(Op::COPY, 1, loc)
                    },
                );
                cfg.insert(
                    b,
                    at + 1,
                    Instr {
                        handler,
                        ..Instr::new(Op::TO_BOOL, 0, loc)
                    },
                );
            }
        }
        b = cfg[b].next;
    }
}
