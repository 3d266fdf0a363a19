//! How control comes to handlers and goes away from them. CPython's passes assert it (`mark_warm`, `mark_cold`) or rely on it.

use pycsmith_bytecode::Op;

use super::Fault;
use crate::cfg::{BlockId, Cfg, Instr};
use crate::ops::OpKind;

/// Checks that the handler of a block push has an instruction of its own, that nothing but exceptions leads there, and that a
/// loop over iterators does not lead from a handler's code, which the passes move behind all else, to what is reached without
/// exceptions: it has no backward form.
pub(super) fn check(cfg: &Cfg) -> Result<(), Fault> {
    let warm = Reached::of(cfg, false);
    let reached = Reached::of(cfg, true);
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            let to = instr.target;
            let message = if instr.op.is_block_push() {
                handler(cfg, &warm, to)
            } else if matches!(instr.op, Op::SEND | Op::FOR_ITER)
                && !warm.has(b)
                && reached.has(b)
                && warm.has(to)
            {
                Some(format!(
                    "{} leads from a handler to block b{}, which is reached without exceptions",
                    instr.op, to.0
                ))
            } else {
                None
            };
            if let Some(message) = message {
                return Err(Fault::at(b, index, message));
            }
        }
    }
    Ok(())
}

/// What is wrong with a handler.
fn handler(cfg: &Cfg, warm: &Reached, handler: BlockId) -> Option<String> {
    let leaves_nothing =
        |instr: &Instr| instr.op.is_block_push() || matches!(instr.op, Op::NOP | Op::POP_BLOCK);
    if cfg.instrs(handler).iter().all(leaves_nothing) {
        return Some(format!(
            "the handler b{} has no instruction of its own",
            handler.0
        ));
    }
    warm.has(handler).then(|| {
        format!(
            "the handler b{} is reached without exceptions too",
            handler.0
        )
    })
}

/// The blocks that are reached, by exceptions too or without.
struct Reached(Vec<bool>);

impl Reached {
    fn of(cfg: &Cfg, exceptions: bool) -> Reached {
        let mut reached = vec![false; cfg.blocks.len()];
        let mut todo = vec![cfg.entry];
        while let Some(b) = todo.pop() {
            if b.is_none() || std::mem::replace(&mut reached[b.0 as usize], true) {
                continue;
            }
            for instr in cfg.instrs(b) {
                if exceptions {
                    todo.push(instr.handler);
                }
                // The jump of END_ASYNC_FOR is there for tracing only.
                let is_edge = exceptions || !instr.op.is_block_push();
                if instr.op.has_target() && is_edge && instr.op != Op::END_ASYNC_FOR {
                    todo.push(instr.target);
                }
            }
            if cfg.has_fallthrough(b) {
                todo.push(cfg[b].next);
            }
        }
        Reached(reached)
    }

    fn has(&self, b: BlockId) -> bool {
        self.0[b.0 as usize]
    }
}
