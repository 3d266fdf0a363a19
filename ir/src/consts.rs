//! The pool of constants of one compilation: equal constants are one object (CPython's `const_cache`).

use std::hash::{Hash, Hasher};
use std::mem::take;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;
use pycsmith_bytecode::constant::hash_text;
use pycsmith_bytecode::{CodeObject, Constant, PyStr, Which};
use rustc_hash::FxHasher;

/// A constant of the compilation; equal ids, and only they, are equal constants of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstId(pub u32);

/// Hash-consed constants (`_PyCode_ConstantKey`: type, value, and sign of zeros count).
#[derive(Default)]
pub struct ConstPool {
    /// Finds the ids by their values' hashes.
    table: HashTable<Entry>,
    values: Vec<Constant>,
    /// The values' hashes ([`hash_of`]).
    hashes: Vec<u64>,
    /// The ids of the constants that [`singleton`] numbers.
    singletons: [Option<ConstId>; 4],
    /// Those of the integers from 0 on, as far as one has been asked for.
    small_ints: Vec<Option<ConstId>>,
    /// That of `b''`, if it has been asked for: most exception tables are empty.
    empty_bytes: Option<ConstId>,
    /// Memory for the items of a tuple.
    items: Vec<ConstId>,
}

/// How many integers [`ConstPool`] finds without their hashes.
const SMALL_INTS: i64 = 256;

#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    id: ConstId,
}

/// The constants that have their own place in the pool.
#[inline]
fn singleton(value: &Constant) -> Option<usize> {
    match value {
        Constant::None => Some(0),
        Constant::Bool(false) => Some(1),
        Constant::Bool(true) => Some(2),
        Constant::Ellipsis => Some(3),
        _ => None,
    }
}

/// Most constants for which [`ConstPool::clear`] keeps the table.
const KEPT: usize = 1 << 12;

impl ConstPool {
    pub fn new() -> ConstPool {
        ConstPool::default()
    }

    /// Forgets all constants; memory is kept.
    pub fn clear(&mut self) {
        if self.table.capacity() > KEPT {
            self.table = HashTable::default();
        }
        self.table.clear();
        self.values.clear();
        self.hashes.clear();
        self.singletons = [None; 4];
        self.small_ints.clear();
        self.empty_bytes = None;
    }

    /// The id of `value`; members of tuples and frozensets are interned too, so that equal members are one object.
    #[inline]
    pub fn intern(&mut self, value: Constant) -> ConstId {
        match singleton(&value) {
            Some(number) => {
                self.singletons[number].unwrap_or_else(|| self.push_singleton(number, value))
            }
            None => self.intern_other(value),
        }
    }

    #[cold]
    fn push_singleton(&mut self, number: usize, value: Constant) -> ConstId {
        let id = self.push(value);
        self.singletons[number] = Some(id);
        id
    }

    /// [`ConstPool::intern`] of what has no place of its own.
    fn intern_other(&mut self, value: Constant) -> ConstId {
        match value {
            Constant::Int(int) => self.intern_int(int),
            Constant::Tuple(items) => self.intern_items(items.iter().cloned()),
            Constant::FrozenSet(items) => {
                let items = self.merge_items(items);
                self.intern_whole(Constant::FrozenSet(items))
            }
            other => self.intern_whole(other),
        }
    }

    /// [`ConstPool::intern`] of the tuple of `items`, which is only made if it is new.
    pub fn intern_items(&mut self, items: impl Iterator<Item = Constant>) -> ConstId {
        let mut ids = take(&mut self.items);
        ids.clear();
        ids.extend(items.map(|item| self.intern(item)));
        let (id, _) = self.intern_tuple(&ids);
        self.items = ids;
        id
    }

    /// [`ConstPool::intern`] of an integer.
    #[inline]
    pub fn intern_int(&mut self, int: i64) -> ConstId {
        match usize::try_from(int).map(|place| self.small_ints.get(place)) {
            Ok(Some(&Some(id))) => id,
            _ => self.intern_new_int(int),
        }
    }

