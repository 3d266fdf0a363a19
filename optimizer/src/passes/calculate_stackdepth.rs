//! Finds the stack depth at the start of each block and the greatest one.
//!
//! ```text
//! b0:                         b0:                 # depth 0
//!     LOAD_FAST 0                 LOAD_FAST 0
//!     COPY 1              =>      COPY 1
//!     POP_JUMP_IF_FALSE b2        POP_JUMP_IF_FALSE b2
//! b1:                         b1:                 # depth 1
//!     ...                         ...
//! ```

use pycsmith_bytecode::{Op, Target};
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
/// A stack that underflows, or is not equally deep on all ways to a block.
pub fn run(cfg: &mut Cfg, target: Target) -> Result<u32, Bug> {
    let opcodes = target.opcodes();
    let mut worklist = cfg.take_worklist();
    for block in &mut cfg.blocks {
        block.start_depth = Block::DEPTH_UNKNOWN;
    }
    let mut max_depth = 0;
    push(cfg, cfg.entry, 0, &mut worklist)?;
    while let Some(b) = worklist.pop() {
        let mut depth = cfg[b].start_depth;
        let mut falls_through = true;
        for i in 0..cfg[b].len() {
            let instr = cfg.instrs(b)[i];
            let new_depth = depth.saturating_add(opcodes.stack_effect(instr.op, instr.arg, false));
            if new_depth < 0 {
                return Err(Bug(format!(
                    "Invalid CFG, stack underflow at {} in block b{}",
                    instr.op, b.0
                )));
            }
            max_depth = max_depth.max(depth);
            // The jump of END_ASYNC_FOR is there for tracing only.
            if instr.op.has_target() && instr.op != Op::END_ASYNC_FOR {
                let target_depth =
                    depth.saturating_add(opcodes.stack_effect(instr.op, instr.arg, true));
                push(cfg, instr.target, target_depth, &mut worklist)?;
            }
            depth = new_depth;
            if instr.op.is_unconditional_jump() || instr.op.is_scope_exit() {
                falls_through = false;
                break;
            }
        }
        let next = cfg[b].next;
        if falls_through && next.is_some() {
            push(cfg, next, depth, &mut worklist)?;
        }
    }
    cfg.worklist = worklist;
    Ok(max_depth as u32)
}

fn push(cfg: &mut Cfg, b: BlockId, depth: i32, worklist: &mut Vec<BlockId>) -> Result<(), Bug> {
    let block = &mut cfg[b];
    if block.start_depth == Block::DEPTH_UNKNOWN {
        block.start_depth = depth;
        worklist.push(b);
    } else if block.start_depth != depth {
        let known = block.start_depth;
        return Err(Bug(format!(
            "Invalid CFG, inconsistent stackdepth: {known} and {depth} at block b{}",
            b.0
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cfg;

    #[test]
    fn depth_follows_the_edges() {
        let mut cfg = cfg("LOAD_FAST 0
             COPY 1
             POP_JUMP_IF_FALSE L1
             LOAD_CONST 0
             CALL 0
             L1:
             RETURN_VALUE");
        assert_eq!(run(&mut cfg, Target::PY314).map_err(|bug| bug.0), Ok(2));
        assert_eq!(
            cfg.blocks
                .iter()
                .map(|block| block.start_depth)
                .collect::<Vec<_>>(),
            [0, 1, 1]
        );
    }

    #[test]
    fn underflow_and_unequal_depths_are_bugs() {
        assert!(run(&mut cfg("POP_TOP\nRETURN_VALUE"), Target::PY314).is_err());
        let unequal =
            "LOAD_FAST 0\nPOP_JUMP_IF_FALSE L1\nLOAD_FAST 0\nL1:\nLOAD_FAST 0\nRETURN_VALUE";
        assert!(run(&mut cfg(unequal), Target::PY314).is_err());
    }
}
