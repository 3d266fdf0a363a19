//! `and`, `or`, conditional expressions, and jumps that depend on an expression's truth.

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{BoolOp, Compare, Expr, ExprKind, Exprs, IfExp, UnaryOp};

use super::{RED_ZONE, STACK_PIECE, compare, visit};
use crate::codegen::{Compiler, Result, bug};

/// `codegen_boolop`.
pub(super) fn boolop<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    op: BoolOp,
    values: Exprs<'a>,
) -> Result {
    let keeping = c.target.jumps_if_keeping();
    let jump = match op {
        BoolOp::And => Op::JUMP_IF_FALSE,
        BoolOp::Or => Op::JUMP_IF_TRUE,
    };
    let Some((last, first)) = values.split_last() else {
        return bug("a boolean operation has no values");
    };
    if c.target.jumps_if_or_pop() {
        return boolop_keeping(c, loc, op, first, last);
    }
    let end = c.new_label();
    for value in first {
        visit(c, value)?;
        if keeping {
            c.jump(loc, jump, end);
        } else {
            c.op_i(loc, Op::COPY, 1);
            c.jump_if(loc, op == BoolOp::Or, end);
        }
        c.op(loc, Op::POP_TOP);
    }
    visit(c, last)?;
    c.use_label(end);
    Ok(())
}

/// [`boolop`] with jumps that keep the value; each value but the first starts a block.
fn boolop_keeping<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    op: BoolOp,
    first: Exprs<'a>,
    last: &'a Expr<'a>,
) -> Result {
    let jump = match op {
        BoolOp::And => Op::JUMP_IF_FALSE_OR_POP,
        BoolOp::Or => Op::JUMP_IF_TRUE_OR_POP,
    };
    let end = c.new_label();
    for value in first {
        visit(c, value)?;
        c.jump(loc, jump, end);
        let next = c.new_label();
        c.use_label(next);
    }
    visit(c, last)?;
    c.use_label(end);
    Ok(())
}

/// `codegen_ifexp`.
pub(super) fn ifexp<'a>(c: &mut Compiler<'a>, loc: Location, e: &'a IfExp<'a>) -> Result {
    let end = c.new_label();
    let next = c.new_label();
    jump_if(c, &mut { loc }, &e.test, next, false)?;
    visit(c, &e.body)?;
    c.skip_to(end);
    c.use_label(next);
    visit(c, &e.orelse)?;
    c.use_label(end);
    Ok(())
}

/// Jumps to `next` if the truth of `e` is `cond`, else falls through (`codegen_jump_if`). `loc` is the construct's
/// location, and the current one behind it.
pub fn jump_if<'a>(
    c: &mut Compiler<'a>,
    loc: &mut Location,
    e: &'a Expr<'a>,
    next: Label,
    cond: bool,
) -> Result {
    match e.kind {
        ExprKind::UnaryOp { .. } | ExprKind::BoolOp { .. } | ExprKind::IfExp(_) => {
            stacker::maybe_grow(RED_ZONE, STACK_PIECE, || {
                jump_if_nested(c, loc, e, next, cond)
            })
        }
        ExprKind::Compare(compare) if compare.ops.len() > 1 => {
            leave_location(c, loc, e);
            jump_if_chain(c, e.loc, compare, next, cond)
        }
        ExprKind::Compare(_) => {
            leave_location(c, loc, e);
            jump_if_value(c, *loc, e, next, cond)
        }
        _ => jump_if_value(c, *loc, e, next, cond),
    }
}

/// CPython quirk (3.11, compiler_jump_if): a comparison leaves its location behind.
fn leave_location(c: &Compiler<'_>, loc: &mut Location, e: &Expr<'_>) {
    if c.target.has_current_location() {
        *loc = e.loc;
    }
}

fn jump_if_nested<'a>(
    c: &mut Compiler<'a>,
    loc: &mut Location,
    e: &'a Expr<'a>,
    next: Label,
    cond: bool,
) -> Result {
    match e.kind {
        ExprKind::UnaryOp {
            op: UnaryOp::Not,
            operand,
        } => jump_if(c, loc, operand, next, !cond),
        ExprKind::BoolOp { op, values } => jump_if_boolop(c, loc, op, values, next, cond),
        ExprKind::IfExp(ifexp) => {
            let end = c.new_label();
            let next2 = c.new_label();
            jump_if(c, loc, &ifexp.test, next2, false)?;
            jump_if(c, loc, &ifexp.body, next, cond)?;
            c.skip_to(end);
            c.use_label(next2);
            jump_if(c, loc, &ifexp.orelse, next, cond)?;
            c.use_label(end);
            Ok(())
        }
        _ => jump_if_value(c, *loc, e, next, cond),
    }
}

fn jump_if_boolop<'a>(
    c: &mut Compiler<'a>,
    loc: &mut Location,
    op: BoolOp,
    values: Exprs<'a>,
    next: Label,
    cond: bool,
) -> Result {
    let Some((last, first)) = values.split_last() else {
        return bug("a boolean operation has no values");
    };
    // The truth of one value that decides the whole.
    let decides = op == BoolOp::Or;
    let next2 = if decides == cond { next } else { c.new_label() };
    for value in first {
        jump_if(c, loc, value, next2, decides)?;
    }
    jump_if(c, loc, last, next, cond)?;
    if next2 != next {
        c.use_label(next2);
    }
    Ok(())
}

fn jump_if_chain<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    e: &'a Compare<'a>,
    next: Label,
    cond: bool,
) -> Result {
    let (Some((&last_op, ops)), Some((last, comparators))) =
        (e.ops.split_last(), e.comparators.split_last())
    else {
        return bug("a comparison has no operators");
    };
    let cleanup = c.new_label();
    visit(c, &e.left)?;
    for (&op, comparator) in ops.iter().zip(comparators) {
        visit(c, comparator)?;
        c.op_i(loc, Op::SWAP, 2);
        c.op_i(loc, Op::COPY, 2);
        compare::addop_compare(c, loc, op);
        c.jump_if(loc, false, cleanup);
    }
    visit(c, last)?;
    compare::addop_compare(c, loc, last_op);
    c.jump_if(loc, cond, next);
    let end = c.new_label();
    c.skip_to(end);

    c.use_label(cleanup);
    c.op(loc, Op::POP_TOP);
    if !cond {
        c.skip_to(next);
    }
    c.use_label(end);
    Ok(())
}

fn jump_if_value<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    e: &'a Expr<'a>,
    next: Label,
    cond: bool,
) -> Result {
    visit(c, e)?;
    let loc = if c.target.jumps_at_tested_value() {
        e.loc
    } else {
        loc
    };
    c.jump_if(loc, cond, next);
    Ok(())
}
