//! Emission primitives (the `ADDOP` family of `codegen.c`).

use pycsmith_bytecode::{Constant, Location, Op, PyStr, Target};
use pycsmith_ir::{ConstId, Label};
use pycsmith_optimizer::passes::const_table;
use pycsmith_parser::Name;
use std::sync::Arc;

use super::Compiler;
use super::names::name_index;
use crate::assemble::Assembler;
use crate::error::Result;
use crate::interned::{self, Strings};
use crate::symtable::{Scope, ScopeKey};

/// Which of `LOAD_ATTR`'s and `LOAD_SUPER_ATTR`'s flag bits go with a name operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameOp {
    /// Any operation whose operand is the plain name index.
    Plain(Op),
    /// With flags, where the target has them.
    ImportName(u32),
    LoadAttr,
    LoadMethod,
    LoadSuperAttr,
    LoadSuperMethod,
    LoadZeroSuperAttr,
    LoadZeroSuperMethod,
}

impl NameOp {
    /// The operation and its operand for the name of this number.
    #[inline]
    fn with_index(self, target: Target, index: u32) -> (Op, u32) {
        match self {
            NameOp::Plain(op) => (op, index),
            NameOp::LoadAttr if target.loads_methods() => (Op::LOAD_ATTR, index),
            NameOp::LoadMethod if target.loads_methods() => (Op::LOAD_METHOD, index),
            NameOp::ImportName(flags) if target.lazy_imports() => {
                (Op::IMPORT_NAME, index << 2 | flags)
            }
            NameOp::ImportName(_) => (Op::IMPORT_NAME, index),
            NameOp::LoadAttr => (Op::LOAD_ATTR, index << 1),
            NameOp::LoadMethod => (Op::LOAD_ATTR, index << 1 | 1),
            NameOp::LoadSuperAttr => (Op::LOAD_SUPER_ATTR, index << 2 | 2),
            NameOp::LoadSuperMethod => (Op::LOAD_SUPER_ATTR, index << 2 | 3),
            NameOp::LoadZeroSuperAttr => (Op::LOAD_SUPER_ATTR, index << 2),
            NameOp::LoadZeroSuperMethod => (Op::LOAD_SUPER_ATTR, index << 2 | 1),
        }
    }
}

impl<'a> Compiler<'a> {
    /// `ADDOP`.
    pub fn op(&mut self, loc: Location, op: Op) {
        self.unit_mut().sequence.push(op, 0, loc);
    }

    /// `ADDOP_I`.
    pub fn op_i(&mut self, loc: Location, op: Op, arg: u32) {
        self.unit_mut().sequence.push(op, arg, loc);
    }

    /// `ADDOP_JUMP`.
    pub fn jump(&mut self, loc: Location, op: Op, target: Label) {
        self.unit_mut().sequence.push_jump(op, target, loc);
    }

    /// A jump over code that control has no business with, such as the other branch.
    pub fn skip_to(&mut self, target: Label) {
        let op = if self.target.skips_without_interrupt() {
            Op::JUMP_NO_INTERRUPT
        } else {
            Op::JUMP
        };
        self.jump(Location::NONE, op, target);
    }

    /// Jumps if the value on the stack is true, or with `cond` false if it is not.
    pub fn jump_if(&mut self, loc: Location, cond: bool, target: Label) {
        if self.target.converts_to_bool() {
            self.op(loc, Op::TO_BOOL);
        }
        let op = if cond {
            Op::POP_JUMP_IF_TRUE
        } else {
            Op::POP_JUMP_IF_FALSE
        };
        self.jump(loc, op, target);
    }

    /// The null of a call, if it belongs below the callable, which follows.
    pub fn null_below(&mut self, loc: Location) {
        if self.target.pushes_null_first() {
            self.op(loc, Op::PUSH_NULL);
        }
    }

    /// The null of a call, if it belongs above the callable, which is on the stack.
    pub fn null_above(&mut self, loc: Location) {
        if !self.target.pushes_null_first() {
            self.op(loc, Op::PUSH_NULL);
        }
    }

    /// Calls what is on the stack with `count` arguments.
    pub fn call(&mut self, loc: Location, count: u32) {
        if self.target.precalls() {
            self.op_i(loc, Op::PRECALL, count);
        }
        self.op_i(loc, Op::CALL, count);
    }

    /// The same, with keywords.
    pub fn call_kw(&mut self, loc: Location, count: u32) {
        if self.target.names_keywords_ahead() {
            self.call(loc, count);
        } else {
            self.op_i(loc, Op::CALL_KW, count);
        }
    }

