//! Jumps to empty blocks go to what follows them.
//!
//! ```text
//! b0:                   b0:
//!     JUMP b1               JUMP b2
//! b1:             =>    b1:
//! b2:                   b2:
//!     RETURN_VALUE          RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{Cfg, OpKind};

use super::super::optimize_basic_blocks::retarget_jumps::skip_empty;
use super::super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "skip_empty_targets",
    what: "Leads jumps to empty blocks to what follows them",
    mirrors: "normalize_basic_block",
    requires: &[],
    establishes: &[Property::Terminated],
};

/// # Errors
/// A jump that leads nowhere.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    let mut b = cfg.entry;
    while b.is_some() {
        // CPython quirk (3.11, normalize_basic_block): SEND waits for `optimize_basic_blocks`.
        if let Some(last) = cfg.last(b)
            && last.op.is_jump()
            && last.target.is_some()
            && last.op != Op::SEND
        {
            skip_empty(cfg, b, cfg[b].len() - 1)?;
        }
        b = cfg[b].next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use pycsmith_ir::BlockId;

    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn empty_blocks_are_passed_over() {
        let mut cfg = cfg("JUMP L0\nL0:\nNOP\nRETURN_VALUE");
        // An empty block between the two.
        let empty = cfg.new_block();
        cfg[empty].next = BlockId(1);
        cfg[BlockId(0)].next = empty;
        cfg.last_mut(BlockId(0)).unwrap().target = empty;
        run(&mut cfg).unwrap();
        assert_eq!(cfg_text(&cfg), "b0: JUMP b1\nb2:\nb1: NOP; RETURN_VALUE\n");
        cfg[empty].next = BlockId::NONE;
        cfg.last_mut(BlockId(0)).unwrap().target = empty;
        assert!(run(&mut cfg).is_err());
    }
}
