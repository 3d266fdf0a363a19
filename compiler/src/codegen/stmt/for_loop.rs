//! `for` and `async for` (`codegen_for`, `codegen_async_for`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::For;

use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, stmt};

/// `for target in iter: body else: orelse`.
pub fn for_loop<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a For<'a>) -> Result {
    let start = c.new_label();
    let cleanup = c.new_label();
    let end = c.new_label();
    fblock::push(c, loc, FBlockKind::ForLoop, start, end)?;

    expr::visit(c, &node.iter)?;
    let iter_loc = node.iter.loc;
    c.op(iter_loc, Op::GET_ITER);
    c.use_label(start);
    c.jump(iter_loc, Op::FOR_ITER, cleanup);
    // So that a target on a line of its own is traced; removed where it turns out to be redundant.
    c.op(node.target.loc, Op::NOP);
    expr::visit(c, &node.target)?;
    stmt::body(c, node.body)?;
    c.jump(Location::NONE, Op::JUMP, start);

    c.use_label(cleanup);
    c.op(Location::NONE, Op::END_FOR);
    c.op(Location::NONE, Op::POP_ITER);
    fblock::pop(c);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}

/// `async for target in iter: body else: orelse`; a handler around `__anext__` ends the loop.
pub fn async_for<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a For<'a>) -> Result {
    let start = c.new_label();
    let send = c.new_label();
    let except = c.new_label();
    let end = c.new_label();

    expr::visit(c, &node.iter)?;
    c.op(node.iter.loc, Op::GET_AITER);
    c.use_label(start);
    fblock::push(c, loc, FBlockKind::ForLoop, start, end)?;
    c.jump(loc, Op::SETUP_FINALLY, except);
    c.op(loc, Op::GET_ANEXT);
    c.load_const(loc, Constant::None);
    c.use_label(send);
    expr::add_yield_from(c, loc, true);
    c.op(loc, Op::POP_BLOCK);
    c.op(loc, Op::NOT_TAKEN);

    expr::visit(c, &node.target)?;
    stmt::body(c, node.body)?;
    c.jump(Location::NONE, Op::JUMP, start);
    fblock::pop(c);

    c.use_label(except);
    // The loop ends at the iterator's line, not at the body's last.
    c.jump(node.iter.loc, Op::END_ASYNC_FOR, send);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}