    /// The current location, where the target has one (`Target::has_current_location`): what a nested construct has
    /// left behind. Else `loc`.
    pub fn here(&self, loc: Location) -> Location {
        if self.target.has_current_location() {
            self.unit().loc
        } else {
            loc
        }
    }

    /// Makes `loc` the current location (`SET_LOC`).
    pub fn set_loc(&mut self, loc: Location) {
        self.unit_mut().loc = loc;
    }

    /// `NEW_JUMP_TARGET_LABEL`.
    pub fn new_label(&mut self) -> Label {
        self.unit_mut().sequence.new_label()
    }

    /// `USE_LABEL`.
    pub fn use_label(&mut self, label: Label) {
        self.unit_mut().sequence.use_label(label);
    }

    /// `_PyCompile_AddConst`: the unit's index of a constant.
    #[inline]
    pub fn add_const(&mut self, value: Constant) -> u32 {
        let id = self.pool.intern(value);
        self.add_const_id(id)
    }

    /// The unit's index of a constant that is in the pool already.
    pub fn add_const_id(&mut self, id: ConstId) -> u32 {
        self.known_consts.index(id, &mut self.current)
    }

    /// `ADDOP_LOAD_CONST` (small integers and other special forms are the optimizer's affair in 3.14).
    #[inline]
    pub fn load_const(&mut self, loc: Location, value: Constant) {
        let id = self.pool.intern(value);
        self.load_const_id(loc, id);
    }

    /// `ADDOP_LOAD_CONST` of a constant that is in the pool already.
    pub fn load_const_id(&mut self, loc: Location, id: ConstId) {
        let index = self.add_const_id(id);
        let sequence = &mut self.current.sequence;
        match const_table::small_int(self.pool.get(id)) {
            Some(value) if sequence.loads_small_ints => {
                sequence.push(Op::LOAD_SMALL_INT, value, loc);
            }
            _ => sequence.push(Op::LOAD_CONST, index, loc),
        }
    }

    /// The constant tuple of these names.
    pub fn name_tuple(&mut self, names: impl Iterator<Item = Name>) -> ConstId {
        let Compiler {
            names: interner,
            name_objects,
            pool,
            ..
        } = self;
        pool.intern_items(
            names.map(|name| {
                Constant::Str(interned::name_object(interner, name_objects, name).clone())
            }),
        )
    }

    /// The string constant that spells `name`.
    pub fn load_name_const(&mut self, loc: Location, name: Name) {
        let object = self.name_object(name);
        let id = self.pool.intern_text(object);
        self.load_const_id(loc, id);
    }

    /// The constant that `_Py_Mangle` makes of `name`: a string of its own if it adds a class, interned later if it looks
    /// like an identifier.
    pub fn mangled_constant(&mut self, name: Name, mangled: Name) -> Constant {
        Constant::Str(match mangled == name {
            true => self.name_object(name),
            false => Arc::new(PyStr::constant(self.names.resolve(mangled))),
        })
    }

    /// `ADDOP_NAME` with `u_names`: mangles, numbers and emits.
    #[inline]
    pub fn op_name(&mut self, loc: Location, op: NameOp, name: Name) {
        let name = super::unit::mangle(self, name);
        let index = name_index(self, name);
        let (op, arg) = op.with_index(self.target, index);
        self.op_i(loc, op, arg);
    }

    /// The one object for an identifier (interned, as CPython interns all names) or for a name that the compiler gives.
    pub fn name_object(&mut self, name: Name) -> Arc<PyStr> {
        interned::name_object(&self.names, &mut self.name_objects, name).clone()
    }

    /// What makes code objects of finished units.
    pub(crate) fn assembler(&mut self) -> Assembler<'_> {
        Assembler {
            strings: Strings {
                target: self.target,
                names: &self.names,
                objects: &mut self.name_objects,
                interned: &mut self.interned,
            },
            pool: &mut self.pool,
            filename: &self.filename,
            buffers: &mut self.buffers,
        }
    }

    /// The symbol-table entry of the current unit.
    pub fn scope(&self) -> &Scope {
        self.symtable.scope(self.unit().scope)
    }

    /// The scope that `key` opens.
    pub fn scope_at(&self, key: ScopeKey) -> Result<&Scope> {
        match self.symtable.lookup(key) {
            Some(id) => Ok(self.symtable.scope(id)),
            None => super::bug("a node that opens a scope has none"),
        }
    }
}
