//! Comprehensions where each is a function and code generation has a current location
//! (`Target::has_current_location`; CPython's `compiler_comprehension` of 3.11).
//!
//! The function is called with the outermost iterable.

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{Comp, Expr, ExprKind};
use pycsmith_parser::interner::names;

use super::closure::make_closure;
use super::fblock::{self, FBlockKind};
use super::module::optimize_and_assemble;
use super::unit::{ArgCounts, ScopeType, enter_scope, scope_id};
use super::{Compiler, Result, bug, expr};
use crate::symtable::{ComprehensionType, KeyKind, ScopeKey};

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
    let loc = e.loc;
    let Some(outermost) = comp.generators.first() else {
        return bug("a comprehension without generators");
    };
    let scope = scope_id(c, ScopeKey::of(comp, KeyKind::Body))?;
    let is_async = c.symtable.scope(scope).coroutine;
    let (name, build) = match kind {
        ComprehensionType::List => (names::LISTCOMP, Some(Op::BUILD_LIST)),
        ComprehensionType::Set => (names::SETCOMP, Some(Op::BUILD_SET)),
        ComprehensionType::Dict => (names::DICTCOMP, Some(Op::BUILD_MAP)),
        ComprehensionType::Generator | ComprehensionType::No => (names::GENEXPR, None),
    };
    let counts = ArgCounts {
        argcount: 1,
        ..ArgCounts::default()
    };
    enter_scope(
        c,
        name,
        ScopeType::Comprehension,
        scope,
        loc.line,
        None,
        counts,
    );
    if let Some(build) = build {
        c.op_i(loc, build, 0);
    }
    let mut loops = Loops { loc, comp, kind };
    loops.emit(c, 0, 0)?;
    if build.is_some() {
        c.op(loops.loc, Op::RETURN_VALUE);
    }
    let code = optimize_and_assemble(c, true)?;
    make_closure(c, loc, code, 0)?;
    expr::visit(c, &outermost.iter)?;
    let iter = if outermost.is_async {
        Op::GET_AITER
    } else {
        Op::GET_ITER
    };
    c.op(loc, iter);
    c.call(loc, 0);
    if is_async && build.is_some() {
        c.op_i(loc, Op::GET_AWAITABLE, 0);
        c.load_const(loc, Constant::None);
        expr::add_yield_from(c, loc, true);
    }
    Ok(())
}

/// The loops of a comprehension.
struct Loops<'a> {
    /// The current location: that of the comprehension, until a condition leaves its own behind.
    loc: Location,
    comp: &'a Comp<'a>,
    kind: ComprehensionType,
}

impl<'a> Loops<'a> {
    /// The loop of the `index`th generator and all inside it. `depth` is the number of iterators on the stack above
    /// the container.
    fn emit(&mut self, c: &mut Compiler<'a>, index: usize, depth: u32) -> Result {
        // Every `for` nests the code generator's own calls.
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            if self.comp.generators[index].is_async {
                self.emit_async(c, index, depth)
            } else {
                self.emit_sync(c, index, depth)
            }
        })
    }

    fn emit_sync(&mut self, c: &mut Compiler<'a>, index: usize, mut depth: u32) -> Result {
        let generator = &self.comp.generators[index];
        let start = c.new_label();
        let if_cleanup = c.new_label();
        let anchor = c.new_label();
        let mut is_loop = true;
        if index == 0 {
            c.op_i(self.loc, Op::LOAD_FAST, 0);
        } else if let Some(value) = sole_element(&generator.iter) {
            // `for y in [f(x)]` is an assignment.
            expr::visit(c, value)?;
            is_loop = false;
        } else {
            expr::visit(c, &generator.iter)?;
            c.op(self.loc, Op::GET_ITER);
        }
        if is_loop {
            depth += 1;
            c.use_label(start);
            c.jump(self.loc, Op::FOR_ITER, anchor);
        }
        expr::visit(c, &generator.target)?;
        self.inside(c, index, depth, if_cleanup)?;
        c.use_label(if_cleanup);
        if is_loop {
            c.jump(self.loc, Op::JUMP, start);
            c.use_label(anchor);
        }
        Ok(())
    }

    fn emit_async(&mut self, c: &mut Compiler<'a>, index: usize, depth: u32) -> Result {
        let generator = &self.comp.generators[index];
        let start = c.new_label();
        let except = c.new_label();
        let if_cleanup = c.new_label();
        if index == 0 {
            c.op_i(self.loc, Op::LOAD_FAST, 0);
        } else {
            expr::visit(c, &generator.iter)?;
            c.op(self.loc, Op::GET_AITER);
        }
        c.use_label(start);
        fblock::push(
            c,
            self.loc,
            FBlockKind::AsyncComprehensionGenerator,
            start,
            Label::NONE,
        )?;
        c.jump(self.loc, Op::SETUP_FINALLY, except);
        c.op(self.loc, Op::GET_ANEXT);
        c.load_const(self.loc, Constant::None);
        expr::add_yield_from(c, self.loc, true);
        c.op(self.loc, Op::POP_BLOCK);
        expr::visit(c, &generator.target)?;
        self.inside(c, index, depth + 1, if_cleanup)?;
        c.use_label(if_cleanup);
        c.jump(self.loc, Op::JUMP, start);
        fblock::pop(c);
        c.use_label(except);
        c.op(self.loc, Op::END_ASYNC_LOOP);
        Ok(())
    }

    /// The conditions of a generator, and the next generator or the element.
    fn inside(
        &mut self,
        c: &mut Compiler<'a>,
        index: usize,
        depth: u32,
        if_cleanup: Label,
    ) -> Result {
        for condition in self.comp.generators[index].ifs {
            expr::jump_if(c, &mut self.loc, condition, if_cleanup, false)?;
        }
        if index + 1 < self.comp.generators.len() {
            return self.emit(c, index + 1, depth);
        }
        expr::visit(c, &self.comp.elt)?;
        match self.kind {
            ComprehensionType::List => c.op_i(self.loc, Op::LIST_APPEND, depth + 1),
            ComprehensionType::Set => c.op_i(self.loc, Op::SET_ADD, depth + 1),
            ComprehensionType::Dict => {
                if let Some(value) = &self.comp.value {
                    expr::visit(c, value)?;
                }
                c.op_i(self.loc, Op::MAP_ADD, depth + 1);
            }
            ComprehensionType::Generator | ComprehensionType::No => {
                expr::add_yield(c, self.loc);
                c.op(self.loc, Op::POP_TOP);
            }
        }
        Ok(())
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
