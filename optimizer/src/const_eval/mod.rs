//! Evaluation of constant expressions, with CPython's results to the last bit.
//!
//! An operation that would raise, that CPython refuses to fold, or whose operands it does not know, gives
//! `None`: the instructions then stay as they are (`eval_const_binop`, `eval_const_unaryop` and the
//! `const_folding_safe_*` functions of `Python/flowgraph.c`).

mod complex;
mod equal;
mod float;
mod int;
mod limits;
mod num;
mod sequence;
mod subscript;

pub use equal::distinct;
pub use sequence::str_constant;

use pycsmith_bytecode::{Constant, Target};

use num::Num;

/// Operands of `BINARY_OP` (`Include/opcode.h`).
pub mod nb {
    pub const ADD: u32 = 0;
    pub const AND: u32 = 1;
    pub const FLOOR_DIVIDE: u32 = 2;
    pub const LSHIFT: u32 = 3;
    pub const MATRIX_MULTIPLY: u32 = 4;
    pub const MULTIPLY: u32 = 5;
    pub const REMAINDER: u32 = 6;
    pub const OR: u32 = 7;
    pub const POWER: u32 = 8;
    pub const RSHIFT: u32 = 9;
    pub const SUBTRACT: u32 = 10;
    pub const TRUE_DIVIDE: u32 = 11;
    pub const XOR: u32 = 12;
    pub const SUBSCR: u32 = 26;
}

/// A unary operation on a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Negative,
    Positive,
    Invert,
    Not,
}

/// `left <op> right`, where `op` is the operand of `BINARY_OP` (see [`nb`]).
pub fn eval_binary(target: Target, left: &Constant, op: u32, right: &Constant) -> Option<Constant> {
    match op {
        nb::ADD => sequence::concat(left, right).or_else(|| arithmetic(target, left, op, right)),
        nb::MULTIPLY => match limits::safe_multiply(left, right)? {
            limits::Multiply::Repeat(items, count) => sequence::repeat(items, count),
            limits::Multiply::Numbers => arithmetic(target, left, op, right),
        },
        nb::POWER => {
            limits::safe_power(left, right).then(|| arithmetic(target, left, op, right))?
        }
        nb::LSHIFT => {
            limits::safe_lshift(left, right).then(|| arithmetic(target, left, op, right))?
        }
        nb::SUBTRACT | nb::TRUE_DIVIDE | nb::FLOOR_DIVIDE | nb::REMAINDER | nb::RSHIFT => {
            arithmetic(target, left, op, right)
        }
        nb::OR | nb::XOR | nb::AND => match (left, right) {
            (&Constant::Bool(left), &Constant::Bool(right)) => Some(Constant::Bool(match op {
                nb::OR => left | right,
                nb::XOR => left ^ right,
                _ => left & right,
            })),
            _ => arithmetic(target, left, op, right),
        },
        nb::SUBSCR => subscript::get_item(left, right),
        _ => None,
    }
}

/// Arithmetic on two numbers; `None` if either is none.
fn arithmetic(target: Target, left: &Constant, op: u32, right: &Constant) -> Option<Constant> {
    match (Num::of(left)?, Num::of(right)?) {
        (Num::Int(left), Num::Int(right)) => int::binary(target, &left, op, &right),
        (left @ Num::Complex(..), right) | (left, right @ Num::Complex(..)) => {
            complex::binary(target, &left, op, &right)
        }
        (left, right) => float::binary(target, left.to_f64()?, op, right.to_f64()?),
    }
}

/// `<op> operand`.
pub fn eval_unary(target: Target, op: Unary, operand: &Constant) -> Option<Constant> {
    if op == Unary::Not {
        return Some(Constant::Bool(!is_true(operand)));
    }
    // CPython quirk (3.14, gh-103487): `~True` is deprecated, and left to run time so that it warns there.
    if op == Unary::Invert && matches!(operand, Constant::Bool(_)) && !target.folds_inverted_bools()
    {
        return None;
    }
    Some(match (op, Num::of(operand)?) {
        (Unary::Negative, Num::Int(value)) => int::negative(&value),
        (Unary::Positive, Num::Int(value)) => value.to_constant(),
        (Unary::Invert, Num::Int(value)) => int::invert(&value),
        (Unary::Negative, Num::Float(value)) => Constant::Float(-value),
        (Unary::Positive, Num::Float(value)) => Constant::Float(value),
        (Unary::Negative, Num::Complex(value)) => Constant::Complex(-value.re, -value.im),
        (Unary::Positive, Num::Complex(value)) => Constant::Complex(value.re, value.im),
        _ => return None,
    })
}

/// The truth of a constant (`PyObject_IsTrue`).
pub fn is_true(value: &Constant) -> bool {
    match value {
        Constant::None => false,
        Constant::Bool(value) => *value,
        Constant::Int(value) => *value != 0,
        Constant::Float(value) => *value != 0.0,
        Constant::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Constant::Str(value) => !value.wtf8.is_empty(),
        Constant::Bytes(value) => !value.is_empty(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
        Constant::Ellipsis | Constant::BigInt(_) | Constant::Slice(_) | Constant::Code(_) => true,
    }
}
