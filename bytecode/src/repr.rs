//! Constants as Python prints them, cut short where they are long.

use std::fmt::Write as _;

use crate::constant::Constant;

/// Longest text of one constant, in bytes.
const LIMIT: usize = 400;

/// `repr(value)`; code objects as `<code NAME>`; longer ones end in `...`.
pub fn repr(value: &Constant) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    if out.len() > LIMIT {
        let cut = (0..=LIMIT)
            .rev()
            .find(|&at| out.is_char_boundary(at))
            .unwrap_or(0);
        out.truncate(cut);
        out.push_str("...");
    }
    out
}

fn write(out: &mut String, value: &Constant, depth: usize) {
    if out.len() > LIMIT || depth > 50 {
        out.push_str("...");
        return;
    }
    // Writing into a String cannot fail.
    let _ = match value {
        Constant::None => write!(out, "None"),
        Constant::Ellipsis => write!(out, "..."),
        Constant::Bool(value) => write!(out, "{}", if *value { "True" } else { "False" }),
        Constant::Int(value) => write!(out, "{value}"),
        Constant::BigInt(value) if value.bits() > 4000 => {
            write!(out, "<int of {} bits>", value.bits())
        }
        Constant::BigInt(value) => write!(out, "{value}"),
        Constant::Float(value) => write!(out, "{}", float(*value)),
        Constant::Complex(real, imag) if *real == 0.0 && real.is_sign_positive() => {
            write!(out, "{}j", plain(*imag))
        }
        Constant::Complex(real, imag) => {
            let sign = if imag.is_sign_negative() && !imag.is_nan() {
                ""
            } else {
                "+"
            };
            write!(out, "({}{sign}{}j)", plain(*real), plain(*imag))
        }
        Constant::Str(text) => {
            string(out, &text.wtf8);
            Ok(())
        }
        Constant::Bytes(bytes) => {
            byte_string(out, bytes);
            Ok(())
        }
        Constant::Tuple(items) => {
            sequence(
                out,
                "(",
                items,
                if items.len() == 1 { ",)" } else { ")" },
                depth,
            );
            Ok(())
        }
        Constant::FrozenSet(items) => {
            sequence(out, "frozenset({", items, "})", depth);
            Ok(())
        }
        Constant::Slice(items) => {
            sequence(out, "slice(", &items[..], ")", depth);
            Ok(())
        }
        Constant::Code(code) => write!(
            out,
            "<code {}>",
            String::from_utf8_lossy(&code.qualname.wtf8)
        ),
    };
}

fn sequence(out: &mut String, open: &str, items: &[Constant], close: &str, depth: usize) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if out.len() > LIMIT {
            break;
        }
        out.push_str(if index == 0 { "" } else { ", " });
        write(out, item, depth + 1);
    }
    out.push_str(close);
}

/// `repr(float)`.
fn float(value: f64) -> String {
    let text = plain(value);
    if value.is_finite() && !text.contains(['.', 'e']) {
        text + ".0"
    } else {
        text
    }
}

/// `repr(float)` without the `.0` of whole numbers.
fn plain(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    }
    let text = format!("{value:e}");
    let exponent = text
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse::<i32>().ok())
        .unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{value}");
    }
    let (digits, _) = text.split_once('e').unwrap_or((&text, ""));
    format!(
        "{digits}e{}{:02}",
        if exponent < 0 { '-' } else { '+' },
        exponent.abs()
    )
}

fn string(out: &mut String, wtf8: &[u8]) {
    let quote = if wtf8.contains(&b'\'') && !wtf8.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    let mut rest = wtf8;
    while !rest.is_empty() && out.len() <= LIMIT + 20 {
        let valid = match std::str::from_utf8(rest) {
            Ok(valid) => valid,
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or(""),
        };
        for c in valid.chars().take(LIMIT) {
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\\' => out.push_str("\\\\"),
                c if c == quote => out.extend(['\\', c]),
                c if (c as u32) < 0x20 || (0x7F..0xA1).contains(&(c as u32)) => {
                    let _ = write!(out, "\\x{:02x}", c as u32);
                }
                c if c.is_control() || (c.is_whitespace() && c != ' ') => {
                    let _ = write!(out, "\\u{:04x}", c as u32);
                }
                c => out.push(c),
            }
        }
        rest = &rest[valid.len()..];
        if let [0xED, second, third, tail @ ..] = rest {
            let _ = write!(
                out,
                "\\u{:04x}",
                0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F)
            );
            rest = tail;
        } else if !rest.is_empty() {
            break;
        }
    }
    out.push(quote);
}

fn byte_string(out: &mut String, bytes: &[u8]) {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    out.extend(['b', quote]);
    for &byte in bytes.iter().take(LIMIT) {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            byte if byte == quote as u8 => out.extend(['\\', quote]),
            0x20..=0x7E => out.push(byte as char),
            byte => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
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

    #[test]
    fn shared_tuples_do_not_explode() {
        let mut value = Constant::Int(0);
        for _ in 0..200 {
            value = Constant::Tuple(Arc::new([value.clone(), value]));
        }
        assert!(repr(&value).len() < LIMIT + 10);
    }
}
