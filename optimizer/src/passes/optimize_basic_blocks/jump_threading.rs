//! A jump to a jump goes to where that one goes.
//!
//! ```text
//! b0:                           b0:
//!     POP_JUMP_IF_FALSE b2          NOP
//! b1:                               POP_JUMP_IF_FALSE b3
//!     RAISE_VARARGS     0       b1:
//! b2:                     =>        RAISE_VARARGS     0
//!     JUMP              b3      b2:
//! b3:                               JUMP              b3
//!     RETURN_VALUE              b3:
//!                                   RETURN_VALUE
//! ```

use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{BlockId, Cfg, Instr, OpKind, kind};

/// What becomes of a jump whose target begins with another.
enum Step {
    /// It goes where the other goes, as this operation.
    Thread(Op),
    /// The other one does not jump: behind it.
    Behind,
    Done,
}

fn step(op: Op, target_op: Op) -> Step {
    match (op, target_op) {
        (
            Op::POP_JUMP_IF_NOT_NONE
            | Op::POP_JUMP_IF_NONE
            | Op::POP_JUMP_IF_FALSE
            | Op::POP_JUMP_IF_TRUE,
            Op::JUMP,
        )
        | (Op::JUMP_IF_FALSE, Op::JUMP | Op::JUMP_IF_FALSE)
        | (Op::JUMP_IF_TRUE, Op::JUMP | Op::JUMP_IF_TRUE) => Step::Thread(op),
        (Op::JUMP_IF_FALSE, Op::JUMP_IF_TRUE) | (Op::JUMP_IF_TRUE, Op::JUMP_IF_FALSE) => {
            Step::Behind
        }
        (Op::JUMP | Op::JUMP_NO_INTERRUPT, Op::JUMP) => Step::Thread(Op::JUMP),
        (Op::JUMP | Op::JUMP_NO_INTERRUPT, Op::JUMP_NO_INTERRUPT) => Step::Thread(op),
        _ => Step::Done,
    }
}

/// The jump at the end of the block (`jump_thread` and its callers).
pub fn thread(cfg: &mut Cfg, b: BlockId, target: Target) {
    // Two jumps to each other would go round for ever.
    for _ in 0..cfg.blocks.len() * 2 + 2 {
        let Some(jump) = cfg.last(b).filter(|last| last.op.is_jump()) else {
            return;
        };
        if jump.target.is_none() {
            return;
        }
        let Some(to) = cfg.first(jump.target) else {
            return;
        };
        match step(jump.op, to.op) {
            // bpo-45773: a jump that gets nowhere new stays.
            Step::Thread(op) if jump.target != to.target => {
                // The old jump keeps its line if anything needs it.
                if let Some(last) = cfg.last_mut(b) {
                    last.set_op0(Op::NOP);
                    last.target = BlockId::NONE;
                }
                cfg.note(b, kind::NOP);
                cfg.edges_counted = false;
                let mut threaded = Instr::jump(op, to.target, to.loc);
                if target.protects_appended_jumps() {
                    threaded.handler = jump.handler;
                    cfg.push(b, threaded);
                } else {
                    cfg.add_op(b, threaded);
                }
            }
            Step::Behind if cfg[jump.target].next.is_some() => {
                let next = cfg[jump.target].next;
                cfg.edges_counted = false;
                if let Some(last) = cfg.last_mut(b) {
                    last.target = next;
                }
            }
            _ => return,
        }
    }
}
