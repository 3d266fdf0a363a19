//! Units: the code objects under construction (CPython's `struct compiler_unit`, `compile.c`).

use std::mem::replace;
use std::sync::Arc;

use pycsmith_bytecode::{Constant, Location, Op, PyStr};
use pycsmith_ir::sequence::BlockLog;
use pycsmith_ir::{ConstId, InstructionSequence};
use pycsmith_parser::ast::{Ctx, Expr, ExprKind, Stmt};
use pycsmith_parser::interner::names;
use pycsmith_parser::{Interner, Name};
use rustc_hash::FxHashMap;

use super::expr::oparg::resume;
use super::fblock::FBlock;
use super::generator;
use super::{Compiler, Result, bug};
use crate::assemble::Metadata;
use crate::branchless::push_if;
use crate::symtable::{self, NameScope, ScopeId, ScopeKey, def, maybe_mangle};

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

/// Up to this many values a [`Table`] is searched one by one.
const LINEAR: usize = 12;

/// Values numbered in order of first use (the dictionaries `u_names`, `u_varnames`, `u_consts`...).
#[derive(Debug)]
pub struct Table<T> {
    pub order: Vec<T>,
    /// An open-addressing table of `order`, once there are more than [`LINEAR`]: a power of two of slots, at most
    /// half of them used, with an index plus one, or 0.
    slots: Vec<u32>,
    /// How many of the values are in `slots`: the first ones.
    indexed: usize,
}

/// What a [`Table`] can number.
pub trait Numbered: Copy + Eq {
    fn number(self) -> u32;
}

impl Numbered for Name {
    fn number(self) -> u32 {
        self.0
    }
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            order: Vec::new(),
            slots: Vec::new(),
            indexed: 0,
        }
    }
}

impl<T: Numbered> From<Vec<T>> for Table<T> {
    /// Numbers the values in order; of equal ones the first is found.
    fn from(order: Vec<T>) -> Table<T> {
        let mut table = Table {
            order,
            ..Table::default()
        };
        table.update();
        table
    }
}

impl<T: Numbered> Table<T> {
    /// The number of `value`, given out now if it is new (`_PyCompile_DictAddObj`).
    #[inline(never)]
    pub fn add(&mut self, value: T) -> u32 {
        self.update();
        match self.get(value) {
            Some(index) => index,
            None => self.push(value),
        }
    }

    /// The number of `value`, which is new.
    #[inline]
    pub fn push(&mut self, value: T) -> u32 {
        self.order.push(value);
        self.order.len() as u32 - 1
    }

    /// The number of `value`, if it has one; values that are not in `slots` are searched one by one.
    pub fn get(&self, value: T) -> Option<u32> {
        self.get_in_slots(value).or_else(|| {
            let others = &self.order[self.indexed..];
            let index = others.iter().position(|&other| other == value);
            index.map(|index| (self.indexed + index) as u32)
        })
    }

