//! Floats, strings and bytes as Python's `repr` prints them.

use std::fmt::Write as _;

use crate::constant::code_points;
use crate::printable::is_printable;
use crate::version::Target;

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
    for code_point in code_points(wtf8) {
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
