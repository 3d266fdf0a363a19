//! Strings, bytes and tuples: concatenation and repetition. The unit of a string is the code point.

use std::sync::Arc;

use pycsmith_bytecode::{Constant, PyStr};

/// A constant that has items.
#[derive(Clone, Copy)]
pub enum Sequence<'a> {
    /// WTF-8.
    Str(&'a [u8]),
    Bytes(&'a [u8]),
    Tuple(&'a [Constant]),
}

impl<'a> Sequence<'a> {
    pub fn of(value: &'a Constant) -> Option<Sequence<'a>> {
        match value {
            Constant::Str(value) => Some(Sequence::Str(&value.wtf8)),
            Constant::Bytes(value) => Some(Sequence::Bytes(value)),
            Constant::Tuple(items) => Some(Sequence::Tuple(items)),
            _ => None,
        }
    }

    /// In code points, bytes or items.
    pub fn len(&self) -> usize {
        match self {
            Sequence::Str(wtf8) => count_code_points(wtf8),
            Sequence::Bytes(bytes) => bytes.len(),
            Sequence::Tuple(items) => items.len(),
        }
    }
}

/// Whether a byte of WTF-8 begins a code point.
pub fn is_lead(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

fn count_code_points(wtf8: &[u8]) -> usize {
    if wtf8.is_ascii() {
        wtf8.len()
    } else {
        wtf8.iter().filter(|&&byte| is_lead(byte)).count()
    }
}

/// The string constant of this WTF-8 text.
pub fn str_constant(wtf8: Vec<u8>) -> Constant {
    Constant::Str(Arc::new(PyStr::constant(wtf8)))
}

/// `left + right` for two of a kind.
pub fn concat(left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Constant::Str(left), Constant::Str(right)) => {
            Some(str_constant([&left.wtf8[..], &right.wtf8].concat()))
        }
        (Constant::Bytes(left), Constant::Bytes(right)) => {
            Some(Constant::Bytes([&left[..], right].concat().into()))
        }
        (Constant::Tuple(left), Constant::Tuple(right)) => Some(Constant::Tuple(
            left.iter().chain(right.iter()).cloned().collect(),
        )),
        _ => None,
    }
}

/// `items * count`; the limits of folding are checked before.
pub fn repeat(items: Sequence, count: i64) -> Option<Constant> {
    let count = if items.len() == 0 {
        0
    } else {
        usize::try_from(count).unwrap_or(0)
    };
    Some(match items {
        Sequence::Str(wtf8) => str_constant(wtf8.repeat(count)),
        Sequence::Bytes(bytes) => Constant::Bytes(bytes.repeat(count).into()),
        Sequence::Tuple(items) => Constant::Tuple(
            items
                .iter()
                .cycle()
                .take(items.len() * count)
                .cloned()
                .collect(),
        ),
    })
}
