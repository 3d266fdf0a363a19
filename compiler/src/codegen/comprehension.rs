//! Comprehensions and generator expressions (CPython's `codegen_comprehension`, PEP 709).
//!
//! A generator expression is a function that is called with its outermost iterable. List, set and dict
//! comprehensions are inlined where the symbol table says so; their variables are then isolated from those of
//! the same name outside.

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Comp, Comprehension, Expr, ExprKind};
use pycsmith_parser::interner::names;
use smallvec::SmallVec;

use super::closure::make_closure;
use super::fblock::{self, FBlockKind};
use super::generator::{self, wrap_in_stopiteration_handler};
use super::module::optimize_and_assemble;
use super::names::local_index;
use super::stmt::for_loop::{end_async_for, end_for};
use super::unit::{ArgCounts, ScopeType, enter_scope, scope_id};
use super::{Compiler, Result, comprehension_function, expr};
use crate::symtable::{
    BlockType, ComprehensionType, KeyKind, NameScope, ScopeId, ScopeKey, Symbol, def,
};

/// What is to be undone after an inlined comprehension (`_PyCompile_InlinedComprehensionState`).
#[derive(Default)]
struct InlinedState {
    /// Names whose outer values are on the stack, the first pushed first.
    pushed_locals: SmallVec<[Name; 4]>,
    /// Outer symbols that the comprehension's replaced.
    temp_symbols: SmallVec<[Symbol; 4]>,
    /// Names that were made fast locals.
    fast_hidden: SmallVec<[Name; 4]>,
    cleanup: Option<Label>,
    /// Even names that are not its own are isolated.
    all_names: bool,
}

/// Generates a comprehension or generator expression; `comp` is the node of `e`.
///
/// # Errors
/// Those of its parts.
pub fn visit<'a>(
    c: &mut Compiler<'a>,
    e: &'a Expr<'a>,
    comp: &'a Comp<'a>,
    kind: ComprehensionType,
) -> Result {
    if c.target.has_current_location() {
        return comprehension_function::visit(c, e, comp, kind);
    }
    let loc = e.loc;
    let id = scope_id(c, ScopeKey::of(comp, KeyKind::Body))?;
    let scope = c.symtable.scope(id);
    let (is_inlined, is_async) = (scope.comp_inlined, scope.coroutine);
    let Some(outermost) = comp.generators.first() else {
        return super::bug("a comprehension without generators");
    };
    let (name, build) = match kind {
        ComprehensionType::List => (names::LISTCOMP, Some(Op::BUILD_LIST)),
        ComprehensionType::Set => (names::SETCOMP, Some(Op::BUILD_SET)),
        ComprehensionType::Dict => (names::DICTCOMP, Some(Op::BUILD_MAP)),
        ComprehensionType::Generator | ComprehensionType::No => (names::GENEXPR, None),
    };
    let mut state = InlinedState::default();
    // Before 3.15 the caller makes the iterator.
    let iterates_inside = c.target.generates_return_generator();
    let start = if is_inlined {
        expr::visit(c, &outermost.iter)?;
        if !iterates_inside {
            get_iter(c, loc, outermost);
        }
        tweak_scopes(c, id, &mut state);
        push_locals(c, loc, id, &mut state)?;
        if iterates_inside {
            Start::IterableOnStack
        } else {
            Start::IteratorOnStack
        }
    } else {
        let counts = ArgCounts {
            argcount: 1,
            ..ArgCounts::default()
        };
        enter_scope(
            c,
            name,
            ScopeType::Comprehension,
            id,
            loc.line,
            None,
            counts,
        );
        if !iterates_inside {
            Start::IteratorInLocal
        } else if build.is_none() {
            c.op_i(outermost.iter.loc, Op::LOAD_FAST, 0);
            get_iter(c, loc, outermost);
            generator::start(c);
            Start::IteratorOnStack
        } else {
            Start::IterableInLocal
        }
    };
    if let Some(build) = build {
        c.op_i(loc, build, 0);
        if is_inlined {
            c.op_i(loc, Op::SWAP, 2);
        }
    }
    let generator = Generator { loc, comp, kind };
    generator.emit(c, 0, 0, start)?;
    if is_inlined {
        pop_locals(c, loc, &state);
        revert_scopes(c, state);
        return Ok(());
    }
    match build {
        Some(_) => c.op(loc, Op::RETURN_VALUE),
        None => wrap_in_stopiteration_handler(c),
    }
    let code = optimize_and_assemble(c, true)?;
    make_closure(c, loc, code, 0)?;
    expr::visit(c, &outermost.iter)?;
    if !iterates_inside {
        get_iter(c, loc, outermost);
    }
    c.op_i(loc, Op::CALL, 0);
    if is_async && build.is_some() {
        expr::await_result(c, loc, 0);
    }
    Ok(())
}

