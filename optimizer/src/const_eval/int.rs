//! Integer arithmetic (`Objects/longobject.c`).

use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};
use pycsmith_bytecode::{Constant, Target};

use super::num::{Int, int_constant};
use super::{float, nb};

/// `left <op> right`; the size limits of folding are checked before.
pub fn binary(target: Target, left: &Int, op: u32, right: &Int) -> Option<Constant> {
    if let (&Int::Small(left), &Int::Small(right)) = (left, right)
        && let Some(result) = small(left, op, right)
    {
        return Some(Constant::Int(result));
    }
    match op {
        nb::ADD => Some(int_constant(&*left.to_big() + &*right.to_big())),
        nb::SUBTRACT => Some(int_constant(&*left.to_big() - &*right.to_big())),
        nb::MULTIPLY => Some(int_constant(&*left.to_big() * &*right.to_big())),
        nb::AND => Some(int_constant(&*left.to_big() & &*right.to_big())),
        nb::OR => Some(int_constant(&*left.to_big() | &*right.to_big())),
        nb::XOR => Some(int_constant(&*left.to_big() ^ &*right.to_big())),
        nb::FLOOR_DIVIDE => div_mod(left, right).map(|(quotient, _)| int_constant(quotient)),
        nb::REMAINDER => div_mod(left, right).map(|(_, remainder)| int_constant(remainder)),
        nb::TRUE_DIVIDE => true_divide(left, right).map(Constant::Float),
        nb::POWER => power(target, left, right),
        nb::LSHIFT => shift_left(left, right),
        nb::RSHIFT => shift_right(left, right),
        _ => None,
    }
}

/// The result if it is easily found and fits.
fn small(left: i64, op: u32, right: i64) -> Option<i64> {
    match op {
        nb::ADD => left.checked_add(right),
        nb::SUBTRACT => left.checked_sub(right),
        nb::MULTIPLY => left.checked_mul(right),
        nb::AND => Some(left & right),
        nb::OR => Some(left | right),
        nb::XOR => Some(left ^ right),
        nb::FLOOR_DIVIDE => {
            let quotient = left.checked_div(right)?;
            Some(quotient - i64::from(left % right != 0 && (left < 0) != (right < 0)))
        }
        nb::REMAINDER => {
            let remainder = left.checked_rem(right)?;
            Some(if remainder != 0 && (remainder < 0) != (right < 0) {
                remainder + right
            } else {
                remainder
            })
        }
        nb::RSHIFT if right >= 0 => Some(left >> right.min(63)),
        _ => None,
    }
}

/// Quotient rounded down, and remainder with the divisor's sign; `None` for a divisor of 0.
fn div_mod(left: &Int, right: &Int) -> Option<(BigInt, BigInt)> {
    if right.is_zero() {
        return None;
    }
    let (left, right) = (left.to_big(), right.to_big());
    let quotient = &*left / &*right;
    let remainder = &*left - &quotient * &*right;
    if !remainder.is_zero() && remainder.is_negative() != right.is_negative() {
        return Some((quotient - 1, remainder + &*right));
    }
    Some((quotient, remainder))
}

fn power(target: Target, base: &Int, exponent: &Int) -> Option<Constant> {
    if exponent.is_negative() {
        return float::binary(target, base.to_f64()?, nb::POWER, exponent.to_f64()?);
    }
    if exponent.is_zero() {
        return Some(Constant::Int(1));
    }
    if base.is_zero() {
        return Some(Constant::Int(0));
    }
    match exponent {
        Int::Small(exponent) => Some(int_constant(
            base.to_big().pow(u32::try_from(*exponent).ok()?),
        )),
        Int::Big(_) => None,
    }
}

fn shift_left(value: &Int, count: &Int) -> Option<Constant> {
    match count {
        Int::Small(0) => Some(value.to_constant()),
        _ if count.is_negative() => None,
        _ if value.is_zero() => Some(Constant::Int(0)),
        Int::Small(count) => Some(int_constant(
            &*value.to_big() << u32::try_from(*count).ok()?,
        )),
        Int::Big(_) => None,
    }
}

