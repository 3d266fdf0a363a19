//! Numbers in patterns: `-1`, `+1`, `1+2j`, `-1.5-2j` are constants there (`fold_const_match_patterns`,
//! `ast_preprocess.c`).

use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use pycsmith_bytecode::Constant;
use pycsmith_parser::ast::{Expr, ExprKind, Operator, UnaryOp};

use crate::codegen::{Compiler, expr};

/// The value of a literal pattern or of a literal key, `None` if `e` is something else.
pub fn constant<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Option<Constant> {
    match &e.kind {
        ExprKind::Constant(value) => Some(expr::constant_value(c, value)),
        ExprKind::UnaryOp {
            op: UnaryOp::USub,
            operand,
        } => match &operand.kind {
            ExprKind::Constant(value) => negative(expr::constant_value(c, value)),
            _ => None,
        },
        ExprKind::UnaryOp {
            op: UnaryOp::UAdd,
            operand,
        } => match &operand.kind {
            ExprKind::Constant(value) => Some(expr::constant_value(c, value)),
            _ => None,
        },
        ExprKind::BinOp {
            left,
            op: op @ (Operator::Add | Operator::Sub),
            right,
        } => {
            let ExprKind::Constant(right) = &right.kind else {
                return None;
            };
            let right = expr::constant_value(c, right);
            let left = constant(c, left)?;
            complex(&left, *op == Operator::Sub, &right)
        }
        _ => None,
    }
}

fn negative(value: Constant) -> Option<Constant> {
    Some(match value {
        Constant::Int(value) => match value.checked_neg() {
            Some(value) => Constant::Int(value),
            None => Constant::BigInt(Arc::new(-BigInt::from(value))),
        },
        Constant::BigInt(value) => {
            let value = -&*value;
            match value.to_i64() {
                Some(small) => Constant::Int(small),
                None => Constant::BigInt(Arc::new(value)),
            }
        }
        Constant::Float(value) => Constant::Float(-value),
        Constant::Complex(real, imag) => Constant::Complex(-real, -imag),
        _ => return None,
    })
}

/// A real number and an imaginary one; the real part is taken over as it is where the imaginary number has
/// none of its own, as 3.14's mixed arithmetic does.
fn complex(left: &Constant, subtract: bool, right: &Constant) -> Option<Constant> {
    let left = match left {
        Constant::Int(value) => *value as f64,
        Constant::BigInt(value) => value.to_f64().filter(|value| value.is_finite())?,
        Constant::Float(value) => *value,
        _ => return None,
    };
    match right {
        Constant::Complex(real, imag) if subtract => Some(Constant::Complex(left - real, -imag)),
        Constant::Complex(real, imag) => Some(Constant::Complex(left + real, *imag)),
        _ => None,
    }
}
