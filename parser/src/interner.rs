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
    entries: Vec<Entry>,
}

/// Where a string of an [`Interner`] is in the text.
#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    length: u32,
    /// The index of its slot.
    slot: u32,
}

/// Says all of a string of up to [`SHORT`] bytes.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    /// The first eight bytes, or all and zeros.
    first: u64,
    /// Those behind, and zeros; of a string that is not short the last eight bytes.
    last: u64,
    length: u32,
}

/// The longest strings of which a [`Key`] says all.
pub(crate) const SHORT: usize = 16;

/// The size that tables begin with.
const LEAST_SLOTS: usize = 1024;

#[derive(Clone, Copy, Default)]
struct Slot {
    /// Those of the key.
    first: u64,
    last: u64,
    length: u32,
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
        if bytes.len() <= SHORT {
            let mut all = [0; SHORT];
            all[..bytes.len()].copy_from_slice(bytes);
            return Key::of_first(u128::from_le_bytes(all), bytes.len());
        }
        let ends = (bytes.first_chunk(), bytes.last_chunk());
        Key {
            first: ends.0.map_or(0, |first| u64::from_le_bytes(*first)),
            last: ends.1.map_or(0, |last| u64::from_le_bytes(*last)),
            length: bytes.len() as u32,
        }
    }

    /// That of the first bytes of these, less than [`SHORT`].
    #[inline]
    pub(crate) fn of_first(bytes: u128, length: usize) -> Key {
        /// The bytes that belong to a string, by its length.
        static OWN: [u128; SHORT + 1] = {
            let mut own = [u128::MAX; SHORT + 1];
            let mut length = 0;
            while length < SHORT {
                own[length] = (1 << (8 * length)) - 1;
                length += 1;
            }
            own
        };
        let own = OWN.get(length).copied().unwrap_or_default() & bytes;
        Key {
            first: own as u64,
            last: (own >> 64) as u64,
            length: length as u32,
        }
    }

    /// A hash of the bytes that this is the key of; it does not need short ones.
    #[inline]
    fn hash(self, bytes: &[u8]) -> usize {
        let mut hash = product(self.first ^ MULTIPLIER, self.last ^ OTHER_MULTIPLIER);
        if self.length as usize > SHORT {
            for chunk in bytes.as_chunks().0 {
                hash = product(hash ^ u64::from_le_bytes(*chunk), MULTIPLIER);
            }
        }
        (hash >> 32) as usize
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
    // The keywords, ordered as their tokens.
    FALSE = "False",
    NONE = "None",
    TRUE = "True",
    AND = "and",
    AS = "as",
    ASSERT = "assert",
    ASYNC = "async",
    AWAIT = "await",
    BREAK = "break",
    CLASS_KEYWORD = "class",
    CONTINUE = "continue",
    DEF = "def",
    DEL = "del",
    ELIF = "elif",
    ELSE = "else",
    EXCEPT = "except",
    FINALLY = "finally",
    FOR = "for",
    FROM = "from",
    GLOBAL = "global",
    IF = "if",
    IMPORT = "import",
    IN = "in",
    IS = "is",
    LAMBDA_KEYWORD = "lambda",
    NONLOCAL = "nonlocal",
    NOT = "not",
    OR = "or",
    PASS = "pass",
    RAISE = "raise",
    RETURN = "return",
    TRY = "try",
    WHILE = "while",
    WITH = "with",
    YIELD = "yield",
    // Others.
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
            None => self.add(key, text),
        }
    }

    /// The number of the short string with this key, if it has one.
    #[inline]
    pub(crate) fn find_short(&self, key: Key) -> Option<Name> {
        self.find(key, key.hash(&[]), &[])
    }

    /// The number of the string with this key; a short one's bytes do not matter.
    #[inline]
    fn find(&self, key: Key, mut at: usize, bytes: &[u8]) -> Option<Name> {
        let mask = self.slots.len().wrapping_sub(1);
        loop {
            let slot = self.slots.get(at & mask)?;
            if slot.number == 0 {
                return None;
            }
            let name = Name(slot.number.wrapping_sub(1));
            if (slot.first, slot.last, slot.length) == (key.first, key.last, key.length)
                && (key.length as usize <= SHORT || self.resolve(name).as_bytes() == bytes)
            {
                return Some(name);
            }
            at += 1;
        }
    }

    /// Adds a string that has this key and no number.
    #[cold]
    pub(crate) fn add(&mut self, key: Key, text: &str) -> Name {
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let slot = Slot {
            first: key.first,
            last: key.last,
            length: key.length,
            number: self.entries.len() as u32 + 1,
        };
        let slot = place(&mut self.slots, slot, key.hash(text.as_bytes()));
        self.entries.push(Entry {
            start: self.text.len() as u32,
            length: key.length,
            slot,
        });
        self.text.push_str(text);
        Name(self.entries.len() as u32 - 1)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(LEAST_SLOTS);
        std::mem::swap(&mut self.slots, &mut self.before);
        self.slots.clear();
        self.slots.resize(size, Slot::default());
        for &slot in &self.before {
            if slot.number != 0 {
                let entry = &mut self.entries[slot.number as usize - 1];
                let bytes = &self.text.as_bytes()[entry.start as usize..][..entry.length as usize];
                entry.slot = place(&mut self.slots, slot, Key::of(bytes).hash(bytes));
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
        static FRESH: LazyLock<Interner> = LazyLock::new(Interner::new);
        if self.slots.len() == FRESH.slots.len() {
            // The well-known names were there first: what came later has not moved them.
            for entry in &self.entries[FRESH.entries.len()..] {
                self.slots[entry.slot as usize] = Slot::default();
            }
        } else {
            // A table that a long text has left is spread over more memory than a short one needs.
            self.slots.clone_from(&FRESH.slots);
        }
        self.text.truncate(FRESH.text.len());
        self.entries.truncate(FRESH.entries.len());
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
        &self.text[entry.start as usize..][..entry.length as usize]
    }

    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

/// Puts it where it belongs; gives the index.
fn place(slots: &mut [Slot], slot: Slot, hash: usize) -> u32 {
    let mask = slots.len().wrapping_sub(1);
    let mut at = hash & mask;
    while slots[at].number != 0 {
        at = (at + 1) & mask;
    }
    slots[at] = slot;
    at as u32
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
