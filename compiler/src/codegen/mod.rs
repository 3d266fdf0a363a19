//! Code generation (CPython's `codegen.c`, with the unit and scope handling of `compile.c`).
//!
//! One file a construct; functions take the [`Compiler`] first. The emission primitives are in `emit`, units
//! (one for each code object being built) in `unit`.

pub mod annotations;
pub mod class;
pub mod closure;
pub mod comprehension;
pub mod comprehension_function;
pub mod docstring;
pub mod emit;
pub mod expr;
pub mod fblock;
pub mod function;
mod generator;
pub mod known_consts;
pub mod module;
pub mod names;
pub mod pattern;
pub mod stmt;
pub mod type_alias;
pub mod type_params;
pub mod unit;

use pycsmith_bytecode::{PyStr, Target};
use pycsmith_ir::{ConstPool, InstructionSequence};
use pycsmith_parser::Interner;
use std::sync::Arc;

use crate::assemble::Buffers;
pub use crate::error::{CompileError, Result, bug, syntax_error};
use crate::interned::Interned;
use crate::symtable::SymbolTable;
use unit::Unit;

/// The state of one compilation (CPython's `struct _PyCompiler`). AST nodes live for `'a`.
pub struct Compiler<'a> {
    pub target: Target,
    /// 0, 1 or 2.
    pub opt_level: u8,
    /// `CO_FUTURE_*` bits in force.
    pub future_flags: u32,
    pub filename: Arc<PyStr>,
    pub names: Interner,
    pub pool: ConstPool,
    pub symtable: SymbolTable,
    /// The unit being generated (`u`).
    pub current: Box<Unit<'a>>,
    /// Those around it, innermost last (`c_stack`); the first is that of no code, which stands where no unit is open.
    #[allow(clippy::vec_box, reason = "units are large and go from list to list")]
    pub outer: Vec<Box<Unit<'a>>>,
    /// Objects for interned identifiers, one each (see `PyStr`), made on demand; indexed by `Name`.
    pub name_objects: Vec<Option<Arc<PyStr>>>,
    /// Strings that are interned already.
    pub(crate) interned: Interned,
    /// Expressions around the current one.
    pub nesting: u32,
    /// Emptied sequences, to be used again.
    pub free_sequences: Vec<InstructionSequence>,
    /// Units that are done, to be used again.
    #[allow(clippy::vec_box, reason = "units are large and go from list to list")]
    pub free_units: Vec<Box<Unit<'a>>>,
    /// The tables of units of other modules.
    pub free_tables: Vec<unit::Tables>,
    /// [`Unit::serial`] of the last unit.
    pub last_serial: u32,
    pub known_names: names::KnownNames,
    pub known_consts: known_consts::KnownConsts,
    /// The assembler's.
    pub buffers: Buffers,
    /// Where the units are kept as they are at each step, for tools.
    pub(crate) observer: Option<Box<crate::observer::Observer>>,
}

impl<'a> Compiler<'a> {
    /// The unit being generated.
    #[inline]
    pub fn unit(&self) -> &Unit<'a> {
        &self.current
    }

    #[inline]
    pub fn unit_mut(&mut self) -> &mut Unit<'a> {
        &mut self.current
    }

    /// That of the module.
    pub fn module_unit(&self) -> &Unit<'a> {
        self.outer.get(1).unwrap_or(&self.current)
    }

    /// Small integers get their own load at once. In CPython `optimize_load_const` gives it to them, which shows where somebody
    /// looks at the instructions before.
    pub fn loads_small_ints(&self) -> bool {
        self.target.loads_small_ints() && self.observer.is_none()
    }

    /// Keeps the memory of a unit that is done.
    pub(crate) fn free_unit(&mut self, unit: Box<Unit<'a>>) {
        self.free_units.push(unit);
    }

    /// Keeps the memory of a sequence that is done.
    pub(crate) fn free_sequence(&mut self, mut sequence: InstructionSequence) {
        if sequence.instrs.capacity() > KEPT_INSTRUCTIONS {
            return;
        }
        sequence.clear();
        self.free_sequences.push(sequence);
    }
}

/// Longest sequence that is kept to be used again.
const KEPT_INSTRUCTIONS: usize = 1 << 16;
