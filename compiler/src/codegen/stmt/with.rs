//! `with` and `async with` (`codegen_with_inner`, `codegen_async_with_inner`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::With;

use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, stmt};

/// `LOAD_SPECIAL`'s operands.
const SPECIAL_ENTER: u32 = 0;
const SPECIAL_EXIT: u32 = 1;
const SPECIAL_AENTER: u32 = 2;
const SPECIAL_AEXIT: u32 = 3;

/// `GET_AWAITABLE`'s operands: for error messages, what is awaited.
const AWAIT_AENTER: u32 = 1;
const AWAIT_AEXIT: u32 = 2;

/// The items from number `pos` on, around the body. Each item is a block inside the one before; the limit on
/// open blocks bounds the recursion.
pub fn with<'a>(
    c: &mut Compiler<'a>,
    stmt_loc: Location,
    node: &'a With<'a>,
    pos: usize,
    is_async: bool,
) -> Result {
    let Some(item) = node.items.get(pos) else {
        return stmt::body(c, node.body);
    };
    let block = c.new_label();
    let handler = c.new_label();
    let exit = c.new_label();
    let cleanup = c.new_label();

    expr::visit(c, &item.context_expr)?;
    let loc = if c.target.locates_with_at_context() {
        item.context_expr.loc
    } else {
        stmt_loc
    };
    enter(c, loc, is_async);
    if is_async {
        expr::await_result(c, loc, AWAIT_AENTER);
    }
    c.jump(loc, Op::SETUP_WITH, handler);

    c.use_label(block);
    let kind = if is_async {
        FBlockKind::AsyncWith
    } else {
        FBlockKind::With
    };
    fblock::push(c, loc, kind, block, handler)?;
    match item.optional_vars {
        Some(target) => expr::visit(c, target)?,
        None => c.op(loc, Op::POP_TOP),
    }
    with(c, stmt_loc, node, pos + 1, is_async)?;
    fblock::pop(c);
    // CPython quirk (3.14, codegen_with_inner): only the asynchronous form gives this a location.
    c.op(if is_async { loc } else { Location::NONE }, Op::POP_BLOCK);

    fblock::call_exit_with_nones(c, loc);
    if is_async {
        expr::await_result(c, loc, AWAIT_AEXIT);
    }
    c.op(loc, Op::POP_TOP);
    c.jump(loc, Op::JUMP, exit);

    c.use_label(handler);
    c.jump(loc, Op::SETUP_CLEANUP, cleanup);
    c.op(loc, Op::PUSH_EXC_INFO);
    c.op(loc, Op::WITH_EXCEPT_START);
    if is_async {
        expr::await_result(c, loc, AWAIT_AEXIT);
    }
    except_finish(c, cleanup);
    c.use_label(exit);
    Ok(())
}

/// Calls `__enter__` or `__aenter__`, and leaves its result above what will call `__exit__` or `__aexit__`.
fn enter(c: &mut Compiler<'_>, loc: Location, is_async: bool) {
    if !c.target.loads_special_methods() {
        c.op(
            loc,
            if is_async {
                Op::BEFORE_ASYNC_WITH
            } else {
                Op::BEFORE_WITH
            },
        );
        return;
    }
    let (enter, exit) = if is_async {
        (SPECIAL_AENTER, SPECIAL_AEXIT)
    } else {
        (SPECIAL_ENTER, SPECIAL_EXIT)
    };
    c.op_i(loc, Op::COPY, 1);
    c.op_i(loc, Op::LOAD_SPECIAL, exit);
    c.op_i(loc, Op::SWAP, 2);
    c.op_i(loc, Op::SWAP, 3);
    c.op_i(loc, Op::LOAD_SPECIAL, enter);
    c.op_i(loc, Op::CALL, 0);
}

/// The exceptional way out: what `__exit__` returned decides (`codegen_with_except_finish`).
fn except_finish(c: &mut Compiler<'_>, cleanup: Label) {
    let none = Location::NONE;
    let suppress = c.new_label();
    c.jump_if(none, true, suppress);
    c.op_i(none, Op::RERAISE, 2);

    c.use_label(suppress);
    c.op(none, Op::POP_TOP);
    c.op(none, Op::POP_BLOCK);
    c.op(none, Op::POP_EXCEPT);
    for _ in 0..fblock::exit_slots(c) + 1 {
        c.op(none, Op::POP_TOP);
    }
    let exit = c.new_label();
    c.skip_to(exit);

    c.use_label(cleanup);
    fblock::pop_except_and_reraise(c, none);
    c.use_label(exit);
}
