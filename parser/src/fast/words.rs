//! Runs of bytes many at a time: where a word or a run of spaces ends.

use crate::interner::{Key, SHORT};

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

/// Where the word that goes up to `at` or further ends, and whether it is all ASCII from there on. It has letters, digits, `_` and
/// what is not ASCII.
pub(super) fn end_of_word(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut is_ascii = true;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let length = length_of_word(chunk);
        match chunk.get(length) {
            None => at += SHORT,
            Some(0x80..) => {
                is_ascii = false;
                at += length + 1;
            }
            Some(_) => return (at + length, is_ascii),
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|&&byte| is_part(byte)).count();
    (at + length, is_ascii && rest[..length].is_ascii())
}

/// Where the spaces from `at` on end.
#[inline]
pub(super) fn end_of_spaces(bytes: &[u8], at: usize) -> usize {
    end_of_run(bytes, at, b' ')
}

/// Where the line ends from `at` on end.
#[inline]
pub(super) fn end_of_line_ends(bytes: &[u8], at: usize) -> usize {
    end_of_run(bytes, at, b'\n')
}

/// Where the bytes from `at` on that are like this end; as a rule there are less than 32.
#[inline]
fn end_of_run(bytes: &[u8], mut at: usize, byte: u8) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let length = in_halves(chunk, |half| {
            u128::from_le_bytes(*half) ^ u128::from_le_bytes([byte; 16])
        });
        if length < WIDE {
            return at + length;
        }
        at += WIDE;
    }
    end_of_last_run(bytes, at, byte)
}

/// The same near the end of a text.
#[cold]
fn end_of_last_run(bytes: &[u8], at: usize, wanted: u8) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| byte == wanted).count()
}

/// How many bytes are looked at together.
const WIDE: usize = 32;

/// Where the first byte is that `mark` has bits for, or [`WIDE`]; whether that is in the first half is no branch.
#[inline]
fn in_halves(bytes: &[u8; WIDE], mark: impl Fn(&[u8; 16]) -> u128) -> usize {
    let (halves, _) = bytes.as_chunks();
    let [first, second] = [0, 1].map(|half| mark(&halves[half]).trailing_zeros() as usize / 8);
    first + second * usize::from(first == 16)
}

/// Where the first of these bytes is, from `at` on; as a rule it is one of the next 32.
#[inline]
pub(super) fn first_of(bytes: &[u8], mut at: usize, wanted: [u8; 3]) -> Option<usize> {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let length = in_halves(chunk, |half| {
            let mut found = [0; 16];
            for (found, byte) in found.iter_mut().zip(half) {
                let is_wanted = (*byte == wanted[0]) | (*byte == wanted[1]) | (*byte == wanted[2]);
                *found = if is_wanted { 0xFF } else { 0 };
            }
            u128::from_le_bytes(found)
        });
        if length < WIDE {
            return Some(at + length);
        }
        at += WIDE;
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
            let is_ascii = byte < 0x80;
            assert_eq!(
                end_of_word(&bytes, 0),
                (usize::from(is_part), is_ascii),
                "{byte:#x}"
            );
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
                assert_eq!(
                    end_of_word(text.as_bytes(), 2),
                    (2 + length, true),
                    "{text}"
                );
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
