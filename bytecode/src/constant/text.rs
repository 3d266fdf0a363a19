//! What the bytes of strings are asked for. How long strings are cannot be predicted: those of up to [`PIECE`] bytes, as
//! most are, are looked at with as few branches as can be.

use crate::small_bytes::SmallBytes;

/// How many bytes of a string are looked at in one go.
const PIECE: usize = 16;

/// A string's bytes and what is known of them.
pub(super) struct Known {
    pub(super) text: SmallBytes,
    /// [`hash_text`].
    pub(super) hash: u32,
    pub(super) is_ascii: bool,
}

/// What is known of a string.
#[inline]
pub(super) fn known(wtf8: &[u8]) -> Known {
    match short(wtf8) {
        Some(bits) => known_short(bits, wtf8.len()),
        None => known_long(wtf8),
    }
}

/// [`known`] of a string of up to [`PIECE`] bytes, with zeros behind them.
#[inline]
pub(super) fn known_short(bits: u128, len: usize) -> Known {
    Known {
        text: SmallBytes::of_piece(bits, len),
        hash: mix(len as u64, bits) as u32,
        is_ascii: bits & HIGH_BITS == 0,
    }
}

#[inline(never)]
fn known_long(wtf8: &[u8]) -> Known {
    let add = |(hash, bits), piece: &_| {
        let piece = u128::from_le_bytes(*piece);
        (mix(hash, piece), bits | piece)
    };
    let (hash, bits) = fold_pieces(wtf8, (wtf8.len() as u64, 0), add);
    Known {
        text: wtf8.into(),
        hash: hash as u32,
        is_ascii: bits & HIGH_BITS == 0,
    }
}

/// Of bytes that are not ASCII.
const HIGH_BITS: u128 = u128::from_le_bytes([0x80; PIECE]);

/// The bytes of a string of up to [`PIECE`], and zeros behind them.
#[inline]
pub(crate) fn short(wtf8: &[u8]) -> Option<u128> {
    const WORD: usize = size_of::<u32>();
    let Some(last) = wtf8.len().checked_sub(WORD) else {
        let byte = |at: usize| u128::from(wtf8.get(at).copied().unwrap_or(0)) << (8 * at);
        return Some(byte(0) | byte(1) | byte(2));
    };
    if last > PIECE - WORD {
        return None;
    }
    let word = |at: usize| {
        let word = wtf8[at..].first_chunk().copied().unwrap_or_default();
        u128::from(u32::from_le_bytes(word)) << (8 * at)
    };
    // Where words overlap they agree.
    Some(word(0) | word(last.min(WORD)) | word(last.min(2 * WORD)) | word(last))
}

/// The pieces of a string that is not [`short`]; the last one may overlap.
fn pieces(wtf8: &[u8]) -> impl Iterator<Item = &[u8; PIECE]> {
    let (pieces, _) = wtf8[..wtf8.len().saturating_sub(1)].as_chunks();
    pieces.iter().chain(wtf8.last_chunk())
}

/// Folds [`pieces`], without a loop where there are two of them.
#[inline]
fn fold_pieces<T>(wtf8: &[u8], start: T, mut add: impl FnMut(T, &[u8; PIECE]) -> T) -> T {
    match (wtf8.first_chunk(), wtf8.last_chunk()) {
        (Some(first), Some(last)) if wtf8.len() <= 2 * PIECE => {
            let value = add(start, first);
            add(value, last)
        }
        _ => pieces(wtf8).fold(start, add),
    }
}

/// A number for the bytes of a string, equal for equal ones.
#[inline]
pub fn hash_text(wtf8: &[u8]) -> u32 {
    let hash = match short(wtf8) {
        Some(bits) => mix(wtf8.len() as u64, bits),
        None => hash_long(wtf8),
    };
    hash as u32
}

/// [`hash_text`] of more than [`PIECE`] bytes.
fn hash_long(wtf8: &[u8]) -> u64 {
    let mix = |hash, piece: &_| mix(hash, u128::from_le_bytes(*piece));
    fold_pieces(wtf8, wtf8.len() as u64, mix)
}

/// A hash that goes on with these bits: all of it depends on all of them.
#[inline]
fn mix(hash: u64, bits: u128) -> u64 {
    let (first, last) = (bits as u64, (bits >> 64) as u64);
    let first = first ^ hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x243F_6A88_85A3_08D3;
    let product = u128::from(first) * u128::from(last ^ 0xD6E8_FEB8_6659_FD93);
    product as u64 ^ (product >> 64) as u64
}

/// `should_intern_string` of `Objects/codeobject.c`: nothing but ASCII letters, digits and underscores.
pub fn should_intern(text: &[u8]) -> bool {
    let Some(bits) = short(text) else {
        return pieces(text).all(is_word);
    };
    // Letters in the place of the zeros.
    let letters = u128::from_le_bytes([b'a'; PIECE]);
    let behind = letters.checked_shl(8 * text.len() as u32).unwrap_or(0);
    is_word(&(bits | behind).to_le_bytes())
}

/// Whether these are ASCII letters, digits and underscores.
fn is_word(piece: &[u8; PIECE]) -> bool {
    let is_word_byte = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'_');
    piece
        .iter()
        .fold(true, |all, &byte| all & is_word_byte(byte))
}

#[cfg(test)]
mod tests {
    use super::{hash_text, known, should_intern};
    use crate::small_bytes::SmallBytes;

    /// Letters, of which one may be another byte.
    fn texts() -> impl Iterator<Item = Vec<u8>> {
        let letters = |len: usize| (b'a'..=b'z').cycle().take(len).collect::<Vec<u8>>();
        let with = move |len: usize, at: usize, byte: u8| {
            let mut text = letters(len);
            text[at] = byte;
            text
        };
        let altered = move |len| {
            let places = (0..len).flat_map(|at| [0, b' ', b'Z', b'_', 0xC3].map(|byte| (at, byte)));
            places.map(move |(at, byte)| with(len, at, byte))
        };
        (0..60).flat_map(move |len| std::iter::once(letters(len)).chain(altered(len)))
    }

    #[test]
    fn all_bytes_are_looked_at() {
        for text in texts() {
            let known = known(&text);
            assert_eq!(known.text[..], text);
            assert_eq!(known.hash, hash_text(&text));
            assert_eq!(known.is_ascii, text.is_ascii());
            let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            assert_eq!(should_intern(&text), text.iter().all(is_word), "{text:?}");
        }
    }

    #[test]
    fn equal_texts_are_equal() {
        let texts: Vec<SmallBytes> = texts().step_by(7).map(|text| known(&text).text).collect();
        for (one, other) in texts
            .iter()
            .flat_map(|one| texts.iter().map(move |other| (one, other)))
        {
            assert_eq!(one == other, **one == **other);
        }
    }

    #[test]
    fn hashes_tell_texts_apart() {
        let mut texts: Vec<Vec<u8>> = texts().collect();
        texts.sort_unstable();
        texts.dedup();
        let mut hashes: Vec<u32> = texts.iter().map(|text| hash_text(text)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert!(hashes.len() + 16 > texts.len());
    }
}
