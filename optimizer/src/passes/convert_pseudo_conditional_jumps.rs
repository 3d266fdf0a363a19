//! A conditional jump that keeps its operand becomes a copy, a truth test and a jump.
//!
//! ```text
//! b0:                         b0:
//!     LOAD_FAST 0                 LOAD_FAST 0
//!     JUMP_IF_FALSE b2            COPY 1
//!                       =>        TO_BOOL
//!                                 POP_JUMP_IF_FALSE b2
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{Cfg, Instr};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "convert_pseudo_conditional_jumps",
    mirrors: "convert_pseudo_conditional_jumps",
    requires: &[Property::Terminated],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        if let Some(last) = cfg.last(b)
            && matches!(last.op, Op::JUMP_IF_FALSE | Op::JUMP_IF_TRUE)
        {
            cfg.truncate(b, cfg[b].len() - 1);
            let handler = last.handler;
            cfg.push(
                b,
                Instr {
                    handler,
                    ..Instr::new(Op::COPY, 1, last.loc)
                },
            );
            cfg.push(
                b,
                Instr {
                    handler,
                    ..Instr::new(Op::TO_BOOL, 0, last.loc)
                },
            );
            let op = if last.op == Op::JUMP_IF_FALSE {
                Op::POP_JUMP_IF_FALSE
            } else {
                Op::POP_JUMP_IF_TRUE
            };
            cfg.push(b, Instr { op, ..last });
        }
        b = cfg[b].next;
    }
}