/// Where a loop finds what it loops over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// It has yet to be evaluated.
    Nowhere,
    IterableInLocal,
    IteratorInLocal,
    IterableOnStack,
    IteratorOnStack,
}

fn get_iter(c: &mut Compiler<'_>, loc: Location, generator: &Comprehension<'_>) {
    let loc = loop_location(c, loc, generator);
    c.op(
        loc,
        if generator.is_async {
            Op::GET_AITER
        } else {
            Op::GET_ITER
        },
    );
}

/// Where the operations of a comprehension's loop stand; `loc` is that of the comprehension.
fn loop_location(c: &Compiler<'_>, loc: Location, generator: &Comprehension<'_>) -> Location {
    if c.target.locates_comprehension_at_iterable() {
        generator.iter.loc
    } else {
        loc
    }
}

/// The loops of a comprehension.
struct Generator<'a> {
    loc: Location,
    comp: &'a Comp<'a>,
    kind: ComprehensionType,
}

impl<'a> Generator<'a> {
    /// The loop of the `index`th generator and all inside it (`codegen_comprehension_generator`). `depth` is the
    /// number of iterators on the stack above the container.
    fn emit(&self, c: &mut Compiler<'a>, index: usize, depth: u32, from: Start) -> Result {
        // Every `for` nests the code generator's own calls.
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            if self.comp.generators[index].is_async {
                self.emit_async(c, index, depth, from)
            } else {
                self.emit_sync(c, index, depth, from)
            }
        })
    }

    /// The iterator of the outermost loop, from where it or its iterable is.
    fn push_iterator(&self, c: &mut Compiler<'a>, generator: &Comprehension<'a>, from: Start) {
        if matches!(from, Start::IterableInLocal | Start::IteratorInLocal) {
            c.op_i(self.loc, Op::LOAD_FAST, 0);
        }
        if matches!(from, Start::IterableInLocal | Start::IterableOnStack) {
            get_iter(c, self.loc, generator);
        }
    }

    fn emit_sync(&self, c: &mut Compiler<'a>, index: usize, mut depth: u32, from: Start) -> Result {
        let generator = &self.comp.generators[index];
        let start = c.new_label();
        let if_cleanup = c.new_label();
        let anchor = c.new_label();
        let mut is_loop = true;
        if from != Start::Nowhere {
            self.push_iterator(c, generator, from);
        } else if let Some(value) = sole_element(&generator.iter) {
            // `for y in [f(x)]` is an assignment.
            expr::visit(c, value)?;
            is_loop = false;
        } else {
            expr::visit(c, &generator.iter)?;
            get_iter(c, self.loc, generator);
        }
        if is_loop {
            depth += 1 + u32::from(c.target.iterators_take_two_slots());
            if c.target.iterates_in_comprehension() {
                c.op(generator.iter.loc, Op::GET_ITER);
            }
            let loc = loop_location(c, self.loc, generator);
            c.use_label(start);
            c.jump(loc, Op::FOR_ITER, anchor);
        }
        expr::visit(c, &generator.target)?;
        let element_loc = self.inside(c, index, depth, if_cleanup)?;
        c.use_label(if_cleanup);
        if is_loop {
            c.jump(element_loc, Op::JUMP, start);
            c.use_label(anchor);
            end_for(c);
        }
        Ok(())
    }

    fn emit_async(&self, c: &mut Compiler<'a>, index: usize, depth: u32, from: Start) -> Result {
        let generator = &self.comp.generators[index];
        let loc = self.loc;
        let start = c.new_label();
        let send = c.new_label();
        let except = c.new_label();
        let if_cleanup = c.new_label();
        if from == Start::Nowhere {
            expr::visit(c, &generator.iter)?;
            get_iter(c, self.loc, generator);
        } else {
            self.push_iterator(c, generator, from);
        }
        c.use_label(start);
        fblock::push(
            c,
            loc,
            FBlockKind::AsyncComprehensionGenerator,
            start,
            Label::NONE,
        )?;
        c.jump(loc, Op::SETUP_FINALLY, except);
        c.op(loc, Op::GET_ANEXT);
        expr::load_sent_none(c, loc);
        c.use_label(send);
        expr::add_yield_from(c, loc, true);
        c.op(loc, Op::POP_BLOCK);
        expr::visit(c, &generator.target)?;
        let element_loc = self.inside(c, index, depth + 1, if_cleanup)?;
        c.use_label(if_cleanup);
        c.jump(element_loc, Op::JUMP, start);
        fblock::pop(c);
        c.use_label(except);
        end_async_for(c, loc, send);
        Ok(())
    }

    /// The conditions of a generator, and the next generator or the element; says where the element stands.
    fn inside(
        &self,
        c: &mut Compiler<'a>,
        index: usize,
        depth: u32,
        if_cleanup: Label,
    ) -> Result<Location> {
        for condition in self.comp.generators[index].ifs {
            expr::jump_if(c, &mut { self.loc }, condition, if_cleanup, false)?;
        }
        if index + 1 < self.comp.generators.len() {
            self.emit(c, index + 1, depth, Start::Nowhere)?;
            return Ok(self.comp.elt.loc);
        }
        let element = &self.comp.elt;
        let mut loc = element.loc;
        if let ExprKind::Starred { value, .. } = element.kind {
            expr::visit(c, value)?;
            self.add_all(c, loc, depth);
            return Ok(loc);
        }
        expr::visit(c, element)?;
        match self.kind {
            ComprehensionType::List => c.op_i(loc, Op::LIST_APPEND, depth + 1),
            ComprehensionType::Set => c.op_i(loc, Op::SET_ADD, depth + 1),
            ComprehensionType::Dict => {
                let Some(value) = &self.comp.value else {
                    // `{**element for ...}`.
                    c.op_i(loc, Op::DICT_UPDATE, depth + 1);
                    return Ok(loc);
                };
                expr::visit(c, value)?;
                loc.end_line = value.loc.end_line;
                loc.end_col = value.loc.end_col;
                c.op_i(loc, Op::MAP_ADD, depth + 1);
            }
            ComprehensionType::Generator | ComprehensionType::No => {
                expr::add_yield(c, loc);
                c.op(loc, Op::POP_TOP);
            }
        }
        Ok(loc)
    }

    /// Adds all items of the iterable on the stack (PEP 798).
    fn add_all(&self, c: &mut Compiler<'a>, loc: Location, depth: u32) {
        match self.kind {
            ComprehensionType::List => c.op_i(loc, Op::LIST_EXTEND, depth + 1),
            ComprehensionType::Set => c.op_i(loc, Op::SET_UPDATE, depth + 1),
            ComprehensionType::Dict => c.op_i(loc, Op::DICT_UPDATE, depth + 1),
            ComprehensionType::Generator | ComprehensionType::No => {
                let start = c.new_label();
                let end = c.new_label();
                c.op(loc, Op::GET_ITER);
                c.use_label(start);
                c.jump(loc, Op::FOR_ITER, end);
                expr::add_yield(c, loc);
                c.op(loc, Op::POP_TOP);
                c.jump(Location::NONE, Op::JUMP, start);
                c.use_label(end);
                c.op(Location::NONE, Op::END_FOR);
                c.op(Location::NONE, Op::POP_ITER);
            }
        }
    }
}

