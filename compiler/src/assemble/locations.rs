//! The location table (PEP 657; `Objects/locations.md` in CPython's sources; `assemble_location_info`).

use std::hint::select_unpredictable;

use pycsmith_bytecode::{Location, Target};
use pycsmith_ir::Instr;

use super::starts::{Start, starts};

/// Entry forms (`_PyCodeLocationInfoKind`); 0 to 9 are the short form by column group.
const ONE_LINE: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;

/// Code units that one entry can cover.
const MAX_UNITS: u32 = 8;

/// More bytes than an entry can have.
const LONGEST: usize = 32;

/// Bytes that two entries without a long form are written into.
const ROOM: usize = 8;

/// `co_linetable`, for which `out` is overwritten, as is `memory`. `offsets` are those of the instructions in code units
/// and of the end.
///
/// Instructions marked [`Location::NEXT`] have the location of the next one, or none at the end of a block.
pub(super) fn table<'o>(
    target: Target,
    instrs: &[Instr],
    offsets: &[u32],
    firstlineno: i32,
    memory: &mut Vec<Start>,
    out: &'o mut Vec<u8>,
) -> &'o [u8] {
    let room = 4 * instrs.len() + 64;
    if out.len() < room {
        out.resize(room, 0);
    }
    let mut writer = Writer {
        out,
        at: 0,
        line: firstlineno,
    };
    let alike = |one: &Instr, next: &Instr| same(&one.loc, &next.loc);
    let may_merge = target.merges_locations();
    if !(may_merge && writer.runs(starts(instrs, offsets, alike, memory), instrs)) {
        (writer.at, writer.line) = (0, firstlineno);
        with_next(target, instrs, offsets, &mut writer);
    }
    let written = writer.at;
    &out[..written]
}

/// [`table`] where instructions wait for the next one's location, or each has an entry of its own.
fn with_next(target: Target, instrs: &[Instr], offsets: &[u32], writer: &mut Writer<'_>) {
    let (table, merges) = (target.opcodes(), target.merges_locations());
    let mut start = 0;
    let mut loc = Location::NONE;
    let mut rest = instrs.iter().zip(offsets);
    while let Some((instr, &offset)) = rest.next() {
        if merges & same(&instr.loc, &loc) {
            continue;
        }
        if instr.loc.line != Location::NEXT.line {
            writer.entries(&loc, offset - start);
            loc = instr.loc;
            start = offset;
            continue;
        }
        // This one and those behind it wait for the next one's location.
        let mut last = instr;
        while last.loc.line == Location::NEXT.line && !table.is_terminator(last.op) {
            match rest.next() {
                Some((next, _)) => last = next,
                None => break,
            }
        }
        let here = if last.loc.line == Location::NEXT.line {
            Location::NONE
        } else {
            last.loc
        };
        if here != loc {
            writer.entries(&loc, offset - start);
            loc = here;
            start = offset;
        }
    }
    let end = offsets.last().copied().unwrap_or(0);
    writer.entries(&loc, end - start);
}

/// Equality of two words each.
#[inline]
fn same(a: &Location, b: &Location) -> bool {
    let lines = |loc: &Location| u64::from(loc.line as u32) | u64::from(loc.end_line as u32) << 32;
    let columns = |loc: &Location| u64::from(loc.col as u32) | u64::from(loc.end_col as u32) << 32;
    (lines(a) ^ lines(b)) | (columns(a) ^ columns(b)) == 0
}

struct Writer<'a> {
    /// What is written, and room behind it.
    out: &'a mut Vec<u8>,
    /// Where the next entry goes.
    at: usize,
    /// The line of the last entry that had one.
    line: i32,
}

