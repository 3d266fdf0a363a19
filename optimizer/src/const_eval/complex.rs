//! Complex arithmetic (`Objects/complexobject.c`). From 3.14 on a real operand of `+ - * /` is not widened to a
//! complex number, and infinities that cancelled to NaN are recovered as C's Annex G says.

use pycsmith_bytecode::{Constant, Target};

use super::nb;
use super::num::{Complex, Num};

const ONE: Complex = Complex { re: 1.0, im: 0.0 };

/// `left <op> right`, at least one of them complex.
pub fn binary(target: Target, left: &Num, op: u32, right: &Num) -> Option<Constant> {
    let result = match op {
        nb::POWER => power(target, left.to_complex()?, right.to_complex()?)?,
        nb::ADD | nb::SUBTRACT | nb::MULTIPLY | nb::TRUE_DIVIDE => match (left, right) {
            (Num::Complex(left), Num::Complex(right)) => both(target, *left, op, *right)?,
            (left, right) if !target.mixes_real_and_complex() => {
                both(target, left.to_complex()?, op, right.to_complex()?)?
            }
            (Num::Complex(left), right) => complex_real(*left, op, right.to_f64()?)?,
            (left, Num::Complex(right)) => real_complex(left.to_f64()?, op, *right)?,
            _ => return None,
        },
        _ => return None,
    };
    Some(Constant::Complex(result.re, result.im))
}

fn both(target: Target, a: Complex, op: u32, b: Complex) -> Option<Complex> {
    match op {
        nb::ADD => Some(Complex {
            re: a.re + b.re,
            im: a.im + b.im,
        }),
        nb::SUBTRACT => Some(Complex {
            re: a.re - b.re,
            im: a.im - b.im,
        }),
        nb::MULTIPLY => Some(product(target, a, b)),
        _ => quotient(target, a, b),
    }
}

fn complex_real(a: Complex, op: u32, b: f64) -> Option<Complex> {
    match op {
        nb::ADD => Some(Complex {
            re: a.re + b,
            im: a.im,
        }),
        nb::SUBTRACT => Some(Complex {
            re: a.re - b,
            im: a.im,
        }),
        nb::MULTIPLY => Some(Complex {
            re: a.re * b,
            im: a.im * b,
        }),
        _ => (b != 0.0).then(|| Complex {
            re: a.re / b,
            im: a.im / b,
        }),
    }
}

fn real_complex(a: f64, op: u32, b: Complex) -> Option<Complex> {
    match op {
        nb::ADD => Some(Complex {
            re: b.re + a,
            im: b.im,
        }),
        nb::SUBTRACT => Some(Complex {
            re: a - b.re,
            im: -b.im,
        }),
        nb::MULTIPLY => Some(Complex {
            re: b.re * a,
            im: b.im * a,
        }),
        _ => real_quotient(a, b),
    }
}

/// 1 for an infinity and 0 for all else, with the sign kept.
fn boxed(value: f64) -> f64 {
    (if value.is_infinite() { 1f64 } else { 0f64 }).copysign(value)
}

/// A zero of the same sign in place of a NaN.
fn without_nan(value: f64) -> f64 {
    if value.is_nan() {
        0f64.copysign(value)
    } else {
        value
    }
}

/// `_Py_c_prod`.
fn product(target: Target, z: Complex, w: Complex) -> Complex {
    let (mut a, mut b, mut c, mut d) = (z.re, z.im, w.re, w.im);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let result = Complex {
        re: ac - bd,
        im: ad + bc,
    };
    if !target.recovers_complex_infinities() || !result.re.is_nan() || !result.im.is_nan() {
        return result;
    }
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), without_nan(c), without_nan(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (a, b, c, d) = (without_nan(a), without_nan(b), boxed(c), boxed(d));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|part| part.is_infinite()) {
        (a, b, c, d) = (
            without_nan(a),
            without_nan(b),
            without_nan(c),
            without_nan(d),
        );
        again = true;
    }
    if !again {
        return result;
    }
    Complex {
        re: f64::INFINITY * (a * c - b * d),
        im: f64::INFINITY * (a * d + b * c),
    }
}

