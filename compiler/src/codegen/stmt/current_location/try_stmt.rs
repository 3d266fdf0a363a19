//! `try` with `except` and `finally` (`compiler_try_finally`, `compiler_try_except`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{ExceptHandler, Try};

use super::{jump, op, op_i, pop_except_and_reraise, store, unset};
use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, stmt, syntax_error};

pub(super) fn try_stmt<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    if node.finalbody.is_empty() {
        try_except(c, loc, node)
    } else {
        try_finally(c, loc, node, try_except)
    }
}

/// `finally` around what `inner` generates for the handlers.
pub(super) fn try_finally<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    node: &'a Try<'a>,
    inner: fn(&mut Compiler<'a>, Location, &'a Try<'a>) -> Result,
) -> Result {
    let body = c.new_label();
    let end = c.new_label();
    let exit = c.new_label();
    let cleanup = c.new_label();
    c.jump(loc, Op::SETUP_FINALLY, end);
    c.use_label(body);
    fblock::push(c, loc, FBlockKind::FinallyTry(node.finalbody), body, end)?;
    if node.handlers.is_empty() {
        stmt::body(c, node.body)?;
    } else {
        inner(c, loc, node)?;
    }
    c.op(Location::NONE, Op::POP_BLOCK);
    fblock::pop(c);
    stmt::body(c, node.finalbody)?;
    c.skip_to(exit);

    c.use_label(end);
    unset(c);
    jump(c, Op::SETUP_CLEANUP, cleanup);
    op(c, Op::PUSH_EXC_INFO);
    let here = c.unit().loc;
    fblock::push(c, here, FBlockKind::FinallyEnd, end, Label::NONE)?;
    stmt::body(c, node.finalbody)?;
    fblock::pop(c);
    // CPython quirk (3.11, compiler_try_finally): at the location that the last statement has left behind.
    op_i(c, Op::RERAISE, 0);
    c.use_label(cleanup);
    pop_except_and_reraise(c);
    c.use_label(exit);
    Ok(())
}

fn try_except<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    let body = c.new_label();
    let except = c.new_label();
    let end = c.new_label();
    let cleanup = c.new_label();
    c.jump(loc, Op::SETUP_FINALLY, except);
    c.use_label(body);
    fblock::push(c, loc, FBlockKind::TryExcept, body, Label::NONE)?;
    stmt::body(c, node.body)?;
    fblock::pop(c);
    c.op(Location::NONE, Op::POP_BLOCK);
    stmt::body(c, node.orelse)?;
    c.skip_to(end);

    c.use_label(except);
    unset(c);
    jump(c, Op::SETUP_CLEANUP, cleanup);
    op(c, Op::PUSH_EXC_INFO);
    fblock::push(
        c,
        loc,
        FBlockKind::ExceptionHandler,
        Label::NONE,
        Label::NONE,
    )?;
    for (i, handler) in node.handlers.iter().enumerate() {
        c.set_loc(handler.loc);
        if handler.type_.is_none() && i + 1 < node.handlers.len() {
            return syntax_error(handler.loc, "default 'except:' must be last");
        }
        except_handler(c, handler, end)?;
    }
    unset(c);
    fblock::pop(c);
    op_i(c, Op::RERAISE, 0);
    c.use_label(cleanup);
    pop_except_and_reraise(c);
    c.use_label(end);
    Ok(())
}

fn except_handler<'a>(c: &mut Compiler<'a>, handler: &'a ExceptHandler<'a>, end: Label) -> Result {
    let loc = handler.loc;
    let next = c.new_label();
    if let Some(type_) = handler.type_ {
        expr::visit(c, type_)?;
        c.op(loc, Op::CHECK_EXC_MATCH);
        c.jump(loc, Op::POP_JUMP_IF_FALSE, next);
    }
    if let Some(name) = handler.name {
        let cleanup_end = c.new_label();
        let cleanup_body = c.new_label();
        store(c, name)?;
        c.jump(loc, Op::SETUP_CLEANUP, cleanup_end);
        c.use_label(cleanup_body);
        handler_body(c, handler, cleanup_body)?;
        op(c, Op::POP_BLOCK);
        op(c, Op::POP_BLOCK);
        op(c, Op::POP_EXCEPT);
        clear_name(c, name)?;
        jump(c, Op::JUMP, end);

        c.use_label(cleanup_end);
        unset(c);
        clear_name(c, name)?;
        op_i(c, Op::RERAISE, 1);
    } else {
        let cleanup_body = c.new_label();
        c.op(loc, Op::POP_TOP);
        c.use_label(cleanup_body);
        handler_body(c, handler, cleanup_body)?;
        op(c, Op::POP_BLOCK);
        op(c, Op::POP_EXCEPT);
        jump(c, Op::JUMP, end);
    }
    c.use_label(next);
    Ok(())
}

/// The body of a handler; what follows is artificial.
pub(super) fn handler_body<'a>(
    c: &mut Compiler<'a>,
    handler: &'a ExceptHandler<'a>,
    start: Label,
) -> Result {
    let kind = FBlockKind::HandlerCleanup(handler.name);
    fblock::push(c, handler.loc, kind, start, Label::NONE)?;
    stmt::body(c, handler.body)?;
    fblock::pop(c);
    unset(c);
    Ok(())
}

/// Binds `name` to `None` and deletes it.
pub(super) fn clear_name(c: &mut Compiler<'_>, name: Name) -> Result {
    let loc = c.unit().loc;
    fblock::clear_name(c, loc, name)
}
