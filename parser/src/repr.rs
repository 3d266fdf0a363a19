//! Constants as Python's `repr` prints them.

use std::fmt::Write as _;

use num_bigint::BigUint;
use pycsmith_bytecode::Target;

use crate::ast::Constant;
use crate::printable::is_printable;

/// Appends `repr(constant)`. `inf` is printed as such, as `repr` does.
pub fn constant(out: &mut String, constant: Constant<'_>, target: Target) {
    match constant {
        Constant::None => out.push_str("None"),
        Constant::Ellipsis => out.push_str("Ellipsis"),
        Constant::Bool(true) => out.push_str("True"),
        Constant::Bool(false) => out.push_str("False"),
        Constant::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Constant::BigInt(digits) => {
            let _ = write!(out, "{}", BigUint::from_slice(digits));
        }
        Constant::Float(value) => float(out, value, true),
        Constant::Imaginary(value) => {
            float(out, value, false);
            out.push('j');
        }
        Constant::Str { wtf8, .. } => string(out, wtf8, target),
        Constant::Bytes(value) => bytes(out, value),
        Constant::NegativeBigInt(digits) => {
            let _ = write!(out, "-{}", BigUint::from_slice(digits));
        }
        Constant::Complex(real, imag) => {
            out.push('(');
            float(out, real, false);
            if !imag.is_sign_negative() {
                out.push('+');
            }
            float(out, imag, false);
            out.push_str("j)");
        }
        Constant::Tuple(values) => {
            out.push('(');
            items(out, values, target);
            out.push_str(if values.len() == 1 { ",)" } else { ")" });
        }
        Constant::FrozenSet(values) => {
            out.push_str("frozenset({");
            items(out, values, target);
            out.push_str("})");
        }
    }
}

fn items(out: &mut String, values: &[Constant<'_>], target: Target) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        constant(out, *value, target);
    }
}

/// Appends `repr` of a float: the shortest digits that read back as the same value (CPython's
/// `PyOS_double_to_string` with `r`). `point_zero` adds `.0` to a whole number, as for a `float` and
/// unlike in a `complex`.
pub fn float(out: &mut String, value: f64, point_zero: bool) {
    if !value.is_finite() {
        out.push_str(match (value.is_nan(), value > 0.0) {
            (true, _) => "nan",
            (_, true) => "inf",
            _ => "-inf",
        });
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    // `d.ddde-x`: the shortest digits and the decimal exponent of the first of them.
    let mut shortest = format!("{:e}", value.abs());
    // Of two shortest texts at the same distance, CPython takes the one whose last digit is even; this
    // rounds so.
    let places = shortest
        .split_once('e')
        .map_or(0, |(mantissa, _)| mantissa.len().saturating_sub(2));
    let even = format!("{:.places$e}", value.abs());
    if even.parse() == Ok(value.abs()) {
        shortest = even;
    }
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(|&c| c != '.').collect();
    if !(-4..16).contains(&exponent) {
        out.push_str(&digits[..1]);
        if digits.len() > 1 {
            out.push('.');
            out.push_str(&digits[1..]);
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.abs());
    } else if exponent < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', (-exponent - 1) as usize));
        out.push_str(&digits);
    } else {
        let whole = exponent as usize + 1;
        if digits.len() > whole {
            let _ = write!(out, "{}.{}", &digits[..whole], &digits[whole..]);
        } else {
            out.push_str(&digits);
            out.extend(std::iter::repeat_n('0', whole - digits.len()));
            if point_zero {
                out.push_str(".0");
            }
        }
    }
}

/// The quote that `repr` puts around a text with or without each kind of quote in it.
fn quote(text: &[u8]) -> u8 {
    if text.contains(&b'\'') && !text.contains(&b'"') {
        b'"'
    } else {
        b'\''
    }
}

/// Appends `repr` of a `bytes`.
pub fn bytes(out: &mut String, value: &[u8]) {
    let quote = quote(value);
    out.push('b');
    out.push(quote.into());
    for &byte in value {
        match byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\\' => out.push_str("\\\\"),
            _ if byte == quote => out.extend(['\\', quote.into()]),
            b' '..0x7f => out.push(byte.into()),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote.into());
}

