//! Finds how deep the stack is at the start of each block, and how deep it gets.
//!
//! ```text
//! b0:                         b0: (depth 0)
//!     LOAD_FAST 0                 LOAD_FAST 0
//!     FOR_ITER b2       =>        FOR_ITER b2
//! b1:                         b1: (depth 2)
//!     ...                         ...
//! ```

use pycsmith_bytecode::Target;
use pycsmith_ir::{Block, BlockId, Cfg, OpKind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "calculate_stackdepth",
    mirrors: "calculate_stackdepth",
    requires: &[Property::Terminated],
    establishes: &[Property::DepthsKnown],
};

/// The greatest depth, in slots.
///
/// # Errors
/// More is popped than there is, or a block is entered with different depths.
pub fn run(cfg: &mut Cfg, target: Target) -> Result<u32, Bug> {
    let table = target.opcodes();
    let mut worklist = cfg.take_worklist();
    for block in &mut cfg.blocks {
        block.start_depth = Block::DEPTH_UNKNOWN;
    }
    let mut max_depth = 0;
    enter(cfg, &mut worklist, cfg.entry, 0)?;
    while let Some(b) = worklist.pop() {
        let mut depth = cfg[b].start_depth;
        let mut next = cfg[b].next;
        for i in 0..cfg[b].len() {
            let instr = cfg.instrs(b)[i];
            let new_depth = depth + table.stack_effect(instr.op, instr.arg, false);
            if new_depth < 0 {
                return Err(Bug(format!(
                    "{} in block b{} pops an empty stack",
                    instr.op, b.0
                )));
            }
            max_depth = max_depth.max(depth).max(new_depth);
            if instr.op.has_target() {
                let target_depth = depth + table.stack_effect(instr.op, instr.arg, true);
                max_depth = max_depth.max(target_depth);
                enter(cfg, &mut worklist, instr.target, target_depth)?;
            }
            depth = new_depth;
            if instr.op.is_unconditional_jump() || instr.op.is_scope_exit() {
                next = BlockId::NONE;
                break;
            }
        }
        if next.is_some() {
            enter(cfg, &mut worklist, next, depth)?;
        }
    }
    cfg.worklist = worklist;
    Ok(max_depth as u32)
}

fn enter(cfg: &mut Cfg, worklist: &mut Vec<BlockId>, b: BlockId, depth: i32) -> Result<(), Bug> {
    let block = &mut cfg[b];
    if block.start_depth == Block::DEPTH_UNKNOWN {
        block.start_depth = depth;
        worklist.push(b);
    } else if block.start_depth != depth {
        return Err(Bug(format!(
            "block b{} is entered with {} and {depth} slots",
            b.0, block.start_depth
        )));
    }
    Ok(())
}
