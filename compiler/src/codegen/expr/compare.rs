//! Comparisons.
//!
//! `a < b < c` keeps `b` on the stack for the second comparison, and drops it where the first one fails.

use pycsmith_bytecode::{Location, Op, operands};
use pycsmith_parser::ast::{CmpOp, Compare};

use super::visit;
use crate::codegen::{Compiler, Result, bug};

/// `codegen_compare`. (CPython's `codegen_check_compare` only warns.)
pub(super) fn compare<'a>(c: &mut Compiler<'a>, loc: Location, e: &'a Compare<'a>) -> Result {
    let (Some((&last_op, ops)), Some((last, comparators))) =
        (e.ops.split_last(), e.comparators.split_last())
    else {
        return bug("a comparison has no operators");
    };
    visit(c, &e.left)?;
    if ops.is_empty() {
        visit(c, last)?;
        addop_compare(c, loc, last_op);
        return Ok(());
    }
    let cleanup = c.new_label();
    for (&op, comparator) in ops.iter().zip(comparators) {
        visit(c, comparator)?;
        c.op_i(loc, Op::SWAP, 2);
        c.op_i(loc, Op::COPY, 2);
        addop_compare(c, loc, op);
        if c.target.jumps_if_or_pop() {
            c.jump(loc, Op::JUMP_IF_FALSE_OR_POP, cleanup);
            continue;
        }
        c.op_i(loc, Op::COPY, 1);
        c.jump_if(loc, false, cleanup);
        c.op(loc, Op::POP_TOP);
    }
    visit(c, last)?;
    addop_compare(c, loc, last_op);
    let end = c.new_label();
    c.skip_to(end);

    c.use_label(cleanup);
    c.op_i(loc, Op::SWAP, 2);
    c.op(loc, Op::POP_TOP);
    c.use_label(end);
    Ok(())
}

/// `codegen_addcompare`.
pub fn addop_compare(c: &mut Compiler<'_>, loc: Location, op: CmpOp) {
    let (op, number) = match op {
        CmpOp::Lt => (Op::COMPARE_OP, 0),
        CmpOp::LtE => (Op::COMPARE_OP, 1),
        CmpOp::Eq => (Op::COMPARE_OP, 2),
        CmpOp::NotEq => (Op::COMPARE_OP, 3),
        CmpOp::Gt => (Op::COMPARE_OP, 4),
        CmpOp::GtE => (Op::COMPARE_OP, 5),
        CmpOp::Is => (Op::IS_OP, 0),
        CmpOp::IsNot => (Op::IS_OP, 1),
        CmpOp::In => (Op::CONTAINS_OP, 0),
        CmpOp::NotIn => (Op::CONTAINS_OP, 1),
    };
    let arg = match op {
        Op::COMPARE_OP => operands::comparison(c.target, number),
        _ => number,
    };
    c.op_i(loc, op, arg);
}
