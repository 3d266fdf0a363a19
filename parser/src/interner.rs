//! Interned identifiers: one table for each compilation.

use std::sync::LazyLock;

use crate::fast::words;

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
    entries: Vec<Entry>,
}

/// A string of an [`Interner`].
#[derive(Clone, Copy)]
struct Entry {
    key: Key,
    /// Where it starts in the text.
    start: u32,
}

/// Says all of a string of up to [`SHORT`] bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    /// The first eight bytes, or all and zeros.
    first: u64,
    /// The last eight bytes, or all and zeros.
    last: u64,
    length: u32,
}

/// The longest strings of which a [`Key`] says all.
const SHORT: u32 = 16;

/// The size that tables begin with.
const LEAST_SLOTS: usize = 1024;

#[derive(Clone, Copy, Default)]
struct Slot {
    /// Half of the hash.
    hash: u32,
    /// The name's number plus 1; 0 where nothing is.
    number: u32,
}

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
const OTHER_MULTIPLIER: u64 = 0xD6E8_FEB8_6659_FD93;

/// All bits of both depend on all bits of the product's factors.
#[inline]
fn product(first: u64, second: u64) -> u64 {
    let product = u128::from(first) * u128::from(second);
    product as u64 ^ (product >> 64) as u64
}

impl Key {
    fn of(bytes: &[u8]) -> Key {
        let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => {
                let whole = words::load_last(bytes, 0);
                (whole, whole)
            }
        };
        let length = bytes.len() as u32;
        Key {
            first,
            last,
            length,
        }
    }

    /// That of the word from `start` to `end` if it is short, all ASCII, and not near the end of the text.
    #[inline]
    fn of_usual_word(text: &[u8], start: u32, end: u32) -> Option<Key> {
        let length = end.wrapping_sub(start);
        let around = text
            .get(start as usize..)?
            .first_chunk::<{ SHORT as usize }>()?;
        let own = u64::MAX.wrapping_shr(8 * 8u32.saturating_sub(length));
        let first = words::load(around, 0)? & own;
        let last = words::load(around, length.saturating_sub(8) as usize)? & own;
        (length <= SHORT && (first | last) & words::HIGH == 0).then_some(Key {
            first,
            last,
            length,
        })
    }

    /// A hash of the bytes that this is the key of; it does not need short ones.
    #[inline]
    fn hash(self, bytes: &[u8]) -> u32 {
        let mut hash = product(
            self.first ^ MULTIPLIER,
            self.last ^ OTHER_MULTIPLIER ^ u64::from(self.length),
        );
        if self.length > SHORT {
            for chunk in bytes.as_chunks().0 {
                hash = product(hash ^ u64::from_le_bytes(*chunk), MULTIPLIER);
            }
        }
        (hash >> 32) as u32
    }
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
    pub fn intern(&mut self, text: &str) -> Name {
        let bytes = text.as_bytes();
        let key = Key::of(bytes);
        let hash = key.hash(bytes);
        match self.find(key, hash, bytes) {
            Some(name) => name,
            None => self.add(key, hash, text, 0),
        }
    }

    /// The number of the word from `start` to `end` if that is easy to say; it is no other than [`intern`](Interner::intern)'s.
    #[inline]
    pub(crate) fn intern_usual_word(&mut self, text: &str, start: u32, end: u32) -> Option<Name> {
        let key = Key::of_usual_word(text.as_bytes(), start, end)?;
        let hash = key.hash(&[]);
        match self.find(key, hash, &[]) {
            Some(name) => Some(name),
            None => Some(self.add(key, hash, text, start)),
        }
    }

    /// The number of the string with this key; a short one's bytes do not matter.
    #[inline]
    fn find(&self, key: Key, hash: u32, bytes: &[u8]) -> Option<Name> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at)?;
            if slot.number == 0 {
                return None;
            }
            let index = slot.number.wrapping_sub(1);
            if slot.hash == hash
                && let Some(entry) = self.entries.get(index as usize)
                && entry.key == key
                && (key.length <= SHORT || self.resolve(Name(index)).as_bytes() == bytes)
            {
                return Some(Name(index));
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds the string that starts at `from` in `text`.
    #[cold]
    fn add(&mut self, key: Key, hash: u32, text: &str, from: u32) -> Name {
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let start = self.text.len() as u32;
        self.text
            .push_str(&text[from as usize..][..key.length as usize]);
        self.entries.push(Entry { key, start });
        let number = self.entries.len() as u32;
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
            entries: Vec::new(),
        }
    }

    /// Forgets all names but those of [`names`]; memory is kept.
    pub fn reset(&mut self) {
        // A table that a long text has left is spread over more memory than a short one needs.
        static FRESH: LazyLock<Interner> = LazyLock::new(Interner::new);
        self.slots.clone_from(&FRESH.slots);
        self.text.clone_from(&FRESH.text);
        self.entries.clone_from(&FRESH.entries);
    }

    /// The number of `text` if it has one.
    pub fn get(&self, text: &str) -> Option<Name> {
        let bytes = text.as_bytes();
        let key = Key::of(bytes);
        self.find(key, key.hash(bytes), bytes)
    }

    #[inline]
    pub fn resolve(&self, name: Name) -> &str {
        let entry = &self.entries[name.0 as usize];
        &self.text[entry.start as usize..][..entry.key.length as usize]
    }

    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.entries.len()
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
