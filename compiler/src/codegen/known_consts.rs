//! Which numbers constants have in the unit that is being generated; and what tables need that a unit changes until it ends.

use std::hint::select_unpredictable;

use pycsmith_ir::ConstId;

use super::unit::Unit;

/// Adds `value` to `list` if `holds`, without a branch on it.
#[inline]
pub fn push_if<T: Copy>(list: &mut Vec<T>, value: T, holds: bool) {
    let len = list.len() + usize::from(holds);
    list.push(value);
    list.truncate(len);
}

/// Ends a unit's changes to `table`: puts back what the entries of `replaced` from `mark` on say, and removes those. None of
/// them has the index of another.
pub fn put_back<T: Copy>(table: &mut [T], replaced: &mut Vec<(u32, T)>, mark: usize) {
    // Their number cannot be predicted, but that of blocks can.
    const BLOCK: usize = 8;
    let entries = &replaced[mark..];
    let Some(last) = entries.len().checked_sub(1) else {
        return;
    };
    for start in (0..=last).step_by(BLOCK) {
        for at in start..start + BLOCK {
            // What is missing in the last block is the last entry again.
            let (index, value) = entries[at.min(last)];
            table[index as usize] = value;
        }
    }
    replaced.truncate(mark);
}

/// Which number a constant has, and in which unit.
#[derive(Clone, Copy, Debug, Default)]
struct KnownConst {
    /// [`Unit::serial`].
    serial: u32,
    number: u32,
}

/// Which numbers the current unit's constants have.
#[derive(Debug, Default)]
pub struct KnownConsts {
    /// By [`ConstId`]: that in the innermost open unit that has the constant.
    consts: Vec<KnownConst>,
    /// What the current unit and those around it have replaced in `consts`, to be put back at their ends.
    replaced: Vec<(u32, KnownConst)>,
}

impl KnownConsts {
    pub fn clear(&mut self) {
        self.consts.clear();
        self.replaced.clear();
    }

    #[cold]
    fn grow(&mut self, at: usize) {
        let none = KnownConst::default();
        self.consts.resize((at + 1).next_power_of_two(), none);
    }

    /// What [`KnownConsts::end`] needs of the beginning of a unit.
    pub fn mark(&self) -> usize {
        self.replaced.len()
    }

    /// The unit ends at whose beginning this was the [mark](KnownConsts::mark).
    pub fn end(&mut self, mark: usize) {
        put_back(&mut self.consts, &mut self.replaced, mark);
    }

    /// The number of `id` in `unit`, the current one, given out now if it is new. Whether it is cannot be predicted: there
    /// are no branches.
    #[inline]
    pub fn index(&mut self, id: ConstId, unit: &mut Unit<'_>) -> u32 {
        let at = id.0 as usize;
        if self.consts.len() <= at {
            self.grow(at);
        }
        let known = &mut self.consts[at];
        let is_new = known.serial != unit.serial;
        push_if(&mut self.replaced, (id.0, *known), is_new);
        *known = KnownConst {
            serial: unit.serial,
            number: select_unpredictable(is_new, unit.consts.len() as u32, known.number),
        };
        push_if(&mut unit.consts, id, is_new);
        known.number
    }
}
