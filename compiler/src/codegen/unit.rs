//! Units: the code objects under construction (CPython's `struct compiler_unit`, `compile.c`).

use pycsmith_ir::{ConstId, InstructionSequence};
use pycsmith_parser::Name;
use pycsmith_parser::ast::Stmt;
use rustc_hash::FxHashMap;

use super::fblock::FBlock;
use crate::symtable::ScopeId;

/// CPython's `COMPILE_SCOPE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeType {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    Annotations,
    TypeParams,
}

/// Values numbered in order of first use (the dictionaries `u_names`, `u_varnames`, `u_consts`...).
#[derive(Debug)]
pub struct Table<T> {
    pub order: Vec<T>,
    index: FxHashMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { order: Vec::new(), index: FxHashMap::default() }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Table<T> {
    /// The number of `value`, given out now if it is new (`_PyCompile_DictAddObj`).
    pub fn add(&mut self, value: T) -> u32 {
        let next = self.order.len() as u32;
        let index = *self.index.entry(value).or_insert(next);
        if index == next {
            self.order.push(value);
        }
        index
    }

    pub fn get(&self, value: T) -> Option<u32> {
        self.index.get(&value).copied()
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

/// One code object under construction.
pub struct Unit<'a> {
    pub scope_type: ScopeType,
    pub scope: ScopeId,
    pub sequence: InstructionSequence,
    pub name: Name,
    pub qualname: Name,
    pub consts: Table<ConstId>,
    pub names: Table<Name>,
    pub varnames: Table<Name>,
    pub cellvars: Table<Name>,
    /// Numbered from 0 here; CPython numbers them from `cellvars.len()`.
    pub freevars: Table<Name>,
    /// Fast locals of an inlined comprehension in a non-function scope (`u_fasthidden`): true while hidden.
    pub fast_hidden: FxHashMap<Name, bool>,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub firstlineno: i32,
    /// The class whose name mangles private names (`u_private`).
    pub private: Option<Name>,
    pub fblocks: Vec<FBlock<'a>>,
    /// Depth of inlined comprehensions (`u_in_inlined_comp`).
    pub in_inlined_comp: u32,
    /// Depth of blocks that may not run (`u_in_conditional_block`).
    pub in_conditional_block: u32,
    /// Annotated assignments to be evaluated by `__annotate__` (`u_deferred_annotations`).
    pub deferred_annotations: Vec<(&'a Stmt<'a>, Option<u32>)>,
    pub next_conditional_annotation_index: u32,
    /// Attributes assigned through `self` in methods, for a class unit (`u_static_attributes`).
    pub static_attributes: Option<Table<Name>>,
}

/// `_PyCompile_MaybeMangle`: `name` as the current unit's class mangles it.
pub fn mangle(_c: &mut super::Compiler<'_>, name: Name) -> Name {
    name // completed by the author of this file
}
