//! Constants as text: one spelling for each value.
//!
//! | value | text |
//! | --- | --- |
//! | integers up to 64 bits, larger ones | `-12`, `0x1000000000000000000` |
//! | floats | `1.0`, `-0.0`, `1e+16`, `inf`, `nan`, `nan(0x7ff8000000000001)` for other bits |
//! | complex | `complex(0.0, 1.0)` |
//! | strings, bytes | `'it\'s \ud800'`, `b'\x00'` |
//! | tuples, frozensets, slices | `(1, 2)`, `(1,)`, `frozenset({1})`, `slice(None, 2, None)` |
//! | others | `None`, `True`, `False`, `...` |
//!
//! Which constants are one object follows from the rules by which CPython shares them. A string of which they do not tell says
//! so, alone or within another constant:
//!
//! | text | the string is |
//! | --- | --- |
//! | `name('é')` | the object of a name, and interned |
//! | `qualname('f.<locals>.C')` | the `co_qualname` of the first class that has it as a constant |
//! | `own('%')`, `own('%', 2)` | an object that nothing else has; equal ones with one number are one |

use std::fmt::Write as _;
use std::sync::Arc;

use num_bigint::BigInt;
use pycsmith_bytecode::repr::repr;
use pycsmith_bytecode::{Constant, PyStr, Which};

use super::syntax::Value;

/// The bits of `nan`.
const NAN: u64 = 0x7FF8_0000_0000_0000;
/// Deepest nest of tuples that is written.
pub(crate) const MAX_DEPTH: usize = super::lexer::MAX_DEPTH - 10;

/// Whether the value can be written as text: it does not nest too deep and has no code object in it.
pub fn has_text(value: &Constant) -> bool {
    fn check(value: &Constant, depth: usize) -> bool {
        let items: &[Constant] = match value {
            Constant::Code(_) => return false,
            Constant::Tuple(items) | Constant::FrozenSet(items) => items,
            Constant::Slice(items) => &items[..],
            _ => &[],
        };
        depth <= MAX_DEPTH && items.iter().all(|item| check(item, depth + 1))
    }
    check(value, 0)
}

/// The text of a value.
pub fn text(value: &Constant) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out
}

/// Writing into a String cannot fail.
fn write(out: &mut String, value: &Constant, depth: usize) {
    if depth > MAX_DEPTH {
        out.push_str("None");
        return;
    }
    let _ = match value {
        Constant::None => out.write_str("None"),
        Constant::Ellipsis => out.write_str("..."),
        Constant::Bool(true) => out.write_str("True"),
        Constant::Bool(false) => out.write_str("False"),
        Constant::Int(value) => write!(out, "{value}"),
        Constant::BigInt(value) => {
            let sign = if value.sign() == num_bigint::Sign::Minus {
                "-"
            } else {
                ""
            };
            write!(out, "{sign}0x{}", value.magnitude().to_str_radix(16))
        }
        Constant::Float(value) => out.write_str(&float(*value)),
        Constant::Complex(real, imag) => {
            write!(out, "complex({}, {})", float(*real), float(*imag))
        }
        Constant::Str(text) => text_of_str(out, text),
        Constant::Bytes(bytes) => {
            out.push_str("b'");
            bytes.iter().for_each(|&byte| escape_byte(out, byte));
            out.write_str("'")
        }
        Constant::Tuple(items) => {
            let close = if items.len() == 1 { ",)" } else { ")" };
            list(out, "(", items, close, depth)
        }
        Constant::FrozenSet(items) => list(out, "frozenset({", items, "})", depth),
        Constant::Slice(items) => list(out, "slice(", &items[..], ")", depth),
        // Not as an item of anything: no compiler makes that.
        Constant::Code(_) => out.write_str("None"),
    };
}

/// The string, with the words for what it is if the rules of sharing do not tell.
fn text_of_str(out: &mut String, text: &PyStr) -> std::fmt::Result {
    out.push_str(match text.which {
        Which::ByRules => "",
        Which::Name => "name(",
        Which::Qualname => "qualname(",
        Which::Own(_) => "own(",
    });
    string(out, &text.wtf8);
    match text.which {
        Which::ByRules => Ok(()),
        Which::Own(number) if number != 1 => write!(out, ", {number})"),
        _ => out.write_char(')'),
    }
}

fn list(
    out: &mut String,
    open: &str,
    items: &[Constant],
    close: &str,
    depth: usize,
) -> std::fmt::Result {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        write(out, item, depth + 1);
    }
    out.write_str(close)
}

