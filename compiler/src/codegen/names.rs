//! Names: which instruction loads, stores or deletes one in each scope (CPython's `codegen_nameop`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::Ctx;
use pycsmith_parser::interner::names;
use pycsmith_parser::{Interner, Name};
use std::hint::select_unpredictable;

use super::unit::{Unit, mangle};
use super::{Compiler, Result, bug};
use crate::branchless::push_if;
use crate::levels::Levels;
use crate::symtable::{BlockType, NameScope, Scope, Symbol, def};

/// How a unit reaches a name (CPython's `_PyCompile_optype`, and what else the choice of the instruction depends on).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Access {
    Fast,
    Global,
    Name,
    /// Global, unless the class around an annotation scope binds it.
    ClassOrGlobal,
    Free,
    Cell,
}

/// The instructions of the first kinds of [`Access`] that load, store and delete.
const OPS: [[Op; 3]; 3] = [
    [Op::LOAD_FAST, Op::STORE_FAST, Op::DELETE_FAST],
    [Op::LOAD_GLOBAL, Op::STORE_GLOBAL, Op::DELETE_GLOBAL],
    [Op::LOAD_NAME, Op::STORE_NAME, Op::DELETE_NAME],
];

impl Access {
    /// How code of `scope` reaches a name that is bound as `binding`; a fast local is one in any scope.
    fn new(scope: &Scope, binding: NameScope, fast: bool) -> Access {
        let function_like = scope.is_function_like();
        match binding {
            NameScope::Free => Access::Free,
            NameScope::Cell => Access::Cell,
            NameScope::Local if function_like || fast => Access::Fast,
            NameScope::GlobalImplicit if function_like && scope.can_see_class_scope => {
                Access::ClassOrGlobal
            }
            NameScope::GlobalImplicit if function_like => Access::Global,
            NameScope::GlobalExplicit => Access::Global,
            _ => Access::Name,
        }
    }

    fn by_binding(scope: &Scope) -> [Access; NameScope::ALL.len()] {
        NameScope::ALL.map(|binding| Access::new(scope, binding, false))
    }
}

/// What a unit knows of a name (mangled).
#[derive(Clone, Copy, Debug)]
pub struct KnownName {
    /// [`Unit::serial`](super::unit::Unit::serial).
    serial: u32,
    /// Its number in the unit's `names`, and that among the local variables ([`LOCAL`]); or [`UNNUMBERED`].
    numbers: [u32; 2],
    /// How it reaches the name, but where it [asks the scope](Unit::asks_scope).
    access: Access,
}

const UNNUMBERED: u32 = u32::MAX;
/// Index into [`KnownName::numbers`].
const LOCAL: usize = 1;

impl KnownName {
    /// What no unit has left.
    const NOTHING: KnownName = KnownName::new(0, Access::Name);

    const fn new(serial: u32, access: Access) -> KnownName {
        KnownName {
            serial,
            numbers: [UNNUMBERED; 2],
            access,
        }
    }

    /// The number of `name` among the local variables if `is_local`, else in the unit's `names`; given out now if it has
    /// none. Whether it has one cannot be predicted: there are no branches.
    #[inline]
    fn number(&mut self, name: Name, unit: &mut Unit<'_>, is_local: bool) -> u32 {
        let table = select_unpredictable(is_local, &mut unit.varnames, &mut unit.names);
        let number = &mut self.numbers[usize::from(is_local)];
        let is_new = *number == UNNUMBERED;
        *number = select_unpredictable(is_new, table.len() as u32, *number);
        push_if(&mut table.order, name, is_new);
        *number
    }
}

/// What the current unit knows of names.
#[derive(Debug, Default)]
pub struct KnownNames {
    /// By name, for each open unit.
    names: Levels<KnownName>,
    /// Which names the module's scope imports, by name.
    imports: Vec<bool>,
}

impl KnownNames {
    pub fn clear(&mut self) {
        self.names.clear();
        self.imports.clear();
    }

