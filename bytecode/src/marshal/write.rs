//! The writer: which objects CPython's writer finds shared, and the bytes.
//!
//! CPython flags an object when its reference count is not 1 or when it is an interned string, and numbers the
//! flagged ones in order of appearance. At the time a `.pyc` file is written the compiler's caches are gone, so the
//! count follows from the object graph and from what the interpreter itself keeps alive:
//! - immortal objects: small integers, strings of one Latin-1 character, empty and one-byte bytes, the empty tuple,
//! - `co_code`, a copy that the code object caches,
//! - the outermost code object, held by the caller,
//! - the file's name, held by the caller of `compile()`.
//!
//! What differs between releases is in `rules.rs`; sets are in `sets.rs`.

use std::cell::Cell;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use num_bigint::Sign;
use rustc_hash::FxHashMap;

use super::rules::Rules;
use super::{FLAG_REF, MAX_DEPTH, MarshalError, code};
use crate::code::CodeObject;
use crate::constant::{Constant, PyStr};
use crate::version::Target;

pub(super) type Result<T = ()> = std::result::Result<T, MarshalError>;

/// Appends `code` to `out` as `marshal.dumps` of the target writes it (without the `.pyc` header).
pub fn write<'a>(code: &'a CodeObject, target: Target, out: &'a mut Vec<u8>) -> Result {
    let mut writer = Writer::new(target, out);
    writer.memory = MEMORY.take();
    let result = writer.whole(code);
    let mut memory = writer.memory;
    if memory.objects.capacity().max(memory.texts.capacity()) <= KEPT {
        memory.objects.clear();
        memory.scalars.clear();
        memory.texts.clear();
        memory.noted.clear();
        MEMORY.set(memory);
    }
    result
}

/// Most objects of a kind for which the memory of a file is kept for the next.
const KEPT: usize = 1 << 12;

thread_local! {
    static MEMORY: Cell<Memory> = Cell::default();
}

/// Appends one object that nothing else refers to.
pub fn write_constant<'a>(value: &'a Constant, target: Target, out: &'a mut Vec<u8>) -> Result {
    let mut writer = Writer::new(target, out);
    writer.count(value, Place::Shared, 1)?;
    writer.constant(value, Place::Shared, 1)
}

/// How the numbers and strings of a container came about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Through the compiler's constant cache: equal ones are one object.
    Shared,
    /// Straight from the syntax tree (members of slices): each is an object of its own.
    Own,
}

/// Number or count of an object: counts while counting, then `WRITTEN | reference number`.
pub(super) type State = u32;
pub(super) const WRITTEN: State = 1 << 31;

/// What an object without an address of its own is known by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scalar {
    Int(i64),
    Float(u64),
    Complex(u64, u64),
    /// Bytes of length 0 or 1.
    Byte(Option<u8>),
    EmptyTuple,
}

pub(super) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    pub(super) rules: Rules,
    pub(super) memory: Memory,
    next_ref: u32,
    /// Sets being sorted around this writer: the work doubles with each.
    pub(super) sorting: u32,
    /// What the code objects will take, about, in bytes.
    room: usize,
}

/// What a code object takes beside its bytes and constants, about: fields, heads and references.
const HEAD: usize = 128;

/// Most bytes that are made room for beforehand: what code objects share is counted for each.
const MOST_ROOM: usize = 4 << 20;

/// What the writer knows of objects.
#[derive(Default)]
pub(super) struct Memory {
    /// By address: tuples, sets, slices, code objects, bytes and strings that are not interned.
    pub(super) objects: FxHashMap<usize, State>,
    pub(super) scalars: FxHashMap<Scalar, State>,
    /// Interned strings that are written, by content since different `Arc`s may spell one string.
    texts: HashTable<Text>,
    /// The objects that were found among `texts`, by [`Note`](crate::constant::Note).
    noted: Vec<Noted>,
}

/// An interned string that is written, as an object.
struct Noted {
    address: usize,
    reference: u32,
}

/// An interned string that is written.
pub(super) struct Text {
    /// [`PyStr::text_hash`].
    hash: u32,
    reference: u32,
    /// Where its bytes stand in the output.
    start: usize,
    len: usize,
}

