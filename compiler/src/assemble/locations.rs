//! The location table (PEP 657; `Objects/locations.md` in CPython's sources; `assemble_location_info`).

use pycsmith_bytecode::{Location, Target};
use pycsmith_ir::Instr;

/// Entry forms (`_PyCodeLocationInfoKind`); 0 to 9 are the short form by column group.
const ONE_LINE: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;

/// Code units that one entry can cover.
const MAX_UNITS: u32 = 8;

/// `co_linetable`, into `out`, which is overwritten. `offsets` are those of the instructions in code units and of
/// the end.
///
/// Instructions marked [`Location::NEXT`] have the location of the next one, or none at the end of a block.
pub(super) fn table(
    target: Target,
    instrs: &[Instr],
    offsets: &[u32],
    firstlineno: i32,
    out: &mut Vec<u8>,
) {
    let (table, merges) = (target.opcodes(), target.merges_locations());
    out.clear();
    out.reserve(2 * instrs.len());
    let mut writer = Writer {
        out,
        line: firstlineno,
    };
    let mut start = 0;
    let mut loc = Location::NONE;
    // Where a run of instructions starts that wait for the next one's location.
    let mut waiting = None;
    for (instr, &offset) in instrs.iter().zip(offsets) {
        let mut here = instr.loc;
        if waiting.is_none() {
            if merges && same(&here, &loc) {
                continue;
            }
            if here.line != Location::NEXT.line {
                writer.units(&loc, offset - start);
                loc = here;
                start = offset;
                continue;
            }
        }
        if here.line == Location::NEXT.line {
            if !table.is_terminator(instr.op) {
                waiting.get_or_insert(offset);
                continue;
            }
            here = Location::NONE;
        }
        let from = waiting.take().unwrap_or(offset);
        if here != loc {
            writer.units(&loc, from - start);
            loc = here;
            start = from;
        }
    }
    let end = offsets.last().copied().unwrap_or(0);
    if let Some(from) = waiting {
        if loc != Location::NONE {
            writer.units(&loc, from - start);
            start = from;
        }
        loc = Location::NONE;
    }
    writer.units(&loc, end - start);
}

/// Equality without branches.
#[inline]
fn same(a: &Location, b: &Location) -> bool {
    (a.line == b.line) & (a.end_line == b.end_line) & (a.col == b.col) & (a.end_col == b.end_col)
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// The line of the last entry that had one.
    line: i32,
}

impl Writer<'_> {
    #[inline]
    fn units(&mut self, loc: &Location, mut units: u32) {
        // Most are on one line, that of the one before or one of the next.
        let mut delta = loc.line.wrapping_sub(self.line) as u32;
        let (col, end_col) = (loc.col as u32, loc.end_col as u32);
        let width = end_col.wrapping_sub(col);
        if !((loc.end_line == loc.line) & (delta < 3) & ((col | end_col) < 128)) {
            self.entries(loc, units);
            return;
        }
        // With caches, an instruction may need several.
        while units > 0 {
            let here = units.min(MAX_UNITS);
            if (delta == 0) & (col < 80) & (width < 16) {
                let columns = (col & 7) << 4 | width;
                self.out
                    .extend_from_slice(&[first((col >> 3) as u8, here), columns as u8]);
            } else {
                let first = first(ONE_LINE + delta as u8, here);
                self.out
                    .extend_from_slice(&[first, col as u8, end_col as u8]);
                self.line = loc.line;
                delta = 0;
            }
            units -= here;
        }
    }

    #[inline(never)]
    fn entries(&mut self, loc: &Location, mut units: u32) {
        while units > MAX_UNITS {
            self.entry(loc, MAX_UNITS);
            units -= MAX_UNITS;
        }
        if units > 0 {
            self.entry(loc, units);
        }
    }

    /// `write_location_info_entry`: the shortest form that can say it.
    fn entry(&mut self, loc: &Location, units: u32) {
        if loc.line == Location::NONE.line {
            self.first(NONE, units);
            return;
        }
        let delta = loc.line.wrapping_sub(self.line);
        let (col, end_col) = (loc.col, loc.end_col);
        let one_line = loc.end_line == loc.line;
        if col < 0 || end_col < 0 {
            if one_line || loc.end_line == Location::NONE.line {
                self.first(NO_COLUMNS, units);
                self.signed(delta);
                self.line = loc.line;
                return;
            }
        } else if one_line {
            if delta == 0 && col < 80 && (0..16).contains(&(end_col - col)) {
                let columns = (col & 7) << 4 | (end_col - col);
                self.out
                    .extend_from_slice(&[first((col >> 3) as u8, units), columns as u8]);
                return;
            }
            if (0..3).contains(&delta) && col < 128 && end_col < 128 {
                let first = first(ONE_LINE + delta as u8, units);
                self.out
                    .extend_from_slice(&[first, col as u8, end_col as u8]);
                self.line = loc.line;
                return;
            }
        }
        self.first(LONG, units);
        self.signed(delta);
        self.unsigned(loc.end_line.wrapping_sub(loc.line) as u32);
        self.unsigned(col.wrapping_add(1) as u32);
        self.unsigned(end_col.wrapping_add(1) as u32);
        self.line = loc.line;
    }

    fn first(&mut self, form: u8, units: u32) {
        self.out.push(first(form, units));
    }

    /// Six bits a byte, least significant first.
    fn unsigned(&mut self, mut value: u32) {
        while value >= 64 {
            self.out.push(0x40 | (value & 63) as u8);
            value >>= 6;
        }
        self.out.push(value as u8);
    }

    /// The sign is the lowest bit.
    fn signed(&mut self, value: i32) {
        self.unsigned(value.unsigned_abs() << 1 | u32::from(value < 0));
    }
}

