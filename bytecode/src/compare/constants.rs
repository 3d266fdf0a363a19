//! Whether two constants are equal, in time bounded by their size, whatever they are.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use rustc_hash::FxHashMap;

use crate::constant::{Constant, PyStr};

/// Compares constants, and remembers which containers it has found equal: shared ones are visited once.
pub(crate) struct Equality {
    /// Whether strings must be interned alike.
    interning: bool,
    /// Containers found equal, by where they are.
    equal: HashSet<(usize, usize)>,
    /// Of containers, by where they are: whether or not their strings are interned, and as these are.
    digests: [FxHashMap<usize, u64>; 2],
    keys: RandomState,
}

impl Equality {
    pub(crate) fn new(interning: bool) -> Equality {
        Equality {
            interning,
            equal: HashSet::new(),
            digests: Default::default(),
            keys: RandomState::new(),
        }
    }

    pub(crate) fn of_strings(&self, one: &PyStr, other: &PyStr) -> bool {
        if self.interning {
            one == other
        } else {
            one.wtf8 == other.wtf8
        }
    }

    /// Equal in type, value, sign and interning; sets whatever their order; code objects by name only, since they are compared
    /// on their own. Both must be no deeper than marshal allows.
    pub(crate) fn holds(&mut self, one: &Constant, other: &Constant) -> bool {
        match (one, other) {
            (Constant::None, Constant::None) | (Constant::Ellipsis, Constant::Ellipsis) => true,
            (Constant::Bool(one), Constant::Bool(other)) => one == other,
            (Constant::Int(one), Constant::Int(other)) => one == other,
            (Constant::BigInt(one), Constant::BigInt(other)) => one == other,
            (Constant::Float(one), Constant::Float(other)) => one.to_bits() == other.to_bits(),
            (Constant::Complex(a, b), Constant::Complex(c, d)) => {
                [a.to_bits(), b.to_bits()] == [c.to_bits(), d.to_bits()]
            }
            (Constant::Str(one), Constant::Str(other)) => self.of_strings(one, other),
            (Constant::Bytes(one), Constant::Bytes(other)) => one == other,
            (Constant::Tuple(one), Constant::Tuple(other)) => self.members(one, other),
            (Constant::Slice(one), Constant::Slice(other)) => self.members(&one[..], &other[..]),
            (Constant::FrozenSet(one), Constant::FrozenSet(other)) => {
                let key = key(one, other);
                if self.equal.contains(&key) {
                    return true;
                }
                // Marshal may have sorted only one of them.
                let (one, other) = (self.sorted(one), self.sorted(other));
                let equal = self.each(&one, &other);
                if equal {
                    self.equal.insert(key);
                }
                equal
            }
            (Constant::Code(one), Constant::Code(other)) => {
                one.qualname.wtf8 == other.qualname.wtf8
            }
            _ => false,
        }
    }

    fn members(&mut self, one: &[Constant], other: &[Constant]) -> bool {
        if std::ptr::eq(one, other) || self.equal.contains(&key(one, other)) {
            return true;
        }
        let equal = self.each(one, other);
        if equal {
            self.equal.insert(key(one, other));
        }
        equal
    }

    fn each(&mut self, one: &[Constant], other: &[Constant]) -> bool {
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| self.holds(one, other))
    }

    /// The members by their digests. A damaged file's set may have a string twice, interned and not.
    fn sorted(&mut self, members: &[Constant]) -> Vec<Constant> {
        let mut sorted = members.to_vec();
        sorted.sort_by_cached_key(|member| {
            let interning = self.interning;
            (
                self.digest(member),
                interning.then(|| self.digest_of(member, true)),
            )
        });
        sorted
    }

    /// Equal for equal values, and with the same chance as two numbers for others.
    pub(crate) fn hash(&self, value: &impl Hash) -> u64 {
        self.keys.hash_one(value)
    }

    /// Equal for equal constants, interned or not.
    pub(crate) fn digest(&mut self, value: &Constant) -> u64 {
        self.digest_of(value, false)
    }

    fn digest_of(&mut self, value: &Constant, interning: bool) -> u64 {
        let mut state = self.keys.build_hasher();
        std::mem::discriminant(value).hash(&mut state);
        match value {
            Constant::None | Constant::Ellipsis => {}
            Constant::Bool(value) => value.hash(&mut state),
            Constant::Int(value) => value.hash(&mut state),
            Constant::BigInt(value) => value.hash(&mut state),
            Constant::Float(value) => value.to_bits().hash(&mut state),
            Constant::Complex(real, imaginary) => {
                [real.to_bits(), imaginary.to_bits()].hash(&mut state);
            }
            Constant::Str(text) if interning => (&text.wtf8, text.interned).hash(&mut state),
            Constant::Str(text) => text.wtf8.hash(&mut state),
            Constant::Bytes(bytes) => bytes.hash(&mut state),
            Constant::Tuple(members) => self.container(members, true, interning).hash(&mut state),
            Constant::FrozenSet(members) => {
                self.container(members, false, interning).hash(&mut state)
            }
            Constant::Slice(members) => self
                .container(&members[..], true, interning)
                .hash(&mut state),
            Constant::Code(code) => code.qualname.wtf8.hash(&mut state),
        }
        state.finish()
    }

    fn container(&mut self, members: &[Constant], ordered: bool, interning: bool) -> u64 {
        let place = members.as_ptr() as usize;
        if let Some(&known) = self.digests[usize::from(interning)].get(&place) {
            return known;
        }
        let mut digests: Vec<u64> = members
            .iter()
            .map(|member| self.digest_of(member, interning))
            .collect();
        if !ordered {
            digests.sort_unstable();
        }
        let digest = self.keys.hash_one(digests);
        self.digests[usize::from(interning)].insert(place, digest);
        digest
    }
}

