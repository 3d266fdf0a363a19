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
    what: "Makes a graph of a sequence whose blocks code generation has laid out",
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
    use pycsmith_bytecode::{Location, Op};
    use pycsmith_ir::sequence::BlockLog;

    use super::*;
    use crate::testing::cfg_text;

    fn graph(generate: impl FnOnce(&mut InstructionSequence)) -> Result<String, Bug> {
        let mut sequence = InstructionSequence {
            blocks: Some(Box::new(BlockLog::default())),
            ..InstructionSequence::default()
        };
        generate(&mut sequence);
        let mut cfg = Cfg::default();
        run(&mut cfg, &sequence)?;
        Ok(cfg_text(&cfg))
    }

    #[test]
    fn labels_start_blocks_even_empty_ones() {
        let text = graph(|sequence| {
            let (a, b) = (sequence.new_label(), sequence.new_label());
            sequence.push(Op::POP_JUMP_IF_FALSE, b.0, Location::NONE);
            sequence.push(Op::NOP, 0, Location::NONE);
            sequence.use_label(a);
            sequence.use_label(b);
            sequence.push(Op::RETURN_VALUE, 0, Location::NONE);
        });
        assert_eq!(
            text.unwrap(),
            "b0: POP_JUMP_IF_FALSE b2\nb3: NOP\nb1:\nb2: RETURN_VALUE\n"
        );
    }

    #[test]
    fn blocks_are_numbered_by_age() {
        let text = graph(|sequence| {
            let early = sequence.new_label();
            sequence.push(Op::NOP, 0, Location::NONE);
            sequence.push(Op::RETURN_VALUE, 0, Location::NONE);
            // Before the block that the next instruction is in.
            let middle = sequence.new_label();
            sequence.push(Op::JUMP, early.0, Location::NONE);
            sequence.push(Op::NOP, 0, Location::NONE);
            let late = sequence.new_label();
            sequence.use_label(late);
            sequence.use_label(middle);
            sequence.push(Op::SETUP_FINALLY, late.0, Location::NONE);
            sequence.use_label(early);
        });
        assert_eq!(
            text.unwrap(),
            "b0: NOP; RETURN_VALUE\nb3: JUMP b1\nb4: NOP\nb5:\nb2: SETUP_FINALLY b5\nb1:\n"
        );
    }

    #[test]
    fn a_label_behind_a_jump_is_the_block_there() {
        let text = graph(|sequence| {
            let label = sequence.new_label();
            sequence.push(Op::JUMP, label.0, Location::NONE);
            sequence.use_label(label);
            sequence.push(Op::RETURN_VALUE, 0, Location::NONE);
        });
        assert_eq!(text.unwrap(), "b0: JUMP b1\nb1: RETURN_VALUE\n");
    }

    #[test]
    fn what_cannot_be_is_a_bug() {
        let nowhere = graph(|sequence| sequence.push(Op::JUMP, 0, Location::NONE));
        assert_eq!(nowhere.unwrap_err().0, "JUMP to no label");
        let unlogged = run(&mut Cfg::default(), &InstructionSequence::default());
        assert!(unlogged.unwrap_err().0.contains("unknown"));
    }
}
