//! Constants as Python prints them.

mod scalars;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

pub use scalars::{bytes, float, string};

use crate::code::CodeObject;
use crate::constant::Constant;
use crate::set_order;
use crate::version::Target;

/// Longest text of a constant that is cut short, in bytes.
const SHORT: usize = 400;
/// Longest text at all: shared tuples may make very long ones of little.
const LONG: usize = 16 << 20;

/// `repr(value)`; code objects as `<code NAME>`; longer ones end in `...`.
pub fn repr(value: &Constant) -> String {
    let mut printer = Printer {
        out: String::new(),
        target: Target::PY314,
        limit: SHORT,
        full: false,
    };
    printer.value(value, 0);
    let mut out = printer.out;
    if out.len() > SHORT {
        out.truncate(out.floor_char_boundary(SHORT));
        out.push_str("...");
    }
    out
}

/// `repr(value)` as the target's interpreter gives it. The members of sets have the order that they have where strings'
/// hashes are not randomized (`PYTHONHASHSEED=0`).
pub fn full(value: &Constant, target: Target) -> String {
    within(value, target, LONG)
}

/// [`full`], but not much longer than `limit` bytes.
pub fn within(value: &Constant, target: Target, limit: usize) -> String {
    let mut printer = Printer {
        out: String::new(),
        target,
        limit: limit.min(LONG),
        full: true,
    };
    printer.value(value, 0);
    printer.out
}

struct Printer {
    out: String,
    target: Target,
    limit: usize,
    full: bool,
}

impl Printer {
    fn value(&mut self, value: &Constant, depth: usize) {
        if self.out.len() > self.limit || depth > 1000 {
            self.out.push_str("...");
            return;
        }
        match value {
            Constant::None => self.out.push_str("None"),
            Constant::Ellipsis => self.out.push_str("Ellipsis"),
            Constant::Bool(true) => self.out.push_str("True"),
            Constant::Bool(false) => self.out.push_str("False"),
            Constant::BigInt(value) if value.bits() > 4000 && !self.full => {
                self.write(format_args!("<int of {} bits>", value.bits()));
            }
            Constant::Int(value) => self.write(format_args!("{value}")),
            Constant::BigInt(value) => self.write(format_args!("{value}")),
            Constant::Float(value) => float(&mut self.out, *value, true),
            Constant::Complex(real, imag) => complex(&mut self.out, *real, *imag),
            Constant::Str(text) => {
                let shown = self.shown(&text.wtf8);
                string(&mut self.out, shown, self.target);
            }
            Constant::Bytes(value) => {
                let shown = self.shown(value);
                bytes(&mut self.out, shown);
            }
            Constant::Tuple(items) if items.len() == 1 => self.items("(", items, ",)", depth),
            Constant::Tuple(items) => self.items("(", items, ")", depth),
            Constant::FrozenSet(items) if items.is_empty() => self.out.push_str("frozenset()"),
            Constant::FrozenSet(items) => {
                let items = match self.full {
                    true => set_order::iterated(items, self.target),
                    false => Cow::Borrowed(&items[..]),
                };
                self.items("frozenset({", &items, "})", depth);
            }
            Constant::Slice(items) => self.items("slice(", &items[..], ")", depth),
            Constant::Code(code) if self.full => self.out.push_str(&code_object(code)),
            Constant::Code(code) => {
                self.write(format_args!("<code {}>", code.qualname.to_string_lossy()));
            }
        }
    }

    /// Writing into a String cannot fail.
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(text);
    }

    /// As much of a text as will be printed.
    fn shown<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        match text.get(..self.limit) {
            Some(start) => start,
            None => text,
        }
    }

    fn items(&mut self, open: &str, items: &[Constant], close: &str, depth: usize) {
        self.out.push_str(open);
        for (index, item) in items.iter().enumerate() {
            if self.out.len() > self.limit {
                break;
            }
            self.out.push_str(if index == 0 { "" } else { ", " });
            self.value(item, depth + 1);
        }
        self.out.push_str(close);
    }
}

