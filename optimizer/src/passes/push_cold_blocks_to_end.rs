//! Moves the blocks that only exceptions reach behind all others.
//!
//! ```text
//! b0:                         b0: warm
//!     SETUP_FINALLY b1            SETUP_FINALLY b1
//!     JUMP          b2        b2: warm
//! b1: handler                     LOAD_CONST    None
//!     RERAISE       0    =>       RETURN_VALUE
//! b2:                         b1: handler cold
//!     LOAD_CONST    None          RERAISE       0
//!     RETURN_VALUE
//! ```

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::{BlockId, Cfg, Instr, OpKind, kind};

use super::{Pass, Property, remove_redundant_jumps};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "push_cold_blocks_to_end",
    what: "Moves the blocks that only exceptions reach behind all others",
    mirrors: "push_cold_blocks_to_end, mark_cold, mark_warm",
    requires: &[Property::HandlersMarked, Property::Terminated],
    establishes: &[Property::ColdAtEnd],
};

/// # Errors
/// The entry is a handler, or a jump leads nowhere.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    if push(cfg, Op::JUMP_NO_INTERRUPT)? {
        remove_redundant_jumps::run_with_nops(cfg)?;
    }
    Ok(())
}

/// The same, with plain jumps whose edges are not counted; and redundant jumps become `NOP`s.
///
/// # Errors
/// The entry is a handler, or a jump leads nowhere.
pub fn run_once(cfg: &mut Cfg) -> Result<(), Bug> {
    if push(cfg, Op::JUMP)? {
        remove_redundant_jumps::run(cfg)?;
    }
    Ok(())
}

/// Whether there are cold blocks.
fn push(cfg: &mut Cfg, jump: Op) -> Result<bool, Bug> {
    // Without handlers nothing is cold.
    if !cfg.may_have(kind::BLOCK_PUSH) || !cfg.blocks.iter().any(|block| block.except_handler) {
        return Ok(false);
    }
    mark_warm(cfg);
    mark_cold(cfg);
    if cfg[cfg.entry].cold {
        return Err(Bug("the first block is cold".to_owned()));
    }
    jump_from_cold_to_warm(cfg, jump);
    Ok(reorder(cfg))
}

fn visit(cfg: &mut Cfg, b: BlockId, worklist: &mut Vec<BlockId>) {
    let block = &mut cfg[b];
    if !block.visited {
        block.visited = true;
        worklist.push(b);
    }
}

/// What normal flow reaches from the entry.
fn mark_warm(cfg: &mut Cfg) {
    let mut worklist = cfg.take_worklist();
    visit(cfg, cfg.entry, &mut worklist);
    while let Some(b) = worklist.pop() {
        cfg[b].warm = true;
        let next = cfg[b].next;
        if next.is_some() && cfg.has_fallthrough(b) {
            visit(cfg, next, &mut worklist);
        }
        if let Some(last) = cfg.last(b)
            && last.op.is_jump()
        {
            visit(cfg, last.target, &mut worklist);
        }
    }
    cfg.worklist = worklist;
}

/// What normal flow reaches from the handlers, and is not warm.
fn mark_cold(cfg: &mut Cfg) {
    let mut worklist = cfg.take_worklist();
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].except_handler {
            visit(cfg, b, &mut worklist);
        }
        b = cfg[b].next;
    }
    while let Some(b) = worklist.pop() {
        cfg[b].cold = true;
        let next = cfg[b].next;
        if next.is_some() && cfg.has_fallthrough(b) && !cfg[next].warm {
            visit(cfg, next, &mut worklist);
        }
        if let Some(last) = cfg.last(b)
            && last.op.is_jump()
            && !cfg[last.target].warm
        {
            visit(cfg, last.target, &mut worklist);
        }
    }
    cfg.worklist = worklist;
}

/// A cold block that falls through into a warm one gets a jump there.
fn jump_from_cold_to_warm(cfg: &mut Cfg, op: Op) {
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        if next.is_some() && cfg[b].cold && cfg[next].warm && cfg.has_fallthrough(b) {
            let jump = cfg.new_block();
            cfg.label(next);
            cfg.push(jump, Instr::jump(op, next, Location::NONE));
            cfg[jump].cold = true;
            cfg[jump].next = next;
            cfg[jump].predecessors = i32::from(op == Op::JUMP_NO_INTERRUPT);
            cfg[b].next = jump;
        }
        b = next;
    }
}

/// Warm blocks first, then cold ones, each in their order; whether there are cold ones.
fn reorder(cfg: &mut Cfg) -> bool {
    let (mut last_warm, mut first_cold, mut last_cold) = (cfg.entry, BlockId::NONE, BlockId::NONE);
    let mut b = cfg[cfg.entry].next;
    while b.is_some() {
        let next = cfg[b].next;
        if !cfg[b].cold {
            cfg[last_warm].next = b;
            last_warm = b;
        } else {
            if first_cold.is_none() {
                first_cold = b;
            } else {
                cfg[last_cold].next = b;
            }
            last_cold = b;
        }
        b = next;
    }
    cfg[last_warm].next = first_cold;
    if last_cold.is_some() {
        cfg[last_cold].next = BlockId::NONE;
    }
    first_cold.is_some()
}
