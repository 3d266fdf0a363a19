//! Which objects are flagged, and the numbers by which they are referred to.
//!
//! An object that may be met again gets a number when it is met first. When it is met the second time its flag is set where it
//! stands. References hold these numbers until all is written: then those that are flagged are numbered anew, as CPython does it.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use hashbrown::HashTable;
use rustc_hash::FxHashMap;

use super::strings::{Noted, Text};
use super::write::{Place, Result, Writer};
use super::{FLAG_REF, MarshalError, code};
use crate::constant::Constant;

/// What an object without an address of its own is known by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scalar {
    Int(i64),
    Float(u64),
    Complex(u64, u64),
}

/// That of a number.
pub(super) fn scalar(value: &Constant) -> Scalar {
    match *value {
        Constant::Float(number) => Scalar::Float(number.to_bits()),
        Constant::Complex(real, imag) => Scalar::Complex(real.to_bits(), imag.to_bits()),
        Constant::Int(number) => Scalar::Int(number),
        _ => Scalar::Int(0),
    }
}

/// Objects that the interpreter has once and for all, by number.
pub(super) mod immortals {
    pub const EMPTY_TUPLE: usize = 0;
    pub const EMPTY_BYTES: usize = 1;
    /// Bytes of length 1, then integers.
    pub const BYTES: usize = 2;
    pub const INTS: usize = BYTES + 256;
    /// With the integers from -5 to 1024.
    pub const COUNT: usize = INTS + 1030;
}

/// What the writer knows of objects.
#[derive(Default)]
pub(super) struct Memory {
    /// Numbers by address: of tuples, sets, slices, code objects, bytes and strings that are not interned.
    objects: FxHashMap<usize, u32>,
    scalars: FxHashMap<Scalar, u32>,
    /// Those of [`immortals`], and one more; 0 for those that are not written.
    immortals: Vec<u32>,
    /// Interned strings that are written, by content since different `Arc`s may spell one string.
    pub(super) texts: HashTable<Text>,
    /// The objects that were found among `texts`, by [`Note`](crate::constant::Note).
    pub(super) noted: Vec<Noted>,
    /// Where the type codes of numbered objects stand.
    heads: Vec<usize>,
    /// Where the numbers of references stand.
    references: Vec<usize>,
}

/// Most objects of a kind for which the memory of a file is kept for the next.
const KEPT: usize = 1 << 12;

impl Memory {
    /// This memory for another writer, unless it has become large.
    pub(super) fn cleared(mut self) -> Memory {
        if self.objects.capacity().max(self.texts.capacity()) > KEPT {
            return Memory::default();
        }
        self.objects.clear();
        self.scalars.clear();
        self.immortals.clear();
        self.texts.clear();
        self.noted.clear();
        self.heads.clear();
        self.references.clear();
        self
    }
}

/// Whether there may be several references to the object.
fn is_shared<T: ?Sized>(object: &Arc<T>) -> bool {
    Arc::strong_count(object) > 1
}

/// What to do with an object that may be shared.
pub(super) enum Seen {
    /// Written before: its reference is out.
    Done,
    /// To be written now, with this flag in its type code.
    New(u8),
}

/// In the type code of an object that is to be flagged.
fn flag(is_held: bool) -> u8 {
    FLAG_REF * u8::from(is_held)
}

