//! Numeric literals (`parsenumber_raw` in CPython's `Parser/action_helpers.c` and `Parser/pegen.c`).

use bumpalo::Bump;
use num_bigint::BigUint;

use crate::ast::Constant;

/// `sys.int_info.default_max_str_digits`.
const MAX_DECIMAL_DIGITS: usize = 4300;

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

    use super::integer;
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
