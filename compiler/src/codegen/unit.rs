//! Units: the code objects under construction (CPython's `struct compiler_unit`, `compile.c`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::{ConstId, InstructionSequence};
use pycsmith_parser::ast::{Ctx, Expr, ExprKind, Stmt};
use pycsmith_parser::interner::names;
use pycsmith_parser::{Interner, Name};
use rustc_hash::FxHashMap;

use super::fblock::FBlock;
use super::{Compiler, Result, bug};
use crate::symtable::{self, NameScope, Scope, ScopeId, ScopeKey, def, maybe_mangle};

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

/// Over this many values a [`Table`] keeps an index.
const LINEAR: usize = 16;

/// Values numbered in order of first use (the dictionaries `u_names`, `u_varnames`, `u_consts`...).
#[derive(Debug)]
pub struct Table<T> {
    pub order: Vec<T>,
    /// All of `order`, once there are more than [`LINEAR`].
    index: FxHashMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            order: Vec::new(),
            index: FxHashMap::default(),
        }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Table<T> {
    /// The number of `value`, given out now if it is new (`_PyCompile_DictAddObj`).
    pub fn add(&mut self, value: T) -> u32 {
        if let Some(index) = self.get(value) {
            return index;
        }
        let next = self.order.len() as u32;
        self.order.push(value);
        if self.order.len() > LINEAR {
            if self.index.is_empty() {
                self.index.extend(
                    self.order
                        .iter()
                        .zip(0..)
                        .map(|(&value, index)| (value, index)),
                );
            } else {
                self.index.insert(value, next);
            }
        }
        next
    }

    /// The number of `value`, if it has one.
    pub fn get(&self, value: T) -> Option<u32> {
        if self.index.is_empty() {
            self.order
                .iter()
                .position(|&other| other == value)
                .map(|index| index as u32)
        } else {
            self.index.get(&value).copied()
        }
    }

    /// How many values have a number.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

impl<T: Copy + Eq + std::hash::Hash> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Table<T> {
        let mut table = Table::default();
        values.into_iter().for_each(|value| {
            table.add(value);
        });
        table
    }
}

/// One code object under construction.
pub struct Unit<'a> {
    pub scope_type: ScopeType,
    pub scope: ScopeId,
    pub sequence: InstructionSequence,
    /// The unit's own sequence while that of its deferred annotations is generated (`u_stashed_instr_sequence`).
    pub stashed_sequence: Option<InstructionSequence>,
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
    let scope = c.symtable.scope(id);
    let varnames = scope.varnames.iter().copied().collect();
    let mut cellvars = names_by_scope(&c.names, scope, NameScope::Cell, def::COMP_CELL);
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
    let freevars = names_by_scope(&c.names, scope, NameScope::Free, def::FREE_CLASS);
    let private = private.or_else(|| c.units.last().and_then(|unit| unit.private));
    let mut unit = Unit {
        scope_type,
        scope: id,
        sequence: c.free_sequences.pop().unwrap_or_default(),
        stashed_sequence: None,
        name,
        qualname: name,
        consts: Table::default(),
        names: Table::default(),
        varnames,
        cellvars,
        freevars,
        fast_hidden: FxHashMap::default(),
        argcount: args.argcount,
        posonlyargcount: args.posonlyargcount,
        kwonlyargcount: args.kwonlyargcount,
        firstlineno: lineno,
        private,
        fblocks: Vec::new(),
        in_inlined_comp: 0,
        in_conditional_block: 0,
        deferred_annotations: Vec::new(),
        next_conditional_annotation_index: 0,
        static_attributes: (scope_type == ScopeType::Class).then(Table::default),
    };
    if scope_type != ScopeType::Module {
        unit.qualname = qualname(c, &unit);
    }
    c.units.push(unit);
    let mut loc = Location::line_start(lineno);
    if scope_type == ScopeType::Module {
        loc.line = 0;
    }
    c.op_i(loc, Op::RESUME, 0);
    if scope_type == ScopeType::Module {
        c.op(loc, Op::ANNOTATIONS_PLACEHOLDER);
    }
}

/// The scope that `key` opens.
pub fn scope_id(c: &Compiler<'_>, key: ScopeKey) -> Result<ScopeId> {
    c.symtable
        .lookup(key)
        .map_or_else(|| bug("a node that opens a scope has none"), Ok)
}

/// The names of `scope` that are bound as `kind` or have `flag`, sorted (`dictbytype`).
fn names_by_scope(interner: &Interner, scope: &Scope, kind: NameScope, flag: u32) -> Table<Name> {
    let mut found: Vec<Name> = scope
        .symbols
        .iter()
        .filter(|symbol| symbol.scope == kind || symbol.flags & flag != 0)
        .map(|symbol| symbol.name)
        .collect();
    // UTF-8 sorts as Python's strings do: by code point.
    found.sort_unstable_by(|&a, &b| interner.resolve(a).cmp(interner.resolve(b)));
    found.into_iter().collect()
}

/// `compiler_set_qualname` of a unit that is about to be pushed.
fn qualname(c: &mut Compiler<'_>, unit: &Unit<'_>) -> Name {
    let mut depth = c.units.len();
    if depth <= 1 {
        return unit.name;
    }
    if is_annotation_scope(c.units[depth - 1].scope_type) {
        if depth == 2 {
            return unit.name;
        }
        depth -= 1;
    }
    let parent = &c.units[depth - 1];
    if matches!(
        unit.scope_type,
        ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Class
    ) {
        let (scope, private) = (parent.scope, parent.private);
        let mangled = symtable::mangle(private, unit.name, &mut c.names);
        if c.symtable.scope(scope).scope_of(mangled) == NameScope::GlobalExplicit {
            return unit.name;
        }
    }
    let parent = &c.units[depth - 1];
    let locals = matches!(
        parent.scope_type,
        ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Lambda
    );
    let mut text = std::mem::take(&mut c.scratch);
    text.clear();
    text.push_str(c.names.resolve(parent.qualname));
    text.push_str(if locals { ".<locals>." } else { "." });
    text.push_str(c.names.resolve(unit.name));
    let name = c.names.intern(&text);
    c.scratch = text;
    name
}

fn is_annotation_scope(scope_type: ScopeType) -> bool {
    matches!(scope_type, ScopeType::Annotations | ScopeType::TypeParams)
}

/// `_PyCompile_MaybeMangle`: `name` as the current unit's class mangles it.
pub fn mangle(c: &mut Compiler<'_>, name: Name) -> Name {
    let unit = c.unit();
    match unit.private {
        Some(private) if c.names.resolve(name).starts_with("__") => maybe_mangle(
            Some(private),
            c.symtable.scope(unit.scope),
            name,
            &mut c.names,
        ),
        _ => name,
    }
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
    let enclosing = c.units.len().saturating_sub(1);
    if let Some(attributes) = c.units[..enclosing]
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
