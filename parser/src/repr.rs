//! Constants of the tree as Python's `repr` prints them.

use std::fmt::Write as _;

use num_bigint::BigUint;
use pycsmith_bytecode::Target;
pub use pycsmith_bytecode::repr::{bytes, float, string};

use crate::ast::Constant;

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
