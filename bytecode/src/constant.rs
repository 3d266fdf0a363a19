//! Python objects that can stand in a code object.
//!
//! Cloning a [`Constant`] clones a reference: two clones are one Python object, as the reference flags of
//! marshal show it. Scalars other than strings and bytes have no identity of their own here: within one
//! module CPython keeps one object for each distinct value.

mod text;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use num_bigint::BigInt;

use crate::code::CodeObject;
use crate::small_bytes::SmallBytes;
use text::Known;
pub(crate) use text::short;
pub use text::{hash_text, should_intern};

/// A Python string: its code points in UTF-8, surrogates included.
#[derive(Clone, Debug)]
pub struct PyStr {
    /// As `str.encode("utf-8", "surrogatepass")` gives it: a pair of surrogates stays two code points of three
    /// bytes each (unlike WTF-8 proper, and as Python keeps them).
    pub wtf8: SmallBytes,
    /// [`hash_text`] of `wtf8`.
    hash: u32,
    /// Whether CPython interns the string, which marshal shows.
    pub interned: bool,
    /// Whether the interpreter has this object once and for all: a [singleton](PyStr::is_singleton) or a name that the
    /// compiler gives (`<lambda>`). Marshal flags it in any case, and releases that intern such objects
    /// ([`Target::interns_static_strings`](crate::Target::interns_static_strings)) show that too.
    pub permanent: bool,
    pub which: Which,
    is_ascii: bool,
    /// For marshal's writer.
    pub(crate) note: Note,
}

/// The number under which a writer has noted an object last. It is a hint: whoever reads it looks whether the object is the
/// one that is noted there.
#[derive(Debug, Default)]
pub(crate) struct Note(AtomicU32);

impl Note {
    #[inline]
    pub(crate) fn get(&self) -> usize {
        self.0.load(Relaxed) as usize
    }

    #[inline]
    pub(crate) fn set(&self, number: usize) {
        self.0.store(number as u32, Relaxed);
    }
}

impl Clone for Note {
    /// Of another object nothing is noted.
    fn clone(&self) -> Note {
        Note::default()
    }
}

/// Which of several equal strings of a module one is, where it is none of those that the rules of sharing give: constants of
/// the IR's text say so, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    #[default]
    ByRules,
    /// The object of a name, as an identifier of the source.
    Name,
    /// The `co_qualname` of the first class that has it as a constant.
    Qualname,
    /// One that nothing else has, by number.
    Own(u8),
}

impl PartialEq for PyStr {
    /// Equal text, interned or not in the same way as far as can be told without a target.
    fn eq(&self, other: &PyStr) -> bool {
        self.hash == other.hash
            && self.wtf8 == other.wtf8
            && (self.interned == other.interned || self.permanent || other.permanent)
    }
}

impl PyStr {
    pub fn new(text: &str, interned: bool) -> PyStr {
        PyStr::of_bytes(text.as_bytes(), interned)
    }

    /// `wtf8` must be UTF-8 but for surrogates.
    pub fn of_bytes(wtf8: &[u8], interned: bool) -> PyStr {
        PyStr::of_known(text::known(wtf8), interned)
    }

    /// An identifier of up to 16 bytes, with zeros behind them.
    #[inline]
    pub fn short_name(bytes: u128, len: usize) -> PyStr {
        PyStr::of_known(text::known_short(bytes, len), true)
    }

    #[inline]
    fn of_known(known: Known, interned: bool) -> PyStr {
        PyStr {
            wtf8: known.text,
            hash: known.hash,
            interned,
            permanent: false,
            which: Which::ByRules,
            is_ascii: known.is_ascii,
            note: Note::default(),
        }
    }

    /// An identifier: always interned.
    pub fn name(text: &str) -> PyStr {
        PyStr::new(text, true)
    }

    /// A name that the compiler gives to what has none (`<lambda>`).
    pub fn permanent(text: &str) -> PyStr {
        PyStr {
            permanent: true,
            ..PyStr::new(text, false)
        }
    }

    /// A string constant of the source: interned if it looks like an identifier (`intern_constants` in
    /// `Objects/codeobject.c`), permanent if it is a [singleton](PyStr::is_singleton).
    pub fn constant(wtf8: impl AsRef<[u8]>) -> PyStr {
        let mut text = PyStr::of_bytes(wtf8.as_ref(), false);
        text.interned = should_intern(&text.wtf8);
        text.permanent = !text.interned && text.is_singleton();
        text
    }

    /// A string constant that is this one of several equal ones.
    pub fn told(wtf8: impl AsRef<[u8]>, which: Which) -> PyStr {
        let mut text = PyStr::constant(wtf8);
        text.which = which;
        match which {
            Which::ByRules => {}
            Which::Name => text.interned = true,
            Which::Qualname | Which::Own(_) => text.permanent = false,
        }
        text
    }

    /// [`hash_text`] of the string.
    #[inline]
    pub fn text_hash(&self) -> u32 {
        self.hash
    }

