//! Instructions to code units.

use pycsmith_bytecode::opcode::{Encoding, Form, OpcodeTable};
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{BlockId, Instr};

use super::jumps::{self, Jumps};
use crate::codegen::expr::oparg::get_iter;
use crate::codegen::{Result, bug};

/// Makes code units, and keeps memory from unit to unit: what the vectors hold is of no meaning in between.
#[derive(Default)]
pub(super) struct Emission {
    jumps: Jumps,
    /// The numbers of the instructions that are jumps.
    places: Vec<u32>,
    offsets: Vec<u32>,
    code: Vec<[u8; 2]>,
}

/// What [`Emission::emit`] makes.
pub(super) struct Emitted<'e> {
    /// `co_code`.
    pub(super) code: &'e [u8],
    /// Those of the instructions in code units, and of the end.
    pub(super) offsets: &'e [u32],
    /// Whether an instruction has a handler.
    pub(super) is_protected: bool,
}

/// As many code units as are written at once: an instruction with its caches, and what the next ones overwrite.
const PIECE: usize = 16;

/// No instruction has more code units, prefixes included.
const LONGEST: usize = 3 + PIECE;

/// Code units of an instruction with `EXTENDED_ARG` prefixes and inline caches (`instr_size`).
#[inline]
pub(super) fn size(encoding: Encoding, arg: u32) -> u32 {
    u32::from(encoding.units) + prefixes(arg)
}

/// How many `EXTENDED_ARG` an operand needs.
#[inline]
pub(super) fn prefixes(arg: u32) -> u32 {
    u32::from(arg > 0xFF) + u32::from(arg > 0xFFFF) + u32::from(arg > 0xFF_FFFF)
}

impl Emission {
    /// Makes the code of these instructions. Jumps, whose operands are labels, may become distances there.
    pub(super) fn emit(
        &mut self,
        target: Target,
        instrs: &mut [Instr],
        labels: &[u32],
    ) -> Result<Emitted<'_>> {
        if self.offsets.len() <= instrs.len() {
            self.offsets.resize(2 * instrs.len() + 1, 0);
        }
        let layout = self.short(target, instrs, labels)?;
        let Layout {
            mut length,
            jump_count,
            is_protected,
        } = layout;
        let (places, offsets) = (&self.places[..jump_count], &self.offsets);
        if !short_jumps(target, instrs, labels, places, offsets, &mut self.code)? {
            length = self.long(target, instrs, labels, jump_count)?;
        }
        Ok(Emitted {
            code: self.code[..length].as_flattened(),
            offsets: &self.offsets[..=instrs.len()],
            is_protected,
        })
    }

    /// [`lay_out`], with room for it.
    fn short(&mut self, target: Target, instrs: &[Instr], labels: &[u32]) -> Result<Layout> {
        if self.places.len() <= instrs.len() {
            self.places.resize(2 * instrs.len() + 1, 0);
        }
        // Most need no more.
        self.make_room(4 * instrs.len());
        let (places, offsets) = (&mut self.places, &mut self.offsets);
        loop {
            match lay_out(target, instrs, labels, places, offsets, &mut self.code)? {
                Some(layout) => return Ok(layout),
                None => self.code.resize(2 * self.code.len(), [0, 0]),
            }
        }
    }

    /// All anew, with jumps of all lengths: gives the length of the code. Jumps become distances in the instructions.
    fn long(
        &mut self,
        target: Target,
        instrs: &mut [Instr],
        labels: &[u32],
        jump_count: usize,
    ) -> Result<usize> {
        let table = target.opcodes();
        let (places, offsets) = (&self.places[..jump_count], &self.offsets);
        let prefixes = jumps::resolve(target, instrs, labels, places, offsets, &mut self.jumps)?;
        self.make_room((self.offsets[instrs.len()] + prefixes) as usize);
        let code = &mut self.code[..];
        let mut at = 0;
        for (instr, offset) in instrs.iter().zip(&mut *self.offsets) {
            *offset = at as u32;
            let encoding = table.encoding(instr.op);
            if encoding.form.is_plain_or_jump()
                && instr.arg <= 0xFF
                && let Some(units) = piece(code, at)
            {
                *units = short_units(encoding, instr.arg);
                at += usize::from(encoding.units);
                continue;
            }
            at = write(table, instr.op, instr.arg, code, at)?;
        }
        self.offsets[instrs.len()] = at as u32;
        Ok(at)
    }

    /// For so many code units, and what is written behind them at the same time.
    fn make_room(&mut self, units: usize) {
        if self.code.len() < units + LONGEST {
            self.code.resize(units + LONGEST, [0, 0]);
        }
    }
}

/// What [`lay_out`] finds.
struct Layout {
    length: usize,
    jump_count: usize,
    is_protected: bool,
}

