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
    cfg.edges_counted = true;
    for block in &mut cfg.blocks {
        if block.predecessors == 0 {
            block.clear();
            block.except_handler = false;
        }
    }
}

fn enter(blocks: &mut [Block], worklist: &mut Vec<BlockId>, b: BlockId) {
    let block = &mut blocks[b.0 as usize];
    block.predecessors += 1;
    if !block.visited {
        block.visited = true;
        worklist.push(b);
    }
}
