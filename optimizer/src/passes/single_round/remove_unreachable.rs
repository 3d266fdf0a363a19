//! Empties the blocks that nothing leads to, and counts the edges to the others.
//!
//! ```text
//! b0:                         b0:
//!     RAISE_VARARGS 0             RAISE_VARARGS 0
//! b1:                    =>   b1:
//!     LOAD_CONST    None
//!     RETURN_VALUE
//! ```

use pycsmith_ir::{Cfg, OpKind};

use super::super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "remove_unreachable",
    what: "Empties the blocks that nothing leads to, and counts the edges to the others",
    mirrors: "mark_reachable",
    requires: &[Property::Terminated],
    establishes: &[Property::Reachable],
};

pub fn run(cfg: &mut Cfg) {
    let mut worklist = cfg.take_worklist();
    let entry = cfg.entry;
    let (blocks, code) = cfg.parts();
    for block in blocks.iter_mut() {
        block.predecessors = 0;
    }
    blocks[entry.0 as usize].predecessors = 1;
    worklist.push(entry);
    // CPython quirk (3.12, mark_reachable): a block that is both the next one and the one jumped to is worked on twice,
    // and its own edges count twice. Lines of exits depend on the counts.
    while let Some(b) = worklist.pop() {
        let block = &mut blocks[b.0 as usize];
        block.visited = true;
        let (next, range) = (block.next, block.range());
        let instrs = &code[range];
        let falls_through = !instrs.last().is_some_and(|last| last.op.no_fallthrough());
        let following = (next.is_some() && falls_through).then_some(next);
        let targets = instrs
            .iter()
            .filter(|instr| instr.target.is_some())
            .map(|instr| instr.target);
        for to in following.into_iter().chain(targets) {
            let block = &mut blocks[to.0 as usize];
            if !block.visited {
                worklist.push(to);
            }
            block.predecessors += 1;
        }
    }
    cfg.worklist = worklist;
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].predecessors == 0 {
            cfg.truncate(b, 0);
        }
        b = cfg[b].next;
    }
}
