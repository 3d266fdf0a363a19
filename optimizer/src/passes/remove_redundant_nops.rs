//! Removes each `NOP` that is not needed for its line.
//!
//! ```text
//! NOP          @1:0-1:4        LOAD_FAST x  @1:4-1:5
//! LOAD_FAST x  @1:4-1:5  =>    NOP          @2:4-2:8
//! NOP          @2:4-2:8        RETURN_VALUE @3:4-3:8
//! RETURN_VALUE @3:4-3:8
//! ```

use std::hint::select_unpredictable;
use std::ops::Range;

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

/// The same in one block, where `line_of_next_block` says at which line control may run on behind it
/// (`basicblock_remove_redundant_nops`).
pub fn in_block_before(
    cfg: &mut Cfg,
    b: BlockId,
    line_of_next_block: fn(&Cfg, BlockId) -> Option<i32>,
) -> usize {
    let is_nop = |instr: &Instr| instr.op == Op::NOP;
    let Some(first_nop) = cfg.instrs(b).iter().position(is_nop) else {
        cfg[b].kinds &= !kind::NOP;
        return 0;
    };
    let ends_with_nop = cfg.instrs(b).last().is_some_and(is_nop);
    let following_line = if ends_with_nop {
        line_of_next_block(cfg, b)
    } else {
        None
    };
    let instrs = cfg.instrs_mut(b);
    let (mut kept, mut stays) = (first_nop, false);
    // Of what was kept last.
    let mut previous_line = match first_nop {
        0 => -1,
        first => instrs[first - 1].line(),
    };
    // Where the next one stands is as good as chance: all instructions behind the first one move.
    for i in first_nop..instrs.len() - 1 {
        let (line, next_line) = (instrs[i].line(), instrs[i + 1].line());
        let is_nop = is_nop(&instrs[i]);
        let same = (line < 0) | (line == previous_line) | (line == next_line);
        if is_nop & !same & (next_line < 0) {
            instrs[i + 1].loc = instrs[i].loc;
        }
        let redundant = is_nop & (same | (next_line < 0));
        stays |= is_nop & !redundant;
        let instr = instrs[i];
        instrs[i].op = Op::NOP;
        instrs[kept] = instr;
        kept += usize::from(!redundant);
        previous_line = select_unpredictable(redundant, previous_line, line);
    }
    if let Some(&last) = instrs.last() {
        let at = instrs.len() - 1;
        let line = last.line();
        let same = line < 0 || line == previous_line || following_line == Some(line);
        let redundant = ends_with_nop && same;
        stays |= ends_with_nop && !redundant;
        instrs[at].op = Op::NOP;
        instrs[kept] = last;
        kept += usize::from(!redundant);
    }
    let removed = instrs.len() - kept;
    cfg.cut(b, kept);
    if !stays {
        cfg[b].kinds &= !kind::NOP;
    }
    removed
}

/// Moves the instructions of `range`, at most 64, but those that `gone` has a bit of, to position `kept` and those behind it;
/// what they leave are `NOP`s. Behind the last one.
pub fn close_up(instrs: &mut [Instr], range: Range<usize>, gone: u64, mut kept: usize) -> usize {
    if gone == 0 && kept == range.start {
        return range.end;
    }
    for (at, i) in range.enumerate() {
        let instr = instrs[i];
        instrs[i].op = Op::NOP;
        instrs[kept] = instr;
        // Where the next one stands is as good as chance: no branch depends on it.
        kept += usize::from(gone >> at & 1 == 0);
    }
    kept
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