fn float(value: f64) -> String {
    match value.to_bits() {
        NAN => "nan".to_owned(),
        bits if value.is_nan() && bits == NAN | 1 << 63 => "-nan".to_owned(),
        bits if value.is_nan() => format!("nan({bits:#x})"),
        _ => repr(&Constant::Float(value)),
    }
}

fn escape_byte(out: &mut String, byte: u8) {
    match byte {
        b'\n' => out.push_str("\\n"),
        b'\\' => out.push_str("\\\\"),
        b'\'' => out.push_str("\\'"),
        0x20..=0x7E => out.push(byte as char),
        byte => {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
}

/// `'...'` of a text with surrogates.
pub fn string(out: &mut String, wtf8: &[u8]) {
    out.push('\'');
    let mut rest = wtf8;
    while !rest.is_empty() {
        let valid = match std::str::from_utf8(rest) {
            Ok(valid) => valid,
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or(""),
        };
        for c in valid.chars() {
            match c {
                c if c.is_ascii() => escape_byte(out, c as u8),
                c if c.is_alphanumeric() => out.push(c),
                c if (c as u32) < 0x1_0000 => {
                    let _ = write!(out, "\\u{:04x}", c as u32);
                }
                c => {
                    let _ = write!(out, "\\U{:08x}", c as u32);
                }
            }
        }
        rest = &rest[valid.len()..];
        if let [0xED, second, third, tail @ ..] = rest {
            let code = 0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F);
            let _ = write!(out, "\\u{code:04x}");
            rest = tail;
        } else if !rest.is_empty() {
            // Not a Python string.
            rest = &rest[1..];
        }
    }
    out.push('\'');
}

/// The value of `'...'` as it is written.
pub fn parse_string(text: &str) -> Result<Vec<u8>, String> {
    let inner = text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
        .unwrap_or(text);
    let mut out = Vec::with_capacity(inner.len());
    unescape(inner, |code| {
        match char::from_u32(code) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            // A surrogate.
            None if code < 0x1_0000 => out.extend_from_slice(&[
                0xE0 | (code >> 12) as u8,
                0x80 | (code >> 6 & 0x3F) as u8,
                0x80 | (code & 0x3F) as u8,
            ]),
            None => return Err(format!("there is no character {code:#x}")),
        }
        Ok(())
    })?;
    Ok(out)
}

fn parse_bytes(text: &str) -> Result<Vec<u8>, String> {
    let inner = text
        .strip_prefix("b'")
        .and_then(|text| text.strip_suffix('\''))
        .unwrap_or(text);
    if !inner.is_ascii() {
        return Err("bytes are written in ASCII".to_owned());
    }
    let mut out = Vec::with_capacity(inner.len());
    unescape(inner, |code| {
        out.push(u8::try_from(code).map_err(|_| "bytes end at \\xff".to_owned())?);
        Ok(())
    })?;
    Ok(out)
}

/// Gives the characters of a text with escapes one by one.
fn unescape(text: &str, mut give: impl FnMut(u32) -> Result<(), String>) -> Result<(), String> {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            give(c as u32)?;
            continue;
        }
        let digits = match chars.next() {
            Some('n') => {
                give(u32::from(b'\n'))?;
                continue;
            }
            Some(c @ ('\\' | '\'')) => {
                give(c as u32)?;
                continue;
            }
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            other => {
                let other = other.map(String::from).unwrap_or_default();
                return Err(format!("no escape sequence \\{other}"));
            }
        };
        let hex: String = chars.by_ref().take(digits).collect();
        let code = u32::from_str_radix(&hex, 16)
            .ok()
            .filter(|_| hex.len() == digits);
        give(code.ok_or_else(|| format!("{digits} hexadecimal digits must follow the escape"))?)?;
    }
    Ok(())
}