/// `repr(code)` (`code_repr` in `Objects/codeobject.c`). What stands for the address is a number that depends on the
/// code object only, so that listings can be compared.
pub fn code_object(code: &CodeObject) -> String {
    let mut hasher = FxHasher::default();
    let (name, file, line) = (&code.qualname, &code.filename, code.firstlineno);
    (&name.wtf8[..], &file.wtf8[..], line, &code.code).hash(&mut hasher);
    let address = 0x7F00_0000_0000 | hasher.finish() >> 20 << 4 & 0xFF_FFFF_FFFF;
    let line = match code.firstlineno {
        0 => -1,
        line => line,
    };
    format!(
        "<code object {} at {address:#x}, file \"{}\", line {line}>",
        code.name.to_string_lossy(),
        code.filename.to_string_lossy(),
    )
}

/// `repr(complex)`.
fn complex(out: &mut String, real: f64, imag: f64) {
    if real == 0.0 && real.is_sign_positive() {
        float(out, imag, false);
        out.push('j');
        return;
    }
    out.push('(');
    float(out, real, false);
    if !imag.is_sign_negative() || imag.is_nan() {
        out.push('+');
    }
    float(out, imag, false);
    out.push_str("j)");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::constant::PyStr;

    #[test]
    fn scalars() {
        for (value, text) in [
            (Constant::Float(1.0), "1.0"),
            (Constant::Float(-0.0), "-0.0"),
            (Constant::Float(1e16), "1e+16"),
            (Constant::Float(1.5e-7), "1.5e-07"),
            (Constant::Float(0.0001), "0.0001"),
            (Constant::Float(f64::INFINITY), "inf"),
            (Constant::Complex(0.0, 1.0), "1j"),
            (Constant::Complex(-0.0, -2.5), "(-0-2.5j)"),
            (
                Constant::Bytes(Arc::new(*b"a'\"\x00\n")),
                "b'a\\'\"\\x00\\n'",
            ),
            (
                Constant::Str(Arc::new(PyStr::constant(*b"it's \xED\xA0\x80"))),
                "\"it's \\ud800\"",
            ),
            (Constant::Tuple(Arc::new([Constant::None])), "(None,)"),
            (
                Constant::FrozenSet(Arc::new([Constant::Int(1), Constant::Bool(true)])),
                "frozenset({1, True})",
            ),
        ] {
            assert_eq!(repr(&value), text);
        }
    }

    /// Of the interpreters, run with `PYTHONHASHSEED=0`.
    #[test]
    fn full_texts() {
        let text = |text: &str| Constant::Str(Arc::new(PyStr::constant(text)));
        let set = |items: Vec<Constant>| Constant::FrozenSet(items.into());
        let words = [
            "type",
            "super",
            "bytearray",
            "bytes",
            "dict",
            "frozendict",
            "int",
            "str",
        ];
        let pair = |a: &str, b: &str| Constant::Tuple(Arc::new([text(a), text(b)]));
        for (value, expected) in [
            (Constant::Ellipsis, "Ellipsis"),
            (set(vec![]), "frozenset()"),
            (
                set(words.map(text).to_vec()),
                "frozenset({'bytearray', 'frozendict', 'int', 'str', 'type', 'super', 'bytes', 'dict'})",
            ),
            (
                set(vec![
                    pair("StringIO", "io"),
                    pair("cPickle", "pickle"),
                    text("é"),
                    text("日本"),
                ]),
                "frozenset({'日本', 'é', ('cPickle', 'pickle'), ('StringIO', 'io')})",
            ),
            (
                set((0..7).map(|n| Constant::Int(n * 1000 - 2000)).collect()),
                "frozenset({0, 4000, 1000, -2000, 2000, 3000, -1000})",
            ),
            (
                set(vec![
                    Constant::Float(0.1),
                    Constant::Float(-1e300),
                    Constant::Complex(1.5, -2.0),
                    Constant::BigInt(Arc::new(num_bigint::BigInt::from(1u128 << 100))),
                    Constant::None,
                ]),
                "frozenset({0.1, 1267650600228229401496703205376, None, -1e+300, (1.5-2j)})",
            ),
        ] {
            assert_eq!(full(&value, Target::PY314), expected);
        }
    }

    #[test]
    fn shared_tuples_do_not_explode() {
        let mut value = Constant::Int(0);
        for _ in 0..200 {
            value = Constant::Tuple(Arc::new([value.clone(), value]));
        }
        assert!(repr(&value).len() < SHORT + 10);
    }
}
