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

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::cfg::{bits_from, low_bits, places, which_of_all_are};
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
    let mut nops = std::mem::take(&mut cfg.scratch_bits);
    which_of_all_are(cfg.code(), &mut nops, is_nop);
    let blocks = cfg.blocks_that(|_, block| {
        let range = block.range();
        (bits_from(&nops, range.start) & low_bits(range.len()) != 0) | (range.len() > 64)
    });
    cfg.kinds &= !kind::NOP;
    for block in &mut cfg.blocks {
        block.kinds &= !kind::NOP;
    }
    let mut removed = 0;
    for &b in &blocks {
        let first = cfg[b].range().start;
        removed += remove(cfg, b, &nops, first, line_of_next_block);
    }
    cfg.worklist = blocks;
    cfg.scratch_bits = nops;
    removed
}

/// The same in one block, where `line_of_next_block` says at which line control may run on behind it
/// (`basicblock_remove_redundant_nops`).
pub fn in_block_before(cfg: &mut Cfg, b: BlockId, line_of_next_block: LineOfNextBlock) -> usize {
    let mut nops = std::mem::take(&mut cfg.scratch_bits);
    which_of_all_are(cfg.instrs(b), &mut nops, is_nop);
    cfg[b].kinds &= !kind::NOP;
    let removed = remove(cfg, b, &nops, 0, line_of_next_block);
    cfg.scratch_bits = nops;
    removed
}

type LineOfNextBlock = fn(&Cfg, BlockId) -> Option<i32>;

fn is_nop(instr: &Instr) -> bool {
    instr.op == Op::NOP
}

/// Bit `first` of `nops` and those behind it say which of the block's instructions are `NOP`s.
fn remove(
    cfg: &mut Cfg,
    b: BlockId,
    nops: &[u64],
    first: usize,
    line_of_next_block: LineOfNextBlock,
) -> usize {
    let following_line = if cfg.instrs(b).last().is_some_and(is_nop) {
        line_of_next_block(cfg, b)
    } else {
        None
    };
    let instrs = cfg.instrs_mut(b);
    let mut state = State {
        following_line,
        behind_removed: 0,
        line_before: NO_LINE,
    };
    let (mut kept, mut stays) = (0, false);
    for start in (0..instrs.len()).step_by(64) {
        let end = instrs.len().min(start + 64);
        let nops = bits_from(nops, first + start) & low_bits(end - start);
        let redundant = state.redundant(instrs, start, nops);
        stays |= redundant != nops;
        kept = close_up(instrs, start..end, redundant, kept);
    }
    let removed = instrs.len() - kept;
    cfg.cut(b, kept);
    if stays {
        cfg.note(b, kind::NOP);
    }
    removed
}

const NO_LINE: i32 = Location::NONE.line;

/// Somewhere in a block.
struct State {
    /// At which line control may run on behind the block.
    following_line: Option<i32>,
    /// Behind the instruction that was removed last.
    behind_removed: usize,
    /// Of what was kept last before that one.
    line_before: i32,
}

impl State {
    /// Which of the `NOP`s among the 64 instructions from `start` on are not needed.
    fn redundant(&mut self, instrs: &mut [Instr], start: usize, nops: u64) -> u64 {
        let mut redundant = 0;
        for at in places(nops) {
            let i = start + at;
            let Instr { loc, .. } = instrs[i];
            let line_before = match i.checked_sub(1) {
                Some(before) => {
                    let was_removed = i == self.behind_removed;
                    select_unpredictable(was_removed, self.line_before, instrs[before].line())
                }
                None => NO_LINE,
            };
            let is_known = (loc.line < 0) | (loc.line == line_before);
            let is_redundant = match instrs.get_mut(i + 1) {
                Some(next) => {
                    let hands_on = !is_known & (next.line() < 0);
                    if hands_on {
                        next.loc = loc;
                    }
                    is_known | hands_on | (loc.line == next.line())
                }
                None => is_known | (self.following_line == Some(loc.line)),
            };
            redundant |= u64::from(is_redundant) << at;
            self.behind_removed = select_unpredictable(is_redundant, i + 1, self.behind_removed);
            self.line_before = select_unpredictable(is_redundant, line_before, self.line_before);
        }
        redundant
    }
}

/// Moves these instructions, but those that `redundant` has a bit of, to position `kept` and those behind it; what they
/// leave are `NOP`s. Behind the last one.
fn close_up(instrs: &mut [Instr], range: Range<usize>, redundant: u64, mut kept: usize) -> usize {
    let mut start = range.start;
    if kept == start {
        // What stands before the first one stays in its place.
        start = range.end.min(start + redundant.trailing_zeros() as usize);
        kept = start;
    }
    let mut redundant = redundant
        .checked_shr((start - range.start) as u32)
        .unwrap_or(0);
    // Where the next one stands is as good as chance: all instructions behind the first one move.
    for i in start..range.end {
        let instr = instrs[i];
        instrs[i].op = Op::NOP;
        instrs[kept] = instr;
        kept += usize::from(redundant & 1 == 0);
        redundant >>= 1;
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
