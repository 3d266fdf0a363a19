//! A model of a current processor's branch predictor: TAGE (Seznec and Michaud, "A case for (partially) tagged geometric
//! history length branch prediction", 2006), with the places of the last taken branches as history.

/// The history that each table knows, in taken branches.
const HISTORIES: [usize; 8] = [4, 8, 14, 24, 40, 66, 110, 180];
/// Entries of each table for conditional branches, as a power of two, and of the one without history.
const TABLE_BITS: u32 = 11;
const BASE_BITS: u32 = 14;
/// The same for indirect branches.
const INDIRECT_BITS: u32 = 9;
/// Length of the ring of history, more than any table knows.
const RING: usize = 256;

/// One for a whole run.
pub struct Predictor {
    history: History,
    base: Vec<i8>,
    tables: Vec<Vec<Entry>>,
    last_targets: Vec<u64>,
    indirect: Vec<Vec<Indirect>>,
    /// Of a pseudo-random sequence.
    state: u32,
}

/// Whether a branch is taken: a counter from -4 to 3, taken from 0 on.
#[derive(Clone, Copy, Default)]
struct Entry {
    tag: u32,
    counter: i8,
    useful: u8,
}

/// Where an indirect branch goes.
#[derive(Clone, Copy, Default)]
struct Indirect {
    tag: u32,
    target: u64,
    confidence: u8,
    useful: bool,
}

impl Predictor {
    pub fn new() -> Predictor {
        Predictor {
            history: History {
                ring: [0; RING],
                at: 0,
                folded: [0; HISTORIES.len()],
            },
            base: vec![0; 1 << BASE_BITS],
            tables: vec![vec![Entry::default(); 1 << TABLE_BITS]; HISTORIES.len()],
            last_targets: vec![0; 1 << BASE_BITS],
            indirect: vec![vec![Indirect::default(); 1 << INDIRECT_BITS]; HISTORIES.len()],
            state: 1,
        }
    }

    /// A branch at `from` is taken to `to`: it belongs to the history of those that follow.
    pub fn taken(&mut self, from: u64, to: u64) {
        self.history.push(from, to);
    }

    /// Whether the conditional branch is guessed right, which is learnt.
    pub fn guesses(&mut self, branch: u64, taken: bool) -> bool {
        let slots = self.history.slots(branch, TABLE_BITS);
        let base = &mut self.base[slot_of(branch, BASE_BITS)];
        let hit = |(table, &(slot, tag)): (usize, &(usize, u32))| {
            (self.tables[table][slot].tag == tag).then_some(table)
        };
        let mut hits = slots.iter().enumerate().rev().filter_map(hit);
        let (provider, other) = (hits.next(), hits.next());
        let of_other = match other {
            Some(table) => self.tables[table][slots[table].0].counter >= 0,
            None => *base >= 0,
        };
        let (guess, learn_other) = match provider {
            Some(table) => {
                let entry = &mut self.tables[table][slots[table].0];
                let own = entry.counter >= 0;
                let is_new = matches!(entry.counter, -1 | 0) && entry.useful == 0;
                let learn_other = entry.useful == 0;
                if own != of_other {
                    entry.useful = if own == taken {
                        (entry.useful + 1).min(3)
                    } else {
                        entry.useful.saturating_sub(1)
                    };
                }
                entry.counter = step(entry.counter, taken, -4, 3);
                (if is_new { of_other } else { own }, learn_other)
            }
            None => (*base >= 0, true),
        };
        if learn_other {
            match other {
                Some(table) => {
                    let entry = &mut self.tables[table][slots[table].0];
                    entry.counter = step(entry.counter, taken, -4, 3);
                }
                None => *base = step(*base, taken, -2, 1),
            }
        }
        if guess != taken {
            self.allocate(provider.map_or(0, |table| table + 1), &slots, taken);
        }
        guess == taken
    }

    /// An entry in a table with more history than those below `first`.
    fn allocate(&mut self, first: usize, slots: &[(usize, u32)], taken: bool) {
        self.state = self.state.wrapping_mul(1_103_515_245).wrapping_add(12345);
        let first = first + (self.state >> 16 & 1) as usize;
        let tables = first.min(HISTORIES.len() - 1)..HISTORIES.len();
        for table in tables.clone() {
            let entry = &mut self.tables[table][slots[table].0];
            if entry.useful == 0 {
                *entry = Entry {
                    tag: slots[table].1,
                    counter: if taken { 0 } else { -1 },
                    useful: 0,
                };
                return;
            }
        }
        for table in tables {
            self.tables[table][slots[table].0].useful -= 1;
        }
    }

