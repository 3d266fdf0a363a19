//! The pool of constants of one compilation: equal constants are one object (CPython's `const_cache`).

mod equal;
mod hash;

use std::mem::take;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;
use pycsmith_bytecode::constant::hash_text;
use pycsmith_bytecode::{CodeObject, Constant, PyStr, Which};

pub use equal::same;
use equal::{same_code, same_str};
pub use hash::TupleHash;
use hash::{hash_of, hash_of_bytes, hash_of_code, hash_of_int, hash_of_str};

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
    /// Whether they are frozensets or slices.
    are_groups: Vec<bool>,
    /// The ids of the values of each [`Kind`] but the last.
    kinds: [Vec<ConstId>; Kind::Other as usize],
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

/// What [`ConstPool::intern_tuple`] gives.
#[derive(Clone, Copy, Debug)]
pub struct InternedTuple {
    pub id: ConstId,
    /// There has been no equal one.
    pub is_new: bool,
    /// There are frozensets or slices among the items.
    pub has_groups: bool,
}

/// What a value is, as far as it is known where it is made.
#[derive(Clone, Copy)]
enum Kind {
    Str,
    Bytes,
    Tuple,
    Code,
    Other,
}

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
        // Kind by kind: in what order they come cannot be predicted.
        for ids in &mut self.kinds {
            for id in ids.drain(..) {
                self.values[id.0 as usize] = Constant::None;
            }
        }
        self.values.clear();
        self.hashes.clear();
        self.are_groups.clear();
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
        let id = self.intern_tuple(&ids).id;
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
        let id = self.find_int(int);
        if let 0..SMALL_INTS = int {
            let place = int as usize;
            if self.small_ints.len() <= place {
                self.small_ints.resize(place + 1, None);
            }
            self.small_ints[place] = Some(id);
        }
        id
    }

    /// The id of what has this hash and is the `subject`, as `is_it` says; of what `make` gives if there is nothing. Tells
    /// whether that was so. Both are given all values.
    #[inline]
    fn find_or<S>(
        &mut self,
        kind: Kind,
        hash: u64,
        subject: S,
        is_it: impl Fn(&Constant, &S, &[Constant]) -> bool,
        make: impl FnOnce(S, &[Constant]) -> Constant,
    ) -> (ConstId, bool) {
        let values = &self.values;
        let slot = self.table.entry(
            hash,
            |entry| entry.hash == hash && is_it(&values[entry.id.0 as usize], &subject, values),
            |entry| entry.hash,
        );
        match slot {
            Slot::Occupied(found) => (found.get().id, false),
            Slot::Vacant(place) => {
                let value = make(subject, values);
                debug_assert_eq!(hash, hash_of(&value));
                let id = ConstId(values.len() as u32);
                place.insert(Entry { hash, id });
                let is_group = matches!(value, Constant::FrozenSet(_) | Constant::Slice(_));
                self.are_groups.push(is_group);
                self.values.push(value);
                self.hashes.push(hash);
                if let Some(ids) = self.kinds.get_mut(kind as usize) {
                    ids.push(id);
                }
                (id, true)
            }
        }
    }

    fn push(&mut self, value: Constant) -> ConstId {
        self.hashes.push(hash_of(&value));
        self.are_groups.push(false);
        self.values.push(value);
        ConstId(self.values.len() as u32 - 1)
    }

    /// [`ConstPool::intern_tuple`] of strings, of which only a new tuple holds more references.
    pub fn intern_strs<'s>(
        &mut self,
        hash: TupleHash,
        strs: impl ExactSizeIterator<Item = &'s Arc<PyStr>> + Clone,
    ) -> Arc<[Constant]> {
        let make = || strs.clone().cloned().map(Constant::Str).collect();
        let is_same = |(found, text): (&Constant, &Arc<PyStr>)| matches!(found, Constant::Str(found) if Arc::ptr_eq(found, text) || same_str(found, text));
        let is_it = |value: &Constant, (): &(), _: &[Constant]| {
            matches!(value, Constant::Tuple(found)
                if found.len() == strs.len() && found.iter().zip(strs.clone()).all(is_same))
        };
        let make_tuple = |(), _: &[Constant]| Constant::Tuple(make());
        let (id, _) = self.find_or(Kind::Tuple, hash.finish(), (), is_it, make_tuple);
        match self.get(id) {
            Constant::Tuple(merged) => merged.clone(),
            _ => make(),
        }
    }

    /// [`ConstPool::intern`] of the string constant `wtf8` ([`PyStr::constant`]), which is only made if it is new.
    pub fn intern_str(&mut self, wtf8: &[u8]) -> ConstId {
        let is_it = |value: &Constant, wtf8: &&[u8], _: &[Constant]| matches!(value, Constant::Str(text) if text.wtf8[..] == **wtf8 && text.which == Which::ByRules);
        let make = |wtf8, _: &[Constant]| Constant::Str(Arc::new(PyStr::constant(wtf8)));
        let hash = hash_of_str(hash_text(wtf8));
        self.find_or(Kind::Str, hash, wtf8, is_it, make).0
    }

    /// [`ConstPool::intern`] of a string constant.
    pub fn intern_text(&mut self, text: Arc<PyStr>) -> ConstId {
        let is_it = |value: &Constant, text: &Arc<PyStr>, _: &[Constant]| matches!(value, Constant::Str(found) if Arc::ptr_eq(found, text) || same_str(found, text));
        let hash = hash_of_str(text.text_hash());
        let make = |text, _: &[Constant]| Constant::Str(text);
        self.find_or(Kind::Str, hash, text, is_it, make).0
    }

    /// [`ConstPool::intern`] of a code object.
    pub fn intern_code(&mut self, code: Arc<CodeObject>) -> ConstId {
        let is_it = |value: &Constant, code: &Arc<CodeObject>, _: &[Constant]| matches!(value, Constant::Code(found) if same_code(found, code));
        let hash = hash_of_code(&code);
        let make = |code, _: &[Constant]| Constant::Code(code);
        self.find_or(Kind::Code, hash, code, is_it, make).0
    }

    fn find_int(&mut self, int: i64) -> ConstId {
        let is_it = |value: &Constant, int: &i64, _: &[Constant]| matches!(value, Constant::Int(found) if found == int);
        let make = |int, _: &[Constant]| Constant::Int(int);
        self.find_or(Kind::Other, hash_of_int(int), int, is_it, make)
            .0
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
        let is_it = |value: &Constant, bytes: &&[u8], _: &[Constant]| matches!(value, Constant::Bytes(found) if **found == **bytes);
        let make = |bytes: &[u8], _: &[Constant]| Constant::Bytes(bytes.into());
        let (id, _) = self.find_or(Kind::Bytes, hash_of_bytes(bytes), bytes, is_it, make);
        if bytes.is_empty() {
            self.empty_bytes = Some(id);
        }
        id
    }

    /// The one tuple of `items`. The items stay as they are.
    pub fn intern_tuple(&mut self, items: &[ConstId]) -> InternedTuple {
        let (mut hash, mut has_groups) = (TupleHash::default(), false);
        for id in items {
            hash.add(self.hashes[id.0 as usize]);
            has_groups |= self.are_groups[id.0 as usize];
        }
        let is_it = |value: &Constant, items: &&[ConstId], values: &[Constant]| {
            let is_same = |(found, id): (&Constant, &ConstId)| same(found, &values[id.0 as usize]);
            matches!(value, Constant::Tuple(found)
                if found.len() == items.len() && found.iter().zip(*items).all(is_same))
        };
        let make = |items: &[ConstId], values: &[Constant]| {
            let items = items.iter().map(|id| values[id.0 as usize].clone());
            Constant::Tuple(items.collect())
        };
        let (id, is_new) = self.find_or(Kind::Tuple, hash.finish(), items, is_it, make);
        InternedTuple {
            id,
            is_new,
            has_groups,
        }
    }

    /// The id of `value`, whose members stay as they are (`_PyCompile_ConstCacheMergeOne`).
    pub fn intern_whole(&mut self, value: Constant) -> ConstId {
        match value {
            Constant::None | Constant::Bool(_) | Constant::Ellipsis => self.intern(value),
            Constant::Str(text) => self.intern_text(text),
            Constant::Code(code) => self.intern_code(code),
            Constant::Int(int) => self.find_int(int),
            _ => {
                let is_it = |found: &Constant, value: &Constant, _: &[Constant]| same(found, value);
                let hash = hash_of(&value);
                self.find_or(Kind::Other, hash, value, is_it, |value, _| value)
                    .0
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