fn shift_right(value: &Int, count: &Int) -> Option<Constant> {
    if count.is_negative() {
        return None;
    }
    let all_gone = if value.is_negative() { -1 } else { 0 };
    match (value, count) {
        (Int::Big(value), Int::Small(count)) => Some(int_constant(*value >> (*count as u64))),
        _ => Some(Constant::Int(all_gone)),
    }
}

pub fn negative(value: &Int) -> Constant {
    match value {
        Int::Small(value) => match value.checked_neg() {
            Some(value) => Constant::Int(value),
            None => int_constant(-BigInt::from(*value)),
        },
        Int::Big(value) => int_constant(-*value),
    }
}

pub fn invert(value: &Int) -> Constant {
    match value {
        Int::Small(value) => Constant::Int(!value),
        Int::Big(value) => int_constant(!*value),
    }
}

const MANTISSA_BITS: i64 = 53;
const MIN_EXP: i64 = -1021;
const MAX_EXP: i64 = 1024;

/// `left / right` correctly rounded; `None` for a divisor of 0 and for overflow (`long_true_divide`).
fn true_divide(left: &Int, right: &Int) -> Option<f64> {
    const EXACT: u64 = 1 << MANTISSA_BITS;
    if right.is_zero() {
        return None;
    }
    if let (&Int::Small(left), &Int::Small(right)) = (left, right)
        && left.unsigned_abs() <= EXACT
        && right.unsigned_abs() <= EXACT
    {
        return Some(left as f64 / right as f64);
    }
    let negate = left.is_negative() != right.is_negative();
    let sign = |value: f64| if negate { -value } else { value };
    if left.is_zero() {
        return Some(sign(0.0));
    }
    let difference = i64::try_from(left.bits()).ok()? - i64::try_from(right.bits()).ok()?;
    if difference > MAX_EXP {
        return None;
    }
    if difference < MIN_EXP - MANTISSA_BITS - 1 {
        return Some(sign(0.0));
    }
    // Two bits more than the result has, or as many as a subnormal result keeps.
    let shift = difference.max(MIN_EXP) - MANTISSA_BITS - 2;
    let (left, right) = (left.to_big().abs(), right.to_big().abs());
    let (dividend, divisor) = if shift < 0 {
        (left << shift.unsigned_abs(), right)
    } else {
        (left, right << shift.unsigned_abs())
    };
    let quotient = &dividend / &divisor;
    let inexact = &quotient * &divisor != dividend;
    let quotient = quotient.to_u64()?;
    let bits = i64::from(u64::BITS - quotient.leading_zeros());
    let extra_bits = bits.max(MIN_EXP - shift) - MANTISSA_BITS;
    let half = 1u64 << (extra_bits - 1);
    let sticky = quotient | u64::from(inexact);
    let mut rounded = quotient;
    if sticky & half != 0 && sticky & (3 * half - 1) != 0 {
        rounded += half;
    }
    rounded &= !(2 * half - 1);
    let value = scale(rounded as f64, shift);
    value.is_finite().then(|| sign(value))
}

/// `value * 2**exponent`, where the result is exact or infinite.
fn scale(value: f64, exponent: i64) -> f64 {
    let half = exponent / 2;
    value * exp2(half) * exp2(exponent - half)
}

/// `2**exponent` for a normal result.
fn exp2(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// Whether a float is exactly this integer.
pub fn equals_f64(value: &Int, float: f64) -> bool {
    match value {
        // From 2**63 on a float is no `i64`, and the cast would saturate.
        Int::Small(value) => {
            float.abs() < 9_223_372_036_854_775_808.0
                && float as i64 == *value
                && float.trunc() == float
                || (*value == i64::MIN && float == -9_223_372_036_854_775_808.0)
        }
        Int::Big(value) => {
            if !float.is_finite() || float.trunc() != float {
                return false;
            }
            let bits = float.abs().to_bits();
            let exponent = (bits >> 52) as i64 - 1075;
            if exponent < 0 {
                return false;
            }
            let mantissa = BigInt::from(bits & ((1 << 52) - 1) | 1 << 52);
            let magnitude = (mantissa * BigInt::one()) << exponent as u64;
            **value == if float < 0.0 { -magnitude } else { magnitude }
        }
    }
}
