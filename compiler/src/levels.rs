//! What nested scopes know of names or constants, by number.

/// A table for each open scope. An entry may be what another scope has left there: entries themselves say whose they are.
#[derive(Debug)]
pub struct Levels<T> {
    /// That of the innermost scope.
    current: Vec<T>,
    /// Those of the scopes around it. Scopes that are nested deeper than [`MOST`] share one.
    outer: Vec<Vec<T>>,
    free: Vec<Vec<T>>,
    /// What the scopes that share `current` with the one around them have replaced in it, to be put back at their ends.
    replaced: Vec<(u32, T)>,
    /// How many entries `replaced` had as each of them began.
    marks: Vec<usize>,
    /// How many entries new tables have: as many as one has needed.
    room: usize,
}

/// Most tables.
const MOST: usize = 8;
/// Fewest entries of a table.
const FEWEST: usize = 64;

impl<T> Default for Levels<T> {
    fn default() -> Levels<T> {
        Levels {
            current: Vec::new(),
            outer: Vec::new(),
            free: Vec::new(),
            replaced: Vec::new(),
            marks: Vec::new(),
            room: FEWEST,
        }
    }
}

impl<T: Copy> Levels<T> {
    /// Forgets all; memory is kept.
    pub fn clear(&mut self) {
        self.free.append(&mut self.outer);
        self.free.iter_mut().for_each(Vec::clear);
        self.current.clear();
        self.replaced.clear();
        self.marks.clear();
        self.room = FEWEST;
    }

    /// A scope begins that is within the current one and may have numbers below `len`.
    pub fn begin(&mut self, len: usize, nothing: T) {
        if self.outer.len() < MOST {
            let table = self.free.pop().unwrap_or_default();
            self.outer.push(std::mem::replace(&mut self.current, table));
        } else {
            self.marks.push(self.replaced.len());
        }
        self.make_room(len.max(self.room), nothing);
    }

    /// The current scope ends.
    pub fn end(&mut self) {
        if let Some(mark) = self.marks.pop() {
            for (index, value) in self.replaced.drain(mark..).rev() {
                self.current[index as usize] = value;
            }
        } else if let Some(outer) = self.outer.pop() {
            self.free.push(std::mem::replace(&mut self.current, outer));
        }
    }

    /// Makes room for the numbers below `len`.
    #[inline]
    pub fn make_room(&mut self, len: usize, nothing: T) {
        if self.current.len() < len {
            self.grow(len, nothing);
        }
    }

    #[cold]
    fn grow(&mut self, len: usize, nothing: T) {
        self.room = len.next_power_of_two();
        self.current.resize(self.room, nothing);
    }

    /// The current scope's table.
    #[inline]
    pub fn table(&mut self) -> &mut [T] {
        &mut self.current
    }

    /// The same, unless scopes share it.
    #[inline]
    pub fn own_table(&mut self) -> Option<&mut [T]> {
        self.marks.is_empty().then_some(&mut self.current)
    }

    /// The entry of a number for which there is room; what is in it is about to be replaced.
    #[inline]
    pub fn entry(&mut self, number: u32) -> &mut T {
        let entry = &mut self.current[number as usize];
        if !self.marks.is_empty() {
            self.replaced.push((number, *entry));
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::{Levels, MOST};

    const NUMBERS: u32 = 100;

    /// Of each number, scopes at depths that it divides say how deep they are.
    fn enter(levels: &mut Levels<u32>, depth: u32) {
        if depth > 2 * MOST as u32 {
            return;
        }
        levels.begin(NUMBERS as usize, 0);
        let noted = |number: &u32| depth.is_multiple_of(number + 1);
        for number in (0..NUMBERS).filter(noted) {
            *levels.entry(number) = depth;
        }
        for _ in 0..2 {
            enter(levels, depth + 1);
        }
        for number in (0..NUMBERS).filter(noted) {
            assert_eq!(levels.table()[number as usize], depth);
        }
        levels.end();
    }

    #[test]
    fn scopes_find_what_they_have_noted() {
        let mut levels = Levels::default();
        for _ in 0..2 {
            enter(&mut levels, 1);
            levels.clear();
        }
    }
}
