//! Turns conditional jumps forwards, and marks the way not taken.
//!
//! ```text
//! b0:                         b0:
//!     LOAD_GLOBAL      g          LOAD_GLOBAL       g
//!     POP_JUMP_IF_TRUE b0         POP_JUMP_IF_FALSE b1
//! b1:                         b2:
//!     RAISE_VARARGS    0  =>      NOT_TAKEN
//!                                 JUMP              b0
//!                             b1:
//!                                 RAISE_VARARGS     0
//! ```

use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{BlockId, Cfg, Instr, OpKind, kind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "normalize_jumps",
    what: "Turns conditional jumps forwards, and marks the way not taken",
    mirrors: "normalize_jumps",
    requires: &[Property::ColdAtEnd, Property::NoPseudoOps],
    establishes: &[Property::JumpsNormalized],
};

/// What marks the way not taken, and whether its handler is known, is the target's affair.
pub fn run(cfg: &mut Cfg, target: Target) {
    if !cfg.may_have(kind::CONDITIONAL) {
        return;
    }
    for block in &mut cfg.blocks {
        block.visited = false;
    }
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].visited = true;
        in_block(cfg, b, target);
        b = cfg[b].next;
    }
}

fn in_block(cfg: &mut Cfg, b: BlockId, target: Target) {
    if !cfg[b].may_have(kind::CONDITIONAL) {
        return;
    }
    let Some(last) = cfg.last(b) else { return };
    let reversed = match last.op {
        Op::POP_JUMP_IF_NOT_NONE => Op::POP_JUMP_IF_NONE,
        Op::POP_JUMP_IF_NONE => Op::POP_JUMP_IF_NOT_NONE,
        Op::POP_JUMP_IF_FALSE => Op::POP_JUMP_IF_TRUE,
        Op::POP_JUMP_IF_TRUE => Op::POP_JUMP_IF_FALSE,
        _ => return,
    };
    let mut not_taken = Instr::new(Op::NOT_TAKEN, 0, last.loc);
    let mut jump = Instr::jump(Op::JUMP, last.target, last.loc);
    let protects = target.protects_appended_jumps();
    if protects {
        (not_taken.handler, jump.handler) = (last.handler, last.handler);
    }
    if !cfg[last.target].visited {
        if !target.marks_not_taken() {
            return;
        }
        if protects {
            cfg.push(b, not_taken);
        } else {
            cfg.add_op(b, not_taken);
        }
        return;
    }
    let next = cfg[b].next;
    let backwards = cfg.new_block();
    if target.marks_not_taken() {
        cfg.push(backwards, not_taken);
    }
    cfg.push(backwards, jump);
    cfg[backwards].start_depth = cfg[last.target].start_depth;
    cfg[backwards].cold = cfg[b].cold;
    cfg[backwards].visited = true;
    if let Some(last) = cfg.last_mut(b) {
        debug_assert!(last.op.is_conditional_jump());
        last.op = reversed;
        last.target = next;
    }
    cfg[backwards].next = next;
    cfg[b].next = backwards;
}
