//! Interned identifiers: one table for each compilation.

use std::sync::LazyLock;

/// An identifier, NFKC-normalised; equal names have equal numbers within one [`Interner`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub u32);

/// Strings by number and numbers by string.
pub struct Interner {
    /// An open-addressed hash table with a power of two as its size. At least half of the slots are free.
    slots: Vec<Slot>,
    /// Memory of a smaller table, for the next that grows.
    before: Vec<Slot>,
    /// All strings, one after the other.
    text: String,
    /// Where each string ends.
    ends: Vec<u32>,
    /// The strings that are [`short`].
    shorts: Vec<u64>,
}

/// The size that tables begin with.
const LEAST_SLOTS: usize = 1024;

#[derive(Clone, Copy, Default)]
struct Slot {
    /// Half of the hash.
    hash: u32,
    /// The name's number plus 1; 0 where nothing is.
    number: u32,
}

/// Says all of a string of 1 to 7 bytes, which most names are; 0 for others.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let half = |at| match bytes[at..].first_chunk() {
        Some(chunk) => u64::from(u32::from_le_bytes(*chunk)),
        None => 0,
    };
    let text = match length {
        // The two halves overlap, and agree where they do.
        4..8 => half(0) | half(length - 4) << (8 * (length - 4)),
        1..4 => {
            let (first, middle, last) = (bytes[0], bytes[length / 2], bytes[length - 1]);
            u64::from(first)
                | u64::from(middle) << (8 * (length / 2))
                | u64::from(last) << (8 * (length - 1))
        }
        _ => return 0,
    };
    text | (length as u64) << 56
}

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// A hash for identifiers: most have 16 bytes or less.
#[inline]
fn hash(bytes: &[u8]) -> u32 {
    let mut hash = (bytes.len() as u64).wrapping_mul(MULTIPLIER);
    let mut mix = |word: u64| {
        let product = u128::from(hash ^ word) * u128::from(MULTIPLIER);
        hash = product as u64 ^ (product >> 64) as u64;
    };
    match bytes {
        [] => {}
        [first, ..] if bytes.len() < 4 => {
            let (middle, last) = (bytes[bytes.len() / 2], bytes[bytes.len() - 1]);
            mix(u64::from(*first) | u64::from(middle) << 8 | u64::from(last) << 16);
        }
        _ => {
            if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
                for chunk in bytes.chunks_exact(8).skip(1) {
                    mix(word(chunk));
                }
                mix(u64::from_le_bytes(*first));
                mix(u64::from_le_bytes(*last));
            } else if let (Some(first), Some(last)) =
                (bytes.first_chunk::<4>(), bytes.last_chunk::<4>())
            {
                mix(u64::from(u32::from_le_bytes(*first))
                    | u64::from(u32::from_le_bytes(*last)) << 32);
            }
        }
    }
    (hash >> 32) as u32
}

macro_rules! well_known {
    ($($constant:ident = $text:literal),* $(,)?) => {
        /// Names that every [`Interner`] holds at fixed numbers.
        #[allow(non_upper_case_globals, non_camel_case_types, clippy::upper_case_acronyms)]
        pub mod names {
            use super::Name;
            enum Index { $($constant),* }
            $(pub const $constant: Name = Name(Index::$constant as u32);)*
        }
        const WELL_KNOWN: &[&str] = &[$($text),*];
        /// How many names every [`Interner`] holds.
        pub const WELL_KNOWN_COUNT: u32 = WELL_KNOWN.len() as u32;
    };
}

well_known! {
    EMPTY = "",
    DEBUG = "__debug__",
    CLASS = "__class__",
    CLASSDICT = "__classdict__",
    CONDITIONAL_ANNOTATIONS = "__conditional_annotations__",
    CLASSCELL = "__classcell__",
    CLASSDICTCELL = "__classdictcell__",
    STATIC_ATTRIBUTES = "__static_attributes__",
    FIRSTLINENO = "__firstlineno__",
    TYPE_PARAMS_DUNDER = "__type_params__",
    DOC = "__doc__",
    NAME = "__name__",
    MODULE_DUNDER = "__module__",
    QUALNAME = "__qualname__",
    ANNOTATIONS = "__annotations__",
    ANNOTATE = "__annotate__",
    ANNOTATE_FUNC = "__annotate_func__",
    ORIG_BASES = "__orig_bases__",
    FUTURE = "__future__",
    FORMAT = "format",
    DOT_FORMAT = ".format",
    DOT_ZERO = ".0",
    DOT_GENERIC_BASE = ".generic_base",
    DOT_TYPE_PARAMS = ".type_params",
    DOT_DEFAULTS = ".defaults",
    DOT_KWDEFAULTS = ".kwdefaults",
    SUPER = "super",
    LAMBDA = "<lambda>",
    LISTCOMP = "<listcomp>",
    SETCOMP = "<setcomp>",
    DICTCOMP = "<dictcomp>",
    GENEXPR = "<genexpr>",
    MODULE = "<module>",
    TOP = "top",
    SELF = "self",
    UNDERSCORE = "_",
    STAR = "*",
    INIT = "__init__",
    VALUE = "value",
    PRINT = "print",
    NONE = "None",
    TRUE = "True",
    FALSE = "False",
    ANNOTATIONS_FUTURE = "annotations",
    BARRY_AS_FLUFL = "barry_as_FLUFL",
    BRACES = "braces",
    TUPLE = "tuple",
    LIST = "list",
    SET = "set",
    ALL = "all",
    ANY = "any",
}

