//! From labels to distances.

use pycsmith_bytecode::Op;
use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_ir::sequence::{Instruction, Label};

use super::size;
use crate::codegen::{Result, bug};

/// `END_ASYNC_FOR` counts from the `END_SEND` of its loop, this many code units behind the `SEND` that is its label.
const END_SEND_OFFSET: u32 = 5;

/// Makes labels instruction numbers: those of jumps and those of handlers
/// (`_PyInstructionSequence_ApplyLabelMap`).
pub(super) fn apply_labels(
    table: &OpcodeTable,
    instrs: &mut [Instruction],
    labels: &[u32],
) -> Result {
    let count = instrs.len() as u32;
    let place = |label: u32| match labels.get(label as usize) {
        Some(&index) if index < count => Ok(index),
        _ => bug(format!("label {label} stands before no instruction")),
    };
    for instr in instrs {
        if table.has_jump(instr.op) {
            instr.arg = place(instr.arg)?;
        }
        if instr.handler.label != Label::NONE {
            instr.handler.label = Label(place(instr.handler.label.0)?);
        }
    }
    Ok(())
}

/// Gives the remaining `JUMP`s their direction (`resolve_unconditional_jumps`).
pub(super) fn resolve_unconditional(instrs: &mut [Instruction]) {
    for (index, instr) in (0..).zip(instrs) {
        let forward = instr.arg > index;
        instr.op = match instr.op {
            Op::JUMP | Op::JUMP_NO_INTERRUPT if forward => Op::JUMP_FORWARD,
            Op::JUMP => Op::JUMP_BACKWARD,
            Op::JUMP_NO_INTERRUPT => Op::JUMP_BACKWARD_NO_INTERRUPT,
            other => other,
        };
    }
}

/// Makes instruction numbers of jumps distances (`resolve_jump_offsets`) and returns the offset of each
/// instruction in code units, and at the end the offset behind the last one.
///
/// A distance over 255 lengthens its instruction, and so the distances of others: the sizes are computed anew
/// until none changes.
pub(super) fn resolve_offsets(table: &OpcodeTable, instrs: &mut [Instruction]) -> Result<Vec<u32>> {
    let jumps: Vec<(usize, usize)> = instrs
        .iter()
        .enumerate()
        .filter(|(_, instr)| table.has_jump(instr.op))
        .map(|(index, instr)| (index, instr.arg as usize))
        .collect();
    let mut offsets = Vec::with_capacity(instrs.len() + 1);
    // CPython has the same loop without a bound. Instructions settle within a few rounds.
    for _ in 0..1000 {
        offsets.clear();
        let mut offset = 0u32;
        for instr in &*instrs {
            offsets.push(offset);
            offset += size(table, instr);
        }
        offsets.push(offset);
        let mut changed = false;
        for &(index, target) in &jumps {
            let instr = &mut instrs[index];
            let before = size(table, instr);
            let (end, target) = (offsets[index + 1], offsets[target]);
            instr.arg = if instr.op == Op::END_ASYNC_FOR {
                match end.checked_sub(target + END_SEND_OFFSET) {
                    Some(distance) => distance,
                    None => return bug("END_ASYNC_FOR stands before its SEND"),
                }
            } else if table.is_backward_jump(instr.op) {
                match end.checked_sub(target) {
                    Some(distance) => distance,
                    None => return bug(format!("{} jumps forwards", instr.op)),
                }
            } else {
                match target.checked_sub(end) {
                    Some(distance) => distance,
                    None => return bug(format!("{} jumps backwards", instr.op)),
                }
            };
            changed |= size(table, instr) != before;
        }
        if !changed {
            return Ok(offsets);
        }
    }
    bug("jump distances do not settle")
}

#[cfg(test)]
mod tests {
    use pycsmith_bytecode::{Location, Target};
    use pycsmith_ir::sequence::HandlerInfo;

    use super::*;

    fn instr(op: Op, arg: u32) -> Instruction {
        Instruction {
            op,
            arg,
            loc: Location::NONE,
            handler: HandlerInfo::NONE,
        }
    }

    #[test]
    fn far_jumps_get_a_prefix() {
        // As `_testinternalcapi.assemble_code_object` of 3.14 has it: the jump forwards skips 300 units.
        let table = Target::PY314.opcodes();
        let mut instrs = vec![instr(Op::JUMP, 301)];
        instrs.extend(std::iter::repeat_n(instr(Op::NOP, 0), 300));
        instrs.push(instr(Op::JUMP, 1));
        resolve_unconditional(&mut instrs);
        let offsets = resolve_offsets(table, &mut instrs).unwrap();
        assert_eq!((instrs[0].op, instrs[0].arg), (Op::JUMP_FORWARD, 300));
        // Prefix, jump and inline cache.
        assert_eq!((offsets[1], offsets[302] - offsets[301]), (2, 3));
        assert_eq!((instrs[301].op, instrs[301].arg), (Op::JUMP_BACKWARD, 303));
    }

    #[test]
    fn contradictions_are_bugs() {
        let table = Target::PY314.opcodes();
        assert!(
            resolve_offsets(table, &mut [instr(Op::NOP, 0), instr(Op::JUMP_FORWARD, 0)]).is_err()
        );
        assert!(apply_labels(table, &mut [instr(Op::JUMP, 3)], &[0]).is_err());
        assert!(apply_labels(table, &mut [instr(Op::JUMP, 0)], &[u32::MAX]).is_err());
    }
}
