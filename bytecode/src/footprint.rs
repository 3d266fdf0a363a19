//! How much there is in a module, each object counted once, and how long a text about it may become.
//!
//! In a `.pyc` file a reference of five bytes can stand for an object of any size, and objects for others in turn: a few
//! kilobytes can say a module whose listing, which spells each out, has no end. What compilers write comes nowhere near
//! the limit: an instruction takes at least two bytes, and its line about a hundred.

use std::collections::HashSet;
use std::sync::Arc;

use crate::code::CodeObject;
use crate::constant::Constant;

/// A text may have this many bytes in any case.
const LEAST: usize = 16 << 20;
/// Bytes of text for a byte of the module.
const FACTOR: usize = 128;
/// What a constant takes besides its contents.
const ITEM: usize = 1;

/// Longest text about `code` and the code objects in it, in bytes.
pub fn text_limit(code: &CodeObject) -> usize {
    LEAST.saturating_add(footprint(code).saturating_mul(FACTOR))
}

/// The bytes of `code` and everything in it, about as many as its `.pyc` file has.
pub fn footprint(code: &CodeObject) -> usize {
    let mut count = Count {
        seen: HashSet::new(),
        bytes: 0,
        pending: Vec::new(),
    };
    count.code(code);
    while let Some(value) = count.pending.pop() {
        match value {
            Constant::Code(code) => count.code(code),
            Constant::Str(text) => count.bytes += text.wtf8.len(),
            Constant::Bytes(bytes) => count.bytes += bytes.len(),
            Constant::BigInt(number) => count.bytes += (number.bits() / 8) as usize,
            Constant::Tuple(items) | Constant::FrozenSet(items) => count.items(items),
            Constant::Slice(items) => count.items(&items[..]),
            _ => {}
        }
    }
    count.bytes
}

struct Count<'a> {
    /// Addresses of what has been counted.
    seen: HashSet<usize>,
    bytes: usize,
    pending: Vec<&'a Constant>,
}

impl<'a> Count<'a> {
    fn code(&mut self, code: &'a CodeObject) {
        for table in [
            &code.code[..],
            &code.linetable,
            &code.exceptiontable,
            &code.localspluskinds,
        ] {
            if self.is_new(table.as_ptr()) {
                self.bytes += table.len();
            }
        }
        for text in [&code.filename, &code.name, &code.qualname] {
            if self.is_new(Arc::as_ptr(text)) {
                self.bytes += text.wtf8.len();
            }
        }
        self.items(&code.consts);
        self.items(code.names.tuple());
        self.items(code.localsplusnames.tuple());
    }

    fn items(&mut self, items: &'a [Constant]) {
        if !items.is_empty() && self.is_new(items.as_ptr()) {
            self.bytes += items.len() * ITEM;
            for item in items {
                if address(item).is_none_or(|address| self.seen.insert(address)) {
                    self.pending.push(item);
                }
            }
        }
    }

    fn is_new<T>(&mut self, pointer: *const T) -> bool {
        self.seen.insert(pointer.addr())
    }
}

/// Where an object is that several constants may share, other than a container: those are told by their items.
fn address(value: &Constant) -> Option<usize> {
    Some(match value {
        Constant::Str(text) => Arc::as_ptr(text).addr(),
        Constant::Bytes(bytes) => bytes.as_ptr().addr(),
        Constant::BigInt(number) => Arc::as_ptr(number).addr(),
        Constant::Code(code) => Arc::as_ptr(code).addr(),
        _ => return None,
    })
}