/// The element of a list or tuple of one, if it is not starred.
fn sole_element<'a>(iter: &'a Expr<'a>) -> Option<&'a Expr<'a>> {
    match iter.kind {
        ExprKind::List {
            elts: [element], ..
        }
        | ExprKind::Tuple {
            elts: [element], ..
        } if !matches!(element.kind, ExprKind::Starred { .. }) => Some(element),
        _ => None,
    }
}

/// Whether a symbol of a comprehension is one of its own variables; `DEF_LOCAL | DEF_NONLOCAL` are names that
/// `:=` binds outside.
fn is_own_local(symbol: Symbol) -> bool {
    symbol.flags & def::LOCAL != 0 && symbol.flags & def::NONLOCAL == 0
}

/// Makes the comprehension's bindings those of the unit (`_PyCompile_TweakInlinedComprehensionScopes`).
fn tweak_scopes(c: &mut Compiler<'_>, comp: ScopeId, state: &mut InlinedState) {
    let Compiler {
        current: unit,
        symtable,
        known_names,
        ..
    } = c;
    let outer_scope = symtable.scope(unit.scope);
    let function_like = outer_scope.is_function_like();
    let in_class_block = outer_scope.kind == BlockType::Class && unit.in_inlined_comp == 0;
    state.all_names = in_class_block && c.target.isolates_all_names_in_class();
    unit.in_inlined_comp += 1;
    unit.asks_scope = !function_like;
    let replaces_all = c.target.comprehension_scopes_replace_all();
    for index in 0..symtable.scope(comp).symbols.len() {
        let symbol = symtable.scope(comp).symbols[index];
        let outer = symtable.scope(unit.scope).scope_of(symbol.name);
        let differs = symbol.scope != outer
            && (symbol.scope != NameScope::Free && replaces_all || is_own_local(symbol))
            && !(symbol.scope == NameScope::Cell && outer == NameScope::Free);
        if differs || in_class_block {
            let scope = symtable.scope_mut(unit.scope);
            state.temp_symbols.push(scope.replace_symbol(symbol));
            known_names.rebind(scope, unit.serial, symbol.name, symbol.scope);
        }
        if (is_own_local(symbol) || in_class_block)
            && !function_like
            && unit.fast_hidden.insert(symbol.name, true) != Some(true)
        {
            state.fast_hidden.push(symbol.name);
        }
    }
}

