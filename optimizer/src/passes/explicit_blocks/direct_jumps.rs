//! Conditional jumps get their direction.
//!
//! ```text
//! b0:                           b0:
//!     POP_JUMP_IF_TRUE b0           POP_JUMP_BACKWARD_IF_TRUE b0
//! b1:                    =>     b1:
//!     POP_JUMP_IF_NONE b2           POP_JUMP_FORWARD_IF_NONE  b2
//! b2:                           b2:
//!     RETURN_VALUE                  RETURN_VALUE
//! ```
//!
//! (Others get theirs from the assembler.)

use pycsmith_bytecode::Op;
use pycsmith_ir::{Cfg, kind};

use super::super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "direct_jumps",
    what: "Gives conditional jumps their direction",
    mirrors: "normalize_jumps",
    requires: &[],
    establishes: &[Property::NoPseudoOps],
};

/// # Errors
/// `JUMP_IF_TRUE_OR_POP` or its opposite backwards, which do not exist.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    for block in &mut cfg.blocks {
        block.visited = false;
    }
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].visited = true;
        if cfg[b].may_have(kind::JUMP)
            && let Some(last) = cfg.last(b)
            && last.target.is_some()
        {
            let op = directed(last.op, !cfg[last.target].visited)?;
            if let Some(last) = cfg.last_mut(b) {
                last.op = op;
            }
        }
        b = cfg[b].next;
    }
    Ok(())
}

fn directed(op: Op, forward: bool) -> Result<Op, Bug> {
    Ok(match (op, forward) {
        (Op::POP_JUMP_IF_NOT_NONE, true) => Op::POP_JUMP_FORWARD_IF_NOT_NONE,
        (Op::POP_JUMP_IF_NOT_NONE, false) => Op::POP_JUMP_BACKWARD_IF_NOT_NONE,
        (Op::POP_JUMP_IF_NONE, true) => Op::POP_JUMP_FORWARD_IF_NONE,
        (Op::POP_JUMP_IF_NONE, false) => Op::POP_JUMP_BACKWARD_IF_NONE,
        (Op::POP_JUMP_IF_FALSE, true) => Op::POP_JUMP_FORWARD_IF_FALSE,
        (Op::POP_JUMP_IF_FALSE, false) => Op::POP_JUMP_BACKWARD_IF_FALSE,
        (Op::POP_JUMP_IF_TRUE, true) => Op::POP_JUMP_FORWARD_IF_TRUE,
        (Op::POP_JUMP_IF_TRUE, false) => Op::POP_JUMP_BACKWARD_IF_TRUE,
        (Op::JUMP_IF_FALSE_OR_POP | Op::JUMP_IF_TRUE_OR_POP, false) => {
            return Err(Bug(format!("{op} jumps backwards")));
        }
        (other, _) => other,
    })
}

#[cfg(test)]
mod tests {
    use pycsmith_ir::BlockId;

    use super::*;
    use crate::testing::cfg;

    #[test]
    fn directions_follow_the_layout() {
        let mut graph = cfg("L0:
             POP_JUMP_IF_TRUE L0
             POP_JUMP_IF_NONE L1
             L1:
             RETURN_VALUE");
        run(&mut graph).unwrap();
        let op = |b| graph.last(BlockId(b)).unwrap().op;
        assert_eq!(op(0), Op::POP_JUMP_BACKWARD_IF_TRUE);
        assert_eq!(op(1), Op::POP_JUMP_FORWARD_IF_NONE);
        assert!(run(&mut cfg("L0:\nJUMP_IF_TRUE_OR_POP L0\nRETURN_VALUE")).is_err());
    }
}
