//! Finds a name among the symbols of a scope.

use pycsmith_parser::Name;

use super::Symbol;

/// Scopes with no more symbols than this are searched one by one.
const SMALL: usize = 8;

/// An open-addressing table of positions in a scope's symbols; empty until there are many and one is searched.
#[derive(Debug, Default)]
pub struct SymbolIndex {
    /// A power of two of slots, at most half of them used: a position plus one, or 0.
    slots: Vec<u32>,
    /// How many of the symbols are in `slots`: the first ones.
    count: usize,
}

impl SymbolIndex {
    /// Forgets all symbols; memory is kept.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.count = 0;
    }

    fn slot(&self, name: Name) -> usize {
        // Fibonacci hashing: the high bits of the product are well mixed.
        let hash = u64::from(name.0).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        hash as usize & (self.slots.len() - 1)
    }

    /// The position of `name` in `symbols`; those that are not in the table are searched one by one.
    pub fn find(&self, symbols: &[Symbol], name: Name) -> Option<usize> {
        self.find_in_slots(symbols, name).or_else(|| {
            let others = &symbols[self.count..];
            let position = others.iter().position(|symbol| symbol.name == name);
            position.map(|position| self.count + position)
        })
    }

    fn find_in_slots(&self, symbols: &[Symbol], name: Name) -> Option<usize> {
        if self.count == 0 {
            return None;
        }
        let mut slot = self.slot(name);
        loop {
            match self.slots[slot] as usize {
                0 => return None,
                next if symbols[next - 1].name == name => return Some(next - 1),
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Puts all of `symbols` into the table, if they are many; behind those that are in it there may be new ones.
    #[inline]
    pub fn update(&mut self, symbols: &[Symbol]) {
        if symbols.len() > SMALL && self.count < symbols.len() {
            self.insert_new(symbols);
        }
    }

    fn insert_new(&mut self, symbols: &[Symbol]) {
        if symbols.len() * 2 > self.slots.len() {
            self.clear();
            self.slots
                .resize((symbols.len() * 4).next_power_of_two(), 0);
        }
        for position in self.count..symbols.len() {
            self.insert(symbols, position);
        }
        self.count = symbols.len();
    }

    fn insert(&mut self, symbols: &[Symbol], position: usize) {
        let mut slot = self.slot(symbols[position].name);
        while self.slots[slot] != 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = position as u32 + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::NameScope;
    use super::*;

    #[test]
    fn finds_all_and_nothing_else() {
        let mut symbols = Vec::new();
        let mut index = SymbolIndex::default();
        let name = |number: usize| Name(number as u32 * 7);
        for number in 0..100 {
            for probe in 0..100 {
                let expected = (probe < number).then_some(probe);
                assert_eq!(index.find(&symbols, name(probe)), expected);
            }
            symbols.push(Symbol {
                name: name(number),
                flags: 0,
                scope: NameScope::Unknown,
            });
            assert_eq!(index.find(&symbols, name(number)), Some(number));
            if number % 3 > 0 {
                index.update(&symbols);
                assert_eq!(index.find(&symbols, name(number)), Some(number));
            }
        }
    }
}
