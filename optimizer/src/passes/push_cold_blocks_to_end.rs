//! Blocks that only exceptions reach go behind all others.
//!
//! ```text
//! b0:                              b0:
//!     SETUP_FINALLY b1                 SETUP_FINALLY b1
//!     JUMP b2                          NOP
//! b1: (handler)                    b2:
//!     POP_TOP                =>        RETURN_VALUE
//! b2:                              b1: (handler)
//!     RETURN_VALUE                     POP_TOP
//!                                  b3:
//!                                      JUMP_NO_INTERRUPT b2
//! ```

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::{BlockId, Cfg, Instr, OpKind};

use super::{Pass, Property, remove_redundant_jumps};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "push_cold_blocks_to_end",
    mirrors: "push_cold_blocks_to_end",
    requires: &[Property::HandlersMarked, Property::Reachable],
    establishes: &[Property::ColdAtEnd],
};

/// # Errors
/// See `remove_redundant_jumps`.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    // Without a handler nothing is cold.
    if cfg[cfg.entry].next.is_none() || !cfg.layout().any(|b| cfg[b].except_handler) {
        return Ok(());
    }
    mark_warm(cfg);
    mark_cold(cfg);
    add_explicit_jumps(cfg);
    if move_cold_blocks(cfg) {
        remove_redundant_jumps::run_with_nops(cfg)?;
    }
    Ok(())
}

fn visit(cfg: &mut Cfg, worklist: &mut Vec<BlockId>, b: BlockId) {
    let block = &mut cfg[b];
    if !block.visited && !block.warm {
        block.visited = true;
        worklist.push(b);
    }
}

fn visit_successors(cfg: &mut Cfg, worklist: &mut Vec<BlockId>, b: BlockId) {
    let next = cfg[b].next;
    if next.is_some() && cfg.has_fallthrough(b) {
        visit(cfg, worklist, next);
    }
    if let Some(last) = cfg.last(b)
        && last.op.is_jump()
    {
        visit(cfg, worklist, last.target);
    }
}

fn mark_warm(cfg: &mut Cfg) {
    for block in &mut cfg.blocks {
        (block.warm, block.cold) = (false, false);
    }
    let mut worklist = cfg.take_worklist();
    visit(cfg, &mut worklist, cfg.entry);
    while let Some(b) = worklist.pop() {
        cfg[b].warm = true;
        visit_successors(cfg, &mut worklist, b);
    }
    cfg.worklist = worklist;
}

fn mark_cold(cfg: &mut Cfg) {
    let mut worklist = cfg.take_worklist();
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].except_handler {
            visit(cfg, &mut worklist, b);
        }
        b = cfg[b].next;
    }
    while let Some(b) = worklist.pop() {
        cfg[b].cold = true;
        visit_successors(cfg, &mut worklist, b);
    }
    cfg.worklist = worklist;
}

/// A cold block cannot fall into a warm one once it is moved.
fn add_explicit_jumps(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        if next.is_some() && cfg[b].cold && cfg[next].warm && cfg.has_fallthrough(b) {
            let jump = cfg.new_block();
            cfg.push(
                jump,
                Instr::jump(Op::JUMP_NO_INTERRUPT, next, Location::NONE),
            );
            cfg[jump].cold = true;
            cfg[jump].next = next;
            cfg[jump].predecessors = 1;
            cfg[b].next = jump;
        }
        b = next;
    }
}

/// Whether there were any.
fn move_cold_blocks(cfg: &mut Cfg) -> bool {
    let (mut first_cold, mut last_cold) = (BlockId::NONE, BlockId::NONE);
    let mut last_warm = cfg.entry;
    let mut b = cfg[cfg.entry].next;
    while b.is_some() {
        if cfg[b].cold {
            if last_cold.is_some() {
                cfg[last_cold].next = b;
            } else {
                first_cold = b;
            }
            last_cold = b;
        } else {
            cfg[last_warm].next = b;
            last_warm = b;
        }
        b = cfg[b].next;
    }
    if last_cold.is_some() {
        cfg[last_cold].next = BlockId::NONE;
    }
    cfg[last_warm].next = first_cold;
    first_cold.is_some()
}
