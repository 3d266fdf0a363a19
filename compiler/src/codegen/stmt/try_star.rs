//! `try ... except*` (`codegen_try_star_except`).
//!
//! In the handlers the stack holds the original exception group, the list of exceptions raised by handlers,
//! and the part of the group that no handler has matched yet.

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{Ctx, ExceptHandler, Try};

use super::try_except::try_finally;
use crate::codegen::expr::oparg::intrinsic_2;
use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, names, stmt};

/// `try: ... except* ...: ... else: ... finally: ...`.
pub fn try_star<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    if node.finalbody.is_empty() {
        try_star_except(c, loc, node)
    } else {
        try_finally(c, loc, node, try_star_except)
    }
}

fn try_star_except<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    let none = Location::NONE;
    let body = c.new_label();
    let except = c.new_label();
    let orelse = c.new_label();
    let end = c.new_label();
    let cleanup = c.new_label();
    let reraise_star = c.new_label();

    c.jump(loc, Op::SETUP_FINALLY, except);
    c.use_label(body);
    fblock::push(c, loc, FBlockKind::TryExcept, body, Label::NONE)?;
    stmt::body(c, node.body)?;
    fblock::pop(c);
    c.op(none, Op::POP_BLOCK);
    c.skip_to(orelse);

    c.use_label(except);
    c.jump(none, Op::SETUP_CLEANUP, cleanup);
    c.op(none, Op::PUSH_EXC_INFO);
    fblock::push(
        c,
        loc,
        FBlockKind::ExceptionGroupHandler,
        Label::NONE,
        Label::NONE,
    )?;
    for (i, handler) in node.handlers.iter().enumerate() {
        if i == 0 {
            c.op_i(handler.loc, Op::BUILD_LIST, 0);
            c.op_i(handler.loc, Op::COPY, 2);
        }
        except_handler(c, handler)?;
    }
    // What nobody has handled (or None) joins the exceptions to raise.
    c.op_i(none, Op::LIST_APPEND, 1);
    c.skip_to(reraise_star);
    fblock::pop(c);

    let reraise = c.new_label();
    c.use_label(reraise_star);
    c.op_i(none, Op::CALL_INTRINSIC_2, intrinsic_2::PREP_RERAISE_STAR);
    c.op_i(none, Op::COPY, 1);
    c.jump(none, Op::POP_JUMP_IF_NOT_NONE, reraise);
    c.op(none, Op::POP_TOP);
    c.op(none, Op::POP_BLOCK);
    c.op(none, Op::POP_EXCEPT);
    c.skip_to(end);

    c.use_label(reraise);
    c.op(none, Op::POP_BLOCK);
    c.op_i(none, Op::SWAP, 2);
    c.op(none, Op::POP_EXCEPT);
    c.op_i(none, Op::RERAISE, 0);

    c.use_label(cleanup);
    fblock::pop_except_and_reraise(c, none);

    c.use_label(orelse);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}

/// One handler: splits the group, runs the body on the match, and collects an exception that the body raises.
fn except_handler<'a>(c: &mut Compiler<'a>, handler: &'a ExceptHandler<'a>) -> Result {
    let none = Location::NONE;
    let loc = handler.loc;
    let except = c.new_label();
    let except_with_error = c.new_label();
    let no_match = c.new_label();
    if let Some(type_) = handler.type_ {
        expr::visit(c, type_)?;
        c.op(loc, Op::CHECK_EG_MATCH);
        c.op_i(loc, Op::COPY, 1);
        c.jump(loc, Op::POP_JUMP_IF_NONE, no_match);
    }
    let cleanup_end = c.new_label();
    let cleanup_body = c.new_label();
    match handler.name {
        Some(name) => names::nameop(c, loc, name, Ctx::Store)?,
        None => c.op(loc, Op::POP_TOP),
    }
    c.jump(loc, Op::SETUP_CLEANUP, cleanup_end);
    c.use_label(cleanup_body);
    fblock::push(
        c,
        loc,
        FBlockKind::HandlerCleanup(handler.name),
        cleanup_body,
        Label::NONE,
    )?;
    stmt::body(c, handler.body)?;
    fblock::pop(c);
    c.op(none, Op::POP_BLOCK);
    if let Some(name) = handler.name {
        fblock::clear_name(c, none, name)?;
    }
    c.skip_to(except);

    c.use_label(cleanup_end);
    if let Some(name) = handler.name {
        fblock::clear_name(c, none, name)?;
    }
    c.op_i(none, Op::LIST_APPEND, 3);
    c.op(none, Op::POP_TOP);
    c.skip_to(except_with_error);

    c.use_label(except);
    // Takes a location from before it.
    c.op(none, Op::NOP);
    c.skip_to(except_with_error);

    c.use_label(no_match);
    c.op(loc, Op::POP_TOP);
    c.use_label(except_with_error);
    Ok(())
}
