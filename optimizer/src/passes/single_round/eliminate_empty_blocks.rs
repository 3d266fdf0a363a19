//! Takes empty blocks out of the layout; what went to one goes to the block behind it.
//!
//! ```text
//! b0:                   b0:
//!     JUMP b1               JUMP b2
//! b1:             =>    b2:
//! b2:                       RETURN_VALUE
//!     RETURN_VALUE
//! ```

use pycsmith_ir::{Cfg, OpKind, kind};

use super::super::Pass;
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "eliminate_empty_basic_blocks",
    what: "Takes empty blocks out of the layout",
    mirrors: "eliminate_empty_basic_blocks",
    requires: &[],
    establishes: &[],
};

/// # Errors
/// A jump that leads nowhere, or a graph without instructions.
pub fn run(cfg: &mut Cfg) -> Result<(), Bug> {
    let mut any_empty = false;
    let mut b = cfg.entry;
    while b.is_some() {
        any_empty |= cfg[b].is_empty();
        b = cfg[b].next;
    }
    if !any_empty {
        return Ok(());
    }
    cfg.entry = cfg.next_nonempty(cfg.entry);
    if cfg.entry.is_none() {
        return Err(Bug("no block has instructions".to_owned()));
    }
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].next = cfg.next_nonempty(cfg[b].next);
        b = cfg[b].next;
    }
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].may_have(kind::JUMP | kind::BLOCK_PUSH) {
            for i in 0..cfg[b].len() {
                let instr = cfg.instrs(b)[i];
                if !instr.op.has_target() || !cfg[instr.target].is_empty() {
                    continue;
                }
                let target = cfg.next_nonempty(instr.target);
                if target.is_none() {
                    return Err(Bug(format!("{} in block b{} leads nowhere", instr.op, b.0)));
                }
                cfg.label(target);
                cfg.instrs_mut(b)[i].target = target;
            }
        }
        b = cfg[b].next;
    }
    Ok(())
}
