//! Names: which instruction loads, stores or deletes one in each scope (CPython's `codegen_nameop`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::Ctx;
use pycsmith_parser::interner::names;

use super::unit::mangle;
use super::{Compiler, Result, bug};
use crate::symtable::{BlockType, NameScope, Scope};

/// CPython's `_PyCompile_optype`.
#[derive(Clone, Copy)]
enum Access {
    Fast,
    Global,
    Deref,
    Name,
}

/// The instruction that loads a name in a unit, outside its inlined comprehensions.
#[derive(Clone, Copy, Debug)]
pub struct KnownLoad {
    /// [`Unit::serial`](super::unit::Unit::serial).
    serial: u32,
    op: Op,
    arg: u32,
}

impl KnownLoad {
    const NONE: KnownLoad = KnownLoad {
        serial: 0,
        op: Op::NOP,
        arg: 0,
    };
}

fn remember(c: &mut Compiler<'_>, name: Name, op: Op, arg: u32) {
    let index = name.0 as usize;
    if c.known_loads.len() <= index {
        c.known_loads
            .resize(c.names.len().max(index + 1), KnownLoad::NONE);
    }
    c.known_loads[index] = KnownLoad {
        serial: c.unit().serial,
        op,
        arg,
    };
}

/// `_PyST_IsFunctionLike`: code of this scope keeps its locals in fast slots.
pub fn is_function_like(scope: &Scope) -> bool {
    scope.is_function_like()
}

/// Loads, stores or deletes `name` (unmangled); a load of `__debug__` is the constant that the optimization level
/// makes it (`ast_preprocess.c`).
pub fn nameop(c: &mut Compiler<'_>, loc: Location, name: Name, ctx: Ctx) -> Result {
    if name == names::DEBUG && ctx == Ctx::Load {
        c.load_const(loc, Constant::Bool(c.opt_level == 0));
        return Ok(());
    }
    if ctx == Ctx::Load
        && let Some(load) = c.known_loads.get(name.0 as usize)
        && let Some(unit) = c.units.last_mut()
        && load.serial == unit.serial
        && unit.in_inlined_comp == 0
    {
        unit.sequence.push(load.op, load.arg, loc);
        return Ok(());
    }
    let mangled = mangle(c, name);
    let scope = c.scope();
    let binding = scope.scope_of(mangled);
    let function_like = scope.is_function_like();
    let in_class = scope.kind == BlockType::Class;
    let sees_class = scope.can_see_class_scope;
    let unit = c.unit_mut();
    let inlined = unit.in_inlined_comp > 0;
    let access = match binding {
        NameScope::Free | NameScope::Cell => Access::Deref,
        NameScope::Local if function_like || unit.fast_hidden.get(&mangled) == Some(&true) => {
            Access::Fast
        }
        NameScope::GlobalImplicit if function_like => Access::Global,
        NameScope::GlobalExplicit => Access::Global,
        _ => Access::Name,
    };
    let mut arg = match binding {
        NameScope::Free => {
            let cells = unit.cellvars.len() as u32;
            cells + unit.freevars.add(mangled)
        }
        NameScope::Cell => unit.cellvars.add(mangled),
        _ if matches!(access, Access::Fast) => unit.varnames.add(mangled),
        _ => unit.names.add(mangled),
    };
    let op = match (access, ctx) {
        (Access::Fast, Ctx::Load) => Op::LOAD_FAST,
        (Access::Fast, Ctx::Store) => Op::STORE_FAST,
        (Access::Fast, Ctx::Del) => Op::DELETE_FAST,
        (Access::Deref, Ctx::Load) if in_class && c.target.loads_class_derefs() => {
            Op::LOAD_CLASSDEREF
        }
        (Access::Deref, Ctx::Load) if in_class && !inlined => {
            c.op(loc, Op::LOAD_LOCALS);
            Op::LOAD_FROM_DICT_OR_DEREF
        }
        (Access::Deref, Ctx::Load) if sees_class => {
            load_freevar(c, loc, names::CLASSDICT);
            Op::LOAD_FROM_DICT_OR_DEREF
        }
        (Access::Deref, Ctx::Load) => Op::LOAD_DEREF,
        (Access::Deref, Ctx::Store) => Op::STORE_DEREF,
        (Access::Deref, Ctx::Del) => Op::DELETE_DEREF,
        (Access::Global, Ctx::Load) if sees_class && binding == NameScope::GlobalImplicit => {
            load_freevar(c, loc, names::CLASSDICT);
            Op::LOAD_FROM_DICT_OR_GLOBALS
        }
        (Access::Global, Ctx::Load) => {
            arg <<= 1;
            Op::LOAD_GLOBAL
        }
        (Access::Global, Ctx::Store) => Op::STORE_GLOBAL,
        (Access::Global, Ctx::Del) => Op::DELETE_GLOBAL,
        (Access::Name, Ctx::Load) if in_class && inlined => {
            arg <<= 1;
            Op::LOAD_GLOBAL
        }
        (Access::Name, Ctx::Load) => Op::LOAD_NAME,
        (Access::Name, Ctx::Store) => Op::STORE_NAME,
        (Access::Name, Ctx::Del) => Op::DELETE_NAME,
    };
    c.op_i(loc, op, arg);
    if ctx == Ctx::Load && !inlined && matches!(op, Op::LOAD_FAST | Op::LOAD_GLOBAL | Op::LOAD_NAME)
    {
        remember(c, name, op, arg);
    }
    Ok(())
}

/// `LOAD_DEREF` of a free variable, whatever the scope says of the name.
pub fn load_freevar(c: &mut Compiler<'_>, loc: Location, name: Name) {
    let unit = c.unit_mut();
    // CPython quirk (codegen_addop_name): the symbol table does not make `__conditional_annotations__` free in a
    // class's annotations, so that it becomes the last free variable here.
    let arg = unit.cellvars.len() as u32 + unit.freevars.add(name);
    c.op_i(loc, Op::LOAD_DEREF, arg);
}

/// An operation on a cell variable, whatever the scope says of the name.
pub fn cellvar_op(c: &mut Compiler<'_>, loc: Location, op: Op, name: Name) -> Result {
    let Some(arg) = c.unit().cellvars.get(name) else {
        return bug("an implicit cell variable is missing");
    };
    c.op_i(loc, op, arg);
    Ok(())
}
