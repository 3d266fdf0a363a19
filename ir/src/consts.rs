//! The pool of constants of one compilation: equal constants are one object (CPython's `const_cache`).

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, Constant};
use rustc_hash::FxBuildHasher;

/// A constant of the compilation; equal ids, and only they, are equal constants of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstId(pub u32);

/// Hash-consed constants (`_PyCode_ConstantKey`: type, value, and sign of zeros count).
#[derive(Default)]
pub struct ConstPool {
    map: HashMap<Key, ConstId, FxBuildHasher>,
    values: Vec<Constant>,
}

struct Key(Constant);

impl ConstPool {
    pub fn new() -> ConstPool {
        ConstPool::default()
    }

    /// The id of `value`; members of tuples and frozensets are interned too, so that equal members are one object.
    pub fn intern(&mut self, value: Constant) -> ConstId {
        let value = match value {
            Constant::Tuple(items) => Constant::Tuple(self.merge_items(items)),
            Constant::FrozenSet(items) => Constant::FrozenSet(self.merge_items(items)),
            other => other,
        };
        let next = ConstId(self.values.len() as u32);
        let id = *self.map.entry(Key(value.clone())).or_insert(next);
        if id == next {
            self.values.push(value);
        }
        id
    }

    fn merge_items(&mut self, items: Arc<[Constant]>) -> Arc<[Constant]> {
        items.iter().map(|item| { let id = self.intern(item.clone()); self.get(id).clone() }).collect()
    }

    pub fn get(&self, id: ConstId) -> &Constant {
        &self.values[id.0 as usize]
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Key {}

fn same_all(a: &[Constant], b: &[Constant]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
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
        (Str(a), Str(b)) => Arc::ptr_eq(a, b) || a.wtf8 == b.wtf8,
        (Bytes(a), Bytes(b)) => a == b,
        (Tuple(a), Tuple(b)) | (FrozenSet(a), FrozenSet(b)) => same_all(a, b),
        (Slice(a), Slice(b)) => same_all(&a[..], &b[..]),
        (Code(a), Code(b)) => same_code(a, b),
        _ => false,
    }
}

/// A NaN equals nothing: each folded one is a constant of its own.
fn same_float(a: f64, b: f64) -> bool {
    a == b && a.to_bits() == b.to_bits()
}

fn same_code(a: &CodeObject, b: &CodeObject) -> bool {
    a.name == b.name
        && a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.firstlineno == b.firstlineno
        && a.code == b.code
        && same_all(&a.consts, &b.consts)
        && a.names == b.names
        && a.localsplusnames == b.localsplusnames
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(value: &Constant, state: &mut H) {
    std::mem::discriminant(value).hash(state);
    match value {
        Constant::None | Constant::Ellipsis => {}
        Constant::Bool(value) => value.hash(state),
        Constant::Int(value) => value.hash(state),
        Constant::BigInt(value) => value.hash(state),
        Constant::Float(value) => value.to_bits().hash(state),
        Constant::Complex(real, imag) => (real.to_bits(), imag.to_bits()).hash(state),
        Constant::Str(value) => value.wtf8.hash(state),
        Constant::Bytes(value) => value.hash(state),
        Constant::Tuple(items) | Constant::FrozenSet(items) => items.iter().for_each(|item| hash(item, state)),
        Constant::Slice(items) => items.iter().for_each(|item| hash(item, state)),
        Constant::Code(code) => (code.firstlineno, code.code.len(), &code.linetable).hash(state),
    }
}
