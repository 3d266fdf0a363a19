//! How the releases' writers differ.

use std::ops::RangeInclusive;

use crate::constant::PyStr;
use crate::version::Target;

/// What the target says.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) small_ints: RangeInclusive<i64>,
    pub(super) slices: bool,
    pub(super) interns_static_strings: bool,
    /// Strings of one character that are interned because a name is spelled so: bits by character.
    interned_characters: [u64; 4],
    pub(super) holds_members_to_sort: bool,
    pub(super) holds_outermost: bool,
}

impl Rules {
    pub(super) fn new(target: Target) -> Rules {
        Rules {
            small_ints: target.small_ints(),
            slices: target.marshals_slices(),
            interns_static_strings: target.interns_static_strings(),
            // The interpreter's own start has seen `from posix import *`.
            interned_characters: [1 << b'*', 0, 0, 0],
            holds_members_to_sort: target.holds_members_to_sort(),
            holds_outermost: target.holds_outermost_code(),
        }
    }

    /// Whether this string, which the interpreter has for good, is interned.
    pub(super) fn interns_permanent(&self, text: &PyStr) -> bool {
        self.interns_static_strings
            || character(text).is_some_and(|number| {
                self.interned_characters[number / 64] & 1 << (number % 64) != 0
            })
    }

    /// Interning a name of one character interns the interpreter's only string of it (`*`, `é`).
    #[inline]
    pub(super) fn name_is_interned(&mut self, text: &PyStr) {
        if !self.interns_static_strings
            && text.wtf8.len() <= 2
            && let Some(number) = character(text)
        {
            self.interned_characters[number / 64] |= 1 << (number % 64);
        }
    }
}

/// The number of the only character, if it is below 256.
fn character(text: &PyStr) -> Option<usize> {
    match text.wtf8[..] {
        [byte] => Some(usize::from(byte)),
        [lead @ (0xC2 | 0xC3), byte] => Some(usize::from(lead & 3) << 6 | usize::from(byte & 0x3F)),
        _ => None,
    }
}
