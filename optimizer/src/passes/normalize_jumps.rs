//! Conditional jumps go forwards, and where they are not taken a `NOT_TAKEN` says so.
//!
//! ```text
//! b0:                             b0:
//!     LOAD_FAST 0                     LOAD_FAST 0
//!     POP_JUMP_IF_TRUE b0             POP_JUMP_IF_FALSE b1
//! b1:                       =>    b2:
//!     ...                             NOT_TAKEN
//!                                     JUMP b0
//!                                 b1:
//!                                     ...
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, Instr, OpKind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "normalize_jumps",
    mirrors: "normalize_jumps",
    requires: &[Property::ColdAtEnd, Property::NoPseudoOps],
    establishes: &[Property::JumpsNormalized],
};

pub fn run(cfg: &mut Cfg) {
    cfg.worklist = cfg.take_worklist();
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].visited = true;
        let next = cfg[b].next;
        if let Some(last) = cfg.last(b)
            && last.op.is_conditional_jump()
        {
            let not_taken = Instr::new(Op::NOT_TAKEN, 0, last.loc);
            if !cfg[last.target].visited {
                cfg.push(b, not_taken);
            } else if next.is_some() {
                reverse(cfg, b, last, not_taken);
            }
        }
        b = next;
    }
}

/// The jump goes backwards: jump over a backward one instead.
fn reverse(cfg: &mut Cfg, b: BlockId, jump: Instr, not_taken: Instr) {
    let next = cfg[b].next;
    let backwards = cfg.new_block();
    cfg.push(backwards, not_taken);
    cfg.push(backwards, Instr::jump(Op::JUMP, jump.target, jump.loc));
    cfg[backwards].cold = cfg[b].cold;
    cfg[backwards].start_depth = cfg[jump.target].start_depth;
    cfg[backwards].next = next;
    cfg[backwards].visited = true;
    cfg[b].next = backwards;
    if let Some(last) = cfg.last_mut(b) {
        last.target = next;
        last.op = match jump.op {
            Op::POP_JUMP_IF_FALSE => Op::POP_JUMP_IF_TRUE,
            Op::POP_JUMP_IF_TRUE => Op::POP_JUMP_IF_FALSE,
            Op::POP_JUMP_IF_NONE => Op::POP_JUMP_IF_NOT_NONE,
            _ => Op::POP_JUMP_IF_NONE,
        };
    }
}
