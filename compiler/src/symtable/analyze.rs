//! The second pass: what each name is in each scope (`symtable_analyze`).
//!
//! CPython hands copies of the sets of visible names down to each block. Here one table tells for each
//! name whether it is bound around the current block; a block undoes its changes when it is left. The set of
//! explicit globals is not kept at all: it decides nothing.

use std::hint::select_unpredictable;
use std::mem::take;

use pycsmith_bytecode::Target;
use pycsmith_parser::interner::names as known;
use pycsmith_parser::{Interner, Name};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::build::TOP;
use super::{BlockType, ComprehensionType, NameScope, Scope, ScopeId, Symbol, SymbolTable, def};
use crate::branchless::push_if;
use crate::error::{Result, bug, syntax_error};

pub(super) fn analyze(table: &mut SymbolTable, names: &Interner, target: Target) -> Result {
    let visible = vec![0; names.len()];
    let mut analyzer = Analyzer {
        table,
        names,
        visible,
        target,
        undo: Vec::new(),
        passed_on: Vec::new(),
    };
    let mut free = NameSet::default();
    analyzer.block(TOP, None, &mut free)?;
    table.scope_mut(TOP).update_index();
    Ok(())
}

/// A function around the block binds the name.
const BOUND: u8 = 1;
/// The innermost binding of the name is a type parameter.
const TYPE_PARAM: u8 = 2;

/// What makes more of a name than one that is bound or not.
const DECLARED: u32 = def::GLOBAL | def::NONLOCAL | def::TYPE_PARAM;

struct Analyzer<'t> {
    table: &'t mut SymbolTable,
    names: &'t Interner,
    /// `BOUND` and `TYPE_PARAM` for each name.
    visible: Vec<u8>,
    target: Target,
    /// Former values in `visible`, to be restored.
    undo: Vec<(Name, u8)>,
    /// Memory for the free names of a block.
    passed_on: Vec<Name>,
}

/// A set of names, mostly a small one.
#[derive(Default)]
struct NameSet {
    names: SmallVec<[Name; 8]>,
    /// The positions of `names` once there are more than `SMALL`.
    index: FxHashMap<Name, usize>,
}

/// Sets with no more names than this are searched one by one.
const SMALL: usize = 16;

impl NameSet {
    fn position(&self, name: Name) -> Option<usize> {
        if self.index.is_empty() {
            self.names.iter().position(|&other| other == name)
        } else {
            self.index.get(&name).copied()
        }
    }

    fn contains(&self, name: Name) -> bool {
        self.position(name).is_some()
    }

    fn insert(&mut self, name: Name) {
        if self.contains(name) {
            return;
        }
        self.names.push(name);
        if !self.index.is_empty() {
            self.index.insert(name, self.names.len() - 1);
        } else if self.names.len() > SMALL {
            let positions = self.names.iter().enumerate();
            self.index = positions
                .map(|(position, &name)| (name, position))
                .collect();
        }
    }

    /// Whether the name was there.
    fn remove(&mut self, name: Name) -> bool {
        let Some(position) = self.position(name) else {
            return false;
        };
        self.names.swap_remove(position);
        if self.index.remove(&name).is_some()
            && let Some(&moved) = self.names.get(position)
        {
            self.index.insert(moved, position);
        }
        true
    }
}

