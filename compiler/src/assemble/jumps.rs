//! From labels to distances.

use std::hint::select_unpredictable;

use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::Instr;

use super::emission::{prefixes, size};
use crate::codegen::{Result, bug};

/// Jumps on their way to distances, and memory that is kept.
#[derive(Default)]
pub(super) struct Jumps {
    jumps: Vec<Jump>,
    /// How many prefixes the jumps before each one have, and at the end all of them.
    shifts: Vec<u32>,
}

struct Jump {
    /// The number of the instruction it jumps to.
    place: u32,
    /// How many jumps stand before that.
    before: u32,
    arg: u32,
}

/// The number of the instruction at `label` (`_PyInstructionSequence_ApplyLabelMap`).
pub(super) fn place(labels: &[u32], label: u32, count: usize) -> Result<u32> {
    match labels.get(label as usize) {
        Some(&index) if (index as usize) < count => Ok(index),
        _ => bug(format!("label {label} stands before no instruction")),
    }
}

/// The `JUMP`s that remain get their direction (`resolve_unconditional_jumps`).
pub(super) fn directed(op: Op, forward: bool) -> Op {
    match op {
        Op::JUMP | Op::JUMP_NO_INTERRUPT if forward => Op::JUMP_FORWARD,
        Op::JUMP => Op::JUMP_BACKWARD,
        Op::JUMP_NO_INTERRUPT => Op::JUMP_BACKWARD_NO_INTERRUPT,
        other => other,
    }
}

/// The operand that a jump is sized by before any distance is known: CPython too starts with the sizes that the instruction
/// numbers, or those of the labels, would need.
pub(super) fn first_guess(target: Target, label: u32, place: u32) -> u32 {
    if target.sizes_jumps_from_places() {
        place
    } else if target.sizes_jumps_from_labels() {
        label
    } else {
        0
    }
}

/// Makes labels of jumps distances (`resolve_jump_offsets`). Of the instructions, those with the numbers `places` jump. `offsets` are
/// those of the instructions in code units, and that behind the last one, if no jump had prefixes; how many they have
/// in all is given.
///
/// A distance over 255 lengthens its instruction, and so the distances of others: the sizes are computed anew
/// until none changes.
pub(super) fn resolve(
    target: Target,
    instrs: &mut [Instr],
    labels: &[u32],
    places: &[u32],
    offsets: &[u32],
    memory: &mut Jumps,
) -> Result<u32> {
    resolve_by(distance, target, instrs, labels, places, offsets, memory)
}

/// [`resolve`] where jumps may go the wrong way, as they do before the passes are done with them, and nothing else is known of the
/// instructions: gives the offset of the last one.
pub(super) fn resolve_unfinished(
    target: Target,
    instrs: &mut [Instr],
    labels: &[u32],
    memory: &mut Jumps,
) -> Result<u32> {
    let (places, offsets) = jumps_and_offsets(target, instrs, labels)?;
    let prefixes = resolve_by(length, target, instrs, labels, &places, &offsets, memory)?;
    let last = offsets.len().saturating_sub(2);
    Ok(offsets.get(last).copied().unwrap_or(0) + prefixes)
}

/// Which instructions jump, and the offsets of all and of the end, if no jump had prefixes.
fn jumps_and_offsets(
    target: Target,
    instrs: &[Instr],
    labels: &[u32],
) -> Result<(Vec<u32>, Vec<u32>)> {
    let table = target.opcodes();
    let (mut places, mut offsets) = (Vec::new(), vec![0]);
    let mut at = 0;
    for (instr, index) in instrs.iter().zip(0..) {
        let encoding = table.encoding(instr.op);
        at += if encoding.jumps {
            places.push(index);
            let place = place(labels, instr.arg, instrs.len())?;
            size(table.encoding(directed(instr.op, place > index)), 0)
        } else {
            size(encoding, instr.arg)
        };
        offsets.push(at);
    }
    Ok((places, offsets))
}