    /// Whether all its characters are ASCII.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// A string from untrusted bytes; `None` if they are not UTF-8 with surrogates.
    pub fn from_wtf8(wtf8: &[u8], interned: bool) -> Option<PyStr> {
        is_wtf8(wtf8).then(|| PyStr::of_bytes(wtf8, interned))
    }

    /// Whether the interpreter has this string once and for all: the empty string and those of one character below
    /// U+0100. (A few of its functions make a second one nonetheless.)
    pub fn is_singleton(&self) -> bool {
        match self.wtf8[..] {
            [] => true,
            [byte] => byte < 0x80,
            [lead, _] => lead == 0xC2 || lead == 0xC3,
            _ => false,
        }
    }

    /// The string with a replacement character for each byte of a lone surrogate.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.wtf8)
    }

    /// The string if it has no lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.wtf8).ok()
    }
}

/// A tuple of strings: `co_names`, `co_localsplusnames`. It is one Python object with every clone of its
/// [tuple](Names::tuple), which may be a constant as well.
#[derive(Clone)]
pub struct Names(Arc<[Constant]>);

impl Names {
    /// The tuple as names; `None` if an item is no string.
    pub fn from_tuple(items: Arc<[Constant]>) -> Option<Names> {
        items
            .iter()
            .all(|item| matches!(item, Constant::Str(_)))
            .then_some(Names(items))
    }

    /// [`Names::from_tuple`] of what is made of strings.
    #[inline]
    pub fn of_strings(items: Arc<[Constant]>) -> Names {
        debug_assert!(items.iter().all(|item| matches!(item, Constant::Str(_))));
        Names(items)
    }

    pub fn tuple(&self) -> &Arc<[Constant]> {
        &self.0
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, index: usize) -> Option<&Arc<PyStr>> {
        match self.0.get(index) {
            Some(Constant::Str(text)) => Some(text),
            _ => None,
        }
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<PyStr>> {
        self.0.iter().map(|item| match item {
            Constant::Str(text) => text,
            _ => unreachable!("all items are strings since the construction"),
        })
    }
}

impl FromIterator<Arc<PyStr>> for Names {
    /// A new tuple, which is no other object.
    fn from_iter<I: IntoIterator<Item = Arc<PyStr>>>(names: I) -> Names {
        Names(names.into_iter().map(Constant::Str).collect())
    }
}

impl PartialEq for Names {
    /// Equality of Python's strings, interned or not.
    fn eq(&self, other: &Names) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .zip(other.iter())
                .all(|(a, b)| Arc::ptr_eq(a, b) || a.hash == b.hash && a.wtf8 == b.wtf8)
    }
}

impl Eq for Names {}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The code points of a text in UTF-8 with surrogates.
pub fn code_points(wtf8: &[u8]) -> impl Iterator<Item = u32> {
    let mut rest = wtf8;
    std::iter::from_fn(move || {
        let (code_point, length) = decode(rest)?;
        rest = &rest[length..];
        Some(code_point)
    })
}

/// The first code point of a WTF-8 text (surrogates included) and its length in bytes.
fn decode(text: &[u8]) -> Option<(u32, usize)> {
    let &first = text.first()?;
    let (length, bits) = match first {
        0..0x80 => return Some((first.into(), 1)),
        0x80..0xe0 => (2, first & 0x1f),
        0xe0..0xf0 => (3, first & 0x0f),
        _ => (4, first & 0x07),
    };
    let length = length.min(text.len());
    let tail = text[1..length].iter();
    Some((
        tail.fold(u32::from(bits), |value, &byte| {
            value << 6 | u32::from(byte & 0x3f)
        }),
        length,
    ))
}

/// Whether `text` is UTF-8 but for surrogates (CPython's error handler `surrogatepass`).
fn is_wtf8(text: &[u8]) -> bool {
    let mut rest = text;
    while let Err(error) = std::str::from_utf8(rest) {
        let &[0xED, 0xA0..=0xBF, 0x80..=0xBF, ref tail @ ..] = &rest[error.valid_up_to()..] else {
            return false;
        };
        rest = tail;
    }
    true
}

/// A value of `co_consts`.
///
/// With a tag of a byte the rest would be copied in pieces other than those that were written, for which the processor waits.
#[derive(Clone, Debug)]
#[repr(u64)]
pub enum Constant {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    /// Only for values that do not fit an `i64`.
    BigInt(Arc<BigInt>),
    Float(f64),
    Complex(f64, f64),
    Str(Arc<PyStr>),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Constant]>),
    FrozenSet(Arc<[Constant]>),
    /// `[start, stop, step]`; from 3.14 on.
    Slice(Arc<[Constant; 3]>),
    Code(Arc<CodeObject>),
}

const _: () = assert!(size_of::<Constant>() <= 24);
const _: () = assert!(size_of::<Option<Constant>>() == size_of::<Constant>());
