//! Unary and binary operators.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{Expr, ExprKind, Operator, UnaryOp};
use smallvec::SmallVec;

use super::oparg::{NB_INPLACE, intrinsic_1};
use super::{percent_format, visit};
use crate::codegen::{Compiler, Result};

/// A binary operation. A chain `a + b + c + ...` nests to the left, and is walked without recursion.
pub(super) fn binop<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Result {
    let mut spine: SmallVec<[(Location, Operator, &'a Expr<'a>); 8]> = SmallVec::new();
    let mut leftmost = e;
    while let ExprKind::BinOp { left, op, right } = leftmost.kind {
        if op == Operator::Mod && percent_format::try_format(c, leftmost.loc, left, right)? {
            return binop_rest(c, &spine);
        }
        spine.push((leftmost.loc, op, right));
        leftmost = left;
    }
    visit(c, leftmost)?;
    binop_rest(c, &spine)
}

fn binop_rest<'a>(c: &mut Compiler<'a>, spine: &[(Location, Operator, &'a Expr<'a>)]) -> Result {
    for &(loc, op, right) in spine.iter().rev() {
        visit(c, right)?;
        addop_binary(c, loc, op, false);
    }
    Ok(())
}

pub(super) fn unaryop<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    op: UnaryOp,
    operand: &'a Expr<'a>,
) -> Result {
    visit(c, operand)?;
    match op {
        UnaryOp::UAdd if !c.target.has_intrinsics() => c.op(loc, Op::UNARY_POSITIVE),
        UnaryOp::UAdd => c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::UNARY_POSITIVE),
        UnaryOp::Not => {
            if c.target.converts_to_bool() {
                c.op(loc, Op::TO_BOOL);
            }
            c.op(loc, Op::UNARY_NOT);
        }
        UnaryOp::Invert => c.op(loc, Op::UNARY_INVERT),
        UnaryOp::USub => c.op(loc, Op::UNARY_NEGATIVE),
    }
    Ok(())
}

/// `addop_binary`: `inplace` is an augmented assignment's form.
pub fn addop_binary(c: &mut Compiler<'_>, loc: Location, op: Operator, inplace: bool) {
    let arg = match op {
        Operator::Add => 0,
        Operator::BitAnd => 1,
        Operator::FloorDiv => 2,
        Operator::LShift => 3,
        Operator::MatMult => 4,
        Operator::Mult => 5,
        Operator::Mod => 6,
        Operator::BitOr => 7,
        Operator::Pow => 8,
        Operator::RShift => 9,
        Operator::Sub => 10,
        Operator::Div => 11,
        Operator::BitXor => 12,
    };
    c.op_i(
        loc,
        Op::BINARY_OP,
        if inplace { arg + NB_INPLACE } else { arg },
    );
}
