//! The first pass: the scopes and what each says of its names.

use std::hint::select_unpredictable;

use pycsmith_bytecode::{Location, Target};
use pycsmith_parser::ast::{
    Arg, Arguments, Constant, Ctx, ExprKind, Module, Notes, Stmt, StmtKind,
};
use pycsmith_parser::interner::names as known;
use pycsmith_parser::{ErrorType, Interner, Name, SyntaxError};

use super::notes::NotesReader;
use super::{
    BlockType, KeyKind, Mention, NameScope, Scope, ScopeId, ScopeKey, Symbol, SymbolTable, analyze,
    def, mangle,
};
use crate::branchless::push_if;
use crate::error::{CompileError, Result, syntax_error};
use crate::future;

/// `_PySymtable_Build`: the symbol table of `module`.
///
/// `future_flags` are the module's `CO_FUTURE_*` bits; `opt_level` is 0, 1 or 2. Errors are CPython's, and the
/// first that CPython would find.
pub fn build<'a>(
    module: &'a Module<'a>,
    future_flags: u32,
    names: &mut Interner,
    target: Target,
    opt_level: u8,
) -> Result<SymbolTable> {
    let table = SymbolTable::default();
    build_with(table, module, future_flags, names, target, opt_level, true)
}

/// [`build`] in the memory of a cleared table. What code generation does not ask for is left out: the scopes for annotations
/// of functions that have none.
pub fn build_in<'a>(
    table: SymbolTable,
    module: &'a Module<'a>,
    future_flags: u32,
    names: &mut Interner,
    target: Target,
    opt_level: u8,
) -> Result<SymbolTable> {
    build_with(table, module, future_flags, names, target, opt_level, false)
}

fn build_with<'a>(
    table: SymbolTable,
    module: &'a Module<'a>,
    future_flags: u32,
    names: &mut Interner,
    target: Target,
    opt_level: u8,
    whole: bool,
) -> Result<SymbolTable> {
    let mut collect_in = |table, notes| {
        let options = (future_flags, target, opt_level, whole);
        collect(table, module, notes, names, options)
    };
    let mut table = match module.notes {
        // The tree tells where an error is.
        Some(notes) => {
            collect_in(table, Some(notes)).or_else(|_| collect_in(SymbolTable::default(), None))?
        }
        None => collect_in(table, None)?,
    };
    analyze::analyze(&mut table, names, target)?;
    Ok(table)
}

/// The first pass. Where `notes` are given, they are read in place of the tree.
fn collect<'a>(
    mut table: SymbolTable,
    module: &'a Module<'a>,
    notes: Option<Notes<'a>>,
    names: &mut Interner,
    (future_flags, target, opt_level, whole): (u32, Target, u8, bool),
) -> Result<SymbolTable> {
    let is_special = |name| name == known::DEBUG || name == known::SUPER;
    table.unusual.extend(
        (0..names.len() as u32)
            .map(|name| mangle::is_private(names.resolve(Name(name))) | is_special(Name(name))),
    );
    let mut builder = Builder {
        names,
        table,
        target,
        nesting: 0,
        max_nesting: target.max_nesting(),
        stack: Vec::new(),
        cur: TOP,
        private: None,
        mangled_sets: Vec::new(),
        future_annotations: future_flags & future::CO_FUTURE_ANNOTATIONS != 0,
        future_location: future::last_import(module, target),
        docstrings: opt_level < 2,
        whole,
        in_value_pattern: false,
    };
    let key = ScopeKey::of(module, KeyKind::Body);
    builder.enter_block(
        known::TOP,
        BlockType::Module,
        Some(key),
        Location::new(0, 0, 0, 0),
    )?;
    builder.cur_mut().has_docstring = builder.has_docstring(module.body);
    match notes {
        Some(notes) => builder.visit_notes(&mut NotesReader::new(notes))?,
        None => builder.visit_body(module.body)?,
    }
    builder.exit_block();
    Ok(builder.table)
}

/// The module's scope.
pub(super) const TOP: ScopeId = ScopeId(0);

/// CPython's `struct symtable`.
pub(super) struct Builder<'b> {
    pub names: &'b mut Interner,
    pub table: SymbolTable,
    pub target: Target,
    /// Statements and expressions around the current one, and how many there may be.
    pub nesting: u32,
    pub max_nesting: u32,
    /// The open scopes, the module first.
    pub stack: Vec<ScopeId>,
    /// The last of `stack`.
    pub cur: ScopeId,
    /// The class whose name mangles private names (`st_private`).
    pub private: Option<Name>,
    /// The sets of names to mangle, which scopes share (`ste_mangled_names`).
    pub mangled_sets: Vec<Vec<Name>>,
    pub future_annotations: bool,
    /// The last `from __future__` import at the beginning of the module.
    pub future_location: Option<Location>,
    /// Docstrings are kept.
    pub docstrings: bool,
    /// Functions without annotations have scopes for them too.
    pub whole: bool,
    /// Below a value or mapping-key pattern, where `__debug__` is a name.
    pub in_value_pattern: bool,
}