/// Writes the instructions as if no jump needed an `EXTENDED_ARG`, their offsets, and behind them that of the end, and the numbers
/// of those that jump, whose operands are still to be written; or says that there is no room for them.
#[inline(never)]
fn lay_out(
    target: Target,
    instrs: &[Instr],
    labels: &[u32],
    places: &mut [u32],
    offsets: &mut [u32],
    code: &mut [[u8; 2]],
) -> Result<Option<Layout>> {
    let table = target.opcodes();
    let Some(limit) = code.len().checked_sub(PIECE) else {
        return Ok(None);
    };
    let (mut at, mut jump_count, mut handlers) = (0, 0, BlockId::NONE.0);
    for ((instr, offset), index) in instrs.iter().zip(&mut *offsets).zip(0..) {
        *offset = at as u32;
        handlers &= instr.handler.0;
        let encoding = table.encoding(instr.op);
        // Which instructions jump is as good as chance.
        places[jump_count] = index;
        jump_count += usize::from(encoding.jumps);
        if encoding.form.is_plain_or_jump()
            && instr.arg <= 0xFF
            && at <= limit
            && let Some(units) = code[at..].first_chunk_mut()
        {
            *units = short_units(encoding, instr.arg);
            at += usize::from(encoding.units);
            continue;
        }
        match lay_out_other(table, instr, index, instrs.len(), labels, code, at)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    offsets[instrs.len()] = at as u32;
    Ok(Some(Layout {
        length: at,
        jump_count,
        is_protected: handlers != BlockId::NONE.0,
    }))
}

/// [`lay_out`] of an instruction of which more must be known: gives the next one's offset, unless there is no room.
#[inline(never)]
fn lay_out_other(
    table: &OpcodeTable,
    instr: &Instr,
    index: u32,
    count: usize,
    labels: &[u32],
    code: &mut [[u8; 2]],
    at: usize,
) -> Result<Option<usize>> {
    if code.len() < at + LONGEST {
        return Ok(None);
    }
    if !table.encoding(instr.op).jumps {
        return write(table, instr.op, instr.arg, code, at).map(Some);
    }
    let place = jumps::place(labels, instr.arg, count)?;
    let op = jumps::directed(instr.op, place > index);
    write(table, op, 0, code, at).map(Some)
}

/// Writes the operands of the jumps at these places, unless one needs an `EXTENDED_ARG` or must be looked at closer: says whether
/// all are written.
fn short_jumps(
    target: Target,
    instrs: &[Instr],
    labels: &[u32],
    places: &[u32],
    offsets: &[u32],
    code: &mut [[u8; 2]],
) -> Result<bool> {
    let table = target.opcodes();
    let (mut farthest, mut largest_guess, mut is_usual) = (0, 0, true);
    for &index in places {
        let instr = &instrs[index as usize];
        let place = jumps::place(labels, instr.arg, instrs.len())?;
        let (end, to) = (offsets[index as usize + 1], offsets[place as usize]);
        // Which way they go cannot be predicted.
        let is_backward = place <= index;
        let goes_its_way = (table.encoding(instr.op).form == Form::PseudoJump)
            | (table.is_backward_jump(instr.op) == is_backward);
        is_usual &= goes_its_way & (instr.op != Op::END_ASYNC_FOR);
        let arg = end.abs_diff(to);
        farthest = farthest.max(arg);
        largest_guess = largest_guess.max(jumps::first_guess(target, instr.arg, place));
        code[offsets[index as usize] as usize][1] = arg as u8;
    }
    if !is_usual {
        return Ok(false);
    }
    match (farthest, largest_guess) {
        (0..=0xFF, 0..=0xFF) => Ok(true),
        (0..=0xFF, 0..=0xFFFF) => remain_short(target, instrs, labels, places, offsets),
        _ => Ok(false),
    }
}

/// Whether jumps that need no `EXTENDED_ARG` need none even as long as some have the sizes of the first guess: all become short
/// then.
fn remain_short(
    target: Target,
    instrs: &[Instr],
    labels: &[u32],
    places: &[u32],
    offsets: &[u32],
) -> Result<bool> {
    let place_of = |index: u32| -> Result<(u32, bool)> {
        let label = instrs[index as usize].arg;
        let place = jumps::place(labels, label, instrs.len())?;
        Ok((place, jumps::first_guess(target, label, place) > 0xFF))
    };
    let mut long = Vec::new();
    for &index in places {
        if place_of(index)?.1 {
            long.push(index);
        }
    }
    let before = |index: u32| long.partition_point(|&other| other < index) as u32;
    for &index in places {
        let (place, _) = place_of(index)?;
        let (first, behind) = (place.min(index + 1), place.max(index + 1));
        let distance = offsets[behind as usize] - offsets[first as usize];
        if distance + before(behind) - before(first) > 0xFF {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The code units from `at` on.
#[inline]
fn piece(code: &mut [[u8; 2]], at: usize) -> Option<&mut [[u8; 2]; PIECE]> {
    code.get_mut(at..at + PIECE)?.first_chunk_mut()
}

/// Those of an instruction without prefixes; its caches are zeros.
#[inline]
fn short_units(encoding: Encoding, arg: u32) -> [[u8; 2]; PIECE] {
    let mut units = [[0, 0]; PIECE];
    units[0] = [encoding.number, arg as u8];
    units
}

/// Writes one instruction into the code units from `at` on and says where the next one goes (`write_instr`).
fn write(
    table: &OpcodeTable,
    op: Op,
    arg: u32,
    code: &mut [[u8; 2]],
    mut at: usize,
) -> Result<usize> {
    let encoding = table.encoding(op);
    if !encoding.form.is_real() {
        return bug(format!("{op} is no instruction of the target"));
    }
    let [mut low, prefixes @ ..] = arg.to_le_bytes();
    if encoding.form == Form::Translated && arg == get_iter::YIELD_FROM {
        low = get_iter::YIELD_FROM_CORO_CHECK as u8;
    }
    if arg > 0xFF {
        let extended_arg = table.encoding(Op::EXTENDED_ARG).number;
        let count = 4 - arg.leading_zeros() as usize / 8 - 1;
        for &byte in prefixes[..count].iter().rev() {
            code[at] = [extended_arg, byte];
            at += 1;
        }
    }
    if let Some(units) = piece(code, at) {
        *units = short_units(encoding, u32::from(low));
    }
    Ok(at + usize::from(encoding.units))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_holds_all_caches() {
        for target in Target::all() {
            let table = target.opcodes();
            for op in Op::ALL {
                assert!(usize::from(table.encoding(op).units) <= PIECE);
            }
        }
    }
}
