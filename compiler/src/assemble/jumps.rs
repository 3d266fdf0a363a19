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
