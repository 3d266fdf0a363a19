//! `for`, `async for` and `while` (`compiler_for`, `compiler_async_for`, `compiler_while`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{For, While};

use super::{jump, load_none, op, unset};
use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, stmt};

pub(super) fn for_loop<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a For<'a>) -> Result {
    let start = c.new_label();
    let body = c.new_label();
    let cleanup = c.new_label();
    let end = c.new_label();
    fblock::push(c, loc, FBlockKind::ForLoop, start, end)?;
    expr::visit(c, &node.iter)?;
    c.op(loc, Op::GET_ITER);
    c.use_label(start);
    c.jump(loc, Op::FOR_ITER, cleanup);
    c.use_label(body);
    expr::visit(c, &node.target)?;
    stmt::body(c, node.body)?;
    unset(c);
    jump(c, Op::JUMP, start);

    c.use_label(cleanup);
    fblock::pop(c);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}

pub(super) fn async_for<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a For<'a>) -> Result {
    let start = c.new_label();
    let except = c.new_label();
    let end = c.new_label();
    expr::visit(c, &node.iter)?;
    c.op(loc, Op::GET_AITER);
    c.use_label(start);
    fblock::push(c, loc, FBlockKind::ForLoop, start, end)?;
    c.jump(loc, Op::SETUP_FINALLY, except);
    c.op(loc, Op::GET_ANEXT);
    load_none(c);
    expr::add_yield_from(c, loc, true);
    c.op(loc, Op::POP_BLOCK);
    expr::visit(c, &node.target)?;
    stmt::body(c, node.body)?;
    unset(c);
    jump(c, Op::JUMP, start);
    fblock::pop(c);

    c.use_label(except);
    c.set_loc(node.iter.loc);
    op(c, Op::END_ASYNC_LOOP);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}

/// The test stands twice, so that each round has one jump.
pub(super) fn while_loop<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a While<'a>) -> Result {
    let start = c.new_label();
    let body = c.new_label();
    let anchor = c.new_label();
    let end = c.new_label();
    c.use_label(start);
    fblock::push(c, loc, FBlockKind::WhileLoop, start, end)?;
    expr::jump_if(c, &mut { loc }, &node.test, anchor, false)?;
    c.use_label(body);
    stmt::body(c, node.body)?;
    let mut left = loc;
    expr::jump_if(c, &mut left, &node.test, body, true)?;
    c.set_loc(left);
    fblock::pop(c);
    c.use_label(anchor);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}
