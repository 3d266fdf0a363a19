//! Symbol tables (CPython's `symtable.c`), keyed by AST node.
//!
//! [`build`] first walks the AST and collects what each scope says of each name (`build`, `stmt`, `expr`,
//! `annotation`, `comprehension`, `pattern`), then decides what each name is (`analyze`).
//!
//! CPython rewrites the AST before (`ast_preprocess.c`). Of that, names see only that `__debug__` is a
//! constant where it is loaded, unless below a value or mapping-key pattern, and that level 2 drops
//! docstrings; both are done here on the way.

mod analyze;
mod annotation;
mod build;
mod comprehension;
mod dump;
mod expr;
mod index;
mod mangle;
mod notes;
mod pattern;
mod stmt;

use std::mem::take;
use std::sync::Arc;

use crate::levels::Levels;
use pycsmith_bytecode::Location;
use pycsmith_parser::Name;
use rustc_hash::FxHashMap;

pub use build::{build, build_in};
pub use dump::dump;
pub use index::SymbolIndex;
pub use mangle::{mangle, maybe_mangle};

/// Identifies the construct that opens a scope: a node's address and which of its scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeKey(usize, KeyKind);

/// Which scope of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// The node's own: module, function (`&FunctionDef`), class (`&ClassDef`), lambda (`&Lambda`), comprehension (`&Comp`), type alias (`&TypeAlias`) value.
    Body,
    /// Type parameters of a function, class or alias, by the same node.
    TypeParams,
    /// Annotations of a function (`&FunctionDef`), class (`&ClassDef`) or module (`&Module`).
    Annotations,
    /// Bound of a `&TypeParam`.
    Bound,
    /// Default of a `&TypeParam`.
    Default,
}

impl ScopeKey {
    /// The key of `node`, which must live in the AST's arena.
    pub fn of<T>(node: &T, kind: KeyKind) -> ScopeKey {
        ScopeKey(std::ptr::from_ref(node).addr(), kind)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeId(pub u32);

/// CPython's `_Py_block_ty`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockType {
    Function,
    Class,
    Module,
    Annotation,
    TypeVariable,
    TypeAlias,
    TypeParameters,
}

impl BlockType {
    /// `_PyST_IsFunctionLike`.
    pub fn is_function_like(self) -> bool {
        !matches!(self, BlockType::Module | BlockType::Class)
    }
}

/// CPython's `_Py_comprehension_ty`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComprehensionType {
    No,
    List,
    Dict,
    Set,
    Generator,
}

/// How a name is bound in a scope after analysis (CPython's `SCOPE_MASK` values).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum NameScope {
    /// The scope does not know the name.
    Unknown,
    Local,
    GlobalExplicit,
    GlobalImplicit,
    Free,
    Cell,
}

impl NameScope {
    /// In the order of their numbers.
    pub const ALL: [NameScope; 6] = [
        NameScope::Unknown,
        NameScope::Local,
        NameScope::GlobalExplicit,
        NameScope::GlobalImplicit,
        NameScope::Free,
        NameScope::Cell,
    ];
}

/// `DEF_*` bits (`pycore_symtable.h`).
pub mod def {
    pub const GLOBAL: u32 = 1;
    pub const LOCAL: u32 = 1 << 1;
    pub const PARAM: u32 = 1 << 2;
    pub const NONLOCAL: u32 = 1 << 3;
    pub const USE: u32 = 1 << 4;
    pub const FREE_CLASS: u32 = 1 << 6;
    pub const IMPORT: u32 = 1 << 7;
    pub const ANNOT: u32 = 1 << 8;
    pub const COMP_ITER: u32 = 1 << 9;
    pub const TYPE_PARAM: u32 = 1 << 10;
    pub const COMP_CELL: u32 = 1 << 11;
    pub const BOUND: u32 = LOCAL | PARAM | IMPORT | TYPE_PARAM;
}

/// A name of a scope, already mangled.
#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    pub name: Name,
    /// `DEF_*` bits.
    pub flags: u32,
    pub scope: NameScope,
}

