//! `for` and `async for` (`codegen_for`, `codegen_async_for`).

use pycsmith_bytecode::version::ForLoopEnd;
use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
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
    let at_iterable = c.target.locates_loop_at_iterable();
    let iter_loc = if at_iterable { node.iter.loc } else { loc };
    c.op(iter_loc, Op::GET_ITER);
    c.use_label(start);
    c.jump(iter_loc, Op::FOR_ITER, cleanup);
    if at_iterable {
        // So that a target on a line of its own is traced; removed where it turns out to be redundant.
        c.op(node.target.loc, Op::NOP);
    }
    expr::visit(c, &node.target)?;
    stmt::body(c, node.body)?;
    c.jump(Location::NONE, Op::JUMP, start);

    c.use_label(cleanup);
    end_for(c);
    fblock::pop(c);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}

/// The end of a loop whose iterator is exhausted.
pub fn end_for(c: &mut Compiler<'_>) {
    c.op(Location::NONE, Op::END_FOR);
    match c.target.for_loop_end() {
        ForLoopEnd::EndFor => {}
        ForLoopEnd::PopTop => c.op(Location::NONE, Op::POP_TOP),
        ForLoopEnd::PopIter => c.op(Location::NONE, Op::POP_ITER),
    }
}

/// The end of an asynchronous loop; `send` is the `SEND` of its `__anext__`.
pub fn end_async_for(c: &mut Compiler<'_>, loc: Location, send: Label) {
    if c.target.end_async_for_knows_send() {
        c.jump(loc, Op::END_ASYNC_FOR, send);
    } else {
        c.op(loc, Op::END_ASYNC_LOOP);
    }
}

/// `async for target in iter: body else: orelse`; a handler around `__anext__` ends the loop.
pub fn async_for<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a For<'a>) -> Result {
    let start = c.new_label();
    let send = c.new_label();
    let except = c.new_label();
    let end = c.new_label();

    expr::visit(c, &node.iter)?;
    let iter_loc = if c.target.locates_loop_at_iterable() {
        node.iter.loc
    } else {
        loc
    };
    c.op(iter_loc, Op::GET_AITER);
    c.use_label(start);
    fblock::push(c, loc, FBlockKind::AsyncForLoop, start, end)?;
    c.jump(loc, Op::SETUP_FINALLY, except);
    c.op(loc, Op::GET_ANEXT);
    expr::load_sent_none(c, loc);
    c.use_label(send);
    expr::add_yield_from(c, loc, true);
    c.op(loc, Op::POP_BLOCK);
    if c.target.marks_not_taken() {
        c.op(loc, Op::NOT_TAKEN);
    }

    expr::visit(c, &node.target)?;
    stmt::body(c, node.body)?;
    c.jump(Location::NONE, Op::JUMP, start);
    fblock::pop(c);

    c.use_label(except);
    // The loop ends at the iterator's line, not at the body's last.
    end_async_for(c, node.iter.loc, send);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}