/// Appends `repr` of a `str`, given as WTF-8.
pub fn string(out: &mut String, wtf8: &[u8], target: Target) {
    let quote = quote(wtf8);
    out.push(quote.into());
    let mut rest = wtf8;
    while let Some((code_point, length)) = decode(rest) {
        rest = &rest[length..];
        match code_point {
            0x09 => out.push_str("\\t"),
            0x0a => out.push_str("\\n"),
            0x0d => out.push_str("\\r"),
            0x5c => out.push_str("\\\\"),
            _ if code_point == u32::from(quote) => out.extend(['\\', quote.into()]),
            _ => match char::from_u32(code_point).filter(|_| is_printable(code_point, target)) {
                Some(char) => out.push(char),
                None => escape(out, code_point),
            },
        }
    }
    out.push(quote.into());
}

fn escape(out: &mut String, code_point: u32) {
    let _ = match code_point {
        0..=0xff => write!(out, "\\x{code_point:02x}"),
        0x100..=0xffff => write!(out, "\\u{code_point:04x}"),
        _ => write!(out, "\\U{code_point:08x}"),
    };
}

/// The first code point of a WTF-8 text (surrogates included) and its length in bytes.
fn decode(text: &[u8]) -> Option<(u32, usize)> {
    let &first = text.first()?;
    let (length, bits) = match first {
        0..0x80 => return Some((first.into(), 1)),
        0x80..0xe0 => (2, first & 0x1f),
        0xe0..0xf0 => (3, first & 0x0f),
        _ => (4, first & 0x07),
    };
    let length = length.min(text.len());
    let tail = text[1..length].iter();
    Some((
        tail.fold(u32::from(bits), |value, &byte| {
            value << 6 | u32::from(byte & 0x3f)
        }),
        length,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repr(value: Constant<'_>) -> String {
        let mut out = String::new();
        constant(&mut out, value, Target::PY314);
        out
    }

    #[test]
    #[allow(clippy::excessive_precision)]
    fn floats() {
        for (value, text) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (1.5, "1.5"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e16, "1.25e+16"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (123456.789, "123456.789"),
            (5e-324, "5e-324"),
            (1292494276067486.25, "1292494276067486.2"),
            (611286736331429.25, "611286736331429.2"),
            (9007199254740993.0, "9007199254740992.0"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(repr(Constant::Float(value)), text);
        }
        assert_eq!(repr(Constant::Imaginary(0.0)), "0j");
        assert_eq!(repr(Constant::Imaginary(10.0)), "10j");
        assert_eq!(repr(Constant::Imaginary(1.5)), "1.5j");
        assert_eq!(repr(Constant::Imaginary(1e100)), "1e+100j");
        assert_eq!(repr(Constant::Imaginary(f64::INFINITY)), "infj");
    }

    #[test]
    fn integers() {
        assert_eq!(repr(Constant::Int(i64::MAX)), "9223372036854775807");
        assert_eq!(repr(Constant::BigInt(&[0, 0, 1])), "18446744073709551616");
    }

    #[test]
    fn texts() {
        let text = |wtf8: &'static [u8]| {
            repr(Constant::Str {
                wtf8,
                u_prefix: false,
            })
        };
        assert_eq!(text(b"a'b"), "\"a'b\"");
        assert_eq!(text(b"a'\"b"), "'a\\'\"b'");
        assert_eq!(text(b"\t\n\r\\\0\x7f"), "'\\t\\n\\r\\\\\\x00\\x7f'");
        assert_eq!(
            text("é\u{a0}\u{ad}\u{2028}😀\u{10ffff}".as_bytes()),
            "'é\\xa0\\xad\\u2028😀\\U0010ffff'"
        );
        assert_eq!(text(b"\xed\xa0\x80\xed\xb0\x80"), "'\\ud800\\udc00'");
        assert_eq!(repr(Constant::Bytes(b"a'\"\n\xff")), "b'a\\'\"\\n\\xff'");
        assert_eq!(repr(Constant::Bytes(b"'")), "b\"'\"");
    }
}