/// One scope (CPython's `PySTEntryObject`; same field meanings).
#[derive(Debug)]
pub struct Scope {
    pub kind: BlockType,
    pub name: Name,
    /// `ste_symbols`, in order of first mention.
    pub symbols: Vec<Symbol>,
    /// Finds a name in `symbols`.
    index: SymbolIndex,
    /// Parameters in order (`ste_varnames`).
    pub varnames: Vec<Name>,
    pub children: Vec<ScopeId>,
    pub comprehension: ComprehensionType,
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    pub annotations_used: bool,
    /// Its annotations, of which there are none, have no scope of their own; such a scope would ask for `__classdict__`.
    lacks_annotations: bool,
    pub varargs: bool,
    pub varkeywords: bool,
    pub needs_class_closure: bool,
    pub needs_classdict: bool,
    pub comp_inlined: bool,
    pub comp_iter_target: bool,
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    pub method: bool,
    pub has_conditional_annotations: bool,
    /// There may be names that are [`NameScope::GlobalExplicit`].
    pub has_explicit_globals: bool,
    pub in_conditional_block: bool,
    /// Any part of a `try` statement is being visited.
    pub in_try_block: bool,
    pub in_unevaluated_annotation: bool,
    /// Names to mangle in a type-parameter scope of a class (`ste_mangled_names`).
    pub mangled_names: Option<Arc<[Name]>>,
    /// Annotations of a function, class or module (`ste_annotation_block`).
    pub annotation_block: Option<ScopeId>,
    pub loc: Location,
    /// Where names were declared `global` or `nonlocal` (`ste_directives`).
    directives: Vec<(Name, Location)>,
    /// Inside this many iterables of comprehensions (`ste_comp_iter_expr`).
    comp_iter_expr: u32,
    /// What a type variable's scope holds, for messages (`ste_scope_info`).
    scope_info: &'static str,
    /// While the table is built, which set of names to mangle this scope shares with others.
    mangled_set: Option<u32>,
    /// While the table is built and this is the current scope, whether there are symbols of which [`Mention`]s do not tell.
    has_unmentioned: bool,
}

impl Scope {
    fn new(kind: BlockType, name: Name, loc: Location) -> Scope {
        Scope {
            kind,
            name,
            symbols: Vec::new(),
            index: SymbolIndex::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            comprehension: ComprehensionType::No,
            nested: false,
            generator: false,
            coroutine: false,
            annotations_used: false,
            lacks_annotations: false,
            varargs: false,
            varkeywords: false,
            needs_class_closure: false,
            needs_classdict: false,
            comp_inlined: false,
            comp_iter_target: false,
            can_see_class_scope: false,
            has_docstring: false,
            method: false,
            has_conditional_annotations: false,
            has_explicit_globals: false,
            in_conditional_block: false,
            in_try_block: false,
            in_unevaluated_annotation: false,
            mangled_names: None,
            annotation_block: None,
            loc,
            directives: Vec::new(),
            comp_iter_expr: 0,
            scope_info: "",
            mangled_set: None,
            has_unmentioned: false,
        }
    }

    /// Makes it [`Scope::new`]; memory is kept.
    fn reset(&mut self, kind: BlockType, name: Name, loc: Location) {
        self.symbols.clear();
        self.index.clear();
        self.varnames.clear();
        self.children.clear();
        self.directives.clear();
        *self = Scope {
            symbols: take(&mut self.symbols),
            index: take(&mut self.index),
            varnames: take(&mut self.varnames),
            children: take(&mut self.children),
            directives: take(&mut self.directives),
            ..Scope::new(kind, name, loc)
        };
    }

    /// `_PyST_IsFunctionLike`.
    pub fn is_function_like(&self) -> bool {
        self.kind.is_function_like()
    }

    /// What is known of `name` (mangled) here.
    pub fn symbol(&self, name: Name) -> Option<&Symbol> {
        self.index
            .find(&self.symbols, name)
            .map(|position| &self.symbols[position])
    }