fn resolve_by(
    distance: impl Fn(&OpcodeTable, Op, u32, u32) -> Result<u32>,
    target: Target,
    instrs: &mut [Instr],
    labels: &[u32],
    places: &[u32],
    offsets: &[u32],
    Jumps { jumps, shifts }: &mut Jumps,
) -> Result<u32> {
    let table = target.opcodes();
    let count = instrs.len();
    jumps.clear();
    for &index in places {
        let instr = &mut instrs[index as usize];
        let place = place(labels, instr.arg, count)?;
        instr.op = directed(instr.op, place > index);
        jumps.push(Jump {
            place,
            before: places.partition_point(|&other| other < place) as u32,
            arg: first_guess(target, instr.arg, place),
        });
    }
    // CPython has the same loop without a bound. Instructions settle within a few rounds.
    for _ in 0..1000 {
        let mut shift = 0;
        shifts.clear();
        shifts.push(0);
        shifts.extend(jumps.iter().map(|jump| {
            shift += prefixes(jump.arg);
            shift
        }));
        let mut changed = false;
        for ((jump, &index), &shift) in jumps.iter_mut().zip(places).zip(&shifts[1..]) {
            let op = instrs[index as usize].op;
            let end = offsets[index as usize + 1] + shift;
            let to = offsets[jump.place as usize] + shifts[jump.before as usize];
            let arg = distance(table, op, end, to)?;
            changed |= prefixes(arg) != prefixes(jump.arg);
            jump.arg = arg;
        }
        if !changed {
            for (jump, &index) in jumps.iter().zip(places) {
                instrs[index as usize].arg = jump.arg;
            }
            return Ok(shift);
        }
    }
    bug("jump distances do not settle")
}

/// The operand of a jump whose instruction ends at `end`.
pub(super) fn distance(table: &OpcodeTable, op: Op, end: u32, target: u32) -> Result<u32> {
    if op == Op::END_ASYNC_FOR {
        return match end.checked_sub(target + table.send_to_end_send()) {
            Some(distance) => Ok(distance),
            None => bug("END_ASYNC_FOR stands before its SEND"),
        };
    }
    // Which way they go cannot be predicted.
    let is_backward = table.is_backward_jump(op);
    let low = select_unpredictable(is_backward, target, end);
    let high = select_unpredictable(is_backward, end, target);
    match high.checked_sub(low) {
        Some(distance) => Ok(distance),
        None => {
            let where_to = if is_backward { "forwards" } else { "backwards" };
            bug(format!("{op} jumps {where_to}"))
        }
    }
}

/// [`distance`], whichever way the jump goes.
fn length(table: &OpcodeTable, op: Op, end: u32, target: u32) -> Result<u32> {
    let beyond = match op {
        Op::END_ASYNC_FOR => table.send_to_end_send(),
        _ => 0,
    };
    Ok(end.abs_diff(target + beyond))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pycsmith_bytecode::Location;

    fn instr(op: Op, arg: u32) -> Instr {
        Instr::new(op, arg, Location::NONE)
    }

    fn resolve(instrs: &mut [Instr], labels: &[u32]) -> Result<u32> {
        let target = Target::PY314;
        let (places, offsets) = jumps_and_offsets(target, instrs, labels)?;
        let mut memory = Jumps::default();
        super::resolve(target, instrs, labels, &places, &offsets, &mut memory)
    }

    #[test]
    fn far_jumps_get_a_prefix() {
        // Counted by hand: the jump forwards skips 300 units of one each.
        let mut instrs = vec![instr(Op::JUMP, 0)];
        instrs.extend(std::iter::repeat_n(instr(Op::NOP, 0), 300));
        instrs.push(instr(Op::JUMP, 1));
        // One each.
        assert_eq!(resolve(&mut instrs, &[301, 1]).unwrap(), 2);
        assert_eq!((instrs[0].op, instrs[0].arg), (Op::JUMP_FORWARD, 300));
        // Prefix, jump and inline cache.
        assert_eq!((instrs[301].op, instrs[301].arg), (Op::JUMP_BACKWARD, 303));
    }

    #[test]
    fn contradictions_are_bugs() {
        let fails = |op, labels: &[u32]| {
            let mut instrs = [instr(Op::NOP, 0), instr(op, 0)];
            resolve(&mut instrs, labels).is_err()
        };
        assert!(fails(Op::JUMP_FORWARD, &[0]));
        assert!(fails(Op::JUMP, &[2]));
        assert!(fails(Op::JUMP, &[u32::MAX]));
        assert!(fails(Op::JUMP, &[]));
        assert!(!fails(Op::JUMP, &[0]));
    }
}
