//! The control-flow intermediate representation.
//!
//! Code generation emits an [`InstructionSequence`] with labels; the optimizer makes a [`cfg::Cfg`] of it, works
//! on that, and hands a sequence with exception regions to the assembler.

pub mod cfg;
pub mod consts;
pub mod lift;
pub mod ops;
pub mod sequence;
pub mod text;
pub mod unit;
pub mod verify;

pub use cfg::{Block, BlockId, Cfg, Instr};
pub use consts::{ConstId, ConstPool, InternedTuple, TupleHash};
pub use ops::{OpKind, kind};
pub use sequence::{HandlerInfo, InstructionSequence, Label};
pub use unit::{CodeModule, CodeUnit, Graph, ModuleFile, RawTables, UnitConst};

/// What the optimizer must know of a code unit besides its instructions.
#[derive(Clone, Debug, Default)]
pub struct UnitShape {
    /// `co_flags`.
    pub flags: u32,
    pub firstlineno: i32,
    /// Number of `varnames` (parameters and plain locals).
    pub nlocals: u32,
    /// Of these, the parameters, `*args` and `**kwargs` included.
    pub nparams: u32,
    /// For each cell variable in order: the local of the same name, if there is one.
    pub cell_locals: Vec<Option<u32>>,
    pub nfreevars: u32,
    /// Number of `co_names`.
    pub nnames: u32,
}
