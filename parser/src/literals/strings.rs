//! String and bytes literals (`Parser/string_parser.c`, `_PyUnicode_DecodeUnicodeEscapeInternal`,
//! `_PyBytes_DecodeEscape`).

use pycsmith_bytecode::Target;

use super::names;

/// Appends a code point, which may be a surrogate, as generalised UTF-8.
pub(crate) fn push_code_point(out: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(char) => {
            let mut buffer = [0; 4];
            out.extend_from_slice(char.encode_utf8(&mut buffer).as_bytes());
        }
        None => out.extend_from_slice(&[
            0xE0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 0x3F) as u8,
            0x80 | (code & 0x3F) as u8,
        ]),
    }
}

fn octal(body: &[u8], at: usize) -> (u32, usize) {
    let mut value = 0;
    let mut end = at;
    while end < at + 3 && end < body.len() && matches!(body[end], b'0'..=b'7') {
        value = value * 8 + u32::from(body[end] - b'0');
        end += 1;
    }
    (value, end)
}

fn hex(body: &[u8], at: usize, count: usize) -> Result<u32, usize> {
    let mut value = 0;
    for offset in 0..count {
        match body
            .get(at + offset)
            .and_then(|&byte| char::from(byte).to_digit(16))
        {
            Some(digit) => value = value << 4 | digit,
            None => return Err(at + offset),
        }
    }
    Ok(value)
}

/// The position of `at` in what CPython hands to its `unicode_escape` codec: the body with each non-ASCII
/// character written as `\UXXXXXXXX`, and a backslash before such a character as `\u005c`.
fn codec_position(body: &[u8], at: usize) -> usize {
    let mut position = 0;
    let mut index = 0;
    while index < at {
        let byte = body[index];
        if byte == b'\\' {
            position += 1;
            index += 1;
            match body.get(index) {
                Some(&next) if next >= 0x80 => position += 5,
                Some(_) if index < at => {
                    position += 1;
                    index += 1;
                }
                _ => {}
            }
        } else if byte >= 0x80 {
            position += 10;
            index += 1;
            while index < at && body[index] & 0xC0 == 0x80 {
                index += 1;
            }
        } else {
            position += 1;
            index += 1;
        }
    }
    position
}

/// Appends the value of a `str` literal's body with escapes to `out`, as WTF-8. `doubled_braces` says that
/// the body is the literal text of an f-string, where `{{` and `}}` stand for one brace each.
///
/// # Errors
///
/// CPython's message.
pub(crate) fn decode_str(
    body: &str,
    doubled_braces: bool,
    target: Target,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let body = body.as_bytes();
    let mut at = 0;
    loop {
        let rest = &body[at..];
        let next = if doubled_braces {
            memchr::memchr3(b'\\', b'{', b'}', rest)
        } else {
            memchr::memchr(b'\\', rest)
        };
        let Some(next) = next else {
            out.extend_from_slice(rest);
            return Ok(());
        };
        out.extend_from_slice(&rest[..next]);
        at += next;
        if body[at] != b'\\' {
            out.push(body[at]);
            at += if body.get(at + 1) == Some(&body[at]) {
                2
            } else {
                1
            };
            continue;
        }
        at = decode_escape(body, at, target, out)?;
    }
}

/// Decodes the escape at the backslash `start`; returns where it ends.
fn decode_escape(
    body: &[u8],
    start: usize,
    target: Target,
    out: &mut Vec<u8>,
) -> Result<usize, String> {
    let error = |end: usize, reason: &str| {
        let from = codec_position(body, start);
        let to = codec_position(body, end.max(start + 1)).max(from + 1) - 1;
        let place = if from == to {
            format!("byte 0x5c in position {from}")
        } else {
            format!("bytes in position {from}-{to}")
        };
        Err(format!(
            "(unicode error) 'unicodeescape' codec can't decode {place}: {reason}"
        ))
    };
    let Some(&kind) = body.get(start + 1) else {
        // A lone backslash before an f-string's replacement field.
        out.push(b'\\');
        return Ok(start + 1);
    };
    let at = start + 2;
    let simple = match kind {
        b'\n' => return Ok(at),
        b'\\' | b'\'' | b'"' => kind,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'f' => 12,
        b'v' => 11,
        b'a' => 7,
        b'0'..=b'7' => {
            let (value, end) = octal(body, start + 1);
            push_code_point(out, value);
            return Ok(end);
        }
        b'x' | b'u' | b'U' => {
            let (count, reason) = match kind {
                b'x' => (2, "truncated \\xXX escape"),
                b'u' => (4, "truncated \\uXXXX escape"),
                _ => (8, "truncated \\UXXXXXXXX escape"),
            };
            match hex(body, at, count) {
                Ok(value) if value > 0x10_FFFF => {
                    return error(at + count, "illegal Unicode character");
                }
                Ok(value) => push_code_point(out, value),
                Err(end) => return error(end, reason),
            }
            return Ok(at + count);
        }
        b'N' => {
            if body.get(at) != Some(&b'{') {
                return error(at, "malformed \\N character escape");
            }
            let Some(length) = memchr::memchr(b'}', &body[at + 1..]) else {
                return error(body.len(), "malformed \\N character escape");
            };
            let end = at + 1 + length + 1;
            if length == 0 {
                return error(end, "malformed \\N character escape");
            }
            let name = std::str::from_utf8(&body[at + 1..end - 1]).unwrap_or("");
            let Some(char) = names::character(name, target) else {
                return error(end, "unknown Unicode character name");
            };
            push_code_point(out, char.into());
            return Ok(end);
        }
        // An unknown escape stays as it is; what follows the backslash is read as usual, since in an f-string
        // it may be a doubled brace.
        _ => {
            out.push(b'\\');
            return Ok(start + 1);
        }
    };
    out.push(simple);
    Ok(at)
}