impl Default for Interner {
    fn default() -> Interner {
        Interner::new()
    }
}

impl Interner {
    pub fn new() -> Interner {
        let mut interner = Interner::placeholder();
        for text in WELL_KNOWN {
            interner.intern(text);
        }
        interner
    }

    /// The number of `text`, which must be normalised already.
    #[inline]
    pub fn intern(&mut self, text: &str) -> Name {
        let hash = hash(text.as_bytes());
        match self.find(text, hash) {
            Some(name) => name,
            None => self.add(text, hash),
        }
    }

    #[inline]
    fn find(&self, text: &str, hash: u32) -> Option<Name> {
        let short = short(text.as_bytes());
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at)?;
            if slot.number == 0 {
                return None;
            }
            let name = Name(slot.number.wrapping_sub(1));
            if slot.hash == hash
                && self.shorts.get(name.0 as usize) == Some(&short)
                && (short != 0 || self.resolve(name) == text)
            {
                return Some(name);
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn add(&mut self, text: &str, hash: u32) -> Name {
        if (self.ends.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.shorts.push(short(text.as_bytes()));
        let number = self.ends.len() as u32;
        place(&mut self.slots, Slot { hash, number });
        Name(number - 1)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(LEAST_SLOTS);
        std::mem::swap(&mut self.slots, &mut self.before);
        self.slots.clear();
        self.slots.resize(size, Slot::default());
        for &slot in &self.before {
            if slot.number != 0 {
                place(&mut self.slots, slot);
            }
        }
    }

    /// Holds nothing, not even the well-known names: stands in for one that is lent out.
    pub fn placeholder() -> Interner {
        Interner {
            slots: Vec::new(),
            before: Vec::new(),
            text: String::new(),
            ends: Vec::new(),
            shorts: Vec::new(),
        }
    }

    /// Forgets all names but those of [`names`]; memory is kept.
    pub fn reset(&mut self) {
        // A table that a long text has left is spread over more memory than a short one needs.
        static FRESH: LazyLock<Interner> = LazyLock::new(Interner::new);
        self.slots.clone_from(&FRESH.slots);
        self.text.clone_from(&FRESH.text);
        self.ends.clone_from(&FRESH.ends);
        self.shorts.clone_from(&FRESH.shorts);
    }

    /// The number of `text` if it has one.
    pub fn get(&self, text: &str) -> Option<Name> {
        self.find(text, hash(text.as_bytes()))
    }

    #[inline]
    pub fn resolve(&self, name: Name) -> &str {
        let index = name.0 as usize;
        let start = match index.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        &self.text[start..self.ends[index] as usize]
    }

    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.ends.len()
    }
}

fn place(slots: &mut [Slot], slot: Slot) {
    let mask = slots.len().wrapping_sub(1);
    let mut at = slot.hash as usize & mask;
    while slots[at].number != 0 {
        at = (at + 1) & mask;
    }
    slots[at] = slot;
}

#[cfg(test)]
mod tests {
    use super::{Interner, WELL_KNOWN, WELL_KNOWN_COUNT};

    #[test]
    fn names_have_numbers() {
        let mut interner = Interner::new();
        for _ in 0..2 {
            assert_eq!(interner.len(), WELL_KNOWN.len());
            for length in 0..40 {
                for index in 0..100 {
                    let text = format!("{}{index}", "x".repeat(length));
                    let name = interner.intern(&text);
                    assert_eq!(interner.resolve(name), text);
                    assert_eq!(interner.get(&text), Some(name));
                    assert_eq!(interner.intern(&text), name);
                }
            }
            assert_eq!(interner.len() as u32, WELL_KNOWN_COUNT + 4000);
            assert_eq!(interner.get("y"), None);
            interner.reset();
            assert_eq!(interner.get("x1"), None);
        }
        assert_eq!(Interner::placeholder().get("x"), None);
    }
}
