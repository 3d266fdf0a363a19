//! Makes a graph of an instruction sequence: a block starts at each label that is a target, and behind each jump,
//! return and raise.
//!
//! ```text
//!     LOAD_FAST 0                     b0:
//!     POP_JUMP_IF_FALSE L1                LOAD_FAST 0
//!     LOAD_CONST 0                        POP_JUMP_IF_FALSE b2
//!     RETURN_VALUE                    b1:
//! L1: LOAD_CONST 1              =>        LOAD_CONST 0
//!     RETURN_VALUE                        RETURN_VALUE
//!                                     b2:
//!                                         LOAD_CONST 1
//!                                         RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, Instr, Instruction, InstructionSequence, Label, OpKind};

use super::Pass;
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "from_sequence",
    mirrors: "_PyCfg_FromInstructionSequence, translate_jump_labels_to_targets",
    requires: &[],
    establishes: &[],
};

const NOT_A_TARGET: u32 = u32::MAX;
const TARGET: u32 = u32::MAX - 1;

/// Fills `cfg`, which is cleared first.
///
/// # Errors
/// A jump to a label that was never placed, or that stands behind the last instruction.
pub fn run(cfg: &mut Cfg, sequence: &InstructionSequence) -> Result<(), Bug> {
    cfg.clear();
    let mut block_at = std::mem::take(&mut cfg.scratch);
    block_at.clear();
    block_at.resize(sequence.instrs.len(), NOT_A_TARGET);
    for instr in sequence.instrs.iter().filter(|instr| instr.op.has_target()) {
        block_at[target_index(sequence, instr)?] = TARGET;
    }
    let mut builder = Builder {
        cfg,
        current: BlockId::NONE,
        terminated: false,
    };
    builder.cfg.entry = builder.cfg.new_block();
    builder.current = builder.cfg.entry;
    for (index, instr) in sequence.instrs.iter().enumerate() {
        if instr.op == Op::ANNOTATIONS_PLACEHOLDER {
            for instr in sequence
                .annotations
                .iter()
                .flat_map(|annotations| &annotations.instrs)
            {
                if instr.op.has_target() {
                    return Err(Bug("a jump among deferred annotations".to_owned()));
                }
                builder.push(Instr::new(instr.op, instr.arg, instr.loc));
            }
            continue;
        }
        if block_at[index] == TARGET {
            block_at[index] = builder.use_label(Label(index as u32)).0;
        }
        let mut new = Instr::new(instr.op, instr.arg, instr.loc);
        if instr.op.has_target() {
            new.target = BlockId(target_index(sequence, instr)? as u32);
        }
        builder.push(new);
    }
    for instr in cfg
        .all_instrs_mut()
        .iter_mut()
        .filter(|instr| instr.target.is_some())
    {
        instr.target = BlockId(block_at[instr.target.0 as usize]);
        instr.arg = 0;
        if instr.target.0 == TARGET {
            return Err(Bug("a jump to the deferred annotations".to_owned()));
        }
    }
    cfg.scratch = block_at;
    Ok(())
}

fn target_index(sequence: &InstructionSequence, instr: &Instruction) -> Result<usize, Bug> {
    let index = sequence
        .labels
        .get(instr.arg as usize)
        .copied()
        .unwrap_or(u32::MAX) as usize;
    if index < sequence.instrs.len() {
        Ok(index)
    } else {
        Err(Bug(format!(
            "{} to label {}, which stands nowhere",
            instr.op, instr.arg
        )))
    }
}

struct Builder<'a> {
    cfg: &'a mut Cfg,
    current: BlockId,
    /// The current block ends with a jump, a return or a raise.
    terminated: bool,
}

impl Builder<'_> {
    fn start_block(&mut self) {
        let block = self.cfg.new_block();
        self.cfg[self.current].next = block;
        self.current = block;
        self.terminated = false;
    }

    /// Makes the next instruction the first of a labelled block.
    fn use_label(&mut self, label: Label) -> BlockId {
        if !self.cfg[self.current].is_empty() {
            self.start_block();
        }
        self.cfg[self.current].label = label;
        self.current
    }

    fn push(&mut self, instr: Instr) {
        if self.terminated {
            self.start_block();
        }
        self.terminated = instr.op.is_terminator();
        self.cfg.push(self.current, instr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg_text, sequence};

    #[test]
    fn blocks_start_at_targets_and_behind_terminators() {
        let sequence = sequence(
            "LOAD_FAST 0
             POP_JUMP_IF_FALSE L1
             LOAD_CONST 0
             RETURN_VALUE
             L1:
             LOAD_CONST 1
             RETURN_VALUE",
        );
        let mut cfg = Cfg::default();
        run(&mut cfg, &sequence).unwrap();
        assert_eq!(
            cfg_text(&cfg),
            "b0: LOAD_FAST 0; POP_JUMP_IF_FALSE b2\nb1: LOAD_CONST 0; RETURN_VALUE\nb2: LOAD_CONST 1; RETURN_VALUE\n"
        );
    }

    #[test]
    fn a_label_nowhere_is_a_bug() {
        let mut sequence = sequence("JUMP L0\nL0:");
        assert!(run(&mut Cfg::default(), &sequence).is_err());
        sequence.labels[0] = u32::MAX;
        assert!(run(&mut Cfg::default(), &sequence).is_err());
    }
}
