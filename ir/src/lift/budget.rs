//! How long a text may become. In a `.pyc` file a reference of five bytes can stand for an object of any size, and objects
//! for others in turn; text spells each out.

use pycsmith_bytecode::footprint::text_limit;
use pycsmith_bytecode::{CodeObject, Constant};
use rustc_hash::FxHashMap;

use super::{Result, fault};

/// What an item takes besides its own text.
const ITEM: u64 = 8;

pub(super) struct Budget {
    /// Longest text, roughly, in bytes.
    limit: u64,
    spent: u64,
    /// Sizes of containers by address.
    sizes: FxHashMap<usize, u64>,
}

impl Budget {
    /// For all of `code`.
    pub(super) fn of(code: &CodeObject) -> Budget {
        Budget {
            limit: text_limit(code) as u64,
            spent: 0,
            sizes: FxHashMap::default(),
        }
    }

    pub(super) fn spend(&mut self, bytes: u64) -> Result<()> {
        self.spent = self.spent.saturating_add(bytes);
        match self.spent > self.limit {
            true => fault("its text would be too long"),
            false => Ok(()),
        }
    }

    /// The tables and constants of a code object, once.
    pub(super) fn code(&mut self, code: &CodeObject) -> Result<()> {
        for names in [&code.names, &code.localsplusnames] {
            for name in names.iter() {
                self.spend(name.wtf8.len() as u64 + ITEM)?;
            }
        }
        for value in code.consts.iter() {
            let size = self.size(value, 0);
            self.spend(size)?;
        }
        self.spend((code.code.len() + code.linetable.len() + code.exceptiontable.len()) as u64)
    }

    /// How long a constant's text is, roughly.
    pub(super) fn size(&mut self, value: &Constant, depth: usize) -> u64 {
        let items: &[Constant] = match value {
            Constant::Str(text) => return ITEM + text.wtf8.len() as u64,
            Constant::Bytes(bytes) => return ITEM + 4 * bytes.len() as u64,
            Constant::BigInt(number) => return ITEM + number.bits() / 4,
            Constant::Tuple(items) | Constant::FrozenSet(items) => items,
            Constant::Slice(items) => &items[..],
            _ => return ITEM,
        };
        // Deeper ones are refused.
        if depth > crate::text::constants::MAX_DEPTH {
            return ITEM;
        }
        let address = items.as_ptr().addr();
        if let Some(&size) = self.sizes.get(&address)
            && !items.is_empty()
        {
            return size;
        }
        let mut size = ITEM;
        for item in items {
            size = size.saturating_add(self.size(item, depth + 1));
        }
        self.sizes.insert(address, size);
        size
    }
}