impl Writer<'_> {
    fn reference(&mut self, number: u32) {
        self.memory.references.push(self.out.len() + 1);
        let [a, b, c, d] = number.to_le_bytes();
        self.out.extend_from_slice(&[code::REF, a, b, c, d]);
    }

    /// Refers to a flagged object.
    #[inline]
    pub(super) fn refer(&mut self, number: u32) {
        self.reference(number);
    }

    /// Refers to an object that is flagged by that.
    fn flag_and_refer(&mut self, number: u32) {
        let head = self.memory.heads.get(number as usize);
        if let Some(type_code) = head.and_then(|&head| self.out.get_mut(head)) {
            *type_code |= FLAG_REF;
        }
        self.reference(number);
    }

    /// The number of the object whose type code is written next.
    #[inline]
    pub(super) fn next_number(&self) -> u32 {
        self.memory.heads.len() as u32
    }

    /// Numbers the object whose type code is written next.
    #[inline]
    pub(super) fn add_number(&mut self) {
        self.memory.heads.push(self.out.len());
    }

    /// An object that is certain to be flagged and not to be met again.
    pub(super) fn put_flagged(&mut self, type_code: u8) {
        self.add_number();
        self.out.push(type_code | FLAG_REF);
    }

    /// How an object is seen to which there may be other references; `is_held`: there is one outside of what is written.
    pub(super) fn seen_object<T: ?Sized>(&mut self, object: &Arc<T>, is_held: bool) -> Seen {
        if !is_shared(object) {
            if is_held {
                self.add_number();
            }
            return Seen::New(flag(is_held));
        }
        let address = Arc::as_ptr(object).cast::<u8>().addr();
        let next = self.next_number();
        match self.memory.objects.entry(address) {
            Entry::Occupied(known) => {
                let number = *known.get();
                self.flag_and_refer(number);
                Seen::Done
            }
            Entry::Vacant(place) => {
                place.insert(next);
                self.add_number();
                let counts = self.counts.as_deref();
                let is_held = is_held || counts.is_some_and(|counts| counts.is_shared(address));
                Seen::New(flag(is_held))
            }
        }
    }

    /// How a number other than the immortal ones is seen.
    pub(super) fn seen_scalar(&mut self, value: &Constant, place: Place) -> Seen {
        // Not even the constant cache finds a NaN equal to another.
        if place == Place::Own || is_nan(value) {
            return Seen::New(0);
        }
        let key = scalar(value);
        let next = self.next_number();
        match self.memory.scalars.entry(key) {
            Entry::Occupied(known) => {
                let number = *known.get();
                self.flag_and_refer(number);
                Seen::Done
            }
            Entry::Vacant(slot) => {
                slot.insert(next);
                self.add_number();
                let counts = self.counts.as_deref();
                let is_shared = counts.is_some_and(|counts| counts.is_scalar_shared(&key));
                Seen::New(flag(place == Place::Held || is_shared))
            }
        }
    }

    /// How one of [`immortals`] is seen: they are flagged in any case.
    pub(super) fn seen_immortal(&mut self, index: usize) -> Seen {
        let next = self.next_number();
        let known = &mut self.memory.immortals;
        if known.is_empty() {
            known.resize(immortals::COUNT, 0);
        }
        match known.get_mut(index) {
            Some(&mut number @ 1..) => {
                self.reference(number - 1);
                return Seen::Done;
            }
            Some(slot) => *slot = next + 1,
            None => {}
        }
        self.add_number();
        Seen::New(FLAG_REF)
    }

    /// Gives the flagged objects their final numbers.
    pub(super) fn renumber(&mut self) -> Result {
        let Memory {
            heads, references, ..
        } = &mut self.memory;
        if heads.len() > i32::MAX as usize {
            return Err(MarshalError::TooLarge);
        }
        let mut next = 0;
        for head in &mut *heads {
            let type_code = self.out.get(*head).copied().unwrap_or(0);
            *head = next;
            next += usize::from(type_code & FLAG_REF != 0);
        }
        for &place in &*references {
            let rest = self.out.get_mut(place..).unwrap_or_default();
            if let Some(number) = rest.first_chunk_mut() {
                let first = u32::from_le_bytes(*number) as usize;
                let last = heads.get(first).copied().unwrap_or(0);
                *number = (last as u32).to_le_bytes();
            }
        }
        Ok(())
    }
}

fn is_nan(value: &Constant) -> bool {
    match value {
        Constant::Float(number) => number.is_nan(),
        Constant::Complex(real, imag) => real.is_nan() || imag.is_nan(),
        _ => false,
    }
}