impl<'a> Builder<'_> {
    pub fn cur(&self) -> &Scope {
        &self.table.scopes[self.cur.0 as usize]
    }

    pub fn cur_mut(&mut self) -> &mut Scope {
        &mut self.table.scopes[self.cur.0 as usize]
    }

    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.table.scopes[id.0 as usize]
    }

    pub fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.table.scopes[id.0 as usize]
    }

    /// `_PyAST_GetDocString`, after the AST's preprocessing.
    pub fn has_docstring(&self, body: &[Stmt<'_>]) -> bool {
        let Some(Stmt {
            kind: StmtKind::Expr { value },
            ..
        }) = body.first()
        else {
            return false;
        };
        self.docstrings && matches!(value.kind, ExprKind::Constant(Constant::Str { .. }))
    }

    /// Enters a statement or expression (`ENTER_RECURSIVE`).
    #[inline]
    pub fn nest(&mut self) -> Result {
        self.nesting += 1;
        if self.nesting > self.max_nesting {
            return too_deep();
        }
        Ok(())
    }

    /// `ste_new`.
    pub fn new_scope(
        &mut self,
        name: Name,
        kind: BlockType,
        key: Option<ScopeKey>,
        loc: Location,
    ) -> ScopeId {
        let id = self.table.begin(kind, name, loc);
        if !self.stack.is_empty() {
            let cur = self.cur();
            let nested = cur.nested || cur.is_function_like();
            let method = cur.kind == BlockType::Class && kind == BlockType::Function;
            let scope = self.scope_mut(id);
            (scope.nested, scope.method) = (nested, method);
        }
        if let Some(key) = key {
            self.table.by_key.insert(key, id);
        }
        id
    }

    /// `symtable_enter_existing_block`.
    pub fn enter_existing_block(&mut self, id: ScopeId, add_to_children: bool) {
        let previous = self.cur;
        let is_first = self.stack.is_empty();
        self.stack.push(id);
        self.cur = id;
        self.table
            .mentions
            .begin(self.names.len(), Mention::NOWHERE);
        if is_first {
            return;
        }
        let outer = self.scope(previous);
        let (comp_iter_expr, mangled_set) = (outer.comp_iter_expr, outer.mangled_set);
        let future_annotations = self.future_annotations;
        let scope = self.scope_mut(id);
        scope.has_unmentioned = !scope.symbols.is_empty();
        scope.comp_iter_expr = comp_iter_expr;
        if mangled_set.is_some() && scope.kind != BlockType::Class {
            scope.mangled_set = mangled_set;
        }
        if future_annotations && scope.kind == BlockType::Annotation {
            return;
        }
        if add_to_children {
            self.scope_mut(previous).children.push(id);
        }
    }

    /// `symtable_enter_block`.
    pub fn enter_block(
        &mut self,
        name: Name,
        kind: BlockType,
        key: Option<ScopeKey>,
        loc: Location,
    ) -> Result {
        let id = self.new_scope(name, kind, key, loc);
        self.enter_existing_block(id, true);
        match kind {
            BlockType::Annotation | BlockType::TypeVariable | BlockType::TypeAlias
                if self.target.defers_annotations() =>
            {
                self.add_def(known::DOT_FORMAT, def::PARAM | def::USE, loc)
            }
            _ => Ok(()),
        }
    }

    /// `symtable_exit_block`.
    pub fn exit_block(&mut self) {
        self.table.mentions.end();
        self.stack.pop();
        self.cur = self.stack.last().copied().unwrap_or(TOP);
    }

    /// `_Py_MaybeMangle` as the current scope does it.
    pub fn mangle(&mut self, name: Name) -> Name {
        self.mangle_in(self.cur, name)
    }

    #[inline]
    fn mangle_in(&mut self, scope: ScopeId, name: Name) -> Name {
        if self.private.is_none() || !self.table.may_be_private(name) {
            return name;
        }
        self.mangle_private(scope, name)
    }

    #[cold]
    fn mangle_private(&mut self, scope: ScopeId, name: Name) -> Name {
        if let Some(set) = self.scope(scope).mangled_set
            && !self.mangled_sets[set as usize].contains(&name)
        {
            return name;
        }
        mangle::mangle(self.private, name, self.names)
    }

    /// `symtable_lookup_entry`: the `DEF_*` bits of `name` in `scope`.
    pub fn lookup_in(&mut self, scope: ScopeId, name: Name) -> u32 {
        let mangled = self.mangle_in(scope, name);
        match self.position(scope, mangled) {
            Some(position) => self.scope(scope).symbols[position].flags,
            None => 0,
        }
    }

    /// The position of `name` (mangled) in the symbols of `scope`.
    #[inline]
    fn position(&mut self, scope: ScopeId, name: Name) -> Option<usize> {
        match self.table.mentions.table().get(name.0 as usize).copied() {
            Some(mention) if mention.scope == scope => Some(mention.position as usize),
            Some(_) if scope == self.cur && !self.cur().has_unmentioned => None,
            _ => self.scope_mut(scope).position(name),
        }
    }

    /// The same; if it is new, nothing is known of it there.
    #[inline]
    fn position_or_new(&mut self, scope: ScopeId, name: Name) -> usize {
        match self.table.mentions.table().get(name.0 as usize) {
            Some(mention) if mention.scope == scope => mention.position as usize,
            _ => self.mention(scope, name),
        }
    }

    /// The same of a name whose mention is none by `scope`; there is one then, if that is the current scope.
    fn mention(&mut self, scope: ScopeId, name: Name) -> usize {
        let is_cur = scope == self.cur;
        let entry = &mut self.table.scopes[scope.0 as usize];
        let known = match is_cur && !entry.has_unmentioned {
            true => None,
            false => entry.position(name),
        };
        let position = known.unwrap_or_else(|| {
            entry.add_symbol(Symbol {
                name,
                flags: 0,
                scope: NameScope::Unknown,
            });
            entry.has_unmentioned |= !is_cur;
            entry.symbols.len() - 1
        });
        if is_cur {
            let mentions = &mut self.table.mentions;
            mentions.make_room(name.0 as usize + 1, Mention::NOWHERE);
            *mentions.entry(name.0) = Mention {
                scope,
                position: position as u32,
            };
        }
        position
    }

    /// `symtable_lookup`.
    pub fn lookup(&mut self, name: Name) -> u32 {
        self.lookup_in(self.cur, name)
    }

    /// `symtable_add_def`.
    #[inline]
    pub fn add_def(&mut self, name: Name, flag: u32, loc: Location) -> Result {
        const PLAIN: u32 = def::USE | def::LOCAL | def::IMPORT | def::ANNOT;
        if flag & !PLAIN == 0 && !self.cur().comp_iter_target && self.plain_names().add(name, flag)
        {
            return Ok(());
        }
        self.add_any_def(name, flag, loc)
    }

    #[inline(never)]
    fn add_any_def(&mut self, name: Name, flag: u32, loc: Location) -> Result {
        let ctx = if flag == def::USE {
            Ctx::Load
        } else {
            Ctx::Store
        };
        self.add_def_ctx(name, flag, loc, ctx)
    }

    /// `symtable_add_def_ctx`.
    pub fn add_def_ctx(&mut self, name: Name, flag: u32, loc: Location, ctx: Ctx) -> Result {
        if flag & (def::PARAM | def::LOCAL | def::IMPORT) != 0 {
            self.check_name(name, loc, ctx)?;
        }
        if flag & def::TYPE_PARAM != 0
            && let Some(set) = self.cur().mangled_set
        {
            self.mangled_sets[set as usize].push(name);
        }
        self.add_def_helper(name, flag, self.cur, loc)
    }

    /// What [`Builder::add_def`] does to the current scope for `USE` and `LOCAL`, of most names.
    #[inline]
    pub fn plain_names(&mut self) -> PlainNames<'_> {
        let SymbolTable {
            scopes,
            mentions,
            unusual,
            ..
        } = &mut self.table;
        let scope = &mut scopes[self.cur.0 as usize];
        PlainNames {
            cur: self.cur,
            symbols: &mut scope.symbols,
            has_unmentioned: scope.has_unmentioned,
            mentions: mentions.own_table().unwrap_or_default(),
            unusual,
        }
    }

    /// `symtable_add_def_helper`: adds `flag` to `name` in `scope`.
    pub fn add_def_helper(
        &mut self,
        name: Name,
        flag: u32,
        scope: ScopeId,
        loc: Location,
    ) -> Result {
        let mangled = self.mangle(name);
        let position = self.position_or_new(scope, mangled);
        let entry = &mut self.table.scopes[scope.0 as usize];
        let symbol = &mut entry.symbols[position];
        let old = symbol.flags;
        if flag & old & def::PARAM != 0 {
            return self.error_of(
                name,
                "duplicate argument '",
                "' in function definition",
                loc,
            );
        }
        if flag & old & def::TYPE_PARAM != 0 {
            return self.error_of(name, "duplicate type parameter '", "'", loc);
        }
        let mut flags = old | flag;
        if entry.comp_iter_target {
            if flags & (def::GLOBAL | def::NONLOCAL) != 0 {
                let start = "comprehension inner loop cannot rebind assignment expression target '";
                return self.error_of(name, start, "'", loc);
            }
            flags |= def::COMP_ITER;
        }
        symbol.flags = flags;
        if flag & def::PARAM != 0 {
            entry.varnames.push(mangled);
        } else if flag & def::GLOBAL != 0 {
            let top = self.scope_mut(TOP);
            match top.symbol_mut(mangled) {
                Some(symbol) => symbol.flags |= flag,
                None => {
                    let scope = NameScope::Unknown;
                    top.add_symbol(Symbol {
                        name: mangled,
                        flags: flag,
                        scope,
                    });
                    top.has_unmentioned = true;
                }
            }
        }
        Ok(())
    }

    /// `symtable_record_directive`.
    pub fn record_directive(&mut self, name: Name, loc: Location) {
        let mangled = self.mangle(name);
        self.cur_mut().directives.push((mangled, loc));
    }

    /// `check_name`: `__debug__` is never bound.
    pub fn check_name(&self, name: Name, loc: Location, ctx: Ctx) -> Result {
        if name == known::DEBUG {
            match ctx {
                Ctx::Load => {}
                Ctx::Store => return syntax_error(loc, "cannot assign to __debug__"),
                Ctx::Del => return syntax_error(loc, "cannot delete __debug__"),
            }
        }
        Ok(())
    }

    /// A `SyntaxError` whose message has `name` between `before` and `after`.
    #[cold]
    pub fn error_of<T>(&self, name: Name, before: &str, after: &str, loc: Location) -> Result<T> {
        syntax_error(loc, [before, self.names.resolve(name), after].concat())
    }

    /// `symtable_visit_arguments`: the parameters, in the function's scope.
    pub fn visit_arguments(&mut self, args: &'a Arguments<'a>) -> Result {
        for list in [args.posonlyargs, args.args, args.kwonlyargs] {
            for arg in list {
                self.add_parameter(arg)?;
            }
        }
        if let Some(arg) = args.vararg {
            self.add_parameter(arg)?;
            self.cur_mut().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            self.add_parameter(arg)?;
            self.cur_mut().varkeywords = true;
        }
        Ok(())
    }

    #[inline]
    fn add_parameter(&mut self, arg: &Arg<'_>) -> Result {
        if !self.plain_names().add_new(arg.arg, def::PARAM) {
            return self.add_any_def(arg.arg, def::PARAM, arg.loc);
        }
        self.cur_mut().varnames.push(arg.arg);
        Ok(())
    }
}

