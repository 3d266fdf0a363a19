//! How large a unit would be if it were assembled as it stands, also between two passes.
//!
//! Jumps are given distances as the assembler would give them, though some may still go the wrong way. Pseudo-instructions
//! count as what becomes of them: `JUMP` as the jump of its direction, `JUMP_IF_FALSE` as the three instructions that it is
//! spelled out to, and those that only mark what a handler protects as nothing. So the passes that make them real remove and
//! add nothing by that.

use std::ops::{AddAssign, Sub};

use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{Cfg, Instr, InstructionSequence, OpKind};
use pycsmith_optimizer::passes::to_sequence;

use super::jumps;
use crate::codegen::Result;

/// What a unit, or many of them, consist of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Without `EXTENDED_ARG`, which assembly adds.
    pub instructions: i64,
    /// Of code (`co_code`): instructions, their `EXTENDED_ARG` and inline caches.
    pub bytes: i64,
    /// Of `co_consts`.
    pub constants: i64,
    /// Basic blocks with instructions.
    pub blocks: i64,
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Size) {
        self.instructions += other.instructions;
        self.bytes += other.bytes;
        self.constants += other.constants;
        self.blocks += other.blocks;
    }
}

impl Sub for Size {
    type Output = Size;

    fn sub(self, other: Size) -> Size {
        Size {
            instructions: self.instructions - other.instructions,
            bytes: self.bytes - other.bytes,
            constants: self.constants - other.constants,
            blocks: self.blocks - other.blocks,
        }
    }
}

/// Measures units, and keeps memory from one to the next.
#[derive(Default)]
pub struct Ruler {
    sequence: InstructionSequence,
    instrs: Vec<Instr>,
    jumps: jumps::Jumps,
}

impl Ruler {
    /// The size of a graph with so many constants.
    ///
    /// # Errors
    /// A jump to nowhere.
    pub fn measure(&mut self, cfg: &Cfg, constants: usize, target: Target) -> Result<Size> {
        let keep_labels = target.sizes_jumps_from_labels();
        to_sequence::run(&mut cfg.clone(), &mut self.sequence, keep_labels);
        self.spell_out();
        let count = self.instrs.len();
        // Blocks may be empty: here is what labels at the end stand before.
        self.push(Op::NOP, 0);
        let units = jumps::resolve_unfinished(
            target,
            &mut self.instrs,
            &self.sequence.labels,
            &mut self.jumps,
        )?;
        Ok(Size {
            instructions: count as i64,
            bytes: 2 * i64::from(units),
            constants: constants as i64,
            blocks: cfg.layout().filter(|&b| !cfg[b].is_empty()).count() as i64,
        })
    }

    /// Fills `instrs` with what becomes of the sequence's, and moves its labels along.
    fn spell_out(&mut self) {
        self.instrs.clear();
        let old = std::mem::take(&mut self.sequence.instrs);
        let mut places = Vec::with_capacity(old.len() + 1);
        for instr in &old {
            places.push(self.instrs.len() as u32);
            let jump = match instr.op {
                Op::JUMP_IF_FALSE => Some(Op::POP_JUMP_IF_FALSE),
                Op::JUMP_IF_TRUE => Some(Op::POP_JUMP_IF_TRUE),
                _ => None,
            };
            match jump {
                Some(jump) => {
                    self.push(Op::COPY, 1);
                    self.push(Op::TO_BOOL, 0);
                    self.push(jump, instr.arg);
                }
                None if instr.op.is_block_push() || instr.op == Op::POP_BLOCK => {}
                None => self.push(instr.op, instr.arg),
            }
        }
        places.push(self.instrs.len() as u32);
        for label in &mut self.sequence.labels {
            // Labels that stand nowhere stay so.
            *label = places.get(*label as usize).copied().unwrap_or(u32::MAX);
        }
        self.sequence.instrs = old;
    }

    fn push(&mut self, op: Op, arg: u32) {
        let nowhere = pycsmith_bytecode::Location::NONE;
        self.instrs.push(Instr::new(op, arg, nowhere));
    }
}

#[cfg(test)]
mod tests {
    use pycsmith_ir::text::parse;

    use super::*;

    fn size(blocks: &str) -> Size {
        let text = format!("target 3.14.10\n\ncode f line 1 {{\n  .locals x\n{blocks}}}\n");
        let module = parse(&text).unwrap_or_else(|faults| panic!("{faults:?}"));
        let unit = &module.units[0];
        let size = Ruler::default().measure(&unit.graph.0, unit.consts.len(), module.target);
        size.expect("jumps go somewhere")
    }

    /// Counted by hand: `RESUME`, `LOAD_FAST` and `RETURN_VALUE` have no caches, `TO_BOOL` has three, jumps on a condition one.
    #[test]
    fn pseudo_instructions_count_as_what_they_become() {
        let plain = size("b0:\n    RESUME 0\n    LOAD_FAST x\n    RETURN_VALUE\n");
        assert_eq!((plain.instructions, plain.bytes, plain.blocks), (3, 6, 1));
        let protected = size(
            "b0:\n    RESUME 0\n    SETUP_FINALLY b1\n    LOAD_FAST x\n    POP_BLOCK\n    RETURN_VALUE\n\
             b1:\n    RERAISE 0\n",
        );
        assert_eq!((protected.instructions, protected.bytes), (4, 8));
        let either = size(
            "b0:\n    RESUME 0\n    LOAD_FAST x\n    JUMP_IF_FALSE b1\nb1:\n    RETURN_VALUE\n",
        );
        // COPY, TO_BOOL and POP_JUMP_IF_FALSE for the jump: 2 + 8 + 4 bytes.
        assert_eq!((either.instructions, either.bytes), (6, 20));
    }

    #[test]
    fn a_jump_may_go_back_or_to_an_empty_block_at_the_end() {
        let back = size("b0:\n    LOAD_FAST x\n    POP_JUMP_IF_TRUE b0\nb1:\n    JUMP b2\nb2:\n");
        assert_eq!((back.instructions, back.bytes, back.blocks), (3, 8, 2));
    }

    #[test]
    fn large_operands_and_distances_take_prefixes() {
        let nops = "    NOP\n".repeat(300);
        let far = size(&format!("b0:\n    JUMP b1\nb2:\n{nops}b1:\n    NOP\n"));
        assert_eq!((far.instructions, far.bytes), (302, 2 * 303));
    }
}
