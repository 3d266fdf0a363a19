//! Numeric literals (`parsenumber_raw` in CPython's `Parser/action_helpers.c` and `Parser/pegen.c`).

use bumpalo::Bump;
use num_bigint::BigUint;

use crate::ast::Constant;

/// `sys.int_info.default_max_str_digits`.
const MAX_DECIMAL_DIGITS: usize = 4300;

/// Where the numeric literal ends that starts at `start` with a digit or a point before one (`tok_get_normal_mode` in
/// `Parser/lexer/lexer.c`). `None` if it is malformed.
pub(crate) fn end(bytes: &[u8], start: usize) -> Option<usize> {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    if byte(start) == b'0' {
        let radix = match byte(start + 1) {
            b'x' | b'X' => 16,
            b'o' | b'O' => 8,
            b'b' | b'B' => 2,
            _ => 10,
        };
        if radix != 10 {
            let mut at = start + 2;
            at += usize::from(byte(at) == b'_');
            return digits(bytes, at, radix);
        }
    }
    let mut at = start;
    let mut integer = byte(at) != b'.';
    if integer {
        at = digits(bytes, at, 10)?;
    }
    let integer_end = at;
    if byte(at) == b'.' {
        integer = false;
        at += 1;
        if byte(at).is_ascii_digit() {
            at = digits(bytes, at, 10)?;
        }
    }
    if matches!(byte(at), b'e' | b'E') {
        let sign = usize::from(matches!(byte(at + 1), b'+' | b'-'));
        if byte(at + 1 + sign).is_ascii_digit() {
            integer = false;
            at = digits(bytes, at + 1 + sign, 10)?;
        } else if sign != 0 {
            return None;
        }
    }
    if matches!(byte(at), b'j' | b'J') {
        integer = false;
        at += 1;
    }
    // An integer other than zero has no zeros before it.
    let leading_zero = integer
        && byte(start) == b'0'
        && bytes[start..integer_end]
            .iter()
            .any(|byte| matches!(byte, b'1'..=b'9'));
    (!leading_zero).then_some(at)
}

/// The end of at least one digit, with single underscores between digits.
fn digits(bytes: &[u8], start: usize, radix: u32) -> Option<usize> {
    let is_digit = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|&byte| char::from(byte).is_digit(radix))
    };
    let mut at = start;
    loop {
        if !is_digit(at) {
            return None;
        }
        while is_digit(at) {
            at += 1;
        }
        match bytes.get(at) {
            Some(b'_') => at += 1,
            // Of a wrong radix.
            Some(b'0'..=b'9') => return None,
            _ => return Some(at),
        }
    }
}

/// The value of a numeric literal that [`end`] has delimited.
pub(crate) fn value<'a>(arena: &'a Bump, text: &str) -> Option<Constant<'a>> {
    let bytes = text.as_bytes();
    if let [digit @ b'0'..=b'9'] = bytes {
        return Some(Constant::Int(i64::from(digit - b'0')));
    }
    let prefix = matches!(bytes, [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    if prefix || bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'_')) {
        return integer(arena, text).ok();
    }
    let (real, imaginary) = match text.strip_suffix(['j', 'J']) {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let value = if real.contains('_') {
        real.replace('_', "").parse()
    } else {
        real.parse()
    };
    match value {
        Ok(value) if imaginary => Some(Constant::Imaginary(value)),
        Ok(value) => Some(Constant::Float(value)),
        Err(_) => None,
    }
}

/// The value of an integer literal, or an error message.
pub(crate) fn integer<'a>(arena: &'a Bump, text: &str) -> Result<Constant<'a>, String> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', b'o' | b'O', ..] => (8, &text[2..]),
        [b'0', b'b' | b'B', ..] => (2, &text[2..]),
        _ => (10, text),
    };
    let mut value: u64 = 0;
    let mut fits = true;
    for byte in digits.bytes().filter(|&byte| byte != b'_') {
        let Some(digit) = char::from(byte).to_digit(radix) else {
            return Err("invalid decimal literal".to_owned());
        };
        match value
            .checked_mul(radix.into())
            .and_then(|value| value.checked_add(digit.into()))
        {
            Some(next) => value = next,
            None => {
                fits = false;
                break;
            }
        }
    }
    if fits && let Ok(value) = i64::try_from(value) {
        return Ok(Constant::Int(value));
    }
    let digits: Vec<u8> = digits.bytes().filter(|&byte| byte != b'_').collect();
    // Leading zeros are possible with a prefix only, and count for decimal literals alone.
    if radix == 10 && digits.len() > MAX_DECIMAL_DIGITS {
        return Err(format!(
            "Exceeds the limit ({MAX_DECIMAL_DIGITS} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer \
             literals to avoid decimal conversion limits.",
            digits.len()
        ));
    }
    let big =
        BigUint::parse_bytes(&digits, radix).ok_or_else(|| "invalid decimal literal".to_owned())?;
    Ok(Constant::BigInt(
        arena.alloc_slice_copy(&big.to_u32_digits()),
    ))
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::{end, integer};
    use crate::ast::Constant;

    #[test]
    fn values() {
        let arena = Bump::new();
        let int = |text| match integer(&arena, text) {
            Ok(Constant::Int(value)) => value,
            other => panic!("{other:?}"),
        };
        assert_eq!(int("0"), 0);
        assert_eq!(int("0_0"), 0);
        assert_eq!(int("1_000"), 1000);
        assert_eq!(int("0xFF"), 255);
        assert_eq!(int("0o17"), 15);
        assert_eq!(int("0B1_01"), 5);
        assert_eq!(int("9223372036854775807"), i64::MAX);
        assert!(matches!(
            integer(&arena, "9223372036854775808"),
            Ok(Constant::BigInt([0, 0x8000_0000]))
        ));
        assert!(matches!(
            integer(&arena, "0x1_0000_0000_0000_0000"),
            Ok(Constant::BigInt([0, 0, 1]))
        ));
    }

    #[test]
    fn ends() {
        for (text, length) in [
            ("1", 1),
            ("12_3+", 4),
            ("0x_fFg", 5),
            ("0b101", 5),
            ("00_0", 4),
            ("1.", 2),
            ("1..a", 2),
            (".5e-3j", 6),
            ("1else", 1),
            ("1e5", 3),
            ("1.e5", 4),
            ("0777.5", 6),
            ("09j", 3),
            ("0xfor", 3),
            ("1_0.0_1e1_0", 11),
            ("1._5", 2),
        ] {
            assert_eq!(end(text.as_bytes(), 0), Some(length), "{text}");
        }
        for text in [
            "0777", "1_", "1__0", "0x", "0b2", "0o8", "0b12", "1e+", "1.5_", "00_1",
        ] {
            assert_eq!(end(text.as_bytes(), 0), None, "{text}");
        }
    }

    #[test]
    fn decimal_digit_limit() {
        let arena = Bump::new();
        assert!(integer(&arena, &"1".repeat(4300)).is_ok());
        assert!(
            integer(&arena, &"1".repeat(4301))
                .unwrap_err()
                .contains("value has 4301 digits")
        );
        assert!(integer(&arena, &format!("0x{}", "1".repeat(9000))).is_ok());
    }
}
