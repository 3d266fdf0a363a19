//! Python's `==` and `hash()` on constants, which decide what a frozenset keeps.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use pycsmith_bytecode::Constant;
use rustc_hash::FxHashSet;

use super::int;
use super::num::{Complex, Int, Num};

/// The constants without those that equal an earlier one, in order.
pub fn distinct(items: &[Constant]) -> Vec<Constant> {
    let mut seen = FxHashSet::default();
    seen.reserve(items.len());
    items
        .iter()
        .filter(|item| seen.insert(Key(item)))
        .cloned()
        .collect()
}

struct Key<'a>(&'a Constant);

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        equal(self.0, other.0)
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

fn equal(a: &Constant, b: &Constant) -> bool {
    match (a, b) {
        (Constant::None, Constant::None) | (Constant::Ellipsis, Constant::Ellipsis) => true,
        (Constant::Str(a), Constant::Str(b)) => a.wtf8 == b.wtf8,
        (Constant::Bytes(a), Constant::Bytes(b)) => a == b,
        (Constant::Tuple(a), Constant::Tuple(b)) => all_equal(a, b),
        (Constant::Slice(a), Constant::Slice(b)) => all_equal(&a[..], &b[..]),
        (Constant::FrozenSet(a), Constant::FrozenSet(b)) => {
            a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| equal(a, b)))
        }
        (Constant::Code(a), Constant::Code(b)) => Arc::ptr_eq(a, b),
        _ => match (Num::of(a), Num::of(b)) {
            (Some(a), Some(b)) => equal_numbers(&a, &b),
            _ => false,
        },
    }
}

fn all_equal(a: &[Constant], b: &[Constant]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
}

fn equal_numbers(a: &Num, b: &Num) -> bool {
    match (a, b) {
        (Num::Int(Int::Small(a)), Num::Int(Int::Small(b))) => a == b,
        (Num::Int(a), Num::Int(b)) => a.to_big() == b.to_big(),
        (Num::Float(a), Num::Float(b)) => a == b,
        (Num::Int(int), Num::Float(float)) | (Num::Float(float), Num::Int(int)) => {
            int::equals_f64(int, *float)
        }
        (Num::Complex(a), Num::Complex(b)) => a == b,
        (Num::Complex(Complex { re, im }), real) | (real, Num::Complex(Complex { re, im })) => {
            *im == 0.0 && equal_numbers(&Num::Float(*re), real)
        }
    }
}

fn hash<H: Hasher>(value: &Constant, state: &mut H) {
    match value {
        Constant::Str(value) => value.wtf8.hash(state),
        Constant::Bytes(value) => value.hash(state),
        Constant::Tuple(items) => items.iter().for_each(|item| hash(item, state)),
        Constant::Slice(items) => items.iter().for_each(|item| hash(item, state)),
        _ => match Num::of(value) {
            Some(Num::Int(Int::Small(value))) => value.hash(state),
            Some(Num::Int(value)) => value
                .to_f64()
                .unwrap_or(f64::INFINITY)
                .to_bits()
                .hash(state),
            Some(Num::Float(value)) => hash_float(value, state),
            Some(Num::Complex(value)) => {
                hash_float(value.re, state);
                if value.im != 0.0 {
                    hash_float(value.im, state);
                }
            }
            None => std::mem::discriminant(value).hash(state),
        },
    }
}

/// A whole float hashes as the equal integer.
fn hash_float<H: Hasher>(value: f64, state: &mut H) {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) && value.trunc() == value {
        (value as i64).hash(state);
    } else {
        value.to_bits().hash(state);
    }
}
