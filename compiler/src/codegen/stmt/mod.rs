//! Statements, one kind a file.

mod assert;
mod assign;
mod aug_assign;
mod current_location;
mod expr_stmt;
pub mod for_loop;
mod if_stmt;
mod import;
mod jumps;
mod match_stmt;
mod return_stmt;
mod try_except;
mod try_star;
mod while_loop;
mod with;

use pycsmith_bytecode::Op;
use pycsmith_parser::ast::{Body, Expr, Stmt, StmtKind};

use super::{Compiler, Result, annotations, class, expr, function, type_alias};

/// Stack left, in bytes, below which a nested statement continues on a new piece of stack.
const RED_ZONE: usize = 128 * 1024;
/// Size of such a piece, in bytes.
const STACK_PIECE: usize = 2 * 1024 * 1024;

/// Statements in order (`VISIT_SEQ(c, stmt, ...)`).
///
/// # Errors
/// Those of the statements.
pub fn body<'a>(c: &mut Compiler<'a>, stmts: Body<'a>) -> Result {
    for s in stmts {
        visit(c, s)?;
    }
    Ok(())
}

/// One statement (`codegen_visit_stmt`).
///
/// # Errors
/// `SyntaxError` for what only code generation notices.
pub fn visit<'a>(c: &mut Compiler<'a>, s: &'a Stmt<'a>) -> Result {
    let loc = s.loc;
    c.set_loc(loc);
    match &s.kind {
        StmtKind::FunctionDef(def) => function::function_def(c, s, def, false),
        StmtKind::AsyncFunctionDef(def) => function::function_def(c, s, def, true),
        StmtKind::ClassDef(def) => class::class_def(c, s, def),
        StmtKind::TypeAlias(alias) => type_alias::type_alias(c, s, alias),
        StmtKind::Return { value } => return_stmt::return_stmt(c, loc, *value),
        StmtKind::Delete { targets } => assign::delete(c, targets),
        StmtKind::Assign { targets, value } => assign::assign(c, loc, targets, value),
        StmtKind::AugAssign { target, op, value } => {
            aug_assign::aug_assign(c, loc, target, *op, value)
        }
        StmtKind::AnnAssign(ann) => annotations::ann_assign(c, s, ann),
        StmtKind::Raise { exc, cause } => raise(c, s, *exc, *cause),
        StmtKind::Assert { test, msg } => assert::assert(c, loc, test, *msg),
        StmtKind::Import { names, is_lazy } => import::import(c, loc, names, *is_lazy),
        StmtKind::ImportFrom(from) => import::from_import(c, loc, from),
        StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
        StmtKind::Expr { value } => expr_stmt::expr_stmt(c, loc, value),
        StmtKind::Pass => {
            c.op(loc, Op::NOP);
            Ok(())
        }
        StmtKind::Break => jumps::break_stmt(c, loc),
        StmtKind::Continue => jumps::continue_stmt(c, loc),
        StmtKind::For(node) => conditional(c, s, |c| for_loop::for_loop(c, loc, node)),
        StmtKind::AsyncFor(node) => conditional(c, s, |c| for_loop::async_for(c, loc, node)),
        StmtKind::While(node) => conditional(c, s, |c| while_loop::while_loop(c, loc, node)),
        StmtKind::If(node) => conditional(c, s, |c| if_stmt::if_stmt(c, loc, node)),
        StmtKind::Match(node) => conditional(c, s, |c| match_stmt::match_stmt(c, node)),
        StmtKind::Try(node) => conditional(c, s, |c| try_except::try_stmt(c, loc, node)),
        StmtKind::TryStar(node) => conditional(c, s, |c| try_star::try_star(c, loc, node)),
        StmtKind::With(node) => conditional(c, s, |c| with::with(c, loc, node, 0, false)),
        StmtKind::AsyncWith(node) => conditional(c, s, |c| with::with(c, loc, node, 0, true)),
    }
}

/// A statement whose annotations may not be reached (`CODEGEN_COND_BLOCK`), which `generate` generates where there is no
/// current location.
#[inline]
fn conditional<'a>(
    c: &mut Compiler<'a>,
    s: &'a Stmt<'a>,
    generate: impl FnOnce(&mut Compiler<'a>) -> Result,
) -> Result {
    c.unit_mut().in_conditional_block += 1;
    stacker::maybe_grow(RED_ZONE, STACK_PIECE, || {
        match c.target.has_current_location() {
            true => current_location::conditional(c, s),
            false => generate(c),
        }
    })?;
    c.unit_mut().in_conditional_block -= 1;
    Ok(())
}

fn raise<'a>(
    c: &mut Compiler<'a>,
    s: &'a Stmt<'a>,
    exc: Option<&'a Expr<'a>>,
    cause: Option<&'a Expr<'a>>,
) -> Result {
    let mut count = 0;
    if let Some(exc) = exc {
        expr::visit(c, exc)?;
        count += 1;
        if let Some(cause) = cause {
            expr::visit(c, cause)?;
            count += 1;
        }
    }
    c.op_i(s.loc, Op::RAISE_VARARGS, count);
    Ok(())
}