impl Writer<'_> {
    /// An entry for each run with one location, unless one waits for the next one's location: says whether all are written.
    fn runs(&mut self, starts: &[Start], instrs: &[Instr]) -> bool {
        let mut pairs = starts.windows(2);
        loop {
            // As long as they are as most are.
            let (mut at, mut line) = (self.at, self.line);
            let limit = self.out.len().saturating_sub(ROOM);
            let out = &mut self.out[..];
            let other = loop {
                let Some(pair) = pairs.next() else {
                    break None;
                };
                let loc = &instrs[pair[0].index as usize].loc;
                if loc.line == Location::NEXT.line {
                    return false;
                }
                let units = pair[1].offset - pair[0].offset;
                let Some((bytes, length)) = usual(loc, line, units) else {
                    break Some((loc, units));
                };
                if at > limit {
                    break Some((loc, units));
                }
                if let Some(room) = out[at..].first_chunk_mut() {
                    *room = bytes;
                }
                at += length;
                line = loc.line;
            };
            (self.at, self.line) = (at, line);
            match other {
                Some((loc, units)) => self.entries(loc, units),
                None => return true,
            }
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
        // For the entries that come.
        self.make_room(ROOM);
    }

    /// `write_location_info_entry`: the shortest form that can say it.
    fn entry(&mut self, loc: &Location, units: u32) {
        self.make_room(LONGEST);
        if loc.line == Location::NONE.line {
            self.first(NONE, units);
            return;
        }
        let delta = loc.line.wrapping_sub(self.line);
        let (col, end_col) = (loc.col, loc.end_col);
        let has_end = (loc.end_line != loc.line) & (loc.end_line != Location::NONE.line);
        if (col | end_col) < 0 && !has_end {
            self.first(NO_COLUMNS, units);
            self.signed(delta);
            self.line = loc.line;
            return;
        }
        if let Some((bytes, length)) = usual(loc, self.line, units) {
            self.out[self.at..self.at + ROOM].copy_from_slice(&bytes);
            self.at += length;
            self.line = loc.line;
            return;
        }
        self.first(LONG, units);
        let values = [
            zigzag(delta),
            loc.end_line.wrapping_sub(loc.line) as u32,
            col.wrapping_add(1) as u32,
            end_col.wrapping_add(1) as u32,
        ];
        self.line = loc.line;
        if values.iter().fold(0, |all, value| all | value) >= 1 << 12 {
            values.into_iter().for_each(|value| self.unsigned(value));
            return;
        }
        // One or two bytes each, which is as good as chance.
        let (mut bytes, mut bits) = (0, 0);
        for value in values.map(u64::from) {
            let more = u64::from(value >= 64);
            bytes |= (value & 63 | more << 6 | value >> 6 << 8) << bits;
            bits += 8 + 8 * more;
        }
        self.out[self.at..self.at + 8].copy_from_slice(&bytes.to_le_bytes());
        self.at += bits as usize / 8;
    }

    fn first(&mut self, form: u8, units: u32) {
        self.byte(first(form, units));
    }

    fn byte(&mut self, byte: u8) {
        self.out[self.at] = byte;
        self.at += 1;
    }

    #[inline]
    fn make_room(&mut self, bytes: usize) {
        if self.out.len() - self.at < bytes {
            self.out.resize(2 * self.out.len() + 64, 0);
        }
    }

    /// Six bits a byte, least significant first.
    fn unsigned(&mut self, mut value: u32) {
        while value >= 64 {
            self.byte(0x40 | (value & 63) as u8);
            value >>= 6;
        }
        self.byte(value as u8);
    }

    fn signed(&mut self, value: i32) {
        self.unsigned(zigzag(value));
    }
}

/// One or two entries, if they have no more than a column or two each: their bytes, with room behind them, and their length.
/// Most are so: on one line, that of the one before or one of the next.
#[inline]
fn usual(loc: &Location, line: i32, units: u32) -> Option<([u8; ROOM], usize)> {
    let delta = loc.line.wrapping_sub(line) as u32;
    let (col, end_col) = (loc.col as u32, loc.end_col as u32);
    let last_unit = units.wrapping_sub(1);
    // One bit or more for each thing that does not fit, so that there is one branch.
    let misfits = ((loc.end_line ^ loc.line) as u32)
        | u32::from(delta > 2)
        | ((col | end_col) >> 7)
        | (last_unit / (2 * MAX_UNITS));
    if misfits != 0 {
        return None;
    }
    // All forms are computed in any case: which is right is as good as chance.
    let width = end_col.wrapping_sub(col);
    let columns = col << 8 | end_col << 16;
    let is_narrow = (col < 80) & (width < 16);
    let short = (col & 0x78) | (col & 7) << 12 | width << 8;
    let one_line = columns | u32::from(ONE_LINE) << 3;
    // On the line of the one before.
    let same_line = select_unpredictable(is_narrow, short, one_line);
    let same_line_length = 3 - u32::from(is_narrow);
    let is_same_line = delta == 0;
    let first = select_unpredictable(is_same_line, same_line, one_line + (delta << 3));
    let length = select_unpredictable(is_same_line, same_line_length, 3);
    // A second entry is written too, and counts if there is anything left for it.
    let first = u64::from(0x80 | first | last_unit.min(MAX_UNITS - 1));
    let second = u64::from(0x80 | same_line | (last_unit % MAX_UNITS));
    let bytes = first | second << (8 * length);
    let more = same_line_length * (last_unit / MAX_UNITS);
    Some((bytes.to_le_bytes(), (length + more) as usize))
}

/// A number whose sign is the lowest bit.
fn zigzag(value: i32) -> u32 {
    value.unsigned_abs() << 1 | u32::from(value < 0)
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
        let (mut memory, mut out) = (Vec::new(), Vec::new());
        let target = Target::PY314;
        table(
            target,
            &instrs,
            &offsets,
            firstlineno,
            &mut memory,
            &mut out,
        )
        .to_vec()
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