    /// The module begins.
    pub fn begin_module(&mut self, interner: &Interner, scope: &Scope) {
        self.imports.resize(interner.len(), false);
        for symbol in &scope.symbols {
            self.imports[symbol.name.0 as usize] = symbol.flags & def::IMPORT != 0;
        }
    }

    /// Whether the module's scope imports `name`.
    pub fn is_import(&self, name: Name) -> bool {
        self.imports
            .get(name.0 as usize)
            .is_some_and(|&known| known)
    }

    /// What the unit knows of what is a symbol of its scope as a rule; all of these are noted as it begins.
    #[inline]
    fn get_symbol_mut(&mut self, name: Name, serial: u32) -> &mut KnownName {
        let known = self.names.table().get(name.0 as usize);
        match known.is_some_and(|known| known.serial == serial) {
            true => &mut self.names.table()[name.0 as usize],
            false => self.get_other_mut(name, serial),
        }
    }

    #[inline(never)]
    fn get_other_mut(&mut self, name: Name, serial: u32) -> &mut KnownName {
        self.get_mut(name, serial)
    }

    /// What the unit knows; no more than that it is no symbol, if it has not asked before. Which of both cannot be predicted:
    /// there are no branches.
    #[inline]
    fn get_mut(&mut self, name: Name, serial: u32) -> &mut KnownName {
        self.names
            .make_room(name.0 as usize + 1, KnownName::NOTHING);
        let known = self.names.entry(name.0);
        let is_new = known.serial != serial;
        let nothing = KnownName::new(serial, Access::Name);
        *known = select_unpredictable(is_new, nothing, *known);
        known
    }

    /// A unit begins. What is given must be told all symbols of its scope in order.
    #[inline]
    pub fn begin(&mut self, interner: &Interner, scope: &Scope, serial: u32) -> Beginning<'_> {
        self.names.begin(interner.len(), KnownName::NOTHING);
        Beginning {
            known: self,
            accesses: Access::by_binding(scope),
            serial,
            parameters: 0,
        }
    }

    /// The current unit ends.
    pub fn end(&mut self) {
        self.names.end();
    }

    /// In a unit of `scope`, `name` is bound as `binding` from here on.
    pub fn rebind(&mut self, scope: &Scope, serial: u32, name: Name, binding: NameScope) {
        self.get_mut(name, serial).access = Access::new(scope, binding, false);
    }
}

/// What is known as a unit begins.
pub struct Beginning<'c> {
    known: &'c mut KnownNames,
    accesses: [Access; NameScope::ALL.len()],
    serial: u32,
    /// How many have been noted.
    parameters: u32,
}

impl Beginning<'_> {
    /// Notes the next symbol; says whether it is a parameter.
    #[inline]
    pub fn note(&mut self, symbol: &Symbol) -> bool {
        let access = self.accesses[symbol.scope as usize];
        let is_parameter = symbol.flags & def::PARAM != 0;
        let mut known = KnownName::new(self.serial, access);
        known.numbers[LOCAL] = select_unpredictable(is_parameter, self.parameters, UNNUMBERED);
        *self.known.names.entry(symbol.name.0) = known;
        self.parameters += u32::from(is_parameter);
        is_parameter
    }
}

/// The number of `name` (mangled) in the current unit's `names`.
pub fn name_index(c: &mut Compiler<'_>, name: Name) -> u32 {
    number(c, name, false)
}

/// The number of `name` (mangled) among the current unit's local variables.
pub fn local_index(c: &mut Compiler<'_>, name: Name) -> u32 {
    number(c, name, true)
}

#[inline]
fn number(c: &mut Compiler<'_>, name: Name, is_local: bool) -> u32 {
    let unit = &mut c.current;
    let known = c.known_names.get_mut(name, unit.serial);
    known.number(name, unit, is_local)
}

/// `_PyST_IsFunctionLike`: code of this scope keeps its locals in fast slots.
pub fn is_function_like(scope: &Scope) -> bool {
    scope.is_function_like()
}

