//! Symbol tables (CPython's `symtable.c`), keyed by AST node.

use pycsmith_parser::Name;
use rustc_hash::FxHashMap;

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
pub enum NameScope {
    /// The scope does not know the name.
    Unknown,
    Local,
    GlobalExplicit,
    GlobalImplicit,
    Free,
    Cell,
}

/// `DEF_*` bits (`pycore_symtable.h`).
pub mod def {
    pub const GLOBAL: u32 = 1;
    pub const LOCAL: u32 = 1 << 1;
    pub const PARAM: u32 = 1 << 2;
    pub const NONLOCAL: u32 = 1 << 3;
    pub const USE: u32 = 1 << 4;
    pub const FREE_CLASS: u32 = 1 << 5;
    pub const IMPORT: u32 = 1 << 6;
    pub const ANNOT: u32 = 1 << 7;
    pub const COMP_ITER: u32 = 1 << 8;
    pub const TYPE_PARAM: u32 = 1 << 9;
    pub const COMP_CELL: u32 = 1 << 10;
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
    /// In order of first mention.
    pub symbols: Vec<Symbol>,
    /// Index into `symbols`.
    pub index: FxHashMap<Name, u32>,
    /// Parameters in order (`ste_varnames`).
    pub varnames: Vec<Name>,
    pub children: Vec<ScopeId>,
    pub comprehension: ComprehensionType,
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    pub annotations_used: bool,
    pub varargs: bool,
    pub varkeywords: bool,
    pub returns_value: bool,
    pub needs_class_closure: bool,
    pub needs_classdict: bool,
    pub comp_inlined: bool,
    pub comp_iter_target: bool,
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    pub method: bool,
    pub has_conditional_annotations: bool,
    pub in_conditional_block: bool,
    pub in_unevaluated_annotation: bool,
    /// Names to mangle in a type-parameter scope of a class (`ste_mangled_names`).
    pub mangled_names: Option<Vec<Name>>,
    /// Annotations of a function, class or module (`ste_annotation_block`).
    pub annotation_block: Option<ScopeId>,
    pub line: i32,
}

impl Scope {
    /// `_PyST_GetScope`: how `name` (mangled) is bound here.
    pub fn scope_of(&self, name: Name) -> NameScope {
        self.index.get(&name).map_or(NameScope::Unknown, |&index| self.symbols[index as usize].scope)
    }

    /// `_PyST_GetSymbol`: the `DEF_*` bits of `name` (mangled), 0 if unknown.
    pub fn flags_of(&self, name: Name) -> u32 {
        self.index.get(&name).map_or(0, |&index| self.symbols[index as usize].flags)
    }
}

/// All scopes of a module.
#[derive(Debug, Default)]
pub struct SymbolTable {
    pub scopes: Vec<Scope>,
    pub by_key: FxHashMap<ScopeKey, ScopeId>,
}

impl SymbolTable {
    /// `_PySymtable_LookupOptional`.
    pub fn lookup(&self, key: ScopeKey) -> Option<ScopeId> {
        self.by_key.get(&key).copied()
    }

    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }
}