/// What has to be known to add a name to the symbols of the current scope.
pub(super) struct PlainNames<'t> {
    cur: ScopeId,
    symbols: &'t mut Vec<Symbol>,
    has_unmentioned: bool,
    mentions: &'t mut [Mention],
    unusual: &'t [bool],
}

impl PlainNames<'_> {
    /// Adds `name` with `flag`, unless there is more to it or the scope may have it; says whether that was so.
    #[inline]
    pub fn add_new(&mut self, name: Name, flag: u32) -> bool {
        let mention = self.mentions.get(name.0 as usize);
        let is_new = mention.is_some_and(|mention| mention.scope != self.cur);
        is_new && self.add(name, flag)
    }

    /// Adds `flag` to `name`, unless there is more to it; says whether that was so. Whether the scope has the name cannot be
    /// predicted: there is no branch on it.
    #[inline]
    pub fn add(&mut self, name: Name, flag: u32) -> bool {
        let index = name.0 as usize;
        let mention = self.mentions.get_mut(index);
        let (Some(mention), Some(&unusual)) = (mention, self.unusual.get(index)) else {
            return false;
        };
        let is_new = mention.scope != self.cur;
        if unusual | (is_new & self.has_unmentioned) {
            return false;
        }
        let count = self.symbols.len() as u32;
        let position = select_unpredictable(is_new, count, mention.position);
        let symbol = Symbol {
            name,
            flags: 0,
            scope: NameScope::Unknown,
        };
        push_if(self.symbols, symbol, is_new);
        self.symbols[position as usize].flags |= flag;
        *mention = Mention {
            scope: self.cur,
            position,
        };
        true
    }
}

#[cold]
fn too_deep() -> Result {
    let msg = "maximum recursion depth exceeded during compilation";
    let error = SyntaxError::new(ErrorType::RecursionError, msg);
    Err(Box::new(CompileError::Syntax(error)))
}
