//! Empties the blocks that nothing leads to, counts the edges to the others, and takes empty blocks out of the layout.
//!
//! ```text
//! b0:                         b0:
//!     JUMP         b3             JUMP         b3
//! b1:                   =>    b3:
//!     POP_TOP                     RAISE_VARARGS 0
//! b2:
//! b3:
//!     RAISE_VARARGS 0
//! ```

use pycsmith_ir::{BlockId, Cfg, OpKind};

use super::super::{Pass, Property};
use super::eliminate_empty;
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "remove_unreachable",
    what: "Empties the blocks that nothing leads to, and takes empty blocks out of the layout",
    mirrors: "mark_reachable, eliminate_empty_basic_blocks",
    requires: &[Property::Terminated],
    establishes: &[Property::Reachable],
};

/// # Errors
/// A jump that leads nowhere.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    let mut worklist = cfg.take_worklist();
    let entry = cfg.entry;
    let (blocks, code) = cfg.parts();
    for block in blocks.iter_mut() {
        block.predecessors = 0;
    }
    blocks[entry.0 as usize].predecessors = 1;
    worklist.push(entry);
    while let Some(b) = worklist.pop() {
        let block = blocks[b.0 as usize];
        let instrs = &code[block.range()];
        let mut visit = |b: BlockId| {
            let block = &mut blocks[b.0 as usize];
            if block.predecessors == 0 {
                worklist.push(b);
            }
            block.predecessors += 1;
        };
        if block.next.is_some() && !instrs.last().is_some_and(|last| last.op.no_fallthrough()) {
            visit(block.next);
        }
        for instr in instrs {
            if instr.target.is_some() {
                visit(instr.target);
            }
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
    eliminate_empty(cfg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn what_nothing_leads_to_goes() {
        let mut cfg = cfg("POP_JUMP_IF_TRUE L0
             RETURN_VALUE
             POP_TOP
             RETURN_VALUE
             L0:
             RETURN_VALUE");
        run(&mut cfg).unwrap();
        assert_eq!(
            cfg_text(&cfg),
            "b0: POP_JUMP_IF_TRUE b3\nb1: RETURN_VALUE\nb3: RETURN_VALUE\n"
        );
        let edges: Vec<_> = cfg.layout().map(|b| cfg[b].predecessors).collect();
        assert_eq!(edges, [1, 1, 1]);
    }
}
