//! Which numbers constants have in the unit that is being generated.

use std::hint::select_unpredictable;

use pycsmith_ir::ConstId;

use super::unit::Unit;
use crate::branchless::push_if;
use crate::levels::Levels;

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
    /// By [`ConstId`], for each open unit.
    consts: Levels<KnownConst>,
}

impl KnownConsts {
    pub fn clear(&mut self) {
        self.consts.clear();
    }

    /// A unit begins.
    pub fn begin(&mut self) {
        self.consts.begin(0, KnownConst::default());
    }

    /// The current unit ends.
    pub fn end(&mut self) {
        self.consts.end();
    }

    /// The number of `id` in `unit`, the current one, given out now if it is new. Whether it is cannot be predicted: there
    /// are no branches.
    #[inline]
    pub fn index(&mut self, id: ConstId, unit: &mut Unit<'_>) -> u32 {
        self.consts
            .make_room(id.0 as usize + 1, KnownConst::default());
        let known = self.consts.entry(id.0);
        let is_new = known.serial != unit.serial;
        *known = KnownConst {
            serial: unit.serial,
            number: select_unpredictable(is_new, unit.consts.len() as u32, known.number),
        };
        push_if(&mut unit.consts, id, is_new);
        known.number
    }
}
