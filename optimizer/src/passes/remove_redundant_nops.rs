//! Removes each `NOP` that is not needed for its line.
//!
//! ```text
//! NOP          @1:0-1:4        LOAD_FAST x  @1:4-1:5
//! LOAD_FAST x  @1:4-1:5  =>    NOP          @2:4-2:8
//! NOP          @2:4-2:8        RETURN_VALUE @3:4-3:8
//! RETURN_VALUE @3:4-3:8
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, Instr, kind};

use super::Pass;

pub const PASS: Pass = Pass {
    name: "remove_redundant_nops",
    what: "Removes each `NOP` that is not needed for its line",
    mirrors: "remove_redundant_nops",
    requires: &[],
    establishes: &[],
};

/// The number of instructions removed.
pub fn run(cfg: &mut Cfg) -> usize {
    if !cfg.may_have(kind::NOP) {
        return 0;
    }
    let (mut removed, mut left) = (0, 0);
    let mut b = cfg.entry;
    while b.is_some() {
        if cfg[b].may_have(kind::NOP) {
            removed += in_block_before(cfg, b, line_of_next_block);
            left |= cfg[b].kinds & kind::NOP;
        }
        b = cfg[b].next;
    }
    cfg.kinds = cfg.kinds & !kind::NOP | left;
    removed
}

/// The same in one block (`basicblock_remove_redundant_nops`).
#[inline]
pub fn in_block(cfg: &mut Cfg, b: BlockId) -> usize {
    if !cfg[b].may_have(kind::NOP) {
        return 0;
    }
    in_block_before(cfg, b, line_of_next_block)
}

/// The same, where `line_of_next_block` says at which line control may run on behind the block.
pub fn in_block_before(
    cfg: &mut Cfg,
    b: BlockId,
    line_of_next_block: fn(&Cfg, BlockId) -> Option<i32>,
) -> usize {
    let Some(first_nop) = next_nop(cfg.instrs(b), 0) else {
        cfg[b].kinds &= !kind::NOP;
        return 0;
    };
    let ends_with_nop = cfg.instrs(b).last().is_some_and(|last| last.op == Op::NOP);
    let following_line = if ends_with_nop {
        line_of_next_block(cfg, b)
    } else {
        None
    };
    let instrs = cfg.instrs_mut(b);
    let mut stays = false;
    let mut kept = first_nop;
    let mut nop = Some(first_nop);
    while let Some(i) = nop {
        let previous_line = match kept {
            0 => -1,
            kept => instrs[kept - 1].line(),
        };
        let redundant = is_redundant(instrs, i, previous_line, following_line);
        stays |= !redundant;
        // It and what stands up to the next one moves together.
        nop = next_nop(instrs, i + 1);
        let run = i + usize::from(redundant)..nop.unwrap_or(instrs.len());
        let len = run.len();
        instrs.copy_within(run, kept);
        kept += len;
    }
    let removed = instrs.len() - kept;
    cfg.truncate(b, kept);
    if !stays {
        cfg[b].kinds &= !kind::NOP;
    }
    removed
}

/// The first `NOP` from `start` on.
#[inline]
fn next_nop(instrs: &[Instr], start: usize) -> Option<usize> {
    let behind = instrs.get(start..)?;
    let at = behind.iter().position(|instr| instr.op == Op::NOP)?;
    Some(start + at)
}

/// Whether the line of the `NOP` at `i` is kept by a neighbour; a successor without a line takes it over.
fn is_redundant(
    instrs: &mut [Instr],
    i: usize,
    previous_line: i32,
    following_line: Option<i32>,
) -> bool {
    let line = instrs[i].line();
    if line < 0 || previous_line == line {
        return true;
    }
    if i + 1 == instrs.len() {
        return following_line == Some(line);
    }
    let next_line = instrs[i + 1].line();
    if next_line == line {
        return true;
    }
    if next_line < 0 {
        instrs[i + 1].loc = instrs[i].loc;
        return true;
    }
    false
}

/// The line at which the next block that is not empty starts.
fn line_of_next_block(cfg: &Cfg, b: BlockId) -> Option<i32> {
    let next = cfg.next_nonempty(cfg[b].next);
    if next.is_none() {
        return None;
    }
    let instrs = cfg.instrs(next);
    let first = instrs
        .iter()
        .find(|instr| instr.op != Op::NOP || instr.line() >= 0);
    first.map(Instr::line)
}
