//! Comparisons.
//!
//! `a < b < c` keeps `b` on the stack for the second comparison, and drops it where the first one fails.

use pycsmith_bytecode::{Location, Op};
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
        c.op_i(loc, Op::COPY, 1);
        c.op(loc, Op::TO_BOOL);
        c.jump(loc, Op::POP_JUMP_IF_FALSE, cleanup);
        c.op(loc, Op::POP_TOP);
    }
    visit(c, last)?;
    addop_compare(c, loc, last_op);
    let end = c.new_label();
    c.jump(Location::NONE, Op::JUMP_NO_INTERRUPT, end);

    c.use_label(cleanup);
    c.op_i(loc, Op::SWAP, 2);
    c.op(loc, Op::POP_TOP);
    c.use_label(end);
    Ok(())
}

/// `codegen_addcompare`: `COMPARE_OP` holds the operator in its upper bits and, below bit 4, the outcomes for
/// which it is true (1 unordered, 2 less, 4 greater, 8 equal).
pub fn addop_compare(c: &mut Compiler<'_>, loc: Location, op: CmpOp) {
    let (op, arg) = match op {
        CmpOp::Lt => (Op::COMPARE_OP, 2),
        CmpOp::LtE => (Op::COMPARE_OP, 1 << 5 | 2 | 8),
        CmpOp::Eq => (Op::COMPARE_OP, 2 << 5 | 8),
        CmpOp::NotEq => (Op::COMPARE_OP, 3 << 5 | 1 | 2 | 4),
        CmpOp::Gt => (Op::COMPARE_OP, 4 << 5 | 4),
        CmpOp::GtE => (Op::COMPARE_OP, 5 << 5 | 4 | 8),
        CmpOp::Is => (Op::IS_OP, 0),
        CmpOp::IsNot => (Op::IS_OP, 1),
        CmpOp::In => (Op::CONTAINS_OP, 0),
        CmpOp::NotIn => (Op::CONTAINS_OP, 1),
    };
    c.op_i(loc, op, arg);
}
