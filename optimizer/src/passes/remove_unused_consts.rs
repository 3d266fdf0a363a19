//! Drops the constants that no instruction loads any more, and renumbers the others.
//!
//! ```text
//! .consts None 1 2           .consts None 2
//! b0:                        b0:
//!     LOAD_CONST 2     =>        LOAD_CONST 2
//!     RETURN_VALUE               RETURN_VALUE
//! ```

use pycsmith_ir::{Cfg, ConstId, Instr, OpKind, kind};

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
    new_index.resize(consts.len(), UNUSED);
    // The first one may be the docstring.
    new_index[0] = 0;
    // Where the graph's buffer has such an instruction, and its constant.
    let mut uses = std::mem::take(&mut cfg.scratch_pairs);
    uses.clear();
    for b in cfg.layout().filter(|&b| cfg[b].may_have(kind::CONST_ARG)) {
        let start = cfg[b].range().start as u32;
        if let Err(index) = mark_used(cfg.instrs(b), start, &mut new_index, &mut uses) {
            return Err(Bug(format!("constant {index} of {}", consts.len())));
        }
    }
    let mut used = 0;
    for (old, new) in new_index.iter_mut().enumerate() {
        if *new != UNUSED {
            *new = used;
            consts[used as usize] = consts[old];
            used += 1;
        }
    }
    if (used as usize) < consts.len() {
        consts.truncate(used as usize);
        let (_, code) = cfg.parts();
        for &(at, old) in &uses {
            code[at as usize].arg = new_index[old as usize];
        }
    }
    cfg.scratch = new_index;
    cfg.scratch_pairs = uses;
    Ok(())
}

/// Marks the constants of a block, whose first instruction has the number `at`, and notes who uses which. An index
/// of no constant is an error.
#[inline(never)]
fn mark_used(
    instrs: &[Instr],
    mut at: u32,
    marks: &mut [u32],
    uses: &mut Vec<(u32, u32)>,
) -> Result<(), u32> {
    for instr in instrs {
        if instr.op.has_const() {
            *marks.get_mut(instr.arg as usize).ok_or(instr.arg)? = 0;
            uses.push((at, instr.arg));
        }
        at += 1;
    }
    Ok(())
}