/// `_Py_c_quot`: Smith's division.
fn quotient(target: Target, a: Complex, b: Complex) -> Option<Complex> {
    let mut result = if b.re.abs() >= b.im.abs() {
        if b.re == 0.0 {
            return None;
        }
        let ratio = b.im / b.re;
        let denominator = b.re + b.im * ratio;
        Complex {
            re: (a.re + a.im * ratio) / denominator,
            im: (a.im - a.re * ratio) / denominator,
        }
    } else if b.im.abs() >= b.re.abs() {
        let ratio = b.re / b.im;
        let denominator = b.re * ratio + b.im;
        Complex {
            re: (a.re * ratio + a.im) / denominator,
            im: (a.im * ratio - a.re) / denominator,
        }
    } else {
        Complex {
            re: f64::NAN,
            im: f64::NAN,
        }
    };
    if target.recovers_complex_infinities() && result.re.is_nan() && result.im.is_nan() {
        if (a.re.is_infinite() || a.im.is_infinite()) && b.re.is_finite() && b.im.is_finite() {
            let (x, y) = (boxed(a.re), boxed(a.im));
            result.re = f64::INFINITY * (x * b.re + y * b.im);
            result.im = f64::INFINITY * (y * b.re - x * b.im);
        } else if (b.re.is_infinite() || b.im.is_infinite()) && a.re.is_finite() && a.im.is_finite()
        {
            let (x, y) = (boxed(b.re), boxed(b.im));
            result.re = 0.0 * (a.re * x + a.im * y);
            result.im = 0.0 * (a.im * x - a.re * y);
        }
    }
    Some(result)
}

/// `_Py_rc_quot`: the same for a real dividend.
fn real_quotient(a: f64, b: Complex) -> Option<Complex> {
    let mut result = if b.re.abs() >= b.im.abs() {
        if b.re == 0.0 {
            return None;
        }
        let ratio = b.im / b.re;
        let denominator = b.re + b.im * ratio;
        Complex {
            re: a / denominator,
            im: (-a * ratio) / denominator,
        }
    } else if b.im.abs() >= b.re.abs() {
        let ratio = b.re / b.im;
        let denominator = b.re * ratio + b.im;
        Complex {
            re: (a * ratio) / denominator,
            im: -a / denominator,
        }
    } else {
        Complex {
            re: f64::NAN,
            im: f64::NAN,
        }
    };
    if result.re.is_nan()
        && result.im.is_nan()
        && a.is_finite()
        && (b.re.is_infinite() || b.im.is_infinite())
    {
        let (x, y) = (boxed(b.re), boxed(b.im));
        result.re = 0.0 * (a * x);
        result.im = 0.0 * (-a * y);
    }
    Some(result)
}

/// `complex_pow`: small integer exponents by multiplication. `None` where it raises.
fn power(target: Target, a: Complex, b: Complex) -> Option<Complex> {
    let result = if b.im == 0.0 && b.re == b.re.floor() && b.re.abs() <= 100.0 {
        let exponent = b.re as i32;
        if exponent > 0 {
            unsigned_power(target, a, exponent.unsigned_abs())
        } else {
            quotient(
                target,
                ONE,
                unsigned_power(target, a, exponent.unsigned_abs()),
            )?
        }
    } else {
        general_power(target, a, b)?
    };
    (!result.re.is_infinite() && !result.im.is_infinite()).then_some(result)
}

/// `c_powu`.
fn unsigned_power(target: Target, base: Complex, exponent: u32) -> Complex {
    let (mut result, mut square) = (ONE, base);
    let mut mask = 1;
    while exponent >= mask {
        if exponent & mask != 0 {
            result = product(target, result, square);
        }
        mask <<= 1;
        square = product(target, square, square);
    }
    result
}

/// `_Py_c_pow` in polar coordinates. `None` where it is undefined (`EDOM`).
fn general_power(target: Target, a: Complex, b: Complex) -> Option<Complex> {
    if b.re == 0.0 && b.im == 0.0 {
        return Some(ONE);
    }
    if a.re == 0.0 && a.im == 0.0 {
        return (b.im == 0.0 && b.re >= 0.0).then_some(Complex { re: 0.0, im: 0.0 });
    }
    let length = a.re.hypot(a.im);
    let angle = a.im.atan2(a.re);
    let mut result_length = length.powf(b.re);
    let mut phase = angle * b.re;
    if b.im != 0.0 {
        if target.complex_power_negates_exponent() {
            result_length *= (-angle * b.im).exp();
        } else {
            result_length /= (angle * b.im).exp();
        }
        phase += b.im * length.ln();
    }
    if phase.is_infinite() {
        return None;
    }
    Some(Complex {
        re: result_length * phase.cos(),
        im: result_length * phase.sin(),
    })
}