    fn get_in_slots(&self, value: T) -> Option<u32> {
        if self.indexed == 0 {
            return None;
        }
        let mut slot = self.slot(value);
        loop {
            match self.slots[slot] {
                0 => return None,
                next if self.order[next as usize - 1] == value => return Some(next - 1),
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }

    fn slot(&self, value: T) -> usize {
        // Fibonacci hashing: the high bits of the product are well mixed.
        let hash = u64::from(value.number()).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        hash as usize & (self.slots.len() - 1)
    }

    fn insert(&mut self, index: usize) {
        let mut slot = self.slot(self.order[index]);
        while self.slots[slot] != 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = index as u32 + 1;
    }

    /// Puts all values into `slots`, if they are many.
    #[inline]
    pub fn update(&mut self) {
        if self.order.len() > LINEAR && self.indexed < self.order.len() {
            self.insert_new();
        }
    }

    fn insert_new(&mut self) {
        if self.order.len() * 2 > self.slots.len() {
            self.slots.clear();
            self.slots
                .resize((self.order.len() * 4).next_power_of_two(), 0);
            self.indexed = 0;
        }
        (self.indexed..self.order.len()).for_each(|index| self.insert(index));
        self.indexed = self.order.len();
    }

    /// Forgets all values; memory is kept.
    pub fn clear(&mut self) {
        self.order.clear();
        self.slots.clear();
        self.indexed = 0;
    }

    /// How many values have a number.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

/// The tables of a unit, which are used again in other modules too.
#[derive(Debug, Default)]
pub struct Tables {
    consts: Vec<ConstId>,
    names: Table<Name>,
    varnames: Table<Name>,
    cellvars: Table<Name>,
    freevars: Table<Name>,
}

/// One code object under construction.
pub struct Unit<'a> {
    /// Units of one compilation are numbered from 1.
    pub serial: u32,
    pub scope_type: ScopeType,
    pub scope: ScopeId,
    pub sequence: InstructionSequence,
    /// The unit's own sequence while that of its deferred annotations is generated (`u_stashed_instr_sequence`).
    pub stashed_sequence: Option<InstructionSequence>,
    pub name: Name,
    pub qualname: Name,
    /// The object of `qualname` if it is the unit's own and code refers to it.
    pub qualname_object: Option<Arc<PyStr>>,
    /// What the qualified names of units in it begin with; empty until one asks.
    prefix: String,
    /// It is what evaluates annotations on demand.
    pub is_annotate: bool,
    pub consts: Vec<ConstId>,
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
    /// The current location (`u_lineno` and so on; see [`Compiler::here`]).
    pub loc: Location,
    /// The class whose name mangles private names (`u_private`).
    pub private: Option<Name>,
    pub fblocks: Vec<FBlock<'a>>,
    /// Depth of inlined comprehensions (`u_in_inlined_comp`).
    pub in_inlined_comp: u32,
    /// In an inlined comprehension of what is no function, the scope knows more of names than [`KnownNames`].
    ///
    /// [`KnownNames`]: super::names::KnownNames
    pub asks_scope: bool,
    /// Depth of blocks that may not run (`u_in_conditional_block`).
    pub in_conditional_block: u32,
    /// Annotated assignments to be evaluated by `__annotate__` (`u_deferred_annotations`).
    pub deferred_annotations: Vec<(&'a Stmt<'a>, Option<u32>)>,
    pub next_conditional_annotation_index: u32,
    /// Attributes assigned through `self` in methods, for a class unit (`u_static_attributes`).
    pub static_attributes: Option<Table<Name>>,
}

impl<'a> Unit<'a> {
    /// What stands in a unit's place where none is open.
    pub(crate) fn of_no_code() -> Unit<'a> {
        let (scope, tables) = (ScopeId(0), Tables::default());
        Unit::new(ScopeType::Module, scope, names::EMPTY, 0, tables)
    }

    fn new(
        scope_type: ScopeType,
        scope: ScopeId,
        name: Name,
        firstlineno: i32,
        tables: Tables,
    ) -> Unit<'a> {
        Unit {
            serial: 0,
            scope_type,
            scope,
            sequence: InstructionSequence::default(),
            stashed_sequence: None,
            name,
            qualname: name,
            qualname_object: None,
            prefix: String::new(),
            is_annotate: false,
            consts: tables.consts,
            names: tables.names,
            varnames: tables.varnames,
            cellvars: tables.cellvars,
            freevars: tables.freevars,
            fast_hidden: FxHashMap::default(),
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            firstlineno,
            loc: Location::line_start(firstlineno),
            private: None,
            fblocks: Vec::new(),
            in_inlined_comp: 0,
            asks_scope: false,
            in_conditional_block: 0,
            deferred_annotations: Vec::new(),
            next_conditional_annotation_index: 0,
            static_attributes: (scope_type == ScopeType::Class).then(Table::default),
        }
    }

    /// Makes a unit that is done what [`Unit::new`] gives, but for the sequence; memory is kept.
    fn reset(&mut self, scope_type: ScopeType, scope: ScopeId, name: Name, firstlineno: i32) {
        self.scope_type = scope_type;
        self.scope = scope;
        self.stashed_sequence = None;
        self.name = name;
        self.qualname = name;
        self.qualname_object = None;
        self.prefix.clear();
        self.is_annotate = false;
        self.consts.clear();
        self.names.clear();
        self.varnames.clear();
        self.cellvars.clear();
        self.freevars.clear();
        self.fast_hidden.clear();
        self.argcount = 0;
        self.posonlyargcount = 0;
        self.kwonlyargcount = 0;
        self.firstlineno = firstlineno;
        self.loc = Location::line_start(firstlineno);
        self.private = None;
        self.fblocks.clear();
        self.in_inlined_comp = 0;
        self.asks_scope = false;
        self.in_conditional_block = 0;
        self.deferred_annotations.clear();
        self.next_conditional_annotation_index = 0;
        self.static_attributes = (scope_type == ScopeType::Class).then(Table::default);
    }

    /// Its tables, emptied.
    pub fn into_tables(self) -> Tables {
        let mut tables = Tables {
            consts: self.consts,
            names: self.names,
            varnames: self.varnames,
            cellvars: self.cellvars,
            freevars: self.freevars,
        };
        tables.consts.clear();
        for table in [
            &mut tables.names,
            &mut tables.varnames,
            &mut tables.cellvars,
            &mut tables.freevars,
        ] {
            table.clear();
        }
        tables
    }

