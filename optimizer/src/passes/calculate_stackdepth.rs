//! Finds the stack depth at the start of each block and the greatest one.
//!
//! ```text
//!                                 .state stack=2
//! b0:                             b0:
//!     LOAD_FAST         x             LOAD_FAST         x
//!     COPY              1     =>      COPY              1
//!     POP_JUMP_IF_FALSE b2            POP_JUMP_IF_FALSE b2
//! b1:                             b1: depth=1
//!     RETURN_VALUE                    RETURN_VALUE
//! b2:                             b2: depth=1
//!     RAISE_VARARGS     1             RAISE_VARARGS     1
//! ```

use pycsmith_bytecode::code::flags;
use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::cfg::find_any;
use pycsmith_ir::{Block, BlockId, Cfg, Instr, OpKind, UnitShape, kind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "calculate_stackdepth",
    what: "Finds the stack depth at the start of each block, and the greatest one",
    mirrors: "calculate_stackdepth",
    requires: &[Property::Terminated],
    establishes: &[Property::DepthsKnown],
};

/// The greatest depth, in slots.
///
/// # Errors
/// A stack that underflows, or is not equally deep on all ways to a block.
pub fn run(cfg: &mut Cfg, target: Target, shape: &UnitShape) -> Result<u32, Bug> {
    let opcodes = target.opcodes();
    let mut worklist = cfg.take_worklist();
    let entry = cfg.entry;
    let (blocks, code) = cfg.parts();
    for block in blocks.iter_mut() {
        block.start_depth = Block::DEPTH_UNKNOWN;
    }
    let mut max_depth = 0;
    push(
        blocks,
        entry,
        depth_at_entry(target, shape.flags),
        &mut worklist,
    )?;
    while let Some(b) = worklist.pop() {
        let block = &blocks[b.0 as usize];
        let (next, mut depth) = (block.next, block.start_depth);
        let mut falls_through = true;
        let mut rest = &code[block.range()];
        // Jumps stand at the end, or have a `NOT_TAKEN` behind them.
        let ends_straight = rest
            .last()
            .is_some_and(|last| !last.op.is_any(LEADS_ELSEWHERE));
        let looks =
            block.may_have(kind::BLOCK_PUSH) || ends_straight && block.may_have(LEADS_ELSEWHERE);
        while let Some(end) = rest.len().checked_sub(1) {
            let straight = if looks {
                find_any(rest, 0, LEADS_ELSEWHERE).unwrap_or(end)
            } else {
                end
            };
            let (run, behind) = rest.split_at(straight);
            let reached = run_straight(run, depth, opcodes);
            if reached.any_negative {
                return Err(underflow_in(run, depth, opcodes, b));
            }
            max_depth = max_depth.max(reached.max).max(reached.depth);
            depth = reached.depth;
            let Some((instr, behind)) = behind.split_first() else {
                break;
            };
            rest = behind;
            if instr.op.has_target() {
                // The jump of END_ASYNC_FOR is there for tracing only.
                if instr.op != Op::END_ASYNC_FOR {
                    let effect = opcodes.stack_effect(instr.op, instr.arg, true);
                    push(
                        blocks,
                        instr.target,
                        depth.saturating_add(effect),
                        &mut worklist,
                    )?;
                }
            }
            depth = depth.saturating_add(opcodes.stack_effect(instr.op, instr.arg, false));
            if depth < 0 {
                return Err(underflow(instr.op, b));
            }
            falls_through = !instr.op.no_fallthrough();
            if !falls_through {
                break;
            }
        }
        if falls_through && next.is_some() {
            push(blocks, next, depth, &mut worklist)?;
        }
    }
    cfg.worklist = worklist;
    Ok(max_depth as u32)
}

const LEADS_ELSEWHERE: u32 = kind::JUMP | kind::BLOCK_PUSH | kind::SCOPE_EXIT;

/// The depth behind some instructions.
struct Reached {
    depth: i32,
    /// Before each of them.
    max: i32,
    /// Behind one of them it is below 0.
    any_negative: bool,
}

/// Behind instructions that control runs through. What is too deep becomes negative, and is found wrong too.
#[inline]
fn run_straight(run: &[Instr], start: i32, opcodes: &OpcodeTable) -> Reached {
    let (mut depth, mut max, mut signs) = (start, 0, 0);
    for instr in run {
        max = max.max(depth);
        depth = depth.wrapping_add(opcodes.stack_effect_on(instr.op, instr.arg));
        signs |= depth;
    }
    Reached {
        depth,
        max,
        any_negative: signs < 0,
    }
}

/// The depth at which a code object with these `co_flags` starts, in slots.
pub fn depth_at_entry(target: Target, co_flags: u32) -> i32 {
    let generator = co_flags & flags::ANY_GENERATOR != 0;
    i32::from(generator && target.generators_start_with_value())
}

/// Says which of these instructions it is.
#[cold]
fn underflow_in(run: &[Instr], start: i32, opcodes: &OpcodeTable, b: BlockId) -> Bug {
    let mut depth = start;
    let mut wrong = run.iter().filter(|instr| {
        depth = depth.wrapping_add(opcodes.stack_effect_on(instr.op, instr.arg));
        depth < 0
    });
    underflow(wrong.next().map_or(Op::NOP, |instr| instr.op), b)
}

#[cold]
fn underflow(op: Op, b: BlockId) -> Bug {
    Bug(format!(
        "Invalid CFG, stack underflow at {op} in block b{}",
        b.0
    ))
}

fn push(
    blocks: &mut [Block],
    b: BlockId,
    depth: i32,
    worklist: &mut Vec<BlockId>,
) -> Result<(), Bug> {
    let block = &mut blocks[b.0 as usize];
    if block.start_depth == Block::DEPTH_UNKNOWN {
        block.start_depth = depth;
        worklist.push(b);
    } else if block.start_depth != depth {
        return Err(inconsistent(block.start_depth, depth, b));
    }
    Ok(())
}

#[cold]
fn inconsistent(known: i32, depth: i32, b: BlockId) -> Bug {
    Bug(format!(
        "Invalid CFG, inconsistent stackdepth: {known} and {depth} at block b{}",
        b.0
    ))
}