/// The hash of a string as hash tables want it, with good high bits.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Whether there may be several references to the object.
fn is_shared<T: ?Sized>(object: &Arc<T>) -> bool {
    Arc::strong_count(object) > 1
}

/// What to do with an object that may be shared.
enum Seen {
    /// Written before: its reference is out.
    Done,
    /// To be written now, with this flag in its type code.
    New(u8),
}

impl<'a> Writer<'a> {
    fn new(target: Target, out: &'a mut Vec<u8>) -> Writer<'a> {
        Writer::by(Rules::new(target), out)
    }

    pub(super) fn by(rules: Rules, out: &'a mut Vec<u8>) -> Writer<'a> {
        Writer {
            out,
            rules,
            memory: Memory::default(),
            next_ref: 0,
            sorting: 0,
            room: 0,
        }
    }

    fn whole(&mut self, code: &'a CodeObject) -> Result {
        self.count_code(code, 1)?;
        // The caller of compile() holds the file's name, and in most releases that of marshal.dumps() the code object.
        self.count_str(&code.filename);
        self.out.reserve(self.room.min(MOST_ROOM));
        match self.rules.holds_outermost {
            true => self.put_flagged(code::CODE)?,
            false => self.out.push(code::CODE),
        }
        self.code(code, 1)
    }

    // Counting.

    /// Counts one more reference to the object at `address`; true the first time.
    fn count_object(&mut self, address: usize) -> bool {
        let count = self.memory.objects.entry(address).or_insert(0);
        *count += 1;
        *count == 1
    }

    pub(super) fn count(&mut self, value: &'a Constant, place: Place, depth: usize) -> Result {
        if depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        match value {
            Constant::None | Constant::Ellipsis | Constant::Bool(_) => {}
            Constant::Str(text) => {
                if place == Place::Shared {
                    self.count_str(text);
                }
            }
            Constant::Bytes(bytes) => {
                if place == Place::Shared {
                    self.count_bytes(bytes);
                }
            }
            Constant::Tuple(items) => {
                if !items.is_empty() && self.count_object(items.as_ptr().addr()) {
                    for item in items.iter() {
                        self.count(item, place, depth + 1)?;
                    }
                }
            }
            Constant::FrozenSet(items) => {
                if self.count_object(items.as_ptr().addr()) {
                    for item in items.iter() {
                        self.count(item, Place::Shared, depth + 1)?;
                        // While it sorts the members, CPython's writer holds each of them.
                        self.count(item, Place::Shared, depth + 1)?;
                    }
                }
            }
            Constant::Slice(items) => {
                if self.count_object(items.as_ptr().addr()) {
                    for item in items.iter() {
                        self.count(item, Place::Own, depth + 1)?;
                    }
                }
            }
            Constant::Code(code) => {
                if self.count_field(code) {
                    self.count_code(code, depth)?;
                }
            }
            Constant::BigInt(value) => {
                if place == Place::Shared {
                    self.count_object(Arc::as_ptr(value).addr());
                }
            }
            Constant::Int(_) | Constant::Float(_) | Constant::Complex(..) => {
                if place == Place::Shared && !is_nan(value) {
                    *self.memory.scalars.entry(scalar(value)).or_insert(0) += 1;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn is_interned(&self, text: &PyStr) -> bool {
        text.interned || text.permanent && self.rules.interns_permanent(text)
    }

    fn count_str(&mut self, text: &PyStr) {
        self.room += 5;
        if text.interned {
            self.rules.name_is_interned(text);
        } else if !self.is_interned(text) {
            let address = text.wtf8.as_ptr().addr();
            if self.count_object(address) {
                self.room += text.wtf8.len();
            }
            if text.permanent {
                self.count_object(address);
            }
        }
    }

    fn count_bytes(&mut self, bytes: &Arc<[u8]>) {
        if bytes.len() > 1 {
            self.count_object(bytes.as_ptr().addr());
        }
    }

    /// [`Writer::count_object`] of an object that only fields of code objects and constants refer to: what nothing else holds
    /// is not even noted.
    fn count_field<T: ?Sized>(&mut self, object: &Arc<T>) -> bool {
        !is_shared(object) || self.count_object(Arc::as_ptr(object).cast::<u8>().addr())
    }

    fn count_code(&mut self, code: &'a CodeObject, depth: usize) -> Result {
        let consts = &code.consts;
        let bytes = code.code.len() + code.linetable.len() + code.exceptiontable.len();
        self.room += HEAD + bytes + bytes / 4;
        if !consts.is_empty() && self.count_field(consts) {
            if depth + 2 > MAX_DEPTH {
                return Err(MarshalError::TooDeep);
            }
            for value in code.consts.iter() {
                self.count(value, Place::Shared, depth + 2)?;
            }
        }
        for names in [&code.names, &code.localsplusnames] {
            if !names.is_empty() && self.count_field(names.tuple()) {
                names.iter().for_each(|name| self.count_str(name));
            }
        }
        for text in [&code.filename, &code.name, &code.qualname] {
            self.count_str(text);
        }
        for table in [&code.linetable, &code.exceptiontable] {
            if table.len() > 1 {
                self.count_field(table);
            }
        }
        Ok(())
    }

    // References.

    fn reference(&mut self, number: u32) {
        self.out.push(code::REF);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    fn new_ref(&mut self) -> Result<u32> {
        let number = self.next_ref;
        if number >= i32::MAX as u32 {
            return Err(MarshalError::TooLarge);
        }
        self.next_ref += 1;
        Ok(number)
    }

    /// An object that is certain to be flagged and not to be met again.
    fn put_flagged(&mut self, type_code: u8) -> Result {
        self.new_ref()?;
        self.out.push(type_code | FLAG_REF);
        Ok(())
    }

    fn seen_object(&mut self, address: usize) -> Result<Seen> {
        let next = self.next_ref;
        let Some(state) = self.memory.objects.get_mut(&address) else {
            return Ok(Seen::New(0));
        };
        if *state & WRITTEN != 0 {
            let number = *state & !WRITTEN;
            self.reference(number);
            return Ok(Seen::Done);
        }
        if *state < 2 {
            return Ok(Seen::New(0));
        }
        *state = WRITTEN | next;
        self.new_ref()?;
        Ok(Seen::New(FLAG_REF))
    }

    /// [`Writer::seen_object`] of what [`Writer::count_field`] counts.
    fn seen_field<T: ?Sized>(&mut self, object: &Arc<T>) -> Result<Seen> {
        match is_shared(object) {
            true => self.seen_object(Arc::as_ptr(object).cast::<u8>().addr()),
            false => Ok(Seen::New(0)),
        }
    }

    fn seen_scalar(&mut self, key: Scalar, immortal: bool) -> Result<Seen> {
        let next = self.next_ref;
        let state = self.memory.scalars.entry(key).or_insert(0);
        if *state & WRITTEN != 0 {
            let number = *state & !WRITTEN;
            self.reference(number);
            return Ok(Seen::Done);
        }
        if *state < 2 && !immortal {
            return Ok(Seen::New(0));
        }
        *state = WRITTEN | next;
        self.new_ref()?;
        Ok(Seen::New(FLAG_REF))
    }

    // Objects.

    fn size(&mut self, size: usize) -> Result {
        let size = i32::try_from(size).map_err(|_| MarshalError::TooLarge)?;
        self.out.extend_from_slice(&size.to_le_bytes());
        Ok(())
    }

    pub(super) fn constant(&mut self, value: &'a Constant, place: Place, depth: usize) -> Result {
        if depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        match value {
            Constant::None => self.out.push(code::NONE),
            Constant::Ellipsis => self.out.push(code::ELLIPSIS),
            Constant::Bool(false) => self.out.push(code::FALSE),
            Constant::Bool(true) => self.out.push(code::TRUE),
            Constant::Int(number) => {
                let immortal = self.rules.small_ints.contains(number);
                let seen = match place {
                    Place::Own if !immortal => Seen::New(0),
                    _ => self.seen_scalar(Scalar::Int(*number), immortal)?,
                };
                if let Seen::New(flag) = seen {
                    self.int(*number, flag);
                }
            }
            Constant::BigInt(number) => {
                let seen = match place {
                    Place::Own => Seen::New(0),
                    Place::Shared => self.seen_object(Arc::as_ptr(number).addr())?,
                };
                if let Seen::New(flag) = seen {
                    self.out.push(code::LONG | flag);
                    let (sign, digits) = number.to_radix_le_15();
                    self.long(sign == Sign::Minus, &digits)?;
                }
            }
            Constant::Float(number) => {
                let seen = match place {
                    // Not even the constant cache finds a NaN equal to another.
                    _ if is_nan(value) => Seen::New(0),
                    Place::Own => Seen::New(0),
                    Place::Shared => self.seen_scalar(scalar(value), false)?,
                };
                if let Seen::New(flag) = seen {
                    self.out.push(code::BINARY_FLOAT | flag);
                    self.out.extend_from_slice(&number.to_le_bytes());
                }
            }
            Constant::Complex(real, imag) => {
                let seen = match place {
                    // Not even the constant cache finds a NaN equal to another.
                    _ if is_nan(value) => Seen::New(0),
                    Place::Own => Seen::New(0),
                    Place::Shared => self.seen_scalar(scalar(value), false)?,
                };
                if let Seen::New(flag) = seen {
                    self.out.push(code::BINARY_COMPLEX | flag);
                    self.out.extend_from_slice(&real.to_le_bytes());
                    self.out.extend_from_slice(&imag.to_le_bytes());
                }
            }
            Constant::Str(text)
                if place == Place::Own && !(self.is_interned(text) && text.is_singleton()) =>
            {
                self.put_str(text, false, 0)?
            }
            Constant::Str(text) => self.str(text)?,
            Constant::Bytes(bytes) if place == Place::Own && bytes.len() > 1 => {
                self.put_bytes(bytes, 0)?
            }
            Constant::Bytes(bytes) => self.bytes(bytes)?,
            Constant::Tuple(items) => self.tuple(items, place, depth)?,
            Constant::FrozenSet(items) => {
                if let Seen::New(flag) = self.seen_object(items.as_ptr().addr())? {
                    self.out.push(code::FROZENSET | flag);
                    self.size(items.len())?;
                    for item in self.sorted_members(items, depth)? {
                        self.constant(item, Place::Shared, depth + 1)?;
                    }
                }
            }
            Constant::Slice(items) => {
                if !self.rules.slices {
                    return Err(MarshalError::Bad {
                        offset: self.out.len(),
                        what: "the target has no slice constants",
                    });
                }
                if let Seen::New(flag) = self.seen_object(items.as_ptr().addr())? {
                    self.out.push(code::SLICE | flag);
                    for item in items.iter() {
                        self.constant(item, Place::Own, depth + 1)?;
                    }
                }
            }
            Constant::Code(code) => {
                if let Seen::New(flag) = self.seen_field(code)? {
                    self.out.push(code::CODE | flag);
                    self.code(code, depth)?;
                }
            }
        }
        Ok(())
    }

    fn int(&mut self, number: i64, flag: u8) {
        if let Ok(number) = i32::try_from(number) {
            self.out.push(code::INT | flag);
            self.out.extend_from_slice(&number.to_le_bytes());
            return;
        }
        self.out.push(code::LONG | flag);
        let mut rest = number.unsigned_abs();
        let mut digits = [0u16; 5];
        let mut len = 0;
        while rest != 0 {
            digits[len] = (rest & 0x7FFF) as u16;
            rest >>= 15;
            len += 1;
        }
        let size = if number < 0 {
            -(len as i32)
        } else {
            len as i32
        };
        self.out.extend_from_slice(&size.to_le_bytes());
        digits[..len]
            .iter()
            .for_each(|digit| self.out.extend_from_slice(&digit.to_le_bytes()));
    }

    /// `w_PyLong` behind the type code.
    fn long(&mut self, negative: bool, digits: &[u16]) -> Result {
        let size = i32::try_from(digits.len()).map_err(|_| MarshalError::TooLarge)?;
        self.out
            .extend_from_slice(&(if negative { -size } else { size }).to_le_bytes());
        digits
            .iter()
            .for_each(|digit| self.out.extend_from_slice(&digit.to_le_bytes()));
        Ok(())
    }

    #[inline]
    fn str(&mut self, text: &PyStr) -> Result {
        if let Some(noted) = self.memory.noted.get(text.note.get())
            && noted.address == std::ptr::from_ref(text).addr()
        {
            self.reference(noted.reference);
            return Ok(());
        }
        self.other_str(text)
    }

    /// A string that is not noted: one that is not interned, or an object that is new to the writer.
    #[inline(never)]
    fn other_str(&mut self, text: &PyStr) -> Result {
        if !self.is_interned(text) {
            return match self.seen_object(text.wtf8.as_ptr().addr())? {
                Seen::Done => Ok(()),
                Seen::New(flag) => self.put_str(text, false, flag),
            };
        }
        let (hash, len, out) = (text.text_hash(), text.wtf8.len(), &*self.out);
        let is_it = |known: &Text| {
            known.hash == hash
                && out.get(known.start..known.start + known.len) == Some(&text.wtf8[..])
        };
        let mut note = |reference| {
            let noted = &mut self.memory.noted;
            text.note.set(noted.len());
            let address = std::ptr::from_ref(text).addr();
            noted.push(Noted { address, reference });
        };
        let slot = self
            .memory
            .texts
            .entry(spread(hash), is_it, |known| spread(known.hash));
        match slot {
            Entry::Occupied(known) => {
                let number = known.get().reference;
                note(number);
                self.reference(number);
                Ok(())
            }
            Entry::Vacant(place) => {
                let head = match u8::try_from(len) {
                    Ok(_) if text.is_ascii() => 2,
                    _ => 5,
                };
                note(self.next_ref);
                place.insert(Text {
                    hash,
                    reference: self.next_ref,
                    start: self.out.len() + head,
                    len,
                });
                self.new_ref()?;
                self.put_str(text, true, FLAG_REF)
            }
        }
    }

    fn put_str(&mut self, text: &PyStr, interned: bool, flag: u8) -> Result {
        if text.is_ascii() {
            match u8::try_from(text.wtf8.len()) {
                Ok(len) => {
                    let type_code = if interned {
                        code::SHORT_ASCII_INTERNED
                    } else {
                        code::SHORT_ASCII
                    };
                    self.out.extend_from_slice(&[type_code | flag, len]);
                }
                Err(_) => {
                    self.out.push(
                        flag | if interned {
                            code::ASCII_INTERNED
                        } else {
                            code::ASCII
                        },
                    );
                    self.size(text.wtf8.len())?;
                }
            }
        } else {
            self.out.push(
                flag | if interned {
                    code::INTERNED
                } else {
                    code::UNICODE
                },
            );
            self.size(text.wtf8.len())?;
        }
        self.out.extend_from_slice(&text.wtf8);
        Ok(())
    }

    fn bytes(&mut self, bytes: &Arc<[u8]>) -> Result {
        let seen = match bytes.len() {
            0 | 1 => return self.short_bytes(bytes),
            _ => self.seen_object(bytes.as_ptr().addr())?,
        };
        match seen {
            Seen::Done => Ok(()),
            Seen::New(flag) => self.put_bytes(bytes, flag),
        }
    }

    /// Those of length 0 or 1, which the interpreter has once and for all.
    fn short_bytes(&mut self, bytes: &[u8]) -> Result {
        let key = Scalar::Byte(bytes.first().copied());
        match self.seen_scalar(key, true)? {
            Seen::Done => Ok(()),
            Seen::New(flag) => self.put_bytes(bytes, flag),
        }
    }

    /// A table of a code object.
    fn table(&mut self, bytes: &Arc<[u8]>) -> Result {
        if bytes.len() <= 1 {
            return self.short_bytes(bytes);
        }
        match self.seen_field(bytes)? {
            Seen::Done => Ok(()),
            Seen::New(flag) => self.put_bytes(bytes, flag),
        }
    }

    fn put_bytes(&mut self, bytes: &[u8], flag: u8) -> Result {
        self.out.push(code::STRING | flag);
        self.size(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// The head of a tuple of `len` items that is seen this way unless it is empty; false if a reference was enough.
    fn tuple_head(&mut self, len: usize, seen: impl Fn(&mut Self) -> Result<Seen>) -> Result<bool> {
        let seen = match len {
            0 => self.seen_scalar(Scalar::EmptyTuple, true)?,
            _ => seen(self)?,
        };
        let Seen::New(flag) = seen else {
            return Ok(false);
        };
        if let Ok(len) = u8::try_from(len) {
            self.out.extend_from_slice(&[code::SMALL_TUPLE | flag, len]);
        } else {
            self.out.push(code::TUPLE | flag);
            self.size(len)?;
        }
        Ok(true)
    }

    fn tuple(&mut self, items: &'a [Constant], place: Place, depth: usize) -> Result {
        let address = items.as_ptr().addr();
        if self.tuple_head(items.len(), |writer| writer.seen_object(address))? {
            for item in items {
                self.constant(item, place, depth + 1)?;
            }
        }
        Ok(())
    }

    /// A tuple of a code object.
    fn fields(&mut self, items: &'a Arc<[Constant]>, depth: usize) -> Result {
        if self.tuple_head(items.len(), |writer| writer.seen_field(items))? {
            for item in &**items {
                self.constant(item, Place::Shared, depth + 1)?;
            }
        }
        Ok(())
    }

    /// The fields behind the type code.
    fn code(&mut self, code: &'a CodeObject, depth: usize) -> Result {
        for field in [
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.stacksize,
            code.flags,
        ] {
            self.out.extend_from_slice(&field.to_le_bytes());
        }
        // A copy that the code object keeps: two references, but nobody else has it.
        self.new_ref()?;
        self.put_bytes(&code.code, FLAG_REF)?;
        if depth + 1 > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        self.fields(&code.consts, depth + 1)?;
        self.fields(code.names.tuple(), depth + 1)?;
        self.fields(code.localsplusnames.tuple(), depth + 1)?;
        match &*code.localspluskinds {
            [] => self.short_bytes(&[])?,
            // Made for this code object and never merged, not even with the immortal one-byte bytes.
            kinds => self.put_bytes(kinds, 0)?,
        }
        self.str(&code.filename)?;
        self.str(&code.name)?;
        self.str(&code.qualname)?;
        self.out.extend_from_slice(&code.firstlineno.to_le_bytes());
        self.table(&code.linetable)?;
        self.table(&code.exceptiontable)
    }
}

pub(super) fn scalar(value: &Constant) -> Scalar {
    match *value {
        Constant::Int(number) => Scalar::Int(number),
        Constant::Float(number) => Scalar::Float(number.to_bits()),
        Constant::Complex(real, imag) => Scalar::Complex(real.to_bits(), imag.to_bits()),
        _ => Scalar::EmptyTuple,
    }
}

fn is_nan(value: &Constant) -> bool {
    match value {
        Constant::Float(number) => number.is_nan(),
        Constant::Complex(real, imag) => real.is_nan() || imag.is_nan(),
        _ => false,
    }
}

trait Digits {
    /// Sign and digits in base 2¹⁵, least first, without leading zeros.
    fn to_radix_le_15(&self) -> (Sign, Vec<u16>);
}

impl Digits for num_bigint::BigInt {
    fn to_radix_le_15(&self) -> (Sign, Vec<u16>) {
        let (sign, words) = self.to_u32_digits();
        let mut digits = Vec::with_capacity(words.len() * 32 / 15 + 1);
        let mut rest: u64 = 0;
        let mut bits = 0;
        for word in words {
            rest |= u64::from(word) << bits;
            bits += 32;
            while bits >= 15 {
                digits.push((rest & 0x7FFF) as u16);
                rest >>= 15;
                bits -= 15;
            }
        }
        digits.push(rest as u16);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        (sign, digits)
    }
}
