//! `yield`, `yield from` and `await`.

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::Expr;

use super::oparg::{get_iter, intrinsic_1, resume};
use super::visit;
use crate::codegen::unit::ScopeType;
use crate::codegen::{Compiler, Result, syntax_error};
use crate::symtable::BlockType;

/// `_PyST_IsFunctionLike`.
fn in_function(c: &Compiler<'_>) -> bool {
    !matches!(c.scope().kind, BlockType::Module | BlockType::Class)
}

pub(super) fn yield_<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    value: Option<&'a Expr<'a>>,
) -> Result {
    if !in_function(c) {
        return syntax_error(loc, "'yield' outside function");
    }
    match value {
        Some(value) => visit(c, value)?,
        None => c.load_const(loc, Constant::None),
    }
    add_yield(c, loc);
    Ok(())
}

pub(super) fn yield_from<'a>(c: &mut Compiler<'a>, loc: Location, value: &'a Expr<'a>) -> Result {
    if !in_function(c) {
        return syntax_error(loc, "'yield from' outside function");
    }
    if c.unit().scope_type == ScopeType::AsyncFunction {
        return syntax_error(loc, "'yield from' inside async function");
    }
    visit(c, value)?;
    if c.target.get_iter_for_yield_from() {
        c.op_i(loc, Op::GET_ITER, get_iter::YIELD_FROM);
    } else {
        c.op(loc, Op::GET_YIELD_FROM_ITER);
    }
    c.load_const(loc, Constant::None);
    add_yield_from(c, loc, false);
    Ok(())
}

/// The symbol table has checked that the function is asynchronous.
pub(super) fn await_<'a>(c: &mut Compiler<'a>, loc: Location, value: &'a Expr<'a>) -> Result {
    visit(c, value)?;
    await_result(c, loc, 0);
    Ok(())
}

/// Awaits the value on the stack; `what` is for error messages (`GET_AWAITABLE`'s operand).
pub fn await_result(c: &mut Compiler<'_>, loc: Location, what: u32) {
    c.op_i(loc, Op::GET_AWAITABLE, what);
    load_sent_none(c, loc);
    add_yield_from(c, loc, true);
}

/// Pushes what an awaitable on the stack is sent first.
pub fn load_sent_none(c: &mut Compiler<'_>, loc: Location) {
    if c.target.iterators_take_two_slots() {
        c.op(loc, Op::PUSH_NULL);
    }
    c.load_const(loc, Constant::None);
}

/// Yields the value on the stack, wrapped in an asynchronous generator (`codegen_addop_yield`).
pub fn add_yield(c: &mut Compiler<'_>, loc: Location) {
    let scope = c.scope();
    if scope.generator && scope.coroutine {
        if c.target.has_intrinsics() {
            c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::ASYNC_GEN_WRAP);
        } else {
            c.op(loc, Op::ASYNC_GEN_WRAP);
        }
    }
    c.op_i(loc, Op::YIELD_VALUE, 0);
    c.op_i(loc, Op::RESUME, resume::AFTER_YIELD);
}

/// Sends to the iterator below the value on the stack until it is exhausted (`codegen_add_yield_from`). What
/// `YIELD_VALUE` raises goes to `CLEANUP_THROW`, for a `StopIteration` by `close` or `throw`.
pub fn add_yield_from(c: &mut Compiler<'_>, loc: Location, is_await: bool) {
    let resumed = if is_await {
        resume::AFTER_AWAIT
    } else {
        resume::AFTER_YIELD_FROM
    };
    if !c.target.cleans_up_throws() {
        return add_plain_yield_from(c, loc, resumed);
    }
    let send = c.new_label();
    let fail = c.new_label();
    let exit = c.new_label();

    c.use_label(send);
    c.jump(loc, Op::SEND, exit);
    c.jump(loc, Op::SETUP_FINALLY, fail);
    c.op_i(loc, Op::YIELD_VALUE, 1);
    c.op(Location::NONE, Op::POP_BLOCK);
    c.op_i(loc, Op::RESUME, resumed);
    c.jump(loc, Op::JUMP_NO_INTERRUPT, send);

    c.use_label(fail);
    c.op(loc, Op::CLEANUP_THROW);

    c.use_label(exit);
    c.op(loc, Op::END_SEND);
}

/// The same where exceptions need no handling.
fn add_plain_yield_from(c: &mut Compiler<'_>, loc: Location, resumed: u32) {
    let start = c.new_label();
    let resume = c.new_label();
    let exit = c.new_label();
    c.use_label(start);
    c.jump(loc, Op::SEND, exit);
    c.use_label(resume);
    c.op(loc, Op::YIELD_VALUE);
    c.op_i(loc, Op::RESUME, resumed);
    c.jump(loc, Op::JUMP_NO_INTERRUPT, start);
    c.use_label(exit);
}
