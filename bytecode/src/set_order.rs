//! The order in which CPython's sets iterate over their members, which follows from the members' hashes.
//!
//! Hashes of strings and bytes are those of an interpreter that does not randomize them (`PYTHONHASHSEED=0`).

use std::borrow::Cow;
use std::hash::Hasher as _;

use num_traits::{Signed as _, ToPrimitive as _};
use siphasher::sip::SipHasher13;

use crate::constant::{Constant, code_points};
use crate::version::Target;

/// Most members and members of members whose hashes are looked at: shared tuples may make very many of few.
const MAX_HASHED: usize = 1 << 20;

/// The members of `frozenset(items)` in the order of its iterator; as they are where a member's hash is not known
/// (those that are addresses).
pub fn iterated(items: &[Constant], target: Target) -> Cow<'_, [Constant]> {
    let mut budget = MAX_HASHED;
    let hashes: Option<Vec<u64>> = items
        .iter()
        .map(|item| hash(item, target, &mut budget))
        .collect();
    let Some(hashes) = hashes else {
        return Cow::Borrowed(items);
    };
    let mut table = Table::default();
    hashes.iter().for_each(|&hash| table.add(hash));
    let order = table.slots.into_iter().flatten();
    order.map(|entry| items[entry.index].clone()).collect()
}

#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    index: usize,
}

/// A set's table (`Objects/setobject.c`) of members that are all different.
struct Table {
    slots: Vec<Option<Entry>>,
    used: usize,
}

impl Default for Table {
    fn default() -> Table {
        Table {
            slots: vec![None; Table::MIN_SIZE],
            used: 0,
        }
    }
}

impl Table {
    /// `PySet_MINSIZE`.
    const MIN_SIZE: usize = 8;
    /// `LINEAR_PROBES`.
    const PROBES: usize = 9;

    /// `set_add_entry`.
    fn add(&mut self, hash: u64) {
        let index = self.used;
        self.insert(Entry { hash, index });
        self.used += 1;
        let mask = self.slots.len() - 1;
        if self.used * 5 >= mask * 3 {
            let factor = if self.used > 50_000 { 2 } else { 4 };
            self.resize(self.used * factor);
        }
    }

    /// `set_insert_clean`.
    fn insert(&mut self, entry: Entry) {
        let mask = self.slots.len() - 1;
        let mut perturb = entry.hash;
        let mut at = entry.hash as usize & mask;
        loop {
            let probes = if at + Table::PROBES <= mask {
                Table::PROBES
            } else {
                0
            };
            if let Some(free) = (at..=at + probes).find(|&slot| self.slots[slot].is_none()) {
                self.slots[free] = Some(entry);
                return;
            }
            perturb >>= 5;
            at = at
                .wrapping_mul(5)
                .wrapping_add(1)
                .wrapping_add(perturb as usize)
                & mask;
        }
    }

    /// `set_table_resize`.
    fn resize(&mut self, more_than: usize) {
        let mut size = Table::MIN_SIZE;
        while size <= more_than {
            size *= 2;
        }
        let old = std::mem::replace(&mut self.slots, vec![None; size]);
        old.into_iter()
            .flatten()
            .for_each(|entry| self.insert(entry));
    }
}

/// `hash(value)`, if it is no address.
fn hash(value: &Constant, target: Target, budget: &mut usize) -> Option<u64> {
    *budget = budget.checked_sub(1)?;
    let hash = match value {
        Constant::None => return target.none_has_a_hash().then_some(0xFCA8_6420),
        Constant::Bool(value) => u64::from(*value),
        Constant::Int(value) => signed(value.unsigned_abs() % MODULUS, *value < 0),
        Constant::BigInt(value) => {
            let rest = value.magnitude() % MODULUS;
            signed(rest.to_u64()?, value.is_negative())
        }
        Constant::Float(value) => of_float(*value)?,
        Constant::Complex(real, imag) => {
            let imag = of_float(*imag)?;
            of_float(*real)?.wrapping_add(imag.wrapping_mul(1_000_003))
        }
        Constant::Str(text) => of_bytes(&stored(&text.wtf8)),
        Constant::Bytes(bytes) => of_bytes(bytes),
        Constant::Tuple(items) => return of_tuple(items, target, budget),
        Constant::Ellipsis | Constant::FrozenSet(_) | Constant::Slice(_) | Constant::Code(_) => {
            return None;
        }
    };
    // -1 is how C functions tell of errors.
    Some(if hash == u64::MAX { u64::MAX - 1 } else { hash })
}

/// `_PyHASH_MODULUS`.
const MODULUS: u64 = (1 << 61) - 1;

fn signed(magnitude: u64, negative: bool) -> u64 {
    if negative {
        magnitude.wrapping_neg()
    } else {
        magnitude
    }
}

/// `_Py_HashDouble`: the value modulo 2^61 - 1, so that equal numbers of different types have one hash. A NaN has its
/// address.
fn of_float(value: f64) -> Option<u64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(signed(314_159, value < 0.0));
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7FF) as i64, bits & ((1 << 52) - 1));
    // The value is `mantissa * 2^exponent`, and 2^61 is 1.
    let (mantissa, exponent) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    let shift = exponent.rem_euclid(61) as u32;
    let rest = (u128::from(mantissa) << shift) % u128::from(MODULUS);
    let hash = signed(rest as u64, value < 0.0);
    Some(if hash == u64::MAX { u64::MAX - 1 } else { hash })
}

/// `_Py_HashBytes`.
fn of_bytes(bytes: &[u8]) -> u64 {
    if bytes.is_empty() {
        return 0;
    }
    let mut hasher = SipHasher13::new_with_keys(0, 0);
    hasher.write(bytes);
    hasher.finish()
}

/// A string's characters as CPython stores them: one, two or four bytes each, as the largest needs.
fn stored(wtf8: &[u8]) -> Vec<u8> {
    let points: Vec<u32> = code_points(wtf8).collect();
    match points.iter().copied().max().unwrap_or(0) {
        ..0x100 => points.iter().map(|&point| point as u8).collect(),
        0x100..0x1_0000 => points
            .iter()
            .flat_map(|&point| (point as u16).to_le_bytes())
            .collect(),
        _ => points
            .iter()
            .flat_map(|point| point.to_le_bytes())
            .collect(),
    }
}

/// `tuple_hash` (`Objects/tupleobject.c`).
fn of_tuple(items: &[Constant], target: Target, budget: &mut usize) -> Option<u64> {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut acc = PRIME_5;
    for item in items {
        let lane = hash(item, target, budget)?;
        acc = acc.wrapping_add(lane.wrapping_mul(PRIME_2));
        acc = acc.rotate_left(31).wrapping_mul(PRIME_1);
    }
    acc = acc.wrapping_add(items.len() as u64 ^ (PRIME_5 ^ 3_527_539));
    Some(if acc == u64::MAX { 1_546_275_796 } else { acc })
}