    /// [`ConstPool::intern`] of an integer that is not in `small_ints`.
    fn intern_new_int(&mut self, int: i64) -> ConstId {
        let id = self.intern_whole(Constant::Int(int));
        if let 0..SMALL_INTS = int {
            let place = int as usize;
            if self.small_ints.len() <= place {
                self.small_ints.resize(place + 1, None);
            }
            self.small_ints[place] = Some(id);
        }
        id
    }

    /// The id of what has this hash and satisfies `is_it`; of what `make` gives if there is nothing. Tells whether
    /// that was so. Both are given all values.
    #[inline]
    fn find_or(
        &mut self,
        hash: u64,
        is_it: impl Fn(&Constant, &[Constant]) -> bool,
        make: impl FnOnce(&[Constant]) -> Constant,
    ) -> (ConstId, bool) {
        let values = &self.values;
        let slot = self.table.entry(
            hash,
            |entry| entry.hash == hash && is_it(&values[entry.id.0 as usize], values),
            |entry| entry.hash,
        );
        match slot {
            Slot::Occupied(found) => (found.get().id, false),
            Slot::Vacant(place) => {
                let value = make(values);
                debug_assert_eq!(hash, hash_of(&value));
                let id = ConstId(values.len() as u32);
                place.insert(Entry { hash, id });
                self.values.push(value);
                self.hashes.push(hash);
                (id, true)
            }
        }
    }

    fn push(&mut self, value: Constant) -> ConstId {
        self.hashes.push(hash_of(&value));
        self.values.push(value);
        ConstId(self.values.len() as u32 - 1)
    }

    /// [`ConstPool::intern_tuple`] of strings, of which only a new tuple holds more references.
    pub fn intern_strs<'s>(
        &mut self,
        strs: impl ExactSizeIterator<Item = &'s Arc<PyStr>> + Clone,
    ) -> Arc<[Constant]> {
        let hash = hash_of_items(strs.clone().map(|text| hash_of_str(text.text_hash())));
        let make = || strs.clone().cloned().map(Constant::Str).collect();
        let is_same = |(found, text): (&Constant, &Arc<PyStr>)| matches!(found, Constant::Str(found) if Arc::ptr_eq(found, text) || same_str(found, text));
        let is_it = |value: &Constant, _: &[Constant]| {
            matches!(value, Constant::Tuple(found)
                if found.len() == strs.len() && found.iter().zip(strs.clone()).all(is_same))
        };
        let (id, _) = self.find_or(hash, is_it, |_| Constant::Tuple(make()));
        match self.get(id) {
            Constant::Tuple(merged) => merged.clone(),
            _ => make(),
        }
    }

    /// [`ConstPool::intern`] of the string constant `wtf8` ([`PyStr::constant`]), which is only made if it is new.
    pub fn intern_str(&mut self, wtf8: &[u8]) -> ConstId {
        let is_it = |value: &Constant, _: &[Constant]| matches!(value, Constant::Str(text) if text.wtf8[..] == *wtf8 && text.which == Which::ByRules);
        let make = |_: &[Constant]| Constant::Str(Arc::new(PyStr::constant(wtf8)));
        self.find_or(hash_of_str(hash_text(wtf8)), is_it, make).0
    }

    /// The one bytes object with this content.
    pub fn intern_bytes(&mut self, bytes: &[u8]) -> Arc<[u8]> {
        let id = match self.empty_bytes {
            Some(id) if bytes.is_empty() => id,
            _ => self.find_bytes(bytes),
        };
        match self.get(id) {
            Constant::Bytes(merged) => merged.clone(),
            _ => bytes.into(),
        }
    }

    fn find_bytes(&mut self, bytes: &[u8]) -> ConstId {
        let is_it = |value: &Constant, _: &[Constant]| matches!(value, Constant::Bytes(found) if **found == *bytes);
        let make = |_: &[Constant]| Constant::Bytes(bytes.into());
        let (id, _) = self.find_or(hash_of_bytes(bytes), is_it, make);
        if bytes.is_empty() {
            self.empty_bytes = Some(id);
        }
        id
    }

    /// The one tuple of `items`, and whether it is new. The items stay as they are.
    pub fn intern_tuple(&mut self, items: &[ConstId]) -> (ConstId, bool) {
        let hash = hash_of_items(items.iter().map(|id| self.hashes[id.0 as usize]));
        let is_it = |value: &Constant, values: &[Constant]| {
            let is_same = |(found, id): (&Constant, &ConstId)| same(found, &values[id.0 as usize]);
            matches!(value, Constant::Tuple(found)
                if found.len() == items.len() && found.iter().zip(items).all(is_same))
        };
        let make = |values: &[Constant]| {
            let items = items.iter().map(|id| values[id.0 as usize].clone());
            Constant::Tuple(items.collect())
        };
        self.find_or(hash, is_it, make)
    }

    /// The id of `value`, whose members stay as they are (`_PyCompile_ConstCacheMergeOne`).
    pub fn intern_whole(&mut self, value: Constant) -> ConstId {
        if singleton(&value).is_some() {
            return self.intern(value);
        }
        let hash = hash_of(&value);
        let values = &self.values;
        let slot = self.table.entry(
            hash,
            |entry| entry.hash == hash && same(&values[entry.id.0 as usize], &value),
            |entry| entry.hash,
        );
        match slot {
            Slot::Occupied(found) => found.get().id,
            Slot::Vacant(place) => {
                let id = ConstId(self.values.len() as u32);
                place.insert(Entry { hash, id });
                self.values.push(value);
                self.hashes.push(hash);
                id
            }
        }
    }

    /// Puts an equal value of other identity in the place of `id`'s.
    pub fn replace(&mut self, id: ConstId, value: Constant) {
        self.values[id.0 as usize] = value;
    }

    fn merge_items(&mut self, items: Arc<[Constant]>) -> Arc<[Constant]> {
        items
            .iter()
            .map(|item| {
                let id = self.intern(item.clone());
                self.get(id).clone()
            })
            .collect()
    }

    pub fn get(&self, id: ConstId) -> &Constant {
        &self.values[id.0 as usize]
    }
}

