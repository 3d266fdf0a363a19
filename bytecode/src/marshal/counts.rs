//! How many references there are to the objects of a tree. The order of a set's members depends on it, and the writer is asked
//! for it before it has met all of them: so it is counted for the sake of such sets, which are rare.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::references::{Scalar, scalar};
use super::rules::Rules;
use super::write::{Place, Result};
use super::{MAX_DEPTH, MarshalError};
use crate::code::CodeObject;
use crate::constant::{Constant, PyStr};

/// What is written.
#[derive(Clone, Copy)]
pub(super) enum Root<'a> {
    Code(&'a CodeObject),
    Constant(&'a Constant),
}

/// The references to each object and to each scalar.
#[derive(Default)]
pub(super) struct Counts {
    objects: FxHashMap<usize, u32>,
    scalars: FxHashMap<Scalar, u32>,
}

impl Counts {
    /// Those of all below the root. The rules learn which names there are.
    pub(super) fn of(root: Root<'_>, rules: &mut Rules) -> Result<Counts> {
        let counts = Counts::default();
        let mut counter = Counter { counts, rules };
        match root {
            Root::Code(code) => {
                counter.code(code, 1)?;
                // The caller of compile() holds the file's name.
                counter.str(&code.filename);
            }
            Root::Constant(value) => counter.constant(value, Place::Shared, 1)?,
        }
        Ok(counter.counts)
    }

    /// Whether there are several references to what has this address.
    pub(super) fn is_shared(&self, address: usize) -> bool {
        self.objects.get(&address).is_some_and(|&count| count > 1)
    }

    pub(super) fn is_scalar_shared(&self, scalar: &Scalar) -> bool {
        self.scalars.get(scalar).is_some_and(|&count| count > 1)
    }

    /// Whether anything but the set that it is a member of refers to the object, which this is the address of if it has one.
    pub(super) fn is_held(&self, address: Option<usize>, member: &Constant) -> bool {
        match address {
            Some(address) => self.objects.get(&address),
            None => self.scalars.get(&scalar(member)),
        }
        .is_none_or(|&count| count > 1)
    }
}

struct Counter<'r> {
    counts: Counts,
    rules: &'r mut Rules,
}

impl Counter<'_> {
    /// Counts one more reference; true the first time.
    fn object<T: ?Sized>(&mut self, object: &Arc<T>) -> bool {
        let address = Arc::as_ptr(object).cast::<u8>().addr();
        let count = self.counts.objects.entry(address).or_insert(0);
        *count += 1;
        *count == 1
    }

    fn constant(&mut self, value: &Constant, place: Place, depth: usize) -> Result {
        if depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let is_own = place == Place::Own;
        match value {
            Constant::None | Constant::Ellipsis | Constant::Bool(_) => Ok(()),
            Constant::Tuple(items) => self.items(items, place, depth),
            Constant::FrozenSet(items) => self.items(items, Place::Shared, depth),
            Constant::Slice(items) => match self.object(items) {
                true => self.members(&items[..], Place::Own, depth),
                false => Ok(()),
            },
            Constant::Code(code) => match self.object(code) {
                true => self.code(code, depth),
                false => Ok(()),
            },
            _ if is_own => Ok(()),
            Constant::Str(text) => {
                self.str(text);
                Ok(())
            }
            Constant::Bytes(bytes) => {
                self.object(bytes);
                Ok(())
            }
            Constant::BigInt(value) => {
                self.object(value);
                Ok(())
            }
            Constant::Int(_) | Constant::Float(_) | Constant::Complex(..) => {
                *self.counts.scalars.entry(scalar(value)).or_insert(0) += 1;
                Ok(())
            }
        }
    }

    fn items(&mut self, items: &Arc<[Constant]>, place: Place, depth: usize) -> Result {
        match !items.is_empty() && self.object(items) {
            true => self.members(items, place, depth),
            false => Ok(()),
        }
    }

    fn members(&mut self, items: &[Constant], place: Place, depth: usize) -> Result {
        let mut items = items.iter();
        items.try_for_each(|item| self.constant(item, place, depth + 1))
    }

    fn str(&mut self, text: &Arc<PyStr>) {
        if text.interned {
            self.rules.name_is_interned(text);
            return;
        }
        self.object(text);
        if text.permanent {
            self.object(text);
        }
    }

    fn code(&mut self, code: &CodeObject, depth: usize) -> Result {
        for tuple in [
            &code.consts,
            code.names.tuple(),
            code.localsplusnames.tuple(),
        ] {
            self.items(tuple, Place::Shared, depth + 1)?;
        }
        for text in [&code.filename, &code.name, &code.qualname] {
            self.str(text);
        }
        for table in [&code.linetable, &code.exceptiontable] {
            self.object(table);
        }
        Ok(())
    }
}
