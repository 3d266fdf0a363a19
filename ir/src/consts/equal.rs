//! Which values are the same constant.

use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, Constant, PyStr};

use super::hash::hash_of;

pub(super) fn same_all(a: &[Constant], b: &[Constant]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// The same members in any order; no member stands twice.
fn same_members(a: &[Constant], b: &[Constant]) -> bool {
    let hashes: Vec<u64> = b.iter().map(hash_of).collect();
    let is_member = |item: &Constant| {
        let hash = hash_of(item);
        let mut candidates = b.iter().zip(&hashes);
        candidates.any(|(other, &found)| found == hash && same(item, other))
    };
    same_all(a, b) || a.len() == b.len() && a.iter().all(is_member)
}

/// Equal as constants: same type, same value, same sign of zero; code objects as `code_richcompare`.
pub fn same(a: &Constant, b: &Constant) -> bool {
    use Constant::*;
    match (a, b) {
        (None, None) | (Ellipsis, Ellipsis) => true,
        (Bool(a), Bool(b)) => a == b,
        (Int(a), Int(b)) => a == b,
        (BigInt(a), BigInt(b)) => a == b,
        (Float(a), Float(b)) => same_float(*a, *b),
        (Complex(a, b), Complex(c, d)) => same_float(*a, *c) && same_float(*b, *d),
        (Str(a), Str(b)) => Arc::ptr_eq(a, b) || same_str(a, b),
        (Bytes(a), Bytes(b)) => a == b,
        (Tuple(a), Tuple(b)) => same_all(a, b),
        (FrozenSet(a), FrozenSet(b)) => same_members(a, b),
        (Slice(a), Slice(b)) => same_all(&a[..], &b[..]),
        (Code(a), Code(b)) => same_code(a, b),
        _ => false,
    }
}

/// Equal, and not told to be two objects.
pub(super) fn same_str(a: &PyStr, b: &PyStr) -> bool {
    a.text_hash() == b.text_hash() && a.wtf8 == b.wtf8 && a.which == b.which
}

/// A NaN equals nothing: each folded one is a constant of its own.
fn same_float(a: f64, b: f64) -> bool {
    a == b && a.to_bits() == b.to_bits()
}

pub(super) fn same_code(a: &CodeObject, b: &CodeObject) -> bool {
    a.name == b.name
        && a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.firstlineno == b.firstlineno
        && a.code == b.code
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable
        && a.names == b.names
        && a.localsplusnames == b.localsplusnames
        // Last: others may be nested in it, as deep as the source nests.
        && same_all(&a.consts, &b.consts)
}
