//! Which numbers constants have in the unit that is being generated.

use std::hint::select_unpredictable;

use pycsmith_ir::ConstId;

use super::unit::Unit;
use crate::branchless::{push_if, put_back};

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