/// Loads, stores or deletes `name` (unmangled); a load of `__debug__` is the constant that the optimization level
/// makes it (`ast_preprocess.c`).
pub fn nameop(c: &mut Compiler<'_>, loc: Location, name: Name, ctx: Ctx) -> Result {
    if name == names::DEBUG && ctx == Ctx::Load {
        load_debug(c, loc);
        return Ok(());
    }
    let mangled = mangle(c, name);
    let Compiler {
        current: unit,
        known_names,
        ..
    } = c;
    let known = known_names.get_symbol_mut(mangled, unit.serial);
    let access = known.access;
    if let Some(ops) = OPS.get(access as usize)
        && !unit.asks_scope
    {
        let number = known.number(mangled, unit, access == Access::Fast);
        let op = ops[ctx as usize];
        let arg = number << u32::from(op == Op::LOAD_GLOBAL);
        unit.sequence.push(op, arg, loc);
    } else {
        complex_nameop(c, loc, mangled, access, ctx);
    }
    Ok(())
}

#[cold]
#[inline(never)]
fn load_debug(c: &mut Compiler<'_>, loc: Location) {
    c.load_const(loc, Constant::Bool(c.opt_level == 0));
}

/// How the current unit reaches `name` (mangled) where it is.
fn access_by_scope(c: &Compiler<'_>, name: Name) -> Access {
    let scope = c.scope();
    let binding = scope.scope_of(name);
    let fast = binding == NameScope::Local && c.unit().fast_hidden.get(&name) == Some(&true);
    Access::new(scope, binding, fast)
}

/// [`nameop`] of a mangled name that only the scope knows, or which is no matter of one instruction in [`OPS`].
#[inline(never)]
fn complex_nameop(c: &mut Compiler<'_>, loc: Location, name: Name, known: Access, ctx: Ctx) {
    let access = match c.unit().asks_scope {
        true => access_by_scope(c, name),
        false => known,
    };
    let scope = c.scope();
    let in_class = scope.kind == BlockType::Class;
    let sees_class = scope.can_see_class_scope;
    let unit = c.unit_mut();
    let inlined = unit.in_inlined_comp > 0;
    let mut arg = match access {
        Access::Free => unit.cellvars.len() as u32 + unit.freevars.add(name),
        Access::Cell => unit.cellvars.add(name),
        Access::Fast => local_index(c, name),
        _ => name_index(c, name),
    };
    let op = match (access, ctx) {
        (Access::Free | Access::Cell, Ctx::Load) if in_class && c.target.loads_class_derefs() => {
            Op::LOAD_CLASSDEREF
        }
        (Access::Free | Access::Cell, Ctx::Load) if in_class && !inlined => {
            c.op(loc, Op::LOAD_LOCALS);
            Op::LOAD_FROM_DICT_OR_DEREF
        }
        (Access::Free | Access::Cell, Ctx::Load) if sees_class => {
            load_freevar(c, loc, names::CLASSDICT);
            Op::LOAD_FROM_DICT_OR_DEREF
        }
        (Access::Free | Access::Cell, Ctx::Load) => Op::LOAD_DEREF,
        (Access::Free | Access::Cell, Ctx::Store) => Op::STORE_DEREF,
        (Access::Free | Access::Cell, Ctx::Del) => Op::DELETE_DEREF,
        (Access::ClassOrGlobal, Ctx::Load) => {
            load_freevar(c, loc, names::CLASSDICT);
            Op::LOAD_FROM_DICT_OR_GLOBALS
        }
        (Access::Name, Ctx::Load) if in_class && inlined => Op::LOAD_GLOBAL,
        (Access::Fast, _) => OPS[Access::Fast as usize][ctx as usize],
        (Access::Global | Access::ClassOrGlobal, _) => OPS[Access::Global as usize][ctx as usize],
        (Access::Name, _) => OPS[Access::Name as usize][ctx as usize],
    };
    if op == Op::LOAD_GLOBAL {
        arg <<= 1;
    }
    c.op_i(loc, op, arg);
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
