//! A jump to the next block is no jump.
//!
//! ```text
//! b0:                          b0:
//!     JUMP    b1  @2:0-2:4         NOP       @2:0-2:4
//! b1:                     =>   b1:
//!     RERAISE 0                    RERAISE 0
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, kind};

use super::super::{Pass, Property};
use super::eliminate_empty;
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "remove_redundant_jumps",
    what: "Removes jumps to the block that follows anyway",
    mirrors: "optimize_cfg (its last loop)",
    requires: &[Property::Reachable],
    establishes: &[],
};

/// # Errors
/// A jump that leads nowhere.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    let mut changed = false;
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        if next.is_some()
            && let Some(last) = cfg.last_mut(b)
            && matches!(last.op, Op::JUMP | Op::JUMP_NO_INTERRUPT)
            && last.target == next
        {
            last.set_op0(Op::NOP);
            last.target = BlockId::NONE;
            cfg.note(b, kind::NOP);
            changed = true;
        }
        b = next;
    }
    if changed {
        eliminate_empty(cfg)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn a_jump_to_the_next_block_goes() {
        let mut cfg = cfg("JUMP L0\nL0:\nPOP_JUMP_IF_TRUE L1\nL1:\nRETURN_VALUE");
        run(&mut cfg).unwrap();
        assert_eq!(
            cfg_text(&cfg),
            "b0: NOP\nb1: POP_JUMP_IF_TRUE b2\nb2: RETURN_VALUE\n"
        );
    }
}
