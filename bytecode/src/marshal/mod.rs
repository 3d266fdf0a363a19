//! CPython's `marshal` format as `.pyc` files hold it (`Python/marshal.c`), for code objects of 3.11 and later.
//!
//! The writer reproduces CPython's bytes, reference flags included; the reader takes any input and answers a
//! [`MarshalError`] for what is not a code object of the target, with memory bounded by the input's length.

mod counts;
mod numbers;
mod read;
mod references;
mod rules;
mod sets;
mod strings;
mod write;

pub use read::{read, read_code};
pub use write::{write, write_constant};

/// How deep objects may nest (`MAX_MARSHAL_STACK_DEPTH`).
pub const MAX_DEPTH: usize = 2000;

/// Type codes: the first byte of each object, without [`FLAG_REF`].
mod code {
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    pub const INT64: u8 = b'I';
    pub const LONG: u8 = b'l';
    pub const FLOAT: u8 = b'f';
    pub const BINARY_FLOAT: u8 = b'g';
    pub const COMPLEX: u8 = b'x';
    pub const BINARY_COMPLEX: u8 = b'y';
    pub const STRING: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const REF: u8 = b'r';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const CODE: u8 = b'c';
    pub const UNICODE: u8 = b'u';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
}

/// Set in the type code of an object that gets the next reference number.
const FLAG_REF: u8 = 0x80;

/// Why marshal data cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarshalError {
    /// The data end inside an object.
    Truncated,
    /// Offset in bytes, and what is wrong there.
    Bad { offset: usize, what: &'static str },
    /// A type code that code objects do not use, and its offset.
    UnknownType { offset: usize, code: u8 },
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More than 2³¹-1 elements or references.
    TooLarge,
}

impl std::fmt::Display for MarshalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MarshalError::Truncated => f.write_str("marshal data too short"),
            MarshalError::Bad { offset, what } => {
                write!(f, "bad marshal data at byte {offset} ({what})")
            }
            MarshalError::UnknownType { offset, code } => {
                write!(
                    f,
                    "bad marshal data at byte {offset} (type code {code:#04x})"
                )
            }
            MarshalError::TooDeep => f.write_str("object too deeply nested to marshal"),
            MarshalError::TooLarge => f.write_str("object too large to marshal"),
        }
    }
}

impl std::error::Error for MarshalError {}