    /// What the assembler must know of it; `consts` are the constants in their final order.
    pub(crate) fn metadata<'u>(&'u self, consts: &'u [ConstId], flags: u32) -> Metadata<'u> {
        Metadata {
            name: self.name,
            qualname: self.qualname,
            qualname_object: self.qualname_object.as_ref(),
            is_annotate: self.is_annotate,
            has_type_params: self.scope_type == ScopeType::TypeParams,
            names: &self.names.order,
            consts,
            varnames: &self.varnames,
            cellvars: &self.cellvars,
            freevars: &self.freevars,
            fast_hidden: &self.fast_hidden,
            argcount: self.posonlyargcount + self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            flags,
            firstlineno: self.firstlineno,
        }
    }
}

/// The parameter counts of a unit (the fields of `_PyCompile_CodeUnitMetadata` that callers fill in).
#[derive(Clone, Copy, Debug, Default)]
pub struct ArgCounts {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
}

/// Opens the unit of `scope` and starts its code (`codegen_enter_scope`, `_PyCompile_EnterScope`).
/// `private` replaces the class whose name mangles private names.
pub fn enter_scope(
    c: &mut Compiler<'_>,
    name: Name,
    scope_type: ScopeType,
    id: ScopeId,
    lineno: i32,
    private: Option<Name>,
    args: ArgCounts,
) {
    let mut unit = match c.free_units.pop() {
        Some(mut unit) => {
            unit.reset(scope_type, id, name, lineno);
            unit
        }
        None => {
            let tables = c.free_tables.pop().unwrap_or_default();
            Box::new(Unit::new(scope_type, id, name, lineno, tables))
        }
    };
    c.last_serial += 1;
    unit.serial = c.last_serial;
    let scope = c.symtable.scope(id);
    c.known_consts.begin();
    let Unit {
        serial,
        varnames,
        cellvars,
        freevars,
        ..
    } = &mut *unit;
    let mut known_names = c.known_names.begin(&c.names, scope, *serial);
    for symbol in &scope.symbols {
        let is_parameter = known_names.note(symbol);
        push_if(&mut varnames.order, symbol.name, is_parameter);
        let is_cell = (symbol.scope == NameScope::Cell) | (symbol.flags & def::COMP_CELL != 0);
        let is_free = (symbol.scope == NameScope::Free) | (symbol.flags & def::FREE_CLASS != 0);
        // Few are.
        if is_cell | is_free {
            push_if(&mut cellvars.order, symbol.name, is_cell);
            push_if(&mut freevars.order, symbol.name, is_free);
        }
    }
    debug_assert_eq!(varnames.order, scope.varnames);
    sort(cellvars, &c.names);
    sort(freevars, &c.names);
    for (needed, name) in [
        (scope.needs_class_closure, names::CLASS),
        (scope.needs_classdict, names::CLASSDICT),
        (
            scope.has_conditional_annotations,
            names::CONDITIONAL_ANNOTATIONS,
        ),
    ] {
        if needed {
            cellvars.add(name);
        }
    }
    unit.private = private.or(c.unit().private);
    unit.sequence = c.free_sequences.pop().unwrap_or_default();
    unit.sequence.blocks = c.target.generates_blocks().then(Box::<BlockLog>::default);
    unit.sequence.loads_small_ints = c.loads_small_ints();
    unit.argcount = args.argcount;
    unit.posonlyargcount = args.posonlyargcount;
    unit.kwonlyargcount = args.kwonlyargcount;
    if scope_type != ScopeType::Module {
        unit.qualname = qualname(c, &unit);
    }
    let scope = c.symtable.scope(id);
    let is_generator = scope.generator || scope.coroutine;
    let outer = replace(&mut c.current, unit);
    c.outer.push(outer);
    match scope_type {
        ScopeType::Module => {
            let mut loc = Location::line_start(lineno);
            loc.line = 0;
            c.op_i(loc, Op::RESUME, resume::AT_FUNC_START);
            if c.target.defers_annotations() {
                c.op(loc, Op::ANNOTATIONS_PLACEHOLDER);
            }
        }
        // A generator expression goes on before it creates itself.
        ScopeType::Comprehension if is_generator && c.target.generates_return_generator() => {
            c.op_i(Location::NONE, Op::RESUME, resume::AT_GEN_EXPR_START);
        }
        _ if is_generator => generator::start(c),
        _ => c.op_i(
            Location::line_start(lineno),
            Op::RESUME,
            resume::AT_FUNC_START,
        ),
    }
}

