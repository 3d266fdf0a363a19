//! The constants of the unit while passes fold: what instructions load, and where a new constant goes.

use std::sync::Arc;

use pycsmith_bytecode::{Constant, Location, Op, Target};
use pycsmith_ir::{ConstId, ConstPool, Instr};
use rustc_hash::FxHashMap;

use crate::Bug;
use crate::const_eval::distinct;

/// Longest list, set or tuple whose items the code generator leaves on the stack, in items
/// (`_PY_STACK_USE_GUIDELINE`, `Include/internal/pycore_compile.h`).
pub const STACK_USE_GUIDELINE: usize = 30;

/// Number of constants from which on a map beats a scan.
const SCAN_LIMIT: usize = 48;

/// The unit's constants with the pool that they come from.
pub struct ConstTable<'a> {
    target: Target,
    consts: &'a mut Vec<ConstId>,
    pool: &'a mut ConstPool,
    /// First index of each of the first `mapped` constants.
    map: FxHashMap<ConstId, u32>,
    mapped: usize,
}

impl<'a> ConstTable<'a> {
    pub fn new(
        target: Target,
        consts: &'a mut Vec<ConstId>,
        pool: &'a mut ConstPool,
    ) -> ConstTable<'a> {
        ConstTable {
            target,
            consts,
            pool,
            map: FxHashMap::default(),
            mapped: 0,
        }
    }

    pub fn target(&self) -> Target {
        self.target
    }

    /// The constant at an index.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, index: u32) -> Result<&Constant, Bug> {
        match self.consts.get(index as usize) {
            Some(&id) => Ok(self.pool.get(id)),
            None => Err(Bug(format!("constant {index} of {}", self.consts.len()))),
        }
    }

    /// What the operation loads, with operand `arg` (`get_const_value`).
    ///
    /// # Errors
    /// It loads no constant, or one that does not exist.
    pub fn loaded(&self, op: Op, arg: u32) -> Result<Constant, Bug> {
        match op {
            Op::LOAD_CONST => self.get(arg).cloned(),
            Op::LOAD_SMALL_INT => Ok(Constant::Int(i64::from(arg))),
            _ => Err(Bug(format!("{op:?} loads no constant"))),
        }
    }

    /// What the instructions at these positions load.
    ///
    /// # Errors
    /// See [`ConstTable::loaded`].
    pub fn all_loaded(&self, instrs: &[Instr], positions: &[u32]) -> Result<Vec<Constant>, Bug> {
        let load = |&at: &u32| {
            let Instr { op, arg, .. } = instrs[at as usize];
            self.loaded(op, arg)
        };
        positions.iter().map(load).collect()
    }

    /// The index of a constant, which is appended if it is new (`add_const`). What it is made of was loaded from
    /// the pool, and is not looked up again.
    pub fn add(&mut self, value: Constant) -> u32 {
        let id = self.pool.intern_whole(value);
        let next = self.consts.len() as u32;
        let index = if self.consts.len() < SCAN_LIMIT {
            self.consts
                .iter()
                .position(|&other| other == id)
                .map_or(next, |index| index as u32)
        } else {
            for (index, &other) in self.consts.iter().enumerate().skip(self.mapped) {
                self.map.entry(other).or_insert(index as u32);
            }
            self.mapped = self.consts.len();
            self.map.get(&id).copied().unwrap_or(next)
        };
        if index == next {
            self.consts.push(id);
        }
        index
    }

    /// Makes the instruction load a constant (`instr_make_load_const`).
    pub fn make_load(&mut self, instr: &mut Instr, value: Constant) {
        match small_int(&value) {
            Some(arg) => instr.set_op1(Op::LOAD_SMALL_INT, arg),
            None => instr.set_op1(Op::LOAD_CONST, self.add(value)),
        }
    }

    /// [`frozenset`].
    pub fn frozenset(&mut self, items: &[Constant]) -> Constant {
        frozenset(self.pool, items)
    }
}

/// The frozenset of these items. Equal sets get their items in one order, so that they are one constant.
pub fn frozenset(pool: &mut ConstPool, items: &[Constant]) -> Constant {
    let mut ids: Vec<ConstId> = distinct(items)
        .into_iter()
        .map(|item| pool.intern(item))
        .collect();
    ids.sort_unstable();
    Constant::FrozenSet(
        ids.into_iter()
            .map(|id| pool.get(id).clone())
            .collect::<Arc<[Constant]>>(),
    )
}

/// The operand of `LOAD_SMALL_INT` for a constant that it can load; `bool`s it cannot
/// (`maybe_instr_make_load_smallint`).
pub fn small_int(value: &Constant) -> Option<u32> {
    match *value {
        Constant::Int(value @ 0..=255) => Some(value as u32),
        _ => None,
    }
}

/// Whether it pushes a constant, and does no more (`loads_const`).
pub fn loads_const(op: Op) -> bool {
    matches!(op, Op::LOAD_CONST | Op::LOAD_SMALL_INT)
}

/// Finds the instructions that push the last `positions.len()` values before position `before`, if all of them
/// load constants and only `NOP`s stand between. On `true`, `positions` are theirs, in order
/// (`get_const_loading_instrs`).
pub fn find_const_loads(instrs: &[Instr], before: usize, positions: &mut [u32]) -> bool {
    let mut missing = positions.len();
    for at in (0..before).rev() {
        if missing == 0 {
            break;
        }
        let op = instrs[at].op;
        if op == Op::NOP {
            continue;
        }
        if !loads_const(op) {
            return false;
        }
        missing -= 1;
        positions[missing] = at as u32;
    }
    missing == 0
}

/// Makes instructions `NOP`s without a location, which go away (`nop_out`).
pub fn nop_out(instrs: &mut [Instr], positions: &[u32]) {
    for &at in positions {
        let instr = &mut instrs[at as usize];
        instr.set_op0(Op::NOP);
        instr.loc = Location::NONE;
    }
}