    fn symbol_mut(&mut self, name: Name) -> Option<&mut Symbol> {
        self.position(name)
            .map(|position| &mut self.symbols[position])
    }

    /// The position of `name` in `symbols`.
    fn position(&mut self, name: Name) -> Option<usize> {
        self.update_index();
        self.index.find(&self.symbols, name)
    }

    /// Finds all names fast from now on.
    fn update_index(&mut self) {
        self.index.update(&self.symbols);
    }

    /// Adds a name that the scope does not have yet.
    fn add_symbol(&mut self, symbol: Symbol) {
        self.symbols.push(symbol);
    }

    /// Puts `symbol` in the place of what is known of its name; gives that, or a symbol of which nothing is known.
    pub fn replace_symbol(&mut self, symbol: Symbol) -> Symbol {
        match self.symbol_mut(symbol.name) {
            Some(old) => std::mem::replace(old, symbol),
            None => {
                self.add_symbol(symbol);
                Symbol {
                    name: symbol.name,
                    flags: 0,
                    scope: NameScope::Unknown,
                }
            }
        }
    }

    fn remove_symbol(&mut self, name: Name) {
        self.symbols.retain(|symbol| symbol.name != name);
        self.index.clear();
    }

    /// `_PyST_GetScope`: how `name` (mangled) is bound here.
    pub fn scope_of(&self, name: Name) -> NameScope {
        self.symbol(name)
            .map_or(NameScope::Unknown, |symbol| symbol.scope)
    }

    /// `_PyST_GetSymbol`: the `DEF_*` bits of `name` (mangled), 0 if unknown.
    pub fn flags_of(&self, name: Name) -> u32 {
        self.symbol(name).map_or(0, |symbol| symbol.flags)
    }
}

/// All scopes of a module.
#[derive(Debug, Default)]
pub struct SymbolTable {
    /// Those of the module, and behind them what is left of modules that are done.
    scopes: Vec<Scope>,
    /// How many of `scopes` are the module's.
    count: usize,
    pub by_key: FxHashMap<ScopeKey, ScopeId>,
    /// Which of the source's identifiers, by number, a class may mangle ([`mangle::is_private`]) or mean more than themselves.
    unusual: Vec<bool>,
    /// While the table is built, what each open scope has mentioned, by name.
    mentions: Levels<Mention>,
}

/// A scope that has mentioned a name, and the name's position in the scope's symbols.
#[derive(Clone, Copy, Debug)]
struct Mention {
    scope: ScopeId,
    position: u32,
}

impl Mention {
    const NOWHERE: Mention = Mention {
        scope: ScopeId(u32::MAX),
        position: 0,
    };
}

/// Most scopes that are kept to be used again.
const KEPT_SCOPES: usize = 1 << 12;

impl SymbolTable {
    /// `_PySymtable_LookupOptional`.
    pub fn lookup(&self, key: ScopeKey) -> Option<ScopeId> {
        self.by_key.get(&key).copied()
    }

    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// Whether a class may mangle `name`; may be true of one that it does not.
    #[inline]
    pub fn may_be_private(&self, name: Name) -> bool {
        self.unusual.get(name.0 as usize).is_none_or(|&known| known)
    }

    /// Forgets the module; memory is kept.
    pub fn clear(&mut self) {
        if self.by_key.capacity() > KEPT_SCOPES {
            self.by_key = FxHashMap::default();
        }
        self.by_key.clear();
        self.unusual.clear();
        self.mentions.clear();
        self.scopes.truncate(KEPT_SCOPES);
        self.count = 0;
    }

    /// All scopes, in the order in which they begin.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes[..self.count]
    }

    /// Adds a scope.
    fn begin(&mut self, kind: BlockType, name: Name, loc: Location) -> ScopeId {
        let id = ScopeId(self.count as u32);
        match self.scopes.get_mut(self.count) {
            Some(scope) => scope.reset(kind, name, loc),
            None => self.scopes.push(Scope::new(kind, name, loc)),
        }
        self.count += 1;
        id
    }
}