fn same_all(a: &[Constant], b: &[Constant]) -> bool {
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
fn same_str(a: &PyStr, b: &PyStr) -> bool {
    a.text_hash() == b.text_hash() && a.wtf8 == b.wtf8 && a.which == b.which
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
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable
        && a.names == b.names
        && a.localsplusnames == b.localsplusnames
        // Last: others may be nested in it, as deep as the source nests.
        && same_all(&a.consts, &b.consts)
}

fn hash_of(value: &Constant) -> u64 {
    match value {
        Constant::Str(text) => hash_of_str(text.text_hash()),
        Constant::Bytes(bytes) => hash_of_bytes(bytes),
        Constant::Tuple(items) => hash_of_items(items.iter().map(hash_of)),
        _ => {
            let mut state = FxHasher::default();
            hash(value, &mut state);
            state.finish()
        }
    }
}

/// Of the string with this [`hash_text`].
fn hash_of_str(text: u32) -> u64 {
    let mut state = FxHasher::default();
    state.write_u32(text);
    state.finish()
}

/// Of their number and pieces of them.
fn hash_of_bytes(bytes: &[u8]) -> u64 {
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

/// Of the tuple whose items have these hashes.
#[inline]
fn hash_of_items(items: impl Iterator<Item = u64>) -> u64 {
    let mut state = FxHasher::default();
    state.write_u8(9);
    items.for_each(|hash| state.write_u64(hash));
    state.finish()
}

/// A kind's number keeps equal payloads of different kinds apart.
fn hash(value: &Constant, state: &mut FxHasher) {
    match value {
        Constant::None => state.write_u8(0),
        Constant::Ellipsis => state.write_u8(1),
        Constant::Bool(value) => state.write_u8(2 + u8::from(*value)),
        Constant::Int(value) => (4u8, value).hash(state),
        Constant::BigInt(value) => (5u8, value).hash(state),
        Constant::Float(value) => (6u8, value.to_bits()).hash(state),
        Constant::Complex(real, imag) => (7u8, real.to_bits(), imag.to_bits()).hash(state),
        Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_) => {
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
        Constant::Code(code) => {
            // Places tell code objects apart.
            let (names, consts) = (code.names.len(), code.consts.len());
            let (code_len, table_len) = (code.code.len(), code.linetable.len());
            state.write_u64((code.firstlineno as u64) << 32 | code_len as u64);
            state.write_u64((table_len as u64) << 32 | (names as u64) << 16 | consts as u64);
        }
    }
}