/// Closes the current unit, which is given; the one around it is the current one again (`_PyCompile_ExitScope`).
pub fn exit_scope<'a>(c: &mut Compiler<'a>) -> Result<Box<Unit<'a>>> {
    let Some(outer) = c.outer.pop() else {
        return bug("no unit is open");
    };
    let unit = replace(&mut c.current, outer);
    c.known_names.end();
    c.known_consts.end();
    Ok(unit)
}

/// The scope that `key` opens.
pub fn scope_id(c: &Compiler<'_>, key: ScopeKey) -> Result<ScopeId> {
    c.symtable
        .lookup(key)
        .map_or_else(|| bug("a node that opens a scope has none"), Ok)
}

/// Sorts names that have no numbers yet (`dictbytype`).
fn sort(table: &mut Table<Name>, interner: &Interner) {
    if table.len() > 1 {
        // UTF-8 sorts as Python's strings do: by code point.
        let order = &mut table.order;
        order.sort_unstable_by(|&a, &b| interner.resolve(a).cmp(interner.resolve(b)));
        table.update();
    }
}

/// `compiler_set_qualname` of a unit that is about to be pushed.
fn qualname(c: &mut Compiler<'_>, unit: &Unit<'_>) -> Name {
    let mut depth = c.outer.len();
    if depth <= 1 {
        return unit.name;
    }
    if is_annotation_scope(c.unit().scope_type) {
        if depth == 2 {
            return unit.name;
        }
        depth -= 1;
    }
    let parent = c.outer.get(depth).unwrap_or(&c.current);
    if matches!(
        unit.scope_type,
        ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Class
    ) {
        let (parent_scope, private) = (parent.scope, parent.private);
        let mangled = match c.symtable.may_be_private(unit.name) {
            true => symtable::mangle(private, unit.name, &mut c.names),
            false => unit.name,
        };
        let scope = c.symtable.scope(parent_scope);
        if scope.has_explicit_globals && scope.scope_of(mangled) == NameScope::GlobalExplicit {
            return unit.name;
        }
    }
    let parent = c.outer.get_mut(depth).unwrap_or(&mut c.current);
    if parent.prefix.is_empty() {
        let locals = matches!(
            parent.scope_type,
            ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Lambda
        );
        parent.prefix.push_str(c.names.resolve(parent.qualname));
        parent
            .prefix
            .push_str(if locals { ".<locals>." } else { "." });
    }
    let text = &mut parent.prefix;
    let prefix = text.len();
    text.push_str(c.names.resolve(unit.name));
    let name = c.names.intern(text);
    text.truncate(prefix);
    name
}

fn is_annotation_scope(scope_type: ScopeType) -> bool {
    matches!(scope_type, ScopeType::Annotations | ScopeType::TypeParams)
}

/// `_PyCompile_MaybeMangle`: `name` as the current unit's class mangles it.
#[inline]
pub fn mangle(c: &mut Compiler<'_>, name: Name) -> Name {
    match c.unit().private {
        Some(private) if c.symtable.may_be_private(name) => mangle_by(c, private, name),
        _ => name,
    }
}

#[inline(never)]
fn mangle_by(c: &mut Compiler<'_>, private: Name, name: Name) -> Name {
    let scope = c.symtable.scope(c.unit().scope);
    maybe_mangle(Some(private), scope, name, &mut c.names)
}

/// `_PyCompile_MaybeAddStaticAttributeToClass`: notes `self.attr = ...` for the innermost class around the unit.
pub fn maybe_add_static_attribute(c: &mut Compiler<'_>, target: &Expr<'_>) {
    let ExprKind::Attribute {
        value,
        attr,
        ctx: Ctx::Store,
    } = target.kind
    else {
        return;
    };
    if !matches!(
        value.kind,
        ExprKind::Name {
            id: names::SELF,
            ..
        }
    ) {
        return;
    }
    if let Some(attributes) = c
        .outer
        .iter_mut()
        .rev()
        .find_map(|unit| unit.static_attributes.as_mut())
    {
        attributes.add(attr);
    }
}

/// `_PyCompile_StaticAttributesAsTuple`.
pub fn static_attributes_as_tuple(c: &mut Compiler<'_>) -> Constant {
    let mut found = c
        .unit_mut()
        .static_attributes
        .take()
        .unwrap_or_default()
        .order;
    found.sort_unstable_by(|&a, &b| c.names.resolve(a).cmp(c.names.resolve(b)));
    Constant::Tuple(
        found
            .into_iter()
            .map(|name| Constant::Str(c.name_object(name)))
            .collect(),
    )
}
