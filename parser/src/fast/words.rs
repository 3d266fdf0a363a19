//! Runs of bytes eight at a time: where a word or a run of spaces ends, and which words are keywords.

use super::lexer::Tok;

const EACH: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
pub(crate) const HIGH: u64 = 0x80 * EACH;

/// Eight bytes from `at` on, the first one lowest, if there are as many.
#[inline]
pub(crate) fn load(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*chunk))
}

/// The same near the end of a text; zeros stand for what is behind it.
#[cold]
#[inline(never)]
pub(crate) fn load_last(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    let folded = rest.iter().take(8).rev();
    folded.fold(0, |word, &byte| word << 8 | u64::from(byte))
}

#[inline]
fn load_any(bytes: &[u8], at: usize) -> u64 {
    load(bytes, at).unwrap_or_else(|| load_last(bytes, at))
}

/// The highest bit of each byte that cannot stand in a word, which has letters, digits, `_` and what is not ASCII.
#[inline]
fn outside_words(bytes: u64) -> u64 {
    // With the highest bits out of the way no sum goes over into the next byte: adding 0x80 - x sets the highest bit of those
    // that are x or more.
    let low = bytes & !HIGH;
    let lower = low | (0x20 * EACH);
    let digit = (low + (0x80 - 0x30) * EACH) & !(low + (0x80 - 0x3A) * EACH);
    let letter = (lower + (0x80 - 0x61) * EACH) & !(lower + (0x80 - 0x7B) * EACH);
    let underscore = !((low ^ (0x5F * EACH)) + 0x7F * EACH);
    !(bytes | digit | letter | underscore) & HIGH
}

/// Where the word that starts at `start` ends, and what it is: a keyword or a name. If it has eight bytes or more, or the
/// text ends soon, only an offset up to which there is nothing else.
#[inline]
pub(super) fn short_word(bytes: &[u8], start: usize) -> Result<(usize, Tok), usize> {
    let first = load(bytes, start).ok_or(start)?;
    let outside = outside_words(first);
    if outside == 0 {
        return Err(start + 8);
    }
    // What is below the first byte that is outside.
    let own = outside & outside.wrapping_neg();
    let length = outside.trailing_zeros() / 8;
    Ok((start + length as usize, keyword(first & ((own >> 7) - 1))))
}

/// The same for any word, which goes up to `at` or further.
#[inline]
pub(super) fn word(bytes: &[u8], start: usize, mut at: usize) -> (usize, Tok) {
    let mut outside = 0;
    while outside == 0 {
        outside = outside_words(load_any(bytes, at));
        at += 8;
    }
    let end = at - 8 + outside.trailing_zeros() as usize / 8;
    let length = end - start;
    if length > 8 {
        return (end, Tok::Name);
    }
    let own = u64::MAX >> (64 - 8 * length.max(1));
    (end, keyword(load_any(bytes, start) & own))
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

const KEYWORDS: [(&str, Tok); 35] = [
    ("False", Tok::False),
    ("None", Tok::None),
    ("True", Tok::True),
    ("and", Tok::And),
    ("as", Tok::As),
    ("assert", Tok::Assert),
    ("async", Tok::Async),
    ("await", Tok::Await),
    ("break", Tok::Break),
    ("class", Tok::Class),
    ("continue", Tok::Continue),
    ("def", Tok::Def),
    ("del", Tok::Del),
    ("elif", Tok::Elif),
    ("else", Tok::Else),
    ("except", Tok::Except),
    ("finally", Tok::Finally),
    ("for", Tok::For),
    ("from", Tok::From),
    ("global", Tok::Global),
    ("if", Tok::If),
    ("import", Tok::Import),
    ("in", Tok::In),
    ("is", Tok::Is),
    ("lambda", Tok::Lambda),
    ("nonlocal", Tok::Nonlocal),
    ("not", Tok::Not),
    ("or", Tok::Or),
    ("pass", Tok::Pass),
    ("raise", Tok::Raise),
    ("return", Tok::Return),
    ("try", Tok::Try),
    ("while", Tok::While),
    ("with", Tok::With),
    ("yield", Tok::Yield),
];

/// Found by trying: it gives each keyword a slot of its own.
const MULTIPLIER: u64 = 0xB57C_8E05_E3C9_B0E1;

/// The slot of a word of up to eight bytes.
#[inline]
const fn slot(word: u64) -> usize {
    (word.wrapping_mul(MULTIPLIER) >> 58) as usize
}

/// Each keyword in its slot.
const SLOTS: [(u64, Tok); 64] = {
    let mut slots = [(0, Tok::Name); 64];
    let mut index = 0;
    while index < KEYWORDS.len() {
        let (text, tok) = KEYWORDS[index];
        let (mut word, mut at) = (0, text.len());
        while at > 0 {
            at -= 1;
            word = word << 8 | text.as_bytes()[at] as u64;
        }
        assert!(slots[slot(word)].0 == 0);
        slots[slot(word)] = (word, tok);
        index += 1;
    }
    slots
};

/// What a word of up to eight bytes is.
#[inline]
fn keyword(word: u64) -> Tok {
    let (found, tok) = SLOTS[slot(word)];
    if found == word { tok } else { Tok::Name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any_word(bytes: &[u8], start: usize) -> (usize, Tok) {
        let found = word(bytes, start, start);
        match short_word(bytes, start) {
            Ok(short) => assert_eq!(short, found),
            Err(at) => assert_eq!(word(bytes, start, at), found),
        }
        found
    }

    fn is_part(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
    }

    #[test]
    fn each_byte_is_in_a_word_or_not_wherever_it_stands() {
        for byte in 0..=255u8 {
            for around in [b'a', 0xFF, 0x80, 0x7F, 0] {
                for place in 0..8 {
                    let mut bytes = [around; 8];
                    bytes[place] = byte;
                    let outside = outside_words(u64::from_le_bytes(bytes)).to_le_bytes();
                    for (byte, outside) in bytes.into_iter().zip(outside) {
                        assert_eq!(outside, if is_part(byte) { 0 } else { 0x80 }, "{byte:#x}");
                    }
                }
            }
        }
    }

    #[test]
    fn words_end_where_they_end() {
        for length in 1..40 {
            for rest in ["", " ", "(", "\0abcdefghijk", ".x   "] {
                let text = format!("  {}{rest}", "x".repeat(length));
                assert_eq!(
                    any_word(text.as_bytes(), 2),
                    (2 + length, Tok::Name),
                    "{text}"
                );
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

    #[test]
    fn keywords_are_found_whole() {
        for (text, tok) in KEYWORDS {
            for rest in ["", " ", "+abcdefghij", "\0"] {
                let whole = format!("{text}{rest}");
                assert_eq!(any_word(whole.as_bytes(), 0), (text.len(), tok), "{whole}");
            }
            let longer = format!("{text}s");
            assert_eq!(any_word(longer.as_bytes(), 0).1, Tok::Name, "{longer}");
            let shorter = &text[..text.len() - 1];
            let known = KEYWORDS.iter().find(|(other, _)| *other == shorter);
            let expected = known.map_or(Tok::Name, |&(_, tok)| tok);
            assert_eq!(any_word(shorter.as_bytes(), 0).1, expected, "{shorter}");
        }
    }
}
