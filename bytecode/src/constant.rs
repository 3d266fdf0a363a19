//! Python objects that can stand in a code object.
//!
//! Cloning a [`Constant`] clones a reference: two clones are one Python object, as the reference flags of
//! marshal show it. Scalars other than strings and bytes have no identity of their own here: within one
//! module CPython keeps one object for each distinct value.

use std::sync::Arc;

use num_bigint::BigInt;

use crate::code::CodeObject;

/// A Python string: WTF-8 bytes (UTF-8 in which a lone surrogate may be encoded).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PyStr {
    /// WTF-8; surrogate *pairs* never occur, they are joined.
    pub wtf8: Box<[u8]>,
    /// Whether CPython interns the string, which marshal shows.
    pub interned: bool,
}

impl PyStr {
    pub fn new(text: &str, interned: bool) -> PyStr {
        PyStr { wtf8: text.as_bytes().into(), interned }
    }

    /// The string if it has no lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.wtf8).ok()
    }
}

/// A value of `co_consts`.
#[derive(Clone, Debug)]
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