/// Appends the value of a `bytes` literal's body with escapes to `out`.
///
/// # Errors
///
/// CPython's message.
pub(crate) fn decode_bytes(body: &str, out: &mut Vec<u8>) -> Result<(), String> {
    let body = body.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &body[at..]) {
        out.extend_from_slice(&body[at..at + next]);
        let start = at + next;
        let Some(&kind) = body.get(start + 1) else {
            return Err("(value error) Trailing \\ in string".to_owned());
        };
        at = start + 2;
        match kind {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(kind),
            b'b' => out.push(8),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'a' => out.push(7),
            b'0'..=b'7' => {
                let (value, end) = octal(body, start + 1);
                out.push(value as u8);
                at = end;
            }
            b'x' => match hex(body, at, 2) {
                Ok(value) => {
                    out.push(value as u8);
                    at += 2;
                }
                Err(_) => {
                    return Err(format!(
                        "(value error) invalid \\x escape at position {start}"
                    ));
                }
            },
            _ => out.extend_from_slice(&[b'\\', kind]),
        }
    }
    out.extend_from_slice(&body[at..]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use pycsmith_bytecode::Target;

    use super::{decode_bytes, decode_str};

    fn text(body: &str) -> Vec<u8> {
        let mut out = Vec::new();
        decode_str(body, false, Target::PY314, &mut out).unwrap();
        out
    }

    fn error(body: &str) -> String {
        decode_str(body, false, Target::PY314, &mut Vec::new()).unwrap_err()
    }

    #[test]
    fn escapes() {
        assert_eq!(
            text(r"a\tb\\\'\x41\101\u00e9\U0001F600"),
            "a\tb\\'AA\u{e9}\u{1F600}".as_bytes()
        );
        assert_eq!(text("\\\nx"), b"x");
        assert_eq!(text(r"\d\8"), br"\d\8");
        assert_eq!(text(r"\N{DIGIT ONE}\N{digit two}"), b"12");
        assert_eq!(text(r"\777"), "\u{1ff}".as_bytes());
        assert_eq!(text("\\é"), "\\é".as_bytes());
    }

    #[test]
    fn surrogates_stay_apart() {
        assert_eq!(text(r"\ud83d\ude00"), b"\xed\xa0\xbd\xed\xb8\x80");
    }

    #[test]
    fn names() {
        for (name, value) in [
            ("LF", "\n"),
            ("NULL", "\0"),
            ("LATIN SMALL LETTER GHA", "\u{1a3}"),
            ("CJK UNIFIED IDEOGRAPH-4E00", "\u{4e00}"),
            ("HANGUL SYLLABLE GAG", "\u{ac01}"),
            ("BOM", "\u{feff}"),
        ] {
            assert_eq!(text(&format!("\\N{{{name}}}")), value.as_bytes(), "{name}");
        }
        // A named sequence.
        assert!(error(r"\N{KEYCAP DIGIT ONE}").contains("unknown Unicode character name"));
    }

    #[test]
    fn messages() {
        let prefix = "(unicode error) 'unicodeescape' codec can't decode bytes in position ";
        assert_eq!(
            error(r"\x4"),
            format!("{prefix}0-2: truncated \\xXX escape")
        );
        assert_eq!(
            error(r"abc\N{foo}"),
            format!("{prefix}3-9: unknown Unicode character name")
        );
        assert_eq!(
            error(r"\N"),
            format!("{prefix}0-1: malformed \\N character escape")
        );
        assert_eq!(
            error(r"\U00110000"),
            format!("{prefix}0-9: illegal Unicode character")
        );
        assert_eq!(
            error("\n\\u12"),
            format!("{prefix}1-4: truncated \\uXXXX escape")
        );
    }

    #[test]
    fn bytes() {
        let mut out = Vec::new();
        decode_bytes(
            r"\x41\777\u0041\
",
            &mut out,
        )
        .unwrap();
        assert_eq!(out, b"A\xff\\u0041");
        assert_eq!(
            decode_bytes(r"a\x4", &mut out).unwrap_err(),
            "(value error) invalid \\x escape at position 1"
        );
    }
}
