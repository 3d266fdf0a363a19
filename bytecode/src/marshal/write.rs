//! The writer: which objects CPython's writer finds shared, and the bytes.
//!
//! CPython flags an object when its reference count is not 1 or when it is an interned string, and numbers the
//! flagged ones in order of appearance (`references.rs`). At the time a `.pyc` file is written the compiler's caches are gone,
//! so the count follows from the object graph and from what the interpreter itself keeps alive:
//! - immortal objects: small integers, strings of one Latin-1 character, empty and one-byte bytes, the empty tuple,
//! - `co_code`, a copy that the code object caches,
//! - the outermost code object, held by the caller,
//! - the file's name, held by the caller of `compile()`.
//!
//! What differs between releases is in `rules.rs`; sets are in `sets.rs`.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use super::counts::{Counts, Root};
use super::references::{Memory, Seen, immortals};
use super::rules::Rules;
use super::{FLAG_REF, MAX_DEPTH, MarshalError, code};
use crate::code::CodeObject;
use crate::constant::{Constant, Names};
use crate::version::Target;

pub(super) type Result<T = ()> = std::result::Result<T, MarshalError>;

/// Appends `code` to `out` as `marshal.dumps` of the target writes it (without the `.pyc` header).
pub fn write<'a>(code: &'a CodeObject, target: Target, out: &'a mut Vec<u8>) -> Result {
    let mut writer = Writer::by(Rules::new(target), Root::Code(code), out);
    writer.memory = MEMORY.take();
    let result = writer.whole(code);
    MEMORY.set(writer.memory.cleared());
    result
}

thread_local! {
    static MEMORY: Cell<Memory> = Cell::default();
}

/// Appends one object that nothing else refers to.
pub fn write_constant<'a>(value: &'a Constant, target: Target, out: &'a mut Vec<u8>) -> Result {
    let mut writer = Writer::by(Rules::new(target), Root::Constant(value), out);
    writer.begin()?;
    writer.constant(value, Place::Shared, 1)?;
    writer.renumber()
}

/// How the numbers and strings of a container came about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Through the compiler's constant cache: equal ones are one object.
    Shared,
    /// In a set, besides: while it sorts the members, CPython's writer holds each of them.
    Held,
    /// Straight from the syntax tree (members of slices): each is an object of its own.
    Own,
}

pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) rules: Rules,
    pub(super) root: Root<'a>,
    pub(super) memory: Memory,
    /// The address of the file's name.
    pub(super) filename: usize,
    /// The references to what is written, if they have been counted.
    pub(super) counts: Option<Rc<Counts>>,
    /// Sets being sorted around this writer: the work doubles with each.
    pub(super) sorting: u32,
}

