//! A jump to a jump goes to where that one goes, and stays in its place (up to 3.12).
//!
//! ```text
//! # 3.12
//! b0:                              b0:
//!     POP_JUMP_IF_FALSE b2             POP_JUMP_IF_FALSE b3
//! b1:                              b1:
//!     RAISE_VARARGS     0              RAISE_VARARGS     0
//! b2:                       =>     b2:
//!     JUMP              b3             JUMP              b3
//! b3:                              b3:
//!     RERAISE           0              RERAISE           0
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, Instr, kind};

use crate::Bug;

/// What becomes of a jump whose target begins with another.
enum Step {
    /// It goes where the other goes, as this operation.
    Thread(Op),
    /// It goes behind the other, a test of the same value that is known to fail, and pops that value.
    Behind(Op),
    Done,
}

fn step(op: Op, target_op: Op) -> Step {
    match (op, target_op) {
        (Op::JUMP_IF_FALSE_OR_POP, Op::POP_JUMP_IF_FALSE | Op::JUMP_IF_FALSE_OR_POP)
        | (Op::JUMP_IF_TRUE_OR_POP, Op::POP_JUMP_IF_TRUE | Op::JUMP_IF_TRUE_OR_POP) => {
            Step::Thread(target_op)
        }
        (Op::JUMP_IF_FALSE_OR_POP, Op::JUMP_IF_TRUE_OR_POP | Op::POP_JUMP_IF_TRUE) => {
            Step::Behind(Op::POP_JUMP_IF_FALSE)
        }
        (Op::JUMP_IF_TRUE_OR_POP, Op::JUMP_IF_FALSE_OR_POP | Op::POP_JUMP_IF_FALSE) => {
            Step::Behind(Op::POP_JUMP_IF_TRUE)
        }
        (
            Op::JUMP_IF_FALSE_OR_POP
            | Op::JUMP_IF_TRUE_OR_POP
            | Op::POP_JUMP_IF_NOT_NONE
            | Op::POP_JUMP_IF_NONE
            | Op::POP_JUMP_IF_FALSE
            | Op::POP_JUMP_IF_TRUE
            | Op::JUMP,
            Op::JUMP,
        ) => Step::Thread(op),
        _ => Step::Done,
    }
}

/// The jump at `i`, as far as it leads over instructions that `fits` lets it pass (`jump_thread` and its callers).
///
/// # Errors
/// It leads nowhere, or in a circle.
pub fn thread(
    cfg: &mut Cfg,
    b: BlockId,
    i: usize,
    fits: fn(&Instr, &Instr) -> bool,
) -> Result<(), Bug> {
    for _ in 0..=cfg.blocks.len() {
        skip_empty(cfg, b, i)?;
        if !retarget(cfg, b, i, fits) {
            return Ok(());
        }
    }
    Err(Bug("jumps lead in a circle".to_owned()))
}

/// Whether the jump at `i` goes elsewhere now.
fn retarget(cfg: &mut Cfg, b: BlockId, i: usize, fits: fn(&Instr, &Instr) -> bool) -> bool {
    let jump = cfg.instrs(b)[i];
    let Some(to) = cfg.first(jump.target) else {
        return false;
    };
    let (op, target) = match step(jump.op, to.op) {
        Step::Thread(op) => (op, to.target),
        Step::Behind(op) => (op, cfg[jump.target].next),
        Step::Done => return false,
    };
    // bpo-45773: a jump that gets nowhere new stays.
    if !fits(&jump, &to) || target == jump.target {
        return false;
    }
    let jump = &mut cfg.instrs_mut(b)[i];
    jump.op = op;
    jump.target = target;
    cfg.note(b, kind::JUMP);
    true
}

/// The instruction at `i` goes to what follows empty blocks, not to them.
///
/// # Errors
/// It leads nowhere.
pub fn skip_empty(cfg: &mut Cfg, b: BlockId, i: usize) -> Result<(), Bug> {
    let target = cfg.instrs(b)[i].target;
    let nonempty = cfg.next_nonempty(target);
    if nonempty.is_none() {
        return Err(Bug(format!(
            "nothing stands behind the jump to b{}",
            target.0
        )));
    }
    cfg.instrs_mut(b)[i].target = nonempty;
    Ok(())
}