fn key(one: &[Constant], other: &[Constant]) -> (usize, usize) {
    (one.as_ptr() as usize, other.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn tuple(members: &[Constant]) -> Constant {
        Constant::Tuple(members.into())
    }

    fn set(members: &[Constant]) -> Constant {
        Constant::FrozenSet(members.into())
    }

    fn text(text: &str) -> Constant {
        Constant::Str(Arc::new(PyStr::constant(text)))
    }

    fn equal(one: &Constant, other: &Constant) -> bool {
        let result = Equality::new(true).holds(one, other);
        assert_eq!(Equality::new(true).holds(other, one), result);
        result
    }

    #[test]
    fn a_string_may_be_twice_in_a_damaged_set() {
        let held = |interned| {
            let mut text = PyStr::constant("* *");
            text.interned = interned;
            Constant::Str(Arc::new(text))
        };
        let (one, other) = ([held(true), held(false)], [held(false), held(true)]);
        assert!(equal(&set(&one), &set(&other)));
        let within = |members: &[Constant]| {
            set(&members
                .iter()
                .map(|m| tuple(std::slice::from_ref(m)))
                .collect::<Vec<_>>())
        };
        assert!(equal(&within(&one), &within(&other)));
        assert!(!equal(&set(&one[..1]), &set(&other[..1])));
    }

    #[test]
    fn types_and_signs_count() {
        let values = [
            Constant::None,
            Constant::Bool(true),
            Constant::Int(1),
            Constant::Float(1.0),
            Constant::Float(0.0),
            Constant::Float(-0.0),
            Constant::Complex(0.0, 1.0),
            Constant::Complex(-0.0, 1.0),
            text("a"),
            text("b"),
            Constant::Bytes((*b"a").into()),
            tuple(&[]),
            tuple(&[Constant::Int(1)]),
            tuple(&[Constant::Bool(true)]),
            set(&[]),
            set(&[Constant::Int(1)]),
        ];
        for (i, one) in values.iter().enumerate() {
            for (j, other) in values.iter().enumerate() {
                assert_eq!(equal(one, other), i == j, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn interning_may_count() {
        let string = |interned| Constant::Str(Arc::new(PyStr::new("a.b", interned)));
        let sets = |interned| set(&[string(interned), Constant::None]);
        for (interning, expected) in [(true, false), (false, true)] {
            let mut equality = Equality::new(interning);
            assert_eq!(equality.holds(&string(true), &string(false)), expected);
            assert_eq!(equality.holds(&sets(true), &sets(false)), expected);
        }
    }

    #[test]
    fn sets_have_no_order() {
        let inner = |a, b| set(&[tuple(&[text("x"), text(a)]), text(b)]);
        assert!(equal(
            &inner("a", "b"),
            &set(&[text("b"), tuple(&[text("x"), text("a")])])
        ));
        assert!(!equal(&inner("a", "b"), &inner("b", "a")));
        assert!(!equal(
            &set(&[text("a"), text("a")]),
            &set(&[text("a"), text("b")])
        ));
    }

    #[test]
    fn shared_containers_are_visited_once() {
        let doubled = || (0..1000).fold(tuple(&[]), |inner, _| tuple(&[inner.clone(), inner]));
        assert!(equal(&doubled(), &doubled()));
        let sets = |last| {
            let first = set(&[Constant::Int(last)]);
            (0..1000).fold(first, |inner, _| set(&[inner.clone(), tuple(&[inner])]))
        };
        assert!(equal(&sets(1), &sets(1)));
        assert!(!equal(&sets(1), &sets(2)));
    }

    #[test]
    fn large_sets_are_compared_in_their_size() {
        let numbers: Vec<_> = (0..100_000).map(Constant::Int).collect();
        let backwards: Vec<_> = numbers.iter().rev().cloned().collect();
        assert!(equal(&set(&numbers), &set(&backwards)));
        assert!(!equal(&set(&numbers), &set(&backwards[1..])));
    }
}
