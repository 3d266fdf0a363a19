//! Constants seen as numbers.

use std::borrow::Cow;
use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use pycsmith_bytecode::Constant;

/// A number, `bool` taken as `int`.
pub enum Num<'a> {
    Int(Int<'a>),
    Float(f64),
    Complex(Complex),
}

/// A complex number (`Py_complex`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

/// An integer; `Big` only where it does not fit an `i64`.
#[derive(Clone, Copy)]
pub enum Int<'a> {
    Small(i64),
    Big(&'a BigInt),
}

impl<'a> Num<'a> {
    pub fn of(value: &'a Constant) -> Option<Num<'a>> {
        match value {
            Constant::Float(value) => Some(Num::Float(*value)),
            Constant::Complex(re, im) => Some(Num::Complex(Complex { re: *re, im: *im })),
            _ => Int::of(value).map(Num::Int),
        }
    }

    /// As a float; `None` for an integer too large (`OverflowError`) and for a complex number.
    pub fn to_f64(&self) -> Option<f64> {
        match self {
            Num::Int(value) => value.to_f64(),
            Num::Float(value) => Some(*value),
            Num::Complex(_) => None,
        }
    }

    /// With imaginary part 0 if it is real; `None` as for [`Num::to_f64`].
    pub fn to_complex(&self) -> Option<Complex> {
        match self {
            Num::Complex(value) => Some(*value),
            real => real.to_f64().map(|re| Complex { re, im: 0.0 }),
        }
    }
}

impl<'a> Int<'a> {
    pub fn of(value: &'a Constant) -> Option<Int<'a>> {
        match value {
            Constant::Bool(value) => Some(Int::Small(i64::from(*value))),
            Constant::Int(value) => Some(Int::Small(*value)),
            Constant::BigInt(value) => Some(Int::Big(value)),
            _ => None,
        }
    }

    pub fn is_zero(&self) -> bool {
        matches!(self, Int::Small(0))
    }

    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(value) => *value < 0,
            Int::Big(value) => value.is_negative(),
        }
    }

    /// Bits of the absolute value (`_PyLong_NumBits`).
    pub fn bits(&self) -> u64 {
        match self {
            Int::Small(value) => u64::from(u64::BITS - value.unsigned_abs().leading_zeros()),
            Int::Big(value) => value.bits(),
        }
    }

    pub fn to_big(self) -> Cow<'a, BigInt> {
        match self {
            Int::Small(value) => Cow::Owned(BigInt::from(value)),
            Int::Big(value) => Cow::Borrowed(value),
        }
    }

    /// Rounded half to even; `None` where that is infinite (`PyLong_AsDouble`).
    pub fn to_f64(self) -> Option<f64> {
        match self {
            Int::Small(value) => Some(value as f64),
            Int::Big(value) => value.to_f64().filter(|value| value.is_finite()),
        }
    }

    /// Cut to the range of `i64`.
    pub fn saturate(&self) -> i64 {
        match self {
            Int::Small(value) => *value,
            Int::Big(value) if value.is_negative() => i64::MIN,
            Int::Big(_) => i64::MAX,
        }
    }

    pub fn to_constant(self) -> Constant {
        match self {
            Int::Small(value) => Constant::Int(value),
            Int::Big(value) => Constant::BigInt(Arc::new(value.clone())),
        }
    }
}

/// The constant of an integer of any size.
pub fn int_constant(value: BigInt) -> Constant {
    match value.to_i64() {
        Some(value) => Constant::Int(value),
        None => Constant::BigInt(Arc::new(value)),
    }
}
