//! Strings and bytes.

use std::sync::Arc;

use hashbrown::hash_table::Entry;

use super::references::{Seen, immortals};
use super::write::{Place, Result, Writer};
use super::{FLAG_REF, code};
use crate::constant::PyStr;
use crate::small_bytes::SmallBytes;

/// An interned string that is written, as an object.
pub(super) struct Noted {
    address: usize,
    number: u32,
}

/// An interned string that is written.
pub(super) struct Text {
    /// [`PyStr::text_hash`].
    hash: u32,
    number: u32,
    /// Where its bytes stand in the output.
    start: usize,
    len: usize,
}

/// The hash of a string as hash tables want it, with good high bits.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Writer<'_> {
    #[inline]
    fn is_interned(&self, text: &PyStr) -> bool {
        text.interned || text.permanent && self.rules.interns_permanent(text)
    }

    #[inline]
    pub(super) fn str(&mut self, text: &Arc<PyStr>, place: Place) -> Result {
        if let Some(noted) = self.memory.noted.get(text.note.get())
            && noted.address == Arc::as_ptr(text).addr()
        {
            let number = noted.number;
            self.refer(number);
            return Ok(());
        }
        self.other_str(text, place)
    }

    /// A string that is not noted: one that is not interned, or an object that is new to the writer.
    #[inline(never)]
    fn other_str(&mut self, text: &Arc<PyStr>, place: Place) -> Result {
        if self.is_interned(text) {
            return self.interned(text);
        }
        // The interpreter has it, or the caller of compile().
        let is_held =
            place == Place::Held || text.permanent || self.filename == Arc::as_ptr(text).addr();
        match self.seen_object(text, is_held) {
            Seen::Done => Ok(()),
            Seen::New(flag) => self.put_str(text, false, flag),
        }
    }

    /// An interned string that is not noted.
    #[inline]
    fn interned(&mut self, text: &Arc<PyStr>) -> Result {
        let next = self.next_number();
        let (hash, len, out) = (text.text_hash(), text.wtf8.len(), &*self.out);
        let is_it = |known: &Text| {
            known.hash == hash
                && out.get(known.start..known.start + known.len) == Some(&text.wtf8[..])
        };
        let slot = self
            .memory
            .texts
            .entry(spread(hash), is_it, |known| spread(known.hash));
        let (number, is_new) = match slot {
            Entry::Occupied(known) => (known.get().number, false),
            Entry::Vacant(place) => {
                let head = match u8::try_from(len) {
                    Ok(_) if text.is_ascii() => 2,
                    _ => 5,
                };
                place.insert(Text {
                    hash,
                    number: next,
                    start: self.out.len() + head,
                    len,
                });
                (next, true)
            }
        };
        let noted = &mut self.memory.noted;
        text.note.set(noted.len());
        let address = Arc::as_ptr(text).addr();
        noted.push(Noted { address, number });
        if !is_new {
            self.refer(number);
            return Ok(());
        }
        self.add_number();
        self.put_str(text, true, FLAG_REF)
    }

    /// A member of a slice, which is an object of its own unless the interpreter has only one.
    pub(super) fn own_str(&mut self, text: &Arc<PyStr>) -> Result {
        match self.is_interned(text) && text.is_singleton() {
            true => self.str(text, Place::Own),
            false => self.put_str(text, false, 0),
        }
    }

    fn put_str(&mut self, text: &PyStr, interned: bool, flag: u8) -> Result {
        let len = text.wtf8.len();
        let short = u8::try_from(len);
        if text.is_ascii()
            && let Ok(short) = short
        {
            let type_code = match interned {
                true => code::SHORT_ASCII_INTERNED,
                false => code::SHORT_ASCII,
            };
            self.out.extend_from_slice(&[type_code | flag, short]);
        } else {
            let type_code = match (text.is_ascii(), interned) {
                (true, true) => code::ASCII_INTERNED,
                (true, false) => code::ASCII,
                (false, true) => code::INTERNED,
                (false, false) => code::UNICODE,
            };
            self.out.push(type_code | flag);
            self.size(len)?;
        }
        self.small_bytes(&text.wtf8);
        Ok(())
    }

    fn small_bytes(&mut self, bytes: &SmallBytes) {
        match bytes.inline() {
            // A piece of always the same length is copied faster.
            Some(piece) => {
                let end = self.out.len() + bytes.len();
                self.out.extend_from_slice(piece);
                self.out.truncate(end);
            }
            None => self.out.extend_from_slice(bytes),
        }
    }

    /// `co_localspluskinds`.
    pub(super) fn kinds(&mut self, kinds: &SmallBytes) -> Result {
        if kinds.is_empty() {
            return self.short_bytes(&[]);
        }
        // Made for its code object and never merged, not even with the immortal one-byte bytes.
        self.out.push(code::STRING);
        self.size(kinds.len())?;
        self.small_bytes(kinds);
        Ok(())
    }

    /// Bytes that may be shared.
    pub(super) fn bytes(&mut self, bytes: &Arc<[u8]>, place: Place) -> Result {
        if bytes.len() <= 1 {
            return self.short_bytes(bytes);
        }
        let seen = match place {
            Place::Own => Seen::New(0),
            _ => self.seen_object(bytes, place == Place::Held),
        };
        match seen {
            Seen::Done => Ok(()),
            Seen::New(flag) => self.put_bytes(bytes, flag),
        }
    }

    /// Those of length 0 or 1, which the interpreter has once and for all.
    pub(super) fn short_bytes(&mut self, bytes: &[u8]) -> Result {
        let index = match bytes.first() {
            Some(&byte) => immortals::BYTES + usize::from(byte),
            None => immortals::EMPTY_BYTES,
        };
        match self.seen_immortal(index) {
            Seen::Done => Ok(()),
            Seen::New(flag) => self.put_bytes(bytes, flag),
        }
    }

    pub(super) fn put_bytes(&mut self, bytes: &[u8], flag: u8) -> Result {
        self.out.push(code::STRING | flag);
        self.size(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}