/// The first byte of an entry.
fn first(form: u8, units: u32) -> u8 {
    0x80 | form << 3 | (units - 1) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use pycsmith_bytecode::Op;

    fn table_of(rows: &[(Location, u32)], firstlineno: i32) -> Vec<u8> {
        let instr = |loc| Instr::new(Op::NOP, 0, loc);
        let instrs: Vec<_> = rows.iter().map(|&(loc, _)| instr(loc)).collect();
        let mut offsets = vec![0];
        for (_, units) in rows {
            offsets.push(offsets[offsets.len() - 1] + units);
        }
        let mut out = Vec::new();
        table(Target::PY314, &instrs, &offsets, firstlineno, &mut out);
        out
    }

    #[test]
    fn marked_instructions_have_the_next_location() {
        let (here, next) = (Location::new(1, 1, 0, 1), Location::NEXT);
        for (rows, as_written) in [
            (vec![(next, 1), (next, 2), (here, 1)], vec![(here, 4)]),
            (vec![(here, 1), (next, 2), (here, 1)], vec![(here, 4)]),
            (
                vec![(here, 1), (next, 2)],
                vec![(here, 1), (Location::NONE, 2)],
            ),
            (
                vec![(Location::NONE, 1), (next, 2)],
                vec![(Location::NONE, 3)],
            ),
        ] {
            assert_eq!(table_of(&rows, 1), table_of(&as_written, 1));
        }
    }

    #[test]
    fn forms() {
        let at = Location::new;
        // Short, short of another group, one line, one line further, long, no columns, none.
        assert_eq!(table_of(&[(at(1, 1, 4, 9), 1)], 1), [0x80, 0x45]);
        assert_eq!(table_of(&[(at(1, 1, 17, 20), 2)], 1), [0x91, 0x13]);
        assert_eq!(table_of(&[(at(1, 1, 4, 30), 1)], 1), [0xD0, 4, 30]);
        assert_eq!(table_of(&[(at(3, 3, 4, 9), 1)], 1), [0xE0, 4, 9]);
        assert_eq!(
            table_of(&[(at(0, 0, 200, 210), 1)], 1),
            [0xF0, 3, 0, 0x49, 3, 0x53, 3]
        );
        assert_eq!(table_of(&[(at(5, 5, -1, -1), 1)], 1), [0xE8, 8]);
        assert_eq!(table_of(&[(Location::NONE, 1)], 1), [0xF8]);
    }

    #[test]
    fn long_runs_are_cut() {
        let loc = Location::new(1, 1, 0, 1);
        assert_eq!(
            table_of(&[(loc, 5), (loc, 12)], 1),
            [0x87, 1, 0x87, 1, 0x80, 1]
        );
    }
}
