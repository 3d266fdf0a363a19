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
    let entry = cfg.entry;
    let mut worklist = std::mem::take(&mut cfg.worklist);
    worklist.clear();
    let (blocks, code) = cfg.parts();
    for block in blocks.iter_mut() {
        block.start_depth = Block::DEPTH_UNKNOWN;
        block.visited = false;
    }
    let mut walk = Walk {
        blocks,
        code,
        opcodes: target.opcodes(),
        passed: worklist,
        max_depth: 0,
        wrong: None,
    };
    walk.arrive(entry, depth_at_entry(target, shape.flags));
    // Most blocks are reached before their turn comes.
    let mut b = entry;
    while b.is_some() {
        let block = &mut walk.blocks[b.0 as usize];
        block.visited = true;
        let (next, depth) = (block.next, block.start_depth);
        if depth != Block::DEPTH_UNKNOWN {
            walk.follow(b);
        }
        b = next;
    }
    while let Some(b) = walk.passed.pop() {
        walk.follow(b);
    }
    let Walk {
        passed,
        max_depth,
        wrong,
        ..
    } = walk;
    cfg.worklist = passed;
    match wrong {
        Some(bug) => Err(bug),
        None => Ok(max_depth as u32),
    }
}

/// Goes through the blocks in layout order.
struct Walk<'a> {
    blocks: &'a mut [Block],
    code: &'a [Instr],
    opcodes: &'a OpcodeTable,
    /// Blocks that were not reached when their turn came (`Block::visited`), and are now.
    passed: Vec<BlockId>,
    max_depth: i32,
    /// What was found first.
    wrong: Option<Bug>,
}

impl Walk<'_> {
    /// Control comes to the block.
    #[inline]
    fn arrive(&mut self, b: BlockId, depth: i32) {
        let block = &mut self.blocks[b.0 as usize];
        if block.start_depth == Block::DEPTH_UNKNOWN {
            block.start_depth = depth;
            if block.visited {
                self.passed.push(b);
            }
        } else if block.start_depth != depth {
            let bug = inconsistent(block.start_depth, depth, b);
            self.wrong.get_or_insert(bug);
        }
    }

    /// Follows control through the block and to where it goes on.
    fn follow(&mut self, b: BlockId) {
        let block = &self.blocks[b.0 as usize];
        let (next, mut depth) = (block.next, block.start_depth);
        let code = self.code;
        if let Some((last, mut run)) = code[block.range()].split_last() {
            // Jumps stand at the end, or have a `NOT_TAKEN` behind them.
            if block.may_have(kind::BLOCK_PUSH)
                || block.may_have(LEADS_ELSEWHERE) && !last.op.is_any(LEADS_ELSEWHERE)
            {
                match self.follow_inner(run, depth, b) {
                    Some(inner) => (run, depth) = inner,
                    None => return,
                }
            }
            match self.follow_straight(run, last, depth, b) {
                Some(behind) if !last.op.no_fallthrough() => depth = behind,
                _ => return,
            }
        }
        if next.is_some() {
            self.arrive(next, depth);
        }
    }

    /// Through a part of a block that may lead elsewhere. What is behind the last instruction that does, and the depth
    /// there, if control comes so far.
    #[inline(never)]
    fn follow_inner<'r>(
        &mut self,
        mut run: &'r [Instr],
        mut depth: i32,
        b: BlockId,
    ) -> Option<(&'r [Instr], i32)> {
        while let Some(at) = find_any(run, 0, LEADS_ELSEWHERE) {
            depth = self.follow_straight(&run[..at], &run[at], depth, b)?;
            if run[at].op.no_fallthrough() {
                return None;
            }
            run = &run[at + 1..];
        }
        Some((run, depth))
    }

    /// Through instructions that control runs through, and one more that may lead elsewhere. The depth behind them, if
    /// the stack does not underflow.
    #[inline]
    fn follow_straight(
        &mut self,
        run: &[Instr],
        last: &Instr,
        start: i32,
        b: BlockId,
    ) -> Option<i32> {
        let opcodes = self.opcodes;
        // What is too deep becomes negative, and is found wrong too.
        let (mut depth, mut max, mut signs) = (start, self.max_depth, 0);
        for instr in run {
            max = max.max(depth);
            depth = depth.wrapping_add(opcodes.stack_effect_on(instr.op, instr.arg));
            signs |= depth;
        }
        self.max_depth = max.max(depth);
        let Instr {
            op, arg, target, ..
        } = *last;
        // The jump of END_ASYNC_FOR is there for tracing only.
        if op.has_target() && op != Op::END_ASYNC_FOR {
            let effect = opcodes.stack_effect(op, arg, true);
            self.arrive(target, depth.saturating_add(effect));
        }
        depth = depth.wrapping_add(opcodes.stack_effect_on(op, arg));
        if (signs | depth) < 0 {
            let bug = underflow(run, last, start, opcodes, b);
            self.wrong.get_or_insert(bug);
            return None;
        }
        Some(depth)
    }
}

const LEADS_ELSEWHERE: u32 = kind::JUMP | kind::BLOCK_PUSH | kind::SCOPE_EXIT;

/// The depth at which a code object with these `co_flags` starts, in slots.
pub fn depth_at_entry(target: Target, co_flags: u32) -> i32 {
    let generator = co_flags & flags::ANY_GENERATOR != 0;
    i32::from(generator && target.generators_start_with_value())
}

/// Says which of these instructions it is.
#[cold]
fn underflow(run: &[Instr], last: &Instr, start: i32, opcodes: &OpcodeTable, b: BlockId) -> Bug {
    let mut depth = start;
    let wrong = run.iter().find(|instr| {
        depth = depth.wrapping_add(opcodes.stack_effect_on(instr.op, instr.arg));
        depth < 0
    });
    Bug(format!(
        "Invalid CFG, stack underflow at {} in block b{}",
        wrong.unwrap_or(last).op,
        b.0
    ))
}

#[cold]
fn inconsistent(known: i32, depth: i32, b: BlockId) -> Bug {
    Bug(format!(
        "Invalid CFG, inconsistent stackdepth: {known} and {depth} at block b{}",
        b.0
    ))
}
