//! The constants of the unit while passes fold: what instructions load, and where a new constant goes.

use std::sync::Arc;

use pycsmith_bytecode::{Constant, Location, Op, PyStr, Target};
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
    #[inline]
    pub fn get(&self, index: u32) -> Result<&Constant, Bug> {
        self.find(index).ok_or_else(|| self.missing(index))
    }

    /// The same, if there is one.
    #[inline]
    pub fn find(&self, index: u32) -> Option<&Constant> {
        let id = self.consts.get(index as usize)?;
        Some(self.pool.get(*id))
    }

    /// There is no constant at the index.
    #[cold]
    pub fn missing(&self, index: u32) -> Bug {
        Bug(format!("constant {index} of {}", self.consts.len()))
    }

    /// What the operation loads, with operand `arg` (`get_const_value`).
    ///
    /// # Errors
    /// It loads no constant, or one that does not exist.
    pub fn loaded(&self, op: Op, arg: u32) -> Result<Constant, Bug> {
        match op {
            Op::LOAD_CONST => self.get(arg).cloned(),
            Op::LOAD_SMALL_INT => Ok(Constant::Int(i64::from(arg))),
            Op::LOAD_COMMON_CONSTANT => {
                literal(arg).ok_or_else(|| Bug(format!("common constant {arg} is no literal")))
            }
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
        if let Some(arg) = small_int(&value) {
            instr.set_op1(Op::LOAD_SMALL_INT, arg);
        } else if let Some(arg) = self.common_constant(&value) {
            instr.set_op1(Op::LOAD_COMMON_CONSTANT, arg);
        } else {
            instr.set_op1(Op::LOAD_CONST, self.add(value));
        }
    }

    /// The operand of `LOAD_COMMON_CONSTANT` for a constant that the target loads so
    /// (`maybe_instr_make_load_common_const`).
    pub fn common_constant(&self, value: &Constant) -> Option<u32> {
        if !self.target.loads_common_literals() {
            return None;
        }
        match value {
            Constant::None => Some(CONSTANT_NONE),
            Constant::Str(text) if text.wtf8.is_empty() => Some(CONSTANT_EMPTY_STR),
            Constant::Bool(true) => Some(CONSTANT_TRUE),
            Constant::Bool(false) => Some(CONSTANT_FALSE),
            Constant::Int(-1) => Some(CONSTANT_MINUS_ONE),
            _ => None,
        }
    }

    /// [`frozenset`].
    pub fn frozenset(&mut self, items: &[Constant]) -> Constant {
        frozenset(self.pool, items)
    }
}

/// The frozenset of these items, in their order, on which that of its iterator depends.
pub fn frozenset(pool: &mut ConstPool, items: &[Constant]) -> Constant {
    let member = |item| {
        let id = pool.intern(item);
        pool.get(id).clone()
    };
    Constant::FrozenSet(distinct(items).into_iter().map(member).collect())
}

/// `LOAD_COMMON_CONSTANT` operands of literals (`Include/internal/pycore_opcode_utils.h`); those below are builtins.
const CONSTANT_NONE: u32 = 7;
const CONSTANT_EMPTY_STR: u32 = 8;
const CONSTANT_TRUE: u32 = 9;
const CONSTANT_FALSE: u32 = 10;
const CONSTANT_MINUS_ONE: u32 = 11;

/// What a `LOAD_COMMON_CONSTANT` loads, if it is a literal.
fn literal(arg: u32) -> Option<Constant> {
    match arg {
        CONSTANT_NONE => Some(Constant::None),
        CONSTANT_EMPTY_STR => Some(Constant::Str(Arc::new(PyStr::constant(b"")))),
        CONSTANT_TRUE => Some(Constant::Bool(true)),
        CONSTANT_FALSE => Some(Constant::Bool(false)),
        CONSTANT_MINUS_ONE => Some(Constant::Int(-1)),
        _ => None,
    }
}

/// The operand of `LOAD_SMALL_INT` for a constant that it can load; `bool`s it cannot
/// (`maybe_instr_make_load_smallint`).
#[inline]
pub fn small_int(value: &Constant) -> Option<u32> {
    // No branch depends on the value.
    let value = match *value {
        Constant::Int(value) => value,
        _ => -1,
    };
    (value as u64 <= 255).then_some(value as u32)
}

/// Whether it pushes a constant, and does no more (`loads_const`).
pub fn loads_const(instr: &Instr) -> bool {
    match instr.op {
        Op::LOAD_CONST | Op::LOAD_SMALL_INT => true,
        // Builtins are loaded to be compared, called or raised.
        Op::LOAD_COMMON_CONSTANT => instr.arg >= CONSTANT_NONE,
        _ => false,
    }
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
        let instr = &instrs[at];
        if instr.op == Op::NOP {
            continue;
        }
        if !loads_const(instr) {
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
