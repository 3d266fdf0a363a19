//! Gives each instruction its exception handler, following block pushes and pops along the edges.
//!
//! ```text
//! b0:                         b0:
//!     SETUP_FINALLY b1            SETUP_FINALLY b1
//!     LOAD_GLOBAL   g           .unwind b1
//!     POP_TOP                     LOAD_GLOBAL   g
//!     POP_BLOCK          =>       POP_TOP
//!     LOAD_CONST    None        .unwind none
//!     RETURN_VALUE                NOP
//! b1: handler                     LOAD_CONST    None
//!     RERAISE       0             RETURN_VALUE
//!                             b1: handler
//!                                 RERAISE       0
//! ```
//!
//! It also finds out for each `RESUME` behind a `yield` or `await` whether one handler is open there, the
//! generator's own (`RESUME_OPARG_DEPTH1_MASK`).

use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{Block, BlockId, Cfg, Instr, OpKind, kind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "label_exception_targets",
    what: "Gives each instruction its exception handler",
    mirrors: "label_exception_targets",
    requires: &[Property::Terminated],
    establishes: &[Property::HandlersLabelled],
};

const RESUME_AT_FUNC_START: u32 = 0;
const RESUME_AT_GEN_EXPR_START: u32 = 4;

/// The open handlers of a point: a list that shares its tail with the lists of other points.
#[derive(Clone, Copy)]
struct Frame {
    handler: BlockId,
    outer: u32,
    depth: u32,
}

/// `Frame` index: no handler is open.
const BOTTOM: u32 = 0;

/// # Errors
/// A `POP_BLOCK` where no block is open.
pub fn run(cfg: &mut Cfg, target: Target) -> Result<(), Bug> {
    let resume_depth1_mask = target.resume_depth1_mask();
    if !cfg.may_have(kind::BLOCK_PUSH | kind::POP_BLOCK) {
        return Ok(());
    }
    let mut todo = cfg.take_worklist();
    let mut frames = vec![Frame {
        handler: BlockId::NONE,
        outer: BOTTOM,
        depth: 0,
    }];
    // The frame at the start of each visited block.
    let mut frame_at = vec![BOTTOM; cfg.blocks.len()];
    let entry = cfg.entry;
    let mut nops = 0;
    let (blocks, code) = cfg.parts();
    visit(blocks, entry, BOTTOM, &mut frame_at, &mut todo);
    while let Some(b) = todo.pop() {
        let mut top = frame_at[b.0 as usize];
        let mut last_yield_depth = None;
        let mut handler = frames[top as usize].handler;
        let Block { next, .. } = blocks[b.0 as usize];
        let instrs = &mut code[blocks[b.0 as usize].range()];
        let falls_through = !instrs.last().is_some_and(|last| last.op.no_fallthrough());
        for instr in instrs {
            let kinds = instr.op.kinds();
            if kinds & (kind::BLOCK_PUSH | kind::POP_BLOCK | kind::JUMP | kind::GENERATOR) == 0 {
                instr.handler = handler;
                continue;
            }
            let Instr { op, target: to, .. } = *instr;
            if kinds & kind::BLOCK_PUSH != 0 {
                visit(blocks, to, top, &mut frame_at, &mut todo);
                if op != Op::SETUP_FINALLY {
                    blocks[to.0 as usize].preserve_lasti = true;
                }
                let depth = frames[top as usize].depth + 1;
                frames.push(Frame {
                    handler: to,
                    outer: top,
                    depth,
                });
                top = frames.len() as u32 - 1;
                handler = to;
            } else if kinds & kind::POP_BLOCK != 0 {
                if top == BOTTOM {
                    return Err(Bug("POP_BLOCK without an open block".to_owned()));
                }
                top = frames[top as usize].outer;
                handler = frames[top as usize].handler;
                if !target.keeps_block_ops() {
                    instr.set_op0(Op::NOP);
                    blocks[b.0 as usize].kinds |= kind::NOP;
                    nops = kind::NOP;
                }
            } else {
                instr.handler = handler;
                if op == Op::YIELD_VALUE {
                    if target.yields_know_depth() {
                        instr.arg = frames[top as usize].depth;
                    }
                    last_yield_depth = Some(frames[top as usize].depth);
                } else if op == Op::RESUME {
                    if let Some(mask) = resume_depth1_mask {
                        resume(&mut instr.arg, &mut last_yield_depth, mask);
                    }
                } else if op == Op::RETURN_GENERATOR {
                    instr.handler = BlockId::NONE;
                } else if kinds & kind::JUMP != 0 && to.is_some() {
                    visit(blocks, to, top, &mut frame_at, &mut todo);
                }
            }
        }
        if next.is_some() && falls_through {
            visit(blocks, next, top, &mut frame_at, &mut todo);
        }
    }
    cfg.kinds |= nops;
    cfg.worklist = todo;
    Ok(())
}

/// Control comes to the block with `top` open.
fn visit(
    blocks: &mut [Block],
    b: BlockId,
    top: u32,
    frame_at: &mut [u32],
    todo: &mut Vec<BlockId>,
) {
    let block = &mut blocks[b.0 as usize];
    if !block.visited {
        block.visited = true;
        frame_at[b.0 as usize] = top;
        todo.push(b);
    }
}

fn resume(arg: &mut u32, last_yield_depth: &mut Option<u32>, depth1_mask: u32) {
    if !matches!(*arg, RESUME_AT_FUNC_START | RESUME_AT_GEN_EXPR_START)
        && last_yield_depth.take() == Some(1)
    {
        *arg |= depth1_mask;
    }
}
