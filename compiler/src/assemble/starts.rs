//! Runs of instructions that have something in common.

use pycsmith_ir::Instr;

/// Where a run starts.
#[derive(Clone, Copy, Default)]
pub(super) struct Start {
    /// The number of its first instruction.
    pub(super) index: u32,
    /// That one's offset in code units.
    pub(super) offset: u32,
}

/// The instructions that are not like the one before, and behind them the end. `starts` is overwritten; `offsets` are those of the
/// instructions and of the end.
///
/// Whether a run ends is as good as chance: so there is no branch on it.
#[inline]
pub(super) fn starts<'s>(
    instrs: &[Instr],
    offsets: &[u32],
    is_like: impl Fn(&Instr, &Instr) -> bool,
    starts: &'s mut Vec<Start>,
) -> &'s [Start] {
    if starts.len() <= instrs.len() {
        starts.resize(2 * instrs.len() + 1, Start::default());
    }
    starts[0] = Start::default();
    let mut count = usize::from(!instrs.is_empty());
    let behind_first = offsets.get(1..).unwrap_or_default();
    for ((pair, &offset), index) in instrs.windows(2).zip(behind_first).zip(1..) {
        starts[count] = Start { index, offset };
        count += usize::from(!is_like(&pair[0], &pair[1]));
    }
    let (index, offset) = (instrs.len() as u32, offsets.last().copied().unwrap_or(0));
    starts[count] = Start { index, offset };
    &starts[..=count]
}