/// Saves the outer values of the comprehension's variables (`codegen_push_inlined_comprehension_locals`).
fn push_locals(
    c: &mut Compiler<'_>,
    loc: Location,
    comp: ScopeId,
    state: &mut InlinedState,
) -> Result {
    for index in 0..c.symtable.scope(comp).symbols.len() {
        let symbol = c.symtable.scope(comp).symbols[index];
        if !is_own_local(symbol) && !state.all_names {
            continue;
        }
        let outer = c.scope().scope_of(symbol.name);
        let local = local_index(c, symbol.name);
        let unit = c.unit_mut();
        let cell = match (symbol.scope, outer) {
            (NameScope::Cell, NameScope::Free) => {
                Some(unit.cellvars.len() as u32 + unit.freevars.add(symbol.name))
            }
            (NameScope::Cell, _) => Some(unit.cellvars.add(symbol.name)),
            _ => None,
        };
        c.op_i(loc, Op::LOAD_FAST_AND_CLEAR, local);
        if let Some(cell) = cell {
            c.op_i(loc, Op::MAKE_CELL, cell);
        }
        state.pushed_locals.push(symbol.name);
    }
    if !state.pushed_locals.is_empty() {
        c.op_i(loc, Op::SWAP, state.pushed_locals.len() as u32 + 1);
        let cleanup = c.new_label();
        state.cleanup = Some(cleanup);
        // Nothing leaves a comprehension through this block, but it counts.
        if c.target.counts_comprehensions_as_blocks() {
            fblock::push(c, loc, FBlockKind::TryExcept, cleanup, Label::NONE)?;
        }
        c.jump(loc, Op::SETUP_FINALLY, cleanup);
    }
    Ok(())
}

/// Brings them back, on the way out and behind an exception (`codegen_pop_inlined_comprehension_locals`).
fn pop_locals(c: &mut Compiler<'_>, loc: Location, state: &InlinedState) {
    let Some(cleanup) = state.cleanup else { return };
    if c.target.counts_comprehensions_as_blocks() {
        fblock::pop(c);
    }
    c.op(Location::NONE, Op::POP_BLOCK);
    let end = c.new_label();
    c.skip_to(end);
    c.use_label(cleanup);
    c.op_i(Location::NONE, Op::SWAP, 2);
    c.op(Location::NONE, Op::POP_TOP);
    restore_locals(c, loc, state);
    c.op_i(Location::NONE, Op::RERAISE, 0);
    c.use_label(end);
    restore_locals(c, loc, state);
}

/// `restore_inlined_comprehension_locals`.
fn restore_locals(c: &mut Compiler<'_>, loc: Location, state: &InlinedState) {
    c.op_i(loc, Op::SWAP, state.pushed_locals.len() as u32 + 1);
    for &name in state.pushed_locals.iter().rev() {
        let local = local_index(c, name);
        c.op_i(loc, Op::STORE_FAST_MAYBE_NULL, local);
    }
}

/// `_PyCompile_RevertInlinedComprehensionScopes`.
fn revert_scopes(c: &mut Compiler<'_>, state: InlinedState) {
    let Compiler {
        current: unit,
        symtable,
        known_names,
        ..
    } = c;
    unit.in_inlined_comp -= 1;
    unit.asks_scope &= unit.in_inlined_comp > 0;
    for old in state.temp_symbols {
        let scope = symtable.scope_mut(unit.scope);
        scope.replace_symbol(old);
        known_names.rebind(scope, unit.serial, old.name, old.scope);
    }
    for name in state.fast_hidden {
        unit.fast_hidden.insert(name, false);
    }
}
