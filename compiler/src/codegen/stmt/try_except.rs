//! `try` with `except` and `finally` (`codegen_try_finally`, `codegen_try_except`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{Ctx, ExceptHandler, Try};

use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, names, stmt, syntax_error};

/// `try: ... except ...: ... else: ... finally: ...`.
pub fn try_stmt<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    if node.finalbody.is_empty() {
        try_except(c, loc, node)
    } else {
        try_finally(c, loc, node, try_except)
    }
}

/// `finally` around what `inner` generates for the handlers, `try ... except` or `try ... except*`. The
/// `finally` body stands twice: once for the normal way, once for exceptions; `return`, `break` and `continue`
/// make copies of their own.
pub fn try_finally<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    node: &'a Try<'a>,
    inner: fn(&mut Compiler<'a>, Location, &'a Try<'a>) -> Result,
) -> Result {
    let none = Location::NONE;
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
    c.op(none, Op::POP_BLOCK);
    fblock::pop(c);
    stmt::body(c, node.finalbody)?;
    c.skip_to(exit);

    c.use_label(end);
    c.jump(none, Op::SETUP_CLEANUP, cleanup);
    c.op(none, Op::PUSH_EXC_INFO);
    fblock::push(c, none, FBlockKind::FinallyEnd, end, Label::NONE)?;
    stmt::body(c, node.finalbody)?;
    fblock::pop(c);
    c.op_i(none, Op::RERAISE, 0);

    c.use_label(cleanup);
    fblock::pop_except_and_reraise(c, none);
    c.use_label(exit);
    Ok(())
}

fn try_except<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    let none = Location::NONE;
    let body = c.new_label();
    let except = c.new_label();
    let end = c.new_label();
    let cleanup = c.new_label();

    c.jump(loc, Op::SETUP_FINALLY, except);
    c.use_label(body);
    fblock::push(c, loc, FBlockKind::TryExcept, body, Label::NONE)?;
    stmt::body(c, node.body)?;
    fblock::pop(c);
    c.op(none, Op::POP_BLOCK);
    stmt::body(c, node.orelse)?;
    c.skip_to(end);

    c.use_label(except);
    c.jump(none, Op::SETUP_CLEANUP, cleanup);
    c.op(none, Op::PUSH_EXC_INFO);
    // PUSH_EXC_INFO leaves something that must be undone: that is what this block stands for.
    fblock::push(
        c,
        loc,
        FBlockKind::ExceptionHandler,
        Label::NONE,
        Label::NONE,
    )?;
    for (i, handler) in node.handlers.iter().enumerate() {
        if handler.type_.is_none() && i + 1 < node.handlers.len() {
            return syntax_error(handler.loc, "default 'except:' must be last");
        }
        except_handler(c, handler, end)?;
    }
    fblock::pop(c);
    c.op_i(none, Op::RERAISE, 0);

    c.use_label(cleanup);
    fblock::pop_except_and_reraise(c, none);
    c.use_label(end);
    Ok(())
}

/// One handler; a match ends at `end`, no match falls through to what follows.
fn except_handler<'a>(c: &mut Compiler<'a>, handler: &'a ExceptHandler<'a>, end: Label) -> Result {
    let none = Location::NONE;
    let loc = handler.loc;
    let next = c.new_label();
    if let Some(type_) = handler.type_ {
        expr::visit(c, type_)?;
        c.op(loc, Op::CHECK_EXC_MATCH);
        c.jump(loc, Op::POP_JUMP_IF_FALSE, next);
    }
    let cleanup_body = c.new_label();
    if let Some(name) = handler.name {
        // The name is unbound at the end, even if the body has deleted it.
        let cleanup_end = c.new_label();
        names::nameop(c, loc, name, Ctx::Store)?;
        c.jump(loc, Op::SETUP_CLEANUP, cleanup_end);
        c.use_label(cleanup_body);
        fblock::push(
            c,
            loc,
            FBlockKind::HandlerCleanup(Some(name)),
            cleanup_body,
            Label::NONE,
        )?;
        stmt::body(c, handler.body)?;
        fblock::pop(c);
        c.op(none, Op::POP_BLOCK);
        c.op(none, Op::POP_BLOCK);
        c.op(none, Op::POP_EXCEPT);
        fblock::clear_name(c, none, name)?;
        c.skip_to(end);

        c.use_label(cleanup_end);
        fblock::clear_name(c, none, name)?;
        c.op_i(none, Op::RERAISE, 1);
    } else {
        c.op(loc, Op::POP_TOP);
        c.use_label(cleanup_body);
        fblock::push(
            c,
            loc,
            FBlockKind::HandlerCleanup(None),
            cleanup_body,
            Label::NONE,
        )?;
        stmt::body(c, handler.body)?;
        fblock::pop(c);
        c.op(none, Op::POP_BLOCK);
        c.op(none, Op::POP_EXCEPT);
        c.skip_to(end);
    }
    c.use_label(next);
    Ok(())
}
