//! Code generation (CPython's `codegen.c`, with the unit and scope handling of `compile.c`).
//!
//! One file a construct; functions take the [`Compiler`] first. The emission primitives are in `emit`, units
//! (one for each code object being built) in `unit`.

pub mod emit;
pub mod expr;
pub mod fblock;
pub mod stmt;
pub mod unit;

use pycsmith_bytecode::{PyStr, Target};
use pycsmith_ir::ConstPool;
use pycsmith_parser::Interner;
use std::sync::Arc;

pub use crate::error::{Result, bug, syntax_error};
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
    /// Innermost last (`c_stack` and `u`).
    pub units: Vec<Unit<'a>>,
    /// Objects for interned identifiers, one each (see `PyStr`), made on demand; indexed by `Name`.
    pub name_objects: Vec<Option<Arc<PyStr>>>,
    /// Over 0: the code being generated is dropped (`c_disable_warning` aside).
    pub interactive: bool,
}

impl<'a> Compiler<'a> {
    /// The unit being generated.
    pub fn unit(&self) -> &Unit<'a> {
        self.units.last().expect("a unit is open while code is generated")
    }

    pub fn unit_mut(&mut self) -> &mut Unit<'a> {
        self.units.last_mut().expect("a unit is open while code is generated")
    }
}
