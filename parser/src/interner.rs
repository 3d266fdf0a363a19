//! Interned identifiers: one table for each compilation.

use rustc_hash::FxBuildHasher;

/// An identifier, NFKC-normalised; equal names have equal numbers within one [`Interner`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub u32);

/// Strings by number and numbers by string.
pub struct Interner {
    map: std::collections::HashMap<Box<str>, Name, FxBuildHasher>,
    strings: Vec<Box<str>>,
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
        let mut interner = Interner {
            map: Default::default(),
            strings: Vec::with_capacity(256),
        };
        for text in WELL_KNOWN {
            interner.intern(text);
        }
        interner
    }

    /// The number of `text`, which must be normalised already.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(&name) = self.map.get(text) {
            return name;
        }
        let name = Name(self.strings.len() as u32);
        self.strings.push(text.into());
        self.map.insert(text.into(), name);
        name
    }

    /// Holds nothing, not even the well-known names: stands in for one that is lent out.
    pub fn placeholder() -> Interner {
        Interner {
            map: Default::default(),
            strings: Vec::new(),
        }
    }

    /// Forgets all names but those of [`names`]; memory is kept.
    pub fn reset(&mut self) {
        self.map.retain(|_, name| name.0 < WELL_KNOWN_COUNT);
        self.strings.truncate(WELL_KNOWN_COUNT as usize);
    }

    /// The number of `text` if it has one.
    pub fn get(&self, text: &str) -> Option<Name> {
        self.map.get(text).copied()
    }

    pub fn resolve(&self, name: Name) -> &str {
        &self.strings[name.0 as usize]
    }

    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.strings.len()
    }
}