impl<'a> Writer<'a> {
    pub(super) fn by(rules: Rules, root: Root<'a>, out: &'a mut Vec<u8>) -> Writer<'a> {
        Writer {
            out,
            rules,
            root,
            memory: Memory::default(),
            filename: 0,
            counts: None,
            sorting: 0,
        }
    }

    /// Finds out what must be known beforehand.
    fn begin(&mut self) -> Result {
        // By which names there are.
        if !self.rules.interns_static_strings {
            self.counts()?;
        }
        Ok(())
    }

    fn whole(&mut self, code: &'a CodeObject) -> Result {
        self.begin()?;
        // The caller of compile() holds the file's name, and in most releases that of marshal.dumps() the code object.
        self.filename = Arc::as_ptr(&code.filename).addr();
        match self.rules.holds_outermost {
            true => self.put_flagged(code::CODE),
            false => self.out.push(code::CODE),
        }
        self.code(code, 1)?;
        self.renumber()
    }

    pub(super) fn size(&mut self, size: usize) -> Result {
        let size = i32::try_from(size).map_err(|_| MarshalError::TooLarge)?;
        self.out.extend_from_slice(&size.to_le_bytes());
        Ok(())
    }

    pub(super) fn constant(&mut self, value: &'a Constant, place: Place, depth: usize) -> Result {
        if depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let is_own = place == Place::Own;
        match value {
            Constant::None => self.out.push(code::NONE),
            Constant::Ellipsis => self.out.push(code::ELLIPSIS),
            Constant::Bool(false) => self.out.push(code::FALSE),
            Constant::Bool(true) => self.out.push(code::TRUE),
            Constant::Int(number) => self.int(value, *number, place),
            Constant::BigInt(number) => {
                let seen = match place {
                    Place::Own => Seen::New(0),
                    _ => self.seen_object(number, place == Place::Held),
                };
                if let Seen::New(flag) = seen {
                    self.out.push(code::LONG | flag);
                    self.long(number)?;
                }
            }
            Constant::Float(number) => self.floats(value, &[*number], code::BINARY_FLOAT, place),
            Constant::Complex(real, imag) => {
                self.floats(value, &[*real, *imag], code::BINARY_COMPLEX, place)
            }
            Constant::Str(text) if is_own => self.own_str(text)?,
            Constant::Str(text) => self.str(text, place)?,
            Constant::Bytes(bytes) => self.bytes(bytes, place)?,
            Constant::Tuple(items) => self.tuple(items, place, depth)?,
            Constant::FrozenSet(items) => {
                if let Seen::New(flag) = self.seen_object(items, place == Place::Held) {
                    self.out.push(code::FROZENSET | flag);
                    self.size(items.len())?;
                    for item in self.sorted_members(items, depth)? {
                        self.constant(item, Place::Held, depth + 1)?;
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
                if let Seen::New(flag) = self.seen_object(items, place == Place::Held) {
                    self.out.push(code::SLICE | flag);
                    for item in items.iter() {
                        self.constant(item, Place::Own, depth + 1)?;
                    }
                }
            }
            Constant::Code(code) => {
                if let Seen::New(flag) = self.seen_object(code, place == Place::Held) {
                    self.out.push(code::CODE | flag);
                    self.code(code, depth)?;
                }
            }
        }
        Ok(())
    }

    /// The head of a tuple; false if a reference was enough.
    fn tuple_head(&mut self, items: &Arc<[Constant]>, is_held: bool) -> Result<bool> {
        let seen = match items.len() {
            0 => self.seen_immortal(immortals::EMPTY_TUPLE),
            _ => self.seen_object(items, is_held),
        };
        let Seen::New(flag) = seen else {
            return Ok(false);
        };
        if let Ok(len) = u8::try_from(items.len()) {
            self.out.extend_from_slice(&[code::SMALL_TUPLE | flag, len]);
        } else {
            self.out.push(code::TUPLE | flag);
            self.size(items.len())?;
        }
        Ok(true)
    }

    fn tuple(&mut self, items: &'a Arc<[Constant]>, place: Place, depth: usize) -> Result {
        let within = match place {
            Place::Own => Place::Own,
            _ => Place::Shared,
        };
        if self.tuple_head(items, place == Place::Held)? {
            for item in &**items {
                self.constant(item, within, depth + 1)?;
            }
        }
        Ok(())
    }

    fn names(&mut self, names: &'a Names, depth: usize) -> Result {
        if !self.tuple_head(names.tuple(), false)? || names.is_empty() {
            return Ok(());
        }
        if depth + 1 > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let mut names = names.iter();
        names.try_for_each(|name| self.str(name, Place::Shared))
    }

    /// A table of a code object.
    fn table(&mut self, bytes: &Arc<[u8]>) -> Result {
        self.bytes(bytes, Place::Shared)
    }

    /// The fields behind the type code.
    fn code(&mut self, code: &'a CodeObject, depth: usize) -> Result {
        let fields = [
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.stacksize,
            code.flags,
        ];
        let bytes = fields.map(u32::to_le_bytes);
        self.out.extend_from_slice(bytes.as_flattened());
        // A copy that the code object keeps: two references, but nobody else has it.
        self.add_number();
        self.put_bytes(&code.code, FLAG_REF)?;
        if depth + 1 > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        self.tuple(&code.consts, Place::Shared, depth + 1)?;
        self.names(&code.names, depth + 1)?;
        self.names(&code.localsplusnames, depth + 1)?;
        self.kinds(&code.localspluskinds)?;
        for text in [&code.filename, &code.name, &code.qualname] {
            self.str(text, Place::Shared)?;
        }
        self.out.extend_from_slice(&code.firstlineno.to_le_bytes());
        self.table(&code.linetable)?;
        self.table(&code.exceptiontable)
    }
}