    /// Whether the target of the indirect branch is guessed right, which is learnt.
    pub fn guesses_target(&mut self, branch: u64, target: u64) -> bool {
        let slots = self.history.slots(!branch, INDIRECT_BITS);
        let last = &mut self.last_targets[slot_of(branch, BASE_BITS)];
        let provider = (0..HISTORIES.len())
            .rev()
            .find(|&table| self.indirect[table][slots[table].0].tag == slots[table].1);
        let guess = provider.map_or(*last, |table| self.indirect[table][slots[table].0].target);
        *last = target;
        let right = guess == target;
        if let Some(table) = provider {
            let entry = &mut self.indirect[table][slots[table].0];
            entry.useful = right;
            if right {
                entry.confidence = (entry.confidence + 1).min(3);
            } else if entry.confidence > 0 {
                entry.confidence -= 1;
            } else {
                entry.target = target;
            }
        }
        if !right {
            let longer = provider.map_or(0, |table| table + 1)..HISTORIES.len();
            for table in longer {
                let entry = &mut self.indirect[table][slots[table].0];
                if !std::mem::take(&mut entry.useful) {
                    (entry.tag, entry.target, entry.confidence) = (slots[table].1, target, 0);
                    break;
                }
            }
        }
        right
    }
}

/// The branches taken last.
struct History {
    ring: [u64; RING],
    at: usize,
    /// For each table all that it knows, in one number.
    folded: [u64; HISTORIES.len()],
}

impl History {
    fn push(&mut self, from: u64, to: u64) {
        let place = mix(from.rotate_left(32) ^ to) >> 48;
        for (folded, length) in self.folded.iter_mut().zip(HISTORIES) {
            let forgotten = self.ring[self.at.wrapping_sub(length) % RING];
            *folded = folded.rotate_left(3) ^ place ^ forgotten.rotate_left(3 * length as u32);
        }
        self.ring[self.at % RING] = place;
        self.at += 1;
    }

    /// For each table where a branch stands in it now, and its tag there, which is never 0.
    fn slots(&self, branch: u64, bits: u32) -> [(usize, u32); HISTORIES.len()] {
        std::array::from_fn(|table| {
            let hash = mix(self.folded[table] ^ branch << 20 ^ table as u64);
            let slot = hash as usize & ((1 << bits) - 1);
            (slot, (hash >> 40) as u32 & 0xFFF | 0x1000)
        })
    }
}

fn step(counter: i8, taken: bool, least: i8, greatest: i8) -> i8 {
    (counter + if taken { 1 } else { -1 }).clamp(least, greatest)
}

fn slot_of(branch: u64, bits: u32) -> usize {
    (branch ^ branch >> bits) as usize & ((1 << bits) - 1)
}

/// All bits depend on all bits.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits ^ bits >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 1,000 guesses behind 9,000 others, how many are wrong.
    fn wrong(mut outcome: impl FnMut(usize) -> bool) -> usize {
        let mut predictor = Predictor::new();
        let mut wrong = 0;
        for turn in 0..10_000 {
            let taken = outcome(turn);
            let right = predictor.guesses(100, taken);
            predictor.taken(100 + u64::from(taken), 200);
            wrong += usize::from(!right && turn >= 9_000);
        }
        wrong
    }

    #[test]
    fn what_repeats_is_learnt_and_chance_is_not() {
        assert_eq!(wrong(|_| true), 0);
        assert_eq!(wrong(|turn| turn % 7 == 0), 0);
        let mut state = 1;
        let chance = wrong(|_| {
            state = mix(state);
            state % 2 == 0
        });
        assert!((300..700).contains(&chance), "{chance}");
    }

    #[test]
    fn targets_that_follow_a_pattern_are_learnt() {
        let mut predictor = Predictor::new();
        let mut wrong = 0;
        for turn in 0..10_000_u64 {
            let target = 1000 + turn % 5;
            let right = predictor.guesses_target(50, target);
            predictor.taken(50, target);
            wrong += u32::from(!right && turn >= 9_000);
        }
        assert_eq!(wrong, 0);
    }
}