/// The value that is written.
///
/// # Errors
/// What is wrong with it.
pub fn parse(value: &Value<'_>) -> Result<Constant, String> {
    Ok(match value {
        Value::Ellipsis => Constant::Ellipsis,
        Value::Word("None") => Constant::None,
        Value::Word("True") => Constant::Bool(true),
        Value::Word("False") => Constant::Bool(false),
        Value::Word("inf" | "nan") | Value::Number(_) => number(value)?,
        Value::Word(word) => return Err(format!("{word} is no constant")),
        Value::Index(index) => return Err(format!("{index} cannot stand in a constant")),
        Value::Str(text) => Constant::Str(Arc::new(PyStr::constant(parse_string(text)?))),
        Value::Bytes(text) => Constant::Bytes(parse_bytes(text)?.into()),
        Value::Tuple(items) => Constant::Tuple(items.iter().map(parse).collect::<Result<_, _>>()?),
        Value::Set(_) => return Err("a set stands in frozenset(...)".to_owned()),
        Value::Call("nan", arguments) => Constant::Float(nan(arguments)?),
        Value::Call("complex", arguments) => match &arguments[..] {
            [real, imag] => Constant::Complex(float_of(real)?, float_of(imag)?),
            _ => return Err("complex(...) has two floats".to_owned()),
        },
        Value::Call("frozenset", arguments) => match &arguments[..] {
            [Value::Set(items)] => {
                Constant::FrozenSet(items.iter().map(parse).collect::<Result<_, _>>()?)
            }
            _ => return Err("frozenset(...) has one set".to_owned()),
        },
        Value::Call("slice", arguments) => match &arguments[..] {
            [start, stop, step] => {
                Constant::Slice(Arc::new([parse(start)?, parse(stop)?, parse(step)?]))
            }
            _ => return Err("slice(...) has three constants".to_owned()),
        },
        Value::Call(word @ ("name" | "qualname" | "own"), arguments) => {
            Constant::Str(Arc::new(told(word, arguments)?))
        }
        Value::Call("code", _) => return Err("code stands alone".to_owned()),
        Value::Call(word, _) => {
            return Err(format!(
                "{word}(...) is no constant: complex, frozenset, slice, nan, code, name, qualname and own are"
            ));
        }
    })
}

/// A string that says which of several equal ones it is.
fn told(word: &str, arguments: &[Value<'_>]) -> Result<PyStr, String> {
    let (text, number) = match arguments {
        [Value::Str(text)] => (text, 1),
        [Value::Str(text), Value::Number(number)] if word == "own" => {
            let number = number.parse().map_err(|_| "own(...) numbers end at 255")?;
            (text, number)
        }
        _ => return Err(format!("{word}(...) has one string")),
    };
    let which = match word {
        "name" => Which::Name,
        "qualname" => Which::Qualname,
        _ => Which::Own(number),
    };
    Ok(PyStr::told(parse_string(text)?, which))
}

fn nan(arguments: &[Value<'_>]) -> Result<f64, String> {
    let bits = match arguments {
        [Value::Number(text)] => text
            .strip_prefix("0x")
            .and_then(|digits| u64::from_str_radix(digits, 16).ok()),
        _ => None,
    };
    bits.map(f64::from_bits)
        .filter(|value| value.is_nan())
        .ok_or_else(|| "nan(...) has the 64 bits of a NaN".to_owned())
}

fn float_of(value: &Value<'_>) -> Result<f64, String> {
    match parse(value)? {
        Constant::Float(value) => Ok(value),
        _ => Err("complex(...) has two floats".to_owned()),
    }
}

fn number(value: &Value<'_>) -> Result<Constant, String> {
    let text = match value {
        Value::Word(text) | Value::Number(text) => *text,
        _ => "",
    };
    let (sign, magnitude) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    if let Some(digits) = magnitude.strip_prefix("0x") {
        let value = BigInt::parse_bytes(format!("{sign}{digits}").as_bytes(), 16)
            .ok_or_else(|| format!("{text} is no integer"))?;
        return Ok(match i64::try_from(&value) {
            Ok(value) => Constant::Int(value),
            Err(_) => Constant::BigInt(Arc::new(value)),
        });
    }
    match text {
        "inf" => return Ok(Constant::Float(f64::INFINITY)),
        "-inf" => return Ok(Constant::Float(f64::NEG_INFINITY)),
        "nan" => return Ok(Constant::Float(f64::from_bits(NAN))),
        "-nan" => return Ok(Constant::Float(f64::from_bits(NAN | 1 << 63))),
        _ => {}
    }
    if !text.contains(['.', 'e']) {
        return match text.parse() {
            Ok(value) => Ok(Constant::Int(value)),
            Err(_) => BigInt::parse_bytes(text.as_bytes(), 10)
                .map(|value| Constant::BigInt(Arc::new(value)))
                .ok_or_else(|| format!("{text} is no number")),
        };
    }
    text.parse()
        .map(Constant::Float)
        .map_err(|_| format!("{text} is no number"))
}
