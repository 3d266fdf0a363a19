//! Runs of bytes many at a time: where a word or a run of spaces ends.

use crate::interner::{Key, SHORT};

const EACH: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
const HIGH: u64 = 0x80 * EACH;

/// Eight bytes from `at` on, the first one lowest, if there are as many.
#[inline]
fn load(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*chunk))
}

/// How many letters, digits and `_` these bytes begin with.
#[inline]
fn length_of_word(bytes: &[u8; SHORT]) -> usize {
    let mut outside = [0; SHORT];
    for (outside, &byte) in outside.iter_mut().zip(bytes) {
        *outside = if byte.is_ascii_alphanumeric() | (byte == b'_') {
            0
        } else {
            0xFF
        };
    }
    u128::from_le_bytes(outside).trailing_zeros() as usize / 8
}

/// The letters, digits and `_` that are at `start`, how many they are, and the byte behind them, if they are less than
/// [`SHORT`] and the text does not end soon.
#[inline]
pub(super) fn short_word(bytes: &[u8], start: usize) -> Option<(Key, usize, u8)> {
    let chunk = bytes.get(start..start.wrapping_add(SHORT))?;
    let chunk = chunk.first_chunk()?;
    let length = length_of_word(chunk);
    let next = *chunk.get(length)?;
    Some((
        Key::of_first(u128::from_le_bytes(*chunk), length),
        length,
        next,
    ))
}

/// Where the word that goes up to `at` or further ends. It has letters, digits, `_` and what is not ASCII.
pub(super) fn end_of_word(bytes: &[u8], mut at: usize) -> usize {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let length = length_of_word(chunk);
        match chunk.get(length) {
            None => at += SHORT,
            Some(0x80..) => at += length + 1,
            Some(_) => return at + length,
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| is_part(byte)).count()
}

/// Where the spaces from `at` on end; as a rule there are less than sixteen.
#[inline]
pub(super) fn end_of_spaces(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let others = u128::from_le_bytes(*chunk) ^ u128::from_le_bytes([b' '; 16]);
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 16;
    }
    end_of_last_spaces(bytes, at)
}

/// The same near the end of a text.
#[cold]
fn end_of_last_spaces(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| byte == b' ').count()
}

/// Where the first of these bytes is, from `at` on.
#[inline]
pub(super) fn first_of(bytes: &[u8], mut at: usize, wanted: [u8; 3]) -> Option<usize> {
    while let Some(word) = load(bytes, at) {
        // The lowest bit that is set is that of a zero byte; the higher ones may be of others.
        let [first, second, third] = wanted.map(|byte| {
            let others = word ^ (u64::from(byte) * EACH);
            others.wrapping_sub(EACH) & !others
        });
        let found = (first | second | third) & HIGH;
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let mut rest = bytes.get(at..)?.iter();
    Some(at + rest.position(|byte| wanted.contains(byte))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_in_a_word_or_not() {
        for byte in 0..=255u8 {
            let bytes = [byte, b' '];
            let is_part = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
            assert_eq!(end_of_word(&bytes, 0), usize::from(is_part), "{byte:#x}");
            for length in 0..SHORT - 1 {
                let mut bytes = [b'x'; SHORT];
                bytes[length] = byte;
                bytes[length + 1] = b' ';
                let end = length + usize::from(is_part && byte < 0x80);
                assert_eq!(
                    short_word(&bytes, 0).map(|word| word.1),
                    Some(end),
                    "{byte:#x}"
                );
            }
        }
    }

    #[test]
    fn words_end_where_they_end() {
        for length in 1..40 {
            for rest in ["", " ", "(", "\0abcdefghijk", ".x   "] {
                let text = format!("  {}{rest}", "x".repeat(length));
                assert_eq!(end_of_word(text.as_bytes(), 2), 2 + length, "{text}");
                if let Some((_, end, next)) = short_word(text.as_bytes(), 2) {
                    assert_eq!(
                        (end, Some(&next)),
                        (length, rest.as_bytes().first()),
                        "{text}"
                    );
                }
                let spaces = format!("x{}{rest}", " ".repeat(length));
                let more = rest.len() - rest.trim_start_matches(' ').len();
                assert_eq!(end_of_spaces(spaces.as_bytes(), 1), 1 + length + more);
            }
        }
    }

    #[test]
    fn the_first_of_three_bytes_is_found() {
        for length in 0..20 {
            for rest in ["", "'", "\"\\", "\\'\u{80}", "\n\u{8}'\u{b}             "] {
                let text = format!("  {}{rest}", "#[]&(\u{a0}".repeat(length));
                let expected = text.bytes().position(|byte| b"'\\\n".contains(&byte));
                assert_eq!(first_of(text.as_bytes(), 1, *b"'\\\n"), expected, "{text}");
            }
        }
        assert_eq!(first_of(b"a", 2, *b"'\\\n"), None);
    }
}
