//! Removes jumps to the block that follows anyway.
//!
//! ```text
//! b0:                               b0:
//!     POP_TOP           @1:0-1:4        POP_TOP           @1:0-1:4
//!     JUMP           b1 @2:0-2:4  =>    NOP               @2:0-2:4
//! b1:                               b1:
//!     RAISE_VARARGS  0  @3:0-3:4        RAISE_VARARGS  0  @3:0-3:4
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{Block, BlockId, Cfg, kind};

use super::{Pass, remove_redundant_nops};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "remove_redundant_nops_and_jumps",
    what: "Removes jumps to the block that follows anyway, and the `NOP`s that this frees",
    mirrors: "remove_redundant_nops_and_jumps, remove_redundant_jumps",
    requires: &[],
    establishes: &[],
};

/// Removes jumps and `NOP`s in turn until nothing changes.
///
/// # Errors
/// A jump that leads behind the last instruction.
pub fn run_with_nops(cfg: &mut Cfg) -> Result<(), Bug> {
    // What each changed the last time.
    let (mut nops, mut jumps) = (1, 1);
    while nops + jumps > 0 {
        nops = remove_redundant_nops::run(cfg);
        if nops + jumps > 0 {
            jumps = run(cfg)?;
        }
    }
    Ok(())
}

/// The number of jumps turned into `NOP`s.
///
/// # Errors
/// A jump that leads behind the last instruction.
pub fn run(cfg: &mut Cfg) -> Result<usize, Bug> {
    if !cfg.may_have(kind::UNCONDITIONAL) {
        return Ok(0);
    }
    let mut changes = 0;
    let ends_with_jump =
        |cfg: &Cfg, block: &Block| cfg.kinds_of_last(block) & kind::UNCONDITIONAL != 0;
    let blocks = cfg.blocks_that(ends_with_jump);
    for &b in &blocks {
        let Some(last) = cfg.last(b) else { continue };
        let target = cfg.next_nonempty(last.target);
        if target.is_none() {
            return Err(Bug(format!(
                "{} at the end of block b{} leads nowhere",
                last.op, b.0
            )));
        }
        if target == cfg.next_nonempty(cfg[b].next)
            && let Some(last) = cfg.last_mut(b)
        {
            last.set_op0(Op::NOP);
            last.target = BlockId::NONE;
            cfg.note(b, kind::NOP);
            changes += 1;
        }
    }
    cfg.worklist = blocks;
    Ok(changes)
}
