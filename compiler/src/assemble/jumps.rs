//! From labels to distances.

use std::hint::select_unpredictable;

use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::Instr;

use super::emission::size;
use crate::codegen::{Result, bug};

/// A jump instruction and the instruction it jumps to, by number.
pub(super) struct Jump {
    pub(super) index: usize,
    pub(super) place: usize,
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

/// Makes labels of jumps distances (`resolve_jump_offsets`). The first of `offsets` become those of the instructions in code
/// units, and one more that behind the last one; there must be as many. `jumps` are overwritten.
///
/// A distance over 255 lengthens its instruction, and so the distances of others: the sizes are computed anew
/// until none changes.
#[inline]
pub(super) fn resolve(
    target: Target,
    instrs: &mut [Instr],
    labels: &[u32],
    offsets: &mut [u32],
    jumps: &mut Vec<Jump>,
) -> Result {
    resolve_by(distance, target, instrs, labels, offsets, jumps)
}

/// [`resolve`] where jumps may go the wrong way, as they do before the passes are done with them.
pub(super) fn resolve_unfinished(
    target: Target,
    instrs: &mut [Instr],
    labels: &[u32],
    offsets: &mut [u32],
    jumps: &mut Vec<Jump>,
) -> Result {
    resolve_by(length, target, instrs, labels, offsets, jumps)
}

fn resolve_by(
    distance: impl Fn(&OpcodeTable, Op, u32, u32) -> Result<u32>,
    target: Target,
    instrs: &mut [Instr],
    labels: &[u32],
    offsets: &mut [u32],
    jumps: &mut Vec<Jump>,
) -> Result {
    let table = target.opcodes();
    jumps.clear();
    let count = instrs.len();
    let offsets = &mut offsets[..=count];
    let mut offset = 0u32;
    for (index, (instr, at)) in instrs.iter_mut().zip(&mut *offsets).enumerate() {
        *at = offset;
        let mut encoding = table.encoding(instr.op);
        if encoding.jumps {
            let to = place(labels, instr.arg, count)?;
            instr.arg = first_guess(target, instr.arg, to);
            let place = to as usize;
            instr.op = directed(instr.op, place > index);
            encoding = table.encoding(instr.op);
            jumps.push(Jump { index, place });
        }
        offset += size(encoding, instr.arg);
    }
    offsets[count] = offset;
    // CPython has the same loop without a bound. Instructions settle within a few rounds.
    for _ in 0..1000 {
        let mut changed = false;
        for jump in &*jumps {
            let instr = &mut instrs[jump.index];
            let encoding = table.encoding(instr.op);
            let before = size(encoding, instr.arg);
            instr.arg = distance(
                table,
                instr.op,
                offsets[jump.index + 1],
                offsets[jump.place],
            )?;
            changed |= size(encoding, instr.arg) != before;
        }
        if !changed {
            return Ok(());
        }
        let mut offset = 0u32;
        for (instr, place) in instrs.iter().zip(offsets.iter_mut()) {
            *place = offset;
            offset += size(table.encoding(instr.op), instr.arg);
        }
        offsets[count] = offset;
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

    #[test]
    fn far_jumps_get_a_prefix() {
        // Counted by hand: the jump forwards skips 300 units of one each.
        let mut instrs = vec![instr(Op::JUMP, 0)];
        instrs.extend(std::iter::repeat_n(instr(Op::NOP, 0), 300));
        instrs.push(instr(Op::JUMP, 1));
        let (mut offsets, mut jumps) = (vec![0; 303], Vec::new());
        resolve(
            Target::PY314,
            &mut instrs,
            &[301, 1],
            &mut offsets,
            &mut jumps,
        )
        .unwrap();
        assert_eq!((instrs[0].op, instrs[0].arg), (Op::JUMP_FORWARD, 300));
        // Prefix, jump and inline cache.
        assert_eq!((offsets[1], offsets[302] - offsets[301]), (2, 3));
        assert_eq!((instrs[301].op, instrs[301].arg), (Op::JUMP_BACKWARD, 303));
    }

    #[test]
    fn contradictions_are_bugs() {
        let fails = |op, labels: &[u32]| {
            let mut instrs = [instr(Op::NOP, 0), instr(op, 0)];
            resolve(
                Target::PY314,
                &mut instrs,
                labels,
                &mut [0; 3],
                &mut Vec::new(),
            )
            .is_err()
        };
        assert!(fails(Op::JUMP_FORWARD, &[0]));
        assert!(fails(Op::JUMP, &[2]));
        assert!(fails(Op::JUMP, &[u32::MAX]));
        assert!(fails(Op::JUMP, &[]));
        assert!(!fails(Op::JUMP, &[0]));
    }
}
