//! Float arithmetic (`Objects/floatobject.c`). The platform's C library decides `pow`, as it does for CPython.

use pycsmith_bytecode::{Constant, Target};

use super::complex;
use super::nb;
use super::num::{Complex, Num};

/// `left <op> right`.
pub fn binary(target: Target, left: f64, op: u32, right: f64) -> Option<Constant> {
    let result = match op {
        nb::ADD => left + right,
        nb::SUBTRACT => left - right,
        nb::MULTIPLY => left * right,
        nb::TRUE_DIVIDE if right != 0.0 => left / right,
        nb::FLOOR_DIVIDE if right != 0.0 => floor_divide(left, right),
        nb::REMAINDER if right != 0.0 => remainder(left, right),
        nb::POWER => return power(target, left, right),
        _ => return None,
    };
    Some(Constant::Float(result))
}

/// The divisor's sign, also for a zero (`float_rem`).
fn remainder(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    if remainder == 0.0 {
        0f64.copysign(right)
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder + right
    } else {
        remainder
    }
}

/// `_float_div_mod`, the quotient.
fn floor_divide(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder != 0.0 && (right < 0.0) != (remainder < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0f64.copysign(left / right);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor + 1.0
    } else {
        floor
    }
}

/// `float_pow`, case by case since C libraries differ on the special ones.
fn power(target: Target, base: f64, exponent: f64) -> Option<Constant> {
    let odd = exponent.abs() % 2.0 == 1.0;
    let special = if exponent == 0.0 || base == 1.0 {
        Some(1.0)
    } else if base.is_nan() {
        Some(base)
    } else if exponent.is_nan() {
        Some(exponent)
    } else if exponent.is_infinite() {
        let base = base.abs();
        Some(if base == 1.0 {
            1.0
        } else if (exponent > 0.0) == (base > 1.0) {
            exponent.abs()
        } else {
            0.0
        })
    } else if base.is_infinite() {
        Some(match (exponent > 0.0, odd) {
            (true, true) => base,
            (true, false) => base.abs(),
            (false, true) => 0f64.copysign(base),
            (false, false) => 0.0,
        })
    } else if base == 0.0 {
        if exponent < 0.0 {
            return None;
        }
        Some(if odd { base } else { 0.0 })
    } else {
        None
    };
    if let Some(result) = special {
        return Some(Constant::Float(result));
    }
    if base < 0.0 && exponent != exponent.floor() {
        let base = Complex { re: base, im: 0.0 };
        return complex::binary(
            target,
            &Num::Complex(base),
            nb::POWER,
            &Num::Float(exponent),
        );
    }
    let negate = base < 0.0 && odd;
    let magnitude = if base.abs() == 1.0 {
        1.0
    } else {
        base.abs().powf(exponent)
    };
    magnitude
        .is_finite()
        .then_some(Constant::Float(if negate { -magnitude } else { magnitude }))
}
