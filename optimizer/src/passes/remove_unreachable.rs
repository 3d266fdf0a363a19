//! Empties the blocks that nothing leads to, and counts the edges to the others.
//!
//! ```text
//! b0:                         b0:
//!     RAISE_VARARGS 0             RAISE_VARARGS 0
//! b1:                    =>   b1:
//!     LOAD_CONST    None
//!     RETURN_VALUE
//! ```

use pycsmith_ir::{Block, BlockId, Cfg, OpKind, kind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "remove_unreachable",
    what: "Empties the blocks that nothing leads to, and counts the edges to the others",
    mirrors: "remove_unreachable",
    requires: &[Property::Terminated],
    establishes: &[Property::Reachable],
};

pub fn run(cfg: &mut Cfg) {
    if cfg.edges_counted {
        return;
    }
    if !count_in_order(cfg) {
        count_along_edges(cfg);
    }
    cfg.edges_counted = true;
    for b in 0..cfg.blocks.len() {
        let b = BlockId(b as u32);
        if cfg[b].predecessors == 0 {
            cfg.truncate(b, 0);
            cfg[b].except_handler = false;
        }
    }
}

/// Goes through the blocks once, in layout order. Most code runs forward, so that a block to which an edge leads has been
/// reached before its turn comes; whether all have been.
fn count_in_order(cfg: &mut Cfg) -> bool {
    let entry = cfg.entry;
    let (blocks, code) = cfg.parts();
    for block in blocks.iter_mut() {
        block.predecessors = 0;
        block.visited = false;
    }
    let mut missed = false;
    let mut lead_to = |blocks: &mut [Block], b: BlockId, times: i32| {
        if let Some(block) = blocks.get_mut(b.0 as usize) {
            missed |= block.visited & (block.predecessors == 0) & (times != 0);
            block.predecessors += times;
        }
    };
    lead_to(blocks, entry, 1);
    let mut b = entry;
    while b.is_some() {
        let block = &mut blocks[b.0 as usize];
        block.visited = true;
        let (next, range, kinds) = (block.next, block.range(), block.kinds);
        // What is not reached leads nowhere.
        let times = i32::from(block.predecessors != 0);
        let (kind_of_last, target) = match code[range.clone()].last() {
            Some(last) => (last.op.kinds(), last.target),
            None => (0, BlockId::NONE),
        };
        let falls = kind_of_last & (kind::UNCONDITIONAL | kind::SCOPE_EXIT) == 0;
        lead_to(blocks, next, times & i32::from(falls));
        if kinds & kind::BLOCK_PUSH != 0 {
            for instr in code[range].iter().filter(|instr| instr.op.has_target()) {
                lead_to(blocks, instr.target, times);
            }
        } else {
            let leads = kind_of_last & (kind::JUMP | kind::BLOCK_PUSH) != 0;
            lead_to(blocks, target, times & i32::from(leads));
        }
        b = next;
    }
    !missed
}

/// Follows the edges from the entry on.
fn count_along_edges(cfg: &mut Cfg) {
    let mut worklist = std::mem::take(&mut cfg.worklist);
    worklist.clear();
    let entry = cfg.entry;
    let (blocks, code) = cfg.parts();
    for block in blocks.iter_mut() {
        block.predecessors = 0;
        block.visited = false;
    }
    enter(blocks, &mut worklist, entry);
    while let Some(b) = worklist.pop() {
        let Block { next, .. } = blocks[b.0 as usize];
        let instrs = &code[blocks[b.0 as usize].range()];
        if next.is_some() && !instrs.last().is_some_and(|last| last.op.no_fallthrough()) {
            enter(blocks, &mut worklist, next);
        }
        if blocks[b.0 as usize].may_have(kind::BLOCK_PUSH) {
            for instr in instrs.iter().filter(|instr| instr.op.has_target()) {
                enter(blocks, &mut worklist, instr.target);
            }
        } else if let Some(last) = instrs.last().filter(|last| last.op.has_target()) {
            enter(blocks, &mut worklist, last.target);
        }
    }
    cfg.worklist = worklist;
}

fn enter(blocks: &mut [Block], worklist: &mut Vec<BlockId>, b: BlockId) {
    let block = &mut blocks[b.0 as usize];
    block.predecessors += 1;
    if !block.visited {
        block.visited = true;
        worklist.push(b);
    }
}
