//! Interned identifiers: one table for each compilation.

use std::sync::LazyLock;

/// An identifier, NFKC-normalised; equal names have equal numbers within one [`Interner`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub u32);

/// Strings by number and numbers by string.
pub struct Interner {
    /// An open-addressed hash table of numbers, with a power of two as its size. Most of the slots are free, so that the first
    /// one looked at is the right one as a rule. A free one has the number of the empty string, which has no slot of its own.
    slots: Vec<u32>,
    /// All strings, one after the other.
    text: String,
    entries: Vec<Entry>,
}

/// A string of an [`Interner`].
#[derive(Clone, Copy)]
struct Entry {
    key: Key,
    /// Where it is in the text.
    start: u32,
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
const LEAST_SLOTS: usize = 4096;
/// How many slots there are at least for each string.
const SLOTS_EACH: usize = 8;

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
        let length = bytes.len();
        let [first, last] = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                let last = u64::from_le_bytes(*last);
                // What the first eight bytes have already is shifted out.
                let behind = SHORT.saturating_sub(length) as u32 * 8;
                [
                    u64::from_le_bytes(*first),
                    last.checked_shr(behind).unwrap_or(0),
                ]
            }
            _ => [short_word(bytes), 0],
        };
        Key {
            first,
            last,
            length: length as u32,
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
            hash = product(hash, hash_of_middle(bytes) ^ MULTIPLIER);
        }
        (hash >> 32) as usize
    }

    /// Whether the keys are equal, decided at once.
    #[inline]
    fn is(self, other: Key) -> bool {
        let length = u64::from(self.length ^ other.length);
        (self.first ^ other.first) | (self.last ^ other.last) | length == 0
    }
}

/// Less than eight bytes, and zeros.
fn short_word(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
        return first | last << (8 * (bytes.len() - 4));
    }
    let byte = |at: usize| bytes.get(at).map_or(0, |&byte| u64::from(byte));
    byte(0) | byte(1) << 8 | byte(2) << 16
}

/// A hash of what stands between the first eight and the last eight of more than [`SHORT`] bytes. Those of up to 32 need no loop.
fn hash_of_middle(bytes: &[u8]) -> u64 {
    let word = |at: usize| {
        let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
        word.map_or(0, |word| u64::from_le_bytes(*word))
    };
    let mut hash = product(
        word(8) ^ MULTIPLIER,
        word(bytes.len() - 16) ^ OTHER_MULTIPLIER,
    );
    if bytes.len() > 2 * SHORT {
        for chunk in bytes[SHORT..].as_chunks().0 {
            hash = product(hash ^ u64::from_le_bytes(*chunk), MULTIPLIER);
        }
    }
    hash
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
        interner.grow();
        interner.entries.push(Entry {
            key: Key::of(b""),
            start: 0,
            slot: 0,
        });
        for text in &WELL_KNOWN[1..] {
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
            None => self.add(key, hash, text, ""),
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
            let number = *self.slots.get(at & mask)?;
            let entry = self.entries.get(number as usize)?;
            let name = Name(number);
            if entry.key.is(key)
                && (key.length as usize <= SHORT || self.resolve(name).as_bytes() == bytes)
            {
                return Some(name);
            }
            if name == names::EMPTY {
                return None;
            }
            at += 1;
        }
    }

    /// Adds a short string that has this key and no number. `wide` is empty, or has [`SHORT`] bytes and begins with it: a piece of
    /// always the same length is copied faster.
    #[inline]
    pub(crate) fn add_short(&mut self, key: Key, text: &str, wide: &str) -> Name {
        self.add(key, key.hash(&[]), text, wide)
    }

    #[cold]
    fn add(&mut self, key: Key, hash: usize, text: &str, wide: &str) -> Name {
        if (self.entries.len() + 1) * SLOTS_EACH > self.slots.len() {
            self.grow();
        }
        let number = self.entries.len() as u32;
        let slot = place(&mut self.slots, number, hash);
        let start = self.text.len();
        self.entries.push(Entry {
            key,
            start: start as u32,
            slot,
        });
        match wide.as_bytes().first_chunk::<SHORT>() {
            Some(_) => {
                self.text.push_str(&wide[..SHORT]);
                self.text.truncate(start + text.len());
            }
            None => self.text.push_str(text),
        }
        Name(number)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(LEAST_SLOTS);
        self.slots.clear();
        self.slots.resize(size, names::EMPTY.0);
        for (number, entry) in (0..).zip(&mut self.entries).skip(1) {
            let bytes = &self.text.as_bytes()[entry.start as usize..][..entry.key.length as usize];
            entry.slot = place(&mut self.slots, number, entry.key.hash(bytes));
        }
    }

    /// Holds nothing, not even the well-known names: stands in for one that is lent out.
    pub fn placeholder() -> Interner {
        Interner {
            slots: Vec::new(),
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
                self.slots[entry.slot as usize] = names::EMPTY.0;
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
        &self.text[entry.start as usize..][..entry.key.length as usize]
    }

    /// The bytes of a name of up to 16, with zeros behind them, and how many there are.
    #[inline]
    pub fn resolve_short(&self, name: Name) -> Option<(u128, usize)> {
        let Key {
            first,
            last,
            length,
        } = self.entries[name.0 as usize].key;
        let bytes = u128::from(first) | u128::from(last) << 64;
        (length as usize <= SHORT).then_some((bytes, length as usize))
    }

    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

/// Puts a number where it belongs; gives the index.
fn place(slots: &mut [u32], number: u32, hash: usize) -> u32 {
    let mask = slots.len().wrapping_sub(1);
    let mut at = hash & mask;
    while slots[at] != names::EMPTY.0 {
        at = (at + 1) & mask;
    }
    slots[at] = number;
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
                    if let Some((bytes, len)) = interner.resolve_short(name) {
                        assert_eq!(&bytes.to_le_bytes()[..len], text.as_bytes());
                        assert_eq!(bytes.checked_shr(8 * len as u32).unwrap_or(0), 0);
                    }
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
