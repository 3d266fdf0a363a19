//! `with` and `async with` (`compiler_with`, `compiler_async_with`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::With;

use super::{jump, load_none, op, op_i, pop_except_and_reraise, unset};
use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, stmt};

/// `GET_AWAITABLE`'s operands: for error messages, what is awaited.
const AWAIT_AENTER: u32 = 1;
const AWAIT_AEXIT: u32 = 2;

/// The items from number `pos` on, around the body. Each item is a block inside the one before; the limit on
/// open blocks bounds the recursion.
pub(super) fn with<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    node: &'a With<'a>,
    pos: usize,
) -> Result {
    let Some(item) = node.items.get(pos) else {
        return stmt::body(c, node.body);
    };
    let labels = Labels::new(c);
    expr::visit(c, &item.context_expr)?;
    op(c, Op::BEFORE_WITH);
    jump(c, Op::SETUP_WITH, labels.handler);
    c.use_label(labels.block);
    fblock::push(c, loc, FBlockKind::With, labels.block, labels.handler)?;
    match item.optional_vars {
        Some(target) => expr::visit(c, target)?,
        None => op(c, Op::POP_TOP),
    }
    with(c, loc, node, pos + 1)?;
    unset(c);
    op(c, Op::POP_BLOCK);
    fblock::pop(c);

    c.set_loc(loc);
    fblock::call_exit_with_nones(c, loc);
    c.op(loc, Op::POP_TOP);
    c.jump(loc, Op::JUMP, labels.exit);

    c.use_label(labels.handler);
    c.jump(loc, Op::SETUP_CLEANUP, labels.cleanup);
    c.op(loc, Op::PUSH_EXC_INFO);
    c.op(loc, Op::WITH_EXCEPT_START);
    except_finish(c, labels.cleanup);
    c.use_label(labels.exit);
    Ok(())
}

pub(super) fn async_with<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    node: &'a With<'a>,
    pos: usize,
) -> Result {
    let Some(item) = node.items.get(pos) else {
        return stmt::body(c, node.body);
    };
    let labels = Labels::new(c);
    expr::visit(c, &item.context_expr)?;
    op(c, Op::BEFORE_ASYNC_WITH);
    await_result(c, AWAIT_AENTER);
    jump(c, Op::SETUP_WITH, labels.handler);
    c.use_label(labels.block);
    fblock::push(c, loc, FBlockKind::AsyncWith, labels.block, labels.handler)?;
    match item.optional_vars {
        Some(target) => expr::visit(c, target)?,
        None => op(c, Op::POP_TOP),
    }
    async_with(c, loc, node, pos + 1)?;
    fblock::pop(c);
    // CPython quirk (3.11, compiler_async_with): at the location that the last statement has left behind.
    op(c, Op::POP_BLOCK);

    c.set_loc(loc);
    fblock::call_exit_with_nones(c, loc);
    await_result(c, AWAIT_AEXIT);
    c.op(loc, Op::POP_TOP);
    c.jump(loc, Op::JUMP, labels.exit);

    c.use_label(labels.handler);
    c.jump(loc, Op::SETUP_CLEANUP, labels.cleanup);
    c.op(loc, Op::PUSH_EXC_INFO);
    c.op(loc, Op::WITH_EXCEPT_START);
    await_result(c, AWAIT_AEXIT);
    except_finish(c, labels.cleanup);
    c.use_label(labels.exit);
    Ok(())
}

struct Labels {
    block: Label,
    handler: Label,
    exit: Label,
    cleanup: Label,
}

impl Labels {
    fn new(c: &mut Compiler<'_>) -> Labels {
        Labels {
            block: c.new_label(),
            handler: c.new_label(),
            exit: c.new_label(),
            cleanup: c.new_label(),
        }
    }
}

fn await_result(c: &mut Compiler<'_>, what: u32) {
    op_i(c, Op::GET_AWAITABLE, what);
    load_none(c);
    let loc = c.unit().loc;
    expr::add_yield_from(c, loc, true);
}

/// The exceptional way out: what `__exit__` returned decides (`compiler_with_except_finish`).
fn except_finish(c: &mut Compiler<'_>, cleanup: Label) {
    unset(c);
    let suppress = c.new_label();
    jump(c, Op::POP_JUMP_IF_TRUE, suppress);
    op_i(c, Op::RERAISE, 2);
    c.use_label(cleanup);
    pop_except_and_reraise(c);
    c.use_label(suppress);
    op(c, Op::POP_TOP);
    op(c, Op::POP_BLOCK);
    op(c, Op::POP_EXCEPT);
    op(c, Op::POP_TOP);
    op(c, Op::POP_TOP);
}