impl Analyzer<'_> {
    fn scope(&self, id: ScopeId) -> &Scope {
        &self.table.scopes[id.0 as usize]
    }

    fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.table.scopes[id.0 as usize]
    }

    fn is_visible(&self, name: Name, bit: u8) -> bool {
        self.visible[name.0 as usize] & bit != 0
    }

    /// Sets the bits of `name` that are in `mask` to those of `bits`.
    fn set_visible(&mut self, name: Name, mask: u8, bits: u8) {
        let visible = &mut self.visible[name.0 as usize];
        let new = *visible & !mask | bits;
        if new != *visible {
            self.undo.push((name, *visible));
            *visible = new;
        }
    }

    /// `analyze_block`: the block and those in it; adds the names that must come from around it to `free`.
    /// `class` is the class whose names the block sees.
    fn block(&mut self, id: ScopeId, class: Option<ScopeId>, free: &mut NameSet) -> Result {
        let undo_start = self.undo.len();
        let scope = self.scope_mut(id);
        let kind = scope.kind;
        let function_like = scope.is_function_like();
        let can_see_class_scope = scope.can_see_class_scope;
        let children = take(&mut scope.children);
        let mut symbols = take(&mut scope.symbols);
        let has_children = !children.is_empty();
        self.names(id, kind, &mut symbols, class, has_children, free)?;
        let scope = self.scope_mut(id);
        scope.symbols = symbols;
        if !has_children {
            scope.children = children;
            return Ok(());
        }
        self.scope_mut(id).update_index();
        if kind == BlockType::Class {
            for (name, provided) in [
                (known::CLASS, true),
                (known::CLASSDICT, self.target.type_parameters()),
                (
                    known::CONDITIONAL_ANNOTATIONS,
                    self.target.defers_annotations(),
                ),
            ] {
                if provided {
                    self.set_visible(name, BOUND, BOUND);
                }
            }
        }

        let mut new_free = NameSet::default();
        let mut inlined_cells = NameSet::default();
        let mut any_inlined = false;
        for &child in &children {
            let entry = self.scope(child);
            if kind == BlockType::Class && entry.lacks_annotations {
                self.see_classdict(id, &mut new_free);
            }
            let entry = self.scope(child);
            let child_class = match entry.can_see_class_scope {
                true if kind == BlockType::Class => Some(id),
                true => class,
                false => None,
            };
            let inline = self.target.inlines_comprehensions()
                && entry.comprehension != ComprehensionType::No
                && !entry.generator
                && !can_see_class_scope;
            if !inline {
                self.block(child, child_class, &mut new_free)?;
                continue;
            }
            let mut child_free = NameSet::default();
            self.block(child, child_class, &mut child_free)?;
            self.inline_comprehension(id, child, &mut child_free, &mut inlined_cells)?;
            self.scope_mut(child).comp_inlined = true;
            any_inlined = true;
            for &name in &child_free.names {
                new_free.insert(name);
            }
        }
        let children = if any_inlined {
            self.splice_children(&children)
        } else {
            children
        };
        self.scope_mut(id).children = children;
        self.restore_visible(undo_start);
        let scope = self.scope_mut(id);
        if function_like {
            analyze_cells(scope, &mut new_free, &inlined_cells);
        } else if kind == BlockType::Class {
            drop_class_free(scope, &mut new_free);
        }
        let class_like = kind == BlockType::Class || can_see_class_scope;
        self.update_symbols(id, &new_free, &inlined_cells, class_like);
        self.scope_mut(id).update_index();
        for name in new_free.names {
            free.insert(name);
        }
        Ok(())
    }

    /// What the analysis of a scope for annotations that are none adds to the free names of a class's inner blocks.
    fn see_classdict(&self, class: ScopeId, free: &mut NameSet) {
        if free.contains(known::CLASSDICT) {
            return;
        }
        let flags = self.scope(class).flags_of(known::CLASSDICT);
        let is_own = flags & def::BOUND != 0 && flags & def::NONLOCAL == 0;
        if flags & def::GLOBAL == 0 && !is_own {
            free.insert(known::CLASSDICT);
        }
    }

    /// Undoes all changes in `visible` but the first `undo_start`.
    fn restore_visible(&mut self, undo_start: usize) {
        for (name, old) in self.undo.drain(undo_start..).rev() {
            self.visible[name.0 as usize] = old;
        }
    }

    /// `analyze_name` of all symbols of a scope, which is a `kind`. What most of them are cannot be predicted: there is no
    /// branch on that.
    fn names(
        &mut self,
        id: ScopeId,
        kind: BlockType,
        symbols: &mut [Symbol],
        class: Option<ScopeId>,
        has_children: bool,
        free: &mut NameSet,
    ) -> Result {
        let mut passed_on = take(&mut self.passed_on);
        for symbol in &mut *symbols {
            let Symbol { name, flags, .. } = *symbol;
            if class.is_some() | (flags & DECLARED != 0) {
                self.name(id, kind, symbol, class, has_children, free)?;
                continue;
            }
            let is_bound = flags & def::BOUND != 0;
            let is_visible = self.is_visible(name, BOUND);
            let elsewhere = [NameScope::GlobalImplicit, NameScope::Free][usize::from(is_visible)];
            symbol.scope = select_unpredictable(is_bound, NameScope::Local, elsewhere);
            push_if(&mut passed_on, name, !is_bound & is_visible);
        }
        for name in passed_on.drain(..) {
            free.insert(name);
        }
        self.passed_on = passed_on;
        if has_children && class.is_none() {
            self.show(kind, symbols);
        }
        Ok(())
    }

    /// What the names that a scope, which is a `kind`, binds mean in its children.
    fn show(&mut self, kind: BlockType, symbols: &[Symbol]) {
        let bound = if kind.is_function_like() { BOUND } else { 0 };
        for &Symbol { name, flags, .. } in symbols {
            let is_shown = (flags & def::BOUND != 0) & (flags & DECLARED == 0);
            let visible = &mut self.visible[name.0 as usize];
            let old = *visible;
            let shown = old & !(bound | TYPE_PARAM) | bound;
            *visible = select_unpredictable(is_shown, shown, old);
            push_if(&mut self.undo, (name, old), *visible != old);
        }
    }

    /// `analyze_name` of any symbol; whether it is visible matters to children only.
    #[inline(never)]
    fn name(
        &mut self,
        id: ScopeId,
        kind: BlockType,
        symbol: &mut Symbol,
        class: Option<ScopeId>,
        has_children: bool,
        free: &mut NameSet,
    ) -> Result {
        let Symbol { name, flags, .. } = *symbol;
        symbol.scope = if flags & def::GLOBAL != 0 {
            if flags & def::NONLOCAL != 0 {
                return self.error_at_directive(id, name, "name '", "' is nonlocal and global");
            }
            // What a class binds is not visible in the blocks inside.
            if has_children && kind != BlockType::Class {
                self.set_visible(name, BOUND, 0);
            }
            self.scope_mut(id).has_explicit_globals = true;
            NameScope::GlobalExplicit
        } else if flags & def::NONLOCAL != 0 {
            if id == TOP {
                let message = "nonlocal declaration not allowed at module level";
                return self.at_directive(id, name, message.into());
            }
            if !self.is_visible(name, BOUND) {
                return self.error_at_directive(id, name, "no binding for nonlocal '", "' found");
            }
            if self.is_visible(name, TYPE_PARAM) {
                let start = "nonlocal binding not allowed for type parameter '";
                return self.error_at_directive(id, name, start, "'");
            }
            free.insert(name);
            NameScope::Free
        } else if flags & def::BOUND != 0 {
            if has_children {
                let bound = if kind.is_function_like() { BOUND } else { 0 };
                let type_param = match flags & def::TYPE_PARAM {
                    0 => 0,
                    _ => TYPE_PARAM,
                };
                self.set_visible(name, TYPE_PARAM | bound, type_param | bound);
            }
            NameScope::Local
        } else {
            let class_flags = class.map_or(0, |class| self.scope(class).flags_of(name));
            if class_flags & def::GLOBAL != 0 {
                self.scope_mut(id).has_explicit_globals = true;
                NameScope::GlobalExplicit
            } else if class_flags & def::BOUND != 0 && class_flags & def::NONLOCAL == 0 {
                NameScope::GlobalImplicit
            } else if self.is_visible(name, BOUND) {
                free.insert(name);
                NameScope::Free
            } else {
                NameScope::GlobalImplicit
            }
        };
        Ok(())
    }

    fn error_at_directive<T>(
        &self,
        id: ScopeId,
        name: Name,
        before: &str,
        after: &str,
    ) -> Result<T> {
        self.at_directive(id, name, [before, self.names.resolve(name), after].concat())
    }

    /// `error_at_directive`: the error belongs to the first declaration of `name`.
    fn at_directive<T>(&self, id: ScopeId, name: Name, message: String) -> Result<T> {
        match self
            .scope(id)
            .directives
            .iter()
            .find(|directive| directive.0 == name)
        {
            Some(&(_, loc)) => syntax_error(loc, message),
            None => bug(format!("no declaration for: {message}")),
        }
    }

    /// `is_free_in_any_child`.
    fn is_free_in_any_child(&self, id: ScopeId, name: Name) -> bool {
        self.scope(id)
            .children
            .iter()
            .any(|&child| self.scope(child).scope_of(name) == NameScope::Free)
    }

    /// `inline_comprehension`: the names of a comprehension become names of the block around it (PEP 709).
    fn inline_comprehension(
        &mut self,
        id: ScopeId,
        comp: ScopeId,
        comp_free: &mut NameSet,
        inlined_cells: &mut NameSet,
    ) -> Result {
        let in_class = self.scope(id).kind == BlockType::Class;
        let has_explicit_globals = self.scope(comp).has_explicit_globals;
        self.scope_mut(id).has_explicit_globals |= has_explicit_globals;
        let mut removed: SmallVec<[Name; 3]> = SmallVec::new();
        for position in 0..self.scope(comp).symbols.len() {
            let Symbol {
                name,
                flags,
                mut scope,
            } = self.scope(comp).symbols[position];
            if flags & def::PARAM != 0 {
                continue;
            }
            if scope == NameScope::Cell || flags & def::COMP_CELL != 0 {
                inlined_cells.insert(name);
            }
            let existing = self.scope_mut(id).symbol_mut(name);
            let existing = existing.map(|symbol| symbol.flags);
            // These are never free through a class's scope, unless blocks inside the comprehension need them.
            let hidden = match name {
                known::CLASS => true,
                known::CLASSDICT => self.target.hides_class_cells_from_comprehensions(),
                known::CONDITIONAL_ANNOTATIONS => {
                    self.target.defers_annotations()
                        && self.target.hides_class_cells_from_comprehensions()
                }
                _ => false,
            };
            if hidden && scope == NameScope::Free && in_class {
                scope = NameScope::GlobalImplicit;
                if !self.target.passes_class_cells_on() || !self.is_free_in_any_child(comp, name) {
                    comp_free.remove(name);
                }
                removed.push(name);
            }
            let Some(existing) = existing else {
                self.scope_mut(id).add_symbol(Symbol { name, flags, scope });
                continue;
            };
            // A use of a name of the block around the comprehension is now that block's own.
            if self.target.uses_names_of_comprehensions()
                && scope == NameScope::Free
                && !in_class
                && flags & def::USE != 0
                && let Some(symbol) = self.scope_mut(id).symbol_mut(name)
            {
                symbol.flags |= def::USE;
            }
            // Names that are free in the comprehension and bound around it are plain locals now, unless
            // blocks inside the comprehension need them.
            if existing & def::BOUND != 0 && !in_class && !self.is_free_in_any_child(comp, name) {
                comp_free.remove(name);
            }
        }
        for name in removed {
            self.scope_mut(comp).remove_symbol(name);
        }
        Ok(())
    }

    /// The children with those of inlined comprehensions in the comprehensions' places.
    fn splice_children(&self, children: &[ScopeId]) -> Vec<ScopeId> {
        let mut spliced = Vec::with_capacity(children.len());
        for &child in children {
            let scope = self.scope(child);
            if scope.comp_inlined {
                spliced.extend_from_slice(&scope.children);
            } else {
                spliced.push(child);
            }
        }
        spliced
    }

    /// `update_symbols`: marks inlined cells and passes free names of inner blocks on.
    fn update_symbols(
        &mut self,
        id: ScopeId,
        free: &NameSet,
        inlined_cells: &NameSet,
        class_like: bool,
    ) {
        let Analyzer { table, visible, .. } = self;
        let scope = &mut table.scopes[id.0 as usize];
        for &name in &inlined_cells.names {
            if let Some(symbol) = scope.symbol_mut(name) {
                symbol.flags |= def::COMP_CELL;
            }
        }
        let notes_all = self.target.notes_free_names_of_classes();
        for &name in &free.names {
            if let Some(symbol) = scope.symbol_mut(name) {
                let is_own = symbol.flags & (def::BOUND | def::GLOBAL) != 0;
                if class_like && (is_own || notes_all) {
                    symbol.flags |= def::FREE_CLASS;
                }
            } else if id == TOP || visible[name.0 as usize] & BOUND != 0 {
                scope.add_symbol(Symbol {
                    name,
                    flags: 0,
                    scope: NameScope::Free,
                });
            }
        }
    }
}

/// `analyze_cells`: locals that inner blocks use are cells.
fn analyze_cells(scope: &mut Scope, free: &mut NameSet, inlined_cells: &NameSet) {
    if free.names.is_empty() && inlined_cells.names.is_empty() {
        return;
    }
    for symbol in &mut scope.symbols {
        if symbol.scope == NameScope::Local
            && (free.contains(symbol.name) || inlined_cells.contains(symbol.name))
        {
            symbol.scope = NameScope::Cell;
            free.remove(symbol.name);
        }
    }
}

/// `drop_class_free`: what a class provides itself.
fn drop_class_free(scope: &mut Scope, free: &mut NameSet) {
    scope.needs_class_closure |= free.remove(known::CLASS);
    scope.needs_classdict |= free.remove(known::CLASSDICT);
    scope.has_conditional_annotations |= free.remove(known::CONDITIONAL_ANNOTATIONS);
}
