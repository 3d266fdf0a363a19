//! Makes a graph of a sequence whose blocks code generation has laid out: a block starts at each label, and behind
//! each jump, return and raise.
//!
//! ```text
//!     NOP                           b0:
//!     POP_JUMP_IF_FALSE L1              NOP
//! L0:                                   POP_JUMP_IF_FALSE b2
//! L1:                         =>    b1:
//!     RETURN_VALUE                  b2:
//!                                       RETURN_VALUE
//! ```

use pycsmith_ir::{BlockId, Cfg, Instr, InstructionSequence, OpKind};

use super::super::Pass;
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "from_sequence",
    mirrors: "compiler_new_block, compiler_use_next_block, compiler_use_new_implicit_block_if_needed",
    requires: &[],
    establishes: &[],
};

/// Fills `cfg`, which is cleared first.
///
/// # Errors
/// A jump to a label that was never made; a sequence without notes of its blocks.
pub fn run(cfg: &mut Cfg, sequence: &InstructionSequence) -> Result<(), Bug> {
    cfg.clear();
    let Some(log) = &sequence.blocks else {
        return Err(Bug("the blocks of the sequence are unknown".to_owned()));
    };
    cfg.reserve(sequence.instrs.len());
    cfg.entry = cfg.new_block();
    let mut current = cfg.entry;
    let mut block_of = std::mem::take(&mut cfg.scratch);
    block_of.clear();
    let mut placements = log.placements.iter().peekable();
    let mut ended = false;
    for index in 0..=sequence.instrs.len() {
        while log
            .births
            .get(block_of.len())
            .is_some_and(|&birth| birth as usize <= index)
        {
            block_of.push(cfg.new_block().0);
        }
        while let Some(label) = placements
            .next_if(|label| sequence.labels.get(label.0 as usize) == Some(&(index as u32)))
        {
            let next = BlockId(block_of[label.0 as usize]);
            cfg[current].next = next;
            current = next;
            ended = false;
        }
        let Some(instr) = sequence.instrs.get(index) else {
            break;
        };
        if ended {
            let next = cfg.new_block();
            cfg[current].next = next;
            current = next;
        }
        cfg.push(current, Instr::new(instr.op, instr.arg, instr.loc));
        ended = instr.op.is_terminator();
    }
    for b in 0..cfg.blocks.len() as u32 {
        for instr in cfg.instrs_mut(BlockId(b)) {
            if instr.op.has_target() {
                let Some(&target) = block_of.get(instr.arg as usize) else {
                    return Err(Bug(format!("{} to no label", instr.op)));
                };
                instr.arg = 0;
                instr.target = BlockId(target);
            }
        }
    }
    cfg.scratch = block_of;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg_text, sequence_of_blocks};

    #[test]
    fn labels_start_blocks_even_empty_ones() {
        let sequence = sequence_of_blocks("POP_JUMP_IF_FALSE L1\nNOP\nL0:\nL1:\nRETURN_VALUE");
        let mut cfg = Cfg::default();
        run(&mut cfg, &sequence).unwrap();
        assert_eq!(
            cfg_text(&cfg),
            "b0: POP_JUMP_IF_FALSE b2\nb3: NOP\nb1:\nb2: RETURN_VALUE\n"
        );
    }
}
