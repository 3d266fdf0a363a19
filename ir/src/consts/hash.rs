//! Hashes of constants: equal for the same constant.

use std::hash::{Hash, Hasher};

use pycsmith_bytecode::{CodeObject, Constant, PyStr};
use rustc_hash::FxHasher;

pub(super) fn hash_of(value: &Constant) -> u64 {
    match value {
        Constant::Str(text) => hash_of_str(text.text_hash()),
        Constant::Bytes(bytes) => hash_of_bytes(bytes),
        Constant::Tuple(items) => hash_of_tuple(items),
        Constant::Code(code) => hash_of_code(code),
        Constant::Int(int) => hash_of_int(*int),
        _ => {
            let mut state = FxHasher::default();
            hash(value, &mut state);
            state.finish()
        }
    }
}

pub(super) fn hash_of_int(int: i64) -> u64 {
    let mut state = FxHasher::default();
    (4u8, int).hash(&mut state);
    state.finish()
}

/// Places tell code objects apart.
pub(super) fn hash_of_code(code: &CodeObject) -> u64 {
    let (names, consts) = (code.names.len(), code.consts.len());
    let (code_len, table_len) = (code.code.len(), code.linetable.len());
    let mut state = FxHasher::default();
    state.write_u64((code.firstlineno as u64) << 32 | code_len as u64);
    state.write_u64((table_len as u64) << 32 | (names as u64) << 16 | consts as u64);
    state.finish()
}

/// Of the string with this [`hash_text`].
pub(super) fn hash_of_str(text: u32) -> u64 {
    let mut state = FxHasher::default();
    state.write_u32(text);
    state.finish()
}

/// Of their number and pieces of them.
pub(super) fn hash_of_bytes(bytes: &[u8]) -> u64 {
    const PIECE: usize = 16;
    let mut state = FxHasher::default();
    let Some(last) = bytes.len().checked_sub(PIECE) else {
        state.write(bytes);
        return state.finish();
    };
    state.write_usize(last);
    for at in [0, last / 3, last - last / 3, last] {
        if let Some(piece) = bytes[at..].first_chunk::<PIECE>() {
            let piece = u128::from_le_bytes(*piece);
            state.write_u64(piece as u64);
            state.write_u64((piece >> 64) as u64);
        }
    }
    state.finish()
}

/// Makes the hash of a tuple.
#[derive(Clone)]
pub struct TupleHash(FxHasher);

impl Default for TupleHash {
    fn default() -> TupleHash {
        let mut state = FxHasher::default();
        state.write_u8(9);
        TupleHash(state)
    }
}

impl TupleHash {
    /// The next item, which has this hash.
    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        self.0.write_u64(hash);
    }

    /// The next item.
    #[inline]
    pub fn add_str(&mut self, text: &PyStr) {
        self.add(hash_of_str(text.text_hash()));
    }

    #[inline]
    pub(super) fn finish(&self) -> u64 {
        self.0.finish()
    }
}

fn hash_of_tuple(items: &[Constant]) -> u64 {
    let mut state = TupleHash::default();
    items.iter().for_each(|item| state.add(hash_of(item)));
    state.finish()
}

/// A kind's number keeps equal payloads of different kinds apart.
fn hash(value: &Constant, state: &mut FxHasher) {
    match value {
        Constant::None => state.write_u8(0),
        Constant::Ellipsis => state.write_u8(1),
        Constant::Bool(value) => state.write_u8(2 + u8::from(*value)),
        Constant::BigInt(value) => (5u8, value).hash(state),
        Constant::Float(value) => (6u8, value.to_bits()).hash(state),
        Constant::Complex(real, imag) => (7u8, real.to_bits(), imag.to_bits()).hash(state),
        Constant::Str(_)
        | Constant::Bytes(_)
        | Constant::Tuple(_)
        | Constant::Code(_)
        | Constant::Int(_) => {
            state.write_u64(hash_of(value));
        }
        Constant::FrozenSet(items) => {
            // Whatever the order.
            let hashes = items.iter().map(hash_of);
            state.write_u64(hashes.fold(10, u64::wrapping_add));
        }
        Constant::Slice(items) => {
            state.write_u8(11);
            items.iter().for_each(|item| hash(item, state));
        }
    }
}
