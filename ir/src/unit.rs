//! A code unit with its tables, alone: what the text form shows, and what the passes and the assembler need.

use std::sync::Arc;

use pycsmith_bytecode::code::flags;
use pycsmith_bytecode::pyc::Validation;
use pycsmith_bytecode::{Constant, Target};
use rustc_hash::FxHashSet;

use crate::UnitShape;
use crate::cfg::{Block, BlockId, Cfg, Instr};

/// A constant of a [`CodeUnit`].
#[derive(Clone, Debug)]
pub enum UnitConst {
    Value(Constant),
    /// The code object of another unit, by its [`CodeUnit::id`].
    Code(String),
}

/// A module's units, inner ones before those around them.
#[derive(Clone, Debug)]
pub struct CodeModule {
    pub target: Target,
    pub file: ModuleFile,
    pub units: Vec<CodeUnit>,
}

/// What a module's `.pyc` file has besides the units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFile {
    /// `co_filename` of all units: UTF-8 but for surrogates.
    pub filename: Option<Vec<u8>>,
    /// The header.
    pub validation: Option<Validation>,
    /// Identifiers of the source that none of the tables has, as what CPython has interned shows in which constants are one
    /// object.
    pub identifiers: Vec<String>,
}

/// One code unit somewhere in the pipeline.
#[derive(Clone, Debug, Default)]
pub struct CodeUnit {
    /// Its name in the text: the qualified name, made distinct where several units share one.
    pub id: String,
    /// `co_name`.
    pub name: String,
    /// `co_qualname`.
    pub qualname: String,
    pub firstlineno: i32,
    /// Positional parameters, those that are positional only included (`co_argcount`).
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    /// `co_flags`; code generation has not set all of them yet.
    pub flags: u32,
    /// Parameters first, `*args` and `**kwargs` last among them, then other locals.
    pub varnames: Vec<String>,
    pub cellvars: Vec<String>,
    pub freevars: Vec<String>,
    /// Locals of an inlined comprehension, hidden from `locals()` (`CO_FAST_HIDDEN`).
    pub hidden: Vec<String>,
    pub names: Vec<String>,
    pub consts: Vec<UnitConst>,
    pub graph: Graph,
    /// In slots, once it is known.
    pub stack_depth: Option<u32>,
    /// Operands of cells and free variables count from the first local, and a cell that is also a local is only
    /// counted once (from `prepare_localsplus` on).
    pub localsplus: bool,
    pub raw: RawTables,
}

/// Tables of a code object as bytes, where they do not follow from the instructions: only for units that come from a
/// file that CPython has not written. Passes drop them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawTables {
    pub linetable: Option<Arc<[u8]>>,
    pub exceptiontable: Option<Arc<[u8]>>,
}

/// A graph that compares block by block, in layout order.
#[derive(Clone, Debug, Default)]
pub struct Graph(pub Cfg);

impl CodeUnit {
    /// Parameters of all kinds.
    pub fn nparams(&self) -> u32 {
        self.argcount
            + self.kwonlyargcount
            + u32::from(self.flags & flags::VARARGS != 0)
            + u32::from(self.flags & flags::VARKEYWORDS != 0)
    }

    /// As code generation makes units: no pass has left its mark.
    pub fn is_fresh(&self) -> bool {
        let cfg = &self.graph.0;
        let mut instrs = cfg.layout().flat_map(|b| cfg.instrs(b));
        !self.localsplus
            && self.stack_depth.is_none()
            && !cfg.edges_counted
            && instrs.all(|instr| instr.handler.is_none())
            && cfg.layout().all(|b| cfg.leftover_handlers(b).is_empty())
    }

    /// What the passes ask for.
    pub fn shape(&self) -> UnitShape {
        let local = |name: &String| self.varnames.iter().position(|local| local == name);
        UnitShape {
            flags: self.flags,
            firstlineno: self.firstlineno,
            nlocals: self.varnames.len() as u32,
            nparams: self.nparams(),
            cell_locals: self
                .cellvars
                .iter()
                .map(|name| local(name).map(|index| index as u32))
                .collect(),
            nfreevars: self.freevars.len() as u32,
            nnames: self.names.len() as u32,
        }
    }

    /// The names that operands of cells and free variables count.
    pub fn free_names(&self) -> Vec<&str> {
        let cells = self.cellvars.iter();
        if !self.localsplus {
            return cells.chain(&self.freevars).map(String::as_str).collect();
        }
        let locals: FxHashSet<&String> = self.varnames.iter().collect();
        self.varnames
            .iter()
            .chain(cells.filter(|name| !locals.contains(name)))
            .chain(&self.freevars)
            .map(String::as_str)
            .collect()
    }

    /// The names that operands of locals count.
    pub fn local_names(&self) -> Vec<&str> {
        if self.localsplus {
            self.free_names()
        } else {
            self.varnames.iter().map(String::as_str).collect()
        }
    }
}

/// What a pass may ask of a block, but not where it lies or what can be counted anew.
type BlockFace<'a> = (BlockId, &'a [Instr], [bool; 4], i32, i32, Vec<BlockId>);

fn face(cfg: &Cfg, b: BlockId) -> BlockFace<'_> {
    let Block {
        except_handler,
        preserve_lasti,
        cold,
        warm,
        start_depth,
        predecessors,
        ..
    } = cfg[b];
    (
        b,
        cfg.instrs(b),
        [except_handler, preserve_lasti, cold, warm],
        start_depth,
        predecessors,
        cfg.leftover_handlers(b),
    )
}

impl PartialEq for Graph {
    fn eq(&self, other: &Graph) -> bool {
        let (a, b) = (&self.0, &other.0);
        a.edges_counted == b.edges_counted
            && a.layout()
                .map(|id| face(a, id))
                .eq(b.layout().map(|id| face(b, id)))
    }
}

impl PartialEq for UnitConst {
    /// As constants are equal: type, value, sign of zero; a NaN to one of the same bits.
    fn eq(&self, other: &UnitConst) -> bool {
        match (self, other) {
            (UnitConst::Code(a), UnitConst::Code(b)) => a == b,
            (UnitConst::Value(a), UnitConst::Value(b)) => {
                let text = crate::text::constants::text;
                text(a) == text(b)
            }
            _ => false,
        }
    }
}

impl PartialEq for CodeUnit {
    fn eq(&self, other: &CodeUnit) -> bool {
        let numbers = |u: &CodeUnit| {
            (
                u.firstlineno,
                [u.argcount, u.posonlyargcount, u.kwonlyargcount, u.flags],
                u.stack_depth,
                u.localsplus,
            )
        };
        let names = |u: &CodeUnit| {
            [
                u.varnames.clone(),
                u.cellvars.clone(),
                u.freevars.clone(),
                u.hidden.clone(),
                u.names.clone(),
                vec![u.id.clone(), u.name.clone(), u.qualname.clone()],
            ]
        };
        numbers(self) == numbers(other)
            && names(self) == names(other)
            && self.consts == other.consts
            && self.raw == other.raw
            && self.graph == other.graph
    }
}
