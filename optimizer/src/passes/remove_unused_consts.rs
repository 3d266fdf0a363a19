//! Drops the constants that no instruction loads any more, and renumbers the others.
//!
//! ```text
//! .consts None 1 2           .consts None 2
//! b0:                        b0:
//!     LOAD_CONST 2     =>        LOAD_CONST 2
//!     RETURN_VALUE               RETURN_VALUE
//! ```

use std::hint::select_unpredictable;

use pycsmith_ir::{Cfg, ConstId, Instr, OpKind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "remove_unused_consts",
    what: "Drops the constants that no instruction loads, and renumbers the others",
    mirrors: "remove_unused_consts",
    requires: &[Property::Reachable],
    establishes: &[Property::ConstsUsed],
};

const UNUSED: u32 = u32::MAX;

/// # Errors
/// An index beyond the constants.
pub fn run(cfg: &mut Cfg, consts: &mut Vec<ConstId>) -> Result<(), Bug> {
    if consts.is_empty() {
        return Ok(());
    }
    let mut new_index = std::mem::take(&mut cfg.scratch);
    new_index.clear();
    // One more for indices beyond them, which are found behind all.
    new_index.resize(consts.len() + 1, UNUSED);
    // The first one may be the docstring.
    new_index[0] = 0;
    let greatest = mark_used(cfg.code(), &mut new_index);
    if greatest as usize >= consts.len() {
        return Err(Bug(format!("constant {greatest} of {}", consts.len())));
    }
    let mut used = 0;
    for old in 0..consts.len() {
        let is_used = new_index[old] != UNUSED;
        new_index[old] = used;
        consts[used as usize] = consts[old];
        used += u32::from(is_used);
    }
    if (used as usize) < consts.len() {
        consts.truncate(used as usize);
        renumber(cfg.code_mut(), &new_index);
    }
    cfg.scratch = new_index;
    Ok(())
}

/// Marks the constants of these. The greatest index of one, or 0.
fn mark_used(instrs: &[Instr], marks: &mut [u32]) -> u32 {
    let none = marks.len() as u32 - 1;
    let mut greatest = 0;
    for instr in instrs {
        let index = select_unpredictable(instr.op.has_const(), instr.arg, 0);
        greatest = greatest.max(index);
        // Index 0 is marked anyway.
        marks[index.min(none) as usize] = 0;
    }
    greatest
}

/// Gives the constants' loads their new indices.
fn renumber(instrs: &mut [Instr], new_index: &[u32]) {
    for instr in instrs {
        let has_const = instr.op.has_const();
        let old = select_unpredictable(has_const, instr.arg, 0);
        instr.arg = select_unpredictable(has_const, new_index[old as usize], instr.arg);
    }
}
