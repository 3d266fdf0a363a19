//! Instruction sequences with labels (CPython's `instruction_sequence.c`).

use pycsmith_bytecode::{Location, Op};

use crate::cfg::Instr;

/// A jump target: an index into the sequence's label table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub u32);

impl Label {
    /// No label (CPython's `NO_LABEL`).
    pub const NONE: Label = Label(u32::MAX);
}

/// An exception handler, on the way out of the optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlerInfo {
    pub label: Label,
    /// Stack depth at the handler's first instruction, in slots: the exception, and lasti, are on the stack.
    pub start_depth: u32,
    pub preserve_lasti: bool,
}

/// Labels as blocks.
#[derive(Clone, Debug, Default)]
pub struct BlockLog {
    /// For each label, how many instructions there were when it was made.
    pub births: Vec<u32>,
    /// The labels in the order in which they were placed.
    pub placements: Vec<Label>,
}

/// Instructions in order, and where each label stands.
#[derive(Clone, Debug, Default)]
pub struct InstructionSequence {
    /// The `arg` of a jump is a label number, its `target` says nothing; `handler` is an index into `handlers`.
    pub instrs: Vec<Instr>,
    /// Index into `instrs` for each label; `u32::MAX` until placed.
    pub labels: Vec<u32>,
    /// Where jumps and block pushes stand, in order, for the graph's making; no one else keeps it.
    pub jumps: Vec<u32>,
    /// What protects instructions; code generation has none yet.
    pub handlers: Vec<HandlerInfo>,
    /// How code generation made its blocks, where passes ask for it (`Target::generates_blocks`).
    pub blocks: Option<Box<BlockLog>>,
    /// Replaces `ANNOTATIONS_PLACEHOLDER` (deferred annotations of a module or class).
    pub annotations: Option<Box<InstructionSequence>>,
    /// Small integers have their own load already: code generation has done at once what
    /// `optimize_load_const` would do, as nobody looks at its instructions.
    pub loads_small_ints: bool,
}

impl InstructionSequence {
    #[inline]
    pub fn new_label(&mut self) -> Label {
        if let Some(blocks) = &mut self.blocks {
            blocks.births.push(self.instrs.len() as u32);
        }
        self.labels.push(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    /// Places `label` before the next instruction.
    #[inline]
    pub fn use_label(&mut self, label: Label) {
        if let Some(blocks) = &mut self.blocks {
            blocks.placements.push(label);
        }
        self.labels[label.0 as usize] = self.instrs.len() as u32;
    }

    #[inline]
    pub fn push(&mut self, op: Op, arg: u32, loc: Location) {
        self.instrs.push(Instr::new(op, arg, loc));
    }

    /// A jump or a block push.
    #[inline]
    pub fn push_jump(&mut self, op: Op, label: Label, loc: Location) {
        self.jumps.push(self.instrs.len() as u32);
        self.push(op, label.0, loc);
    }

    /// Inserts a jump or a block push before `index` and moves the labels behind it (labels at `index` stay before the
    /// new one only if they stood earlier; CPython: `_PyInstructionSequence_InsertInstruction`).
    pub fn insert_jump(&mut self, index: usize, op: Op, label: Label, loc: Location) {
        self.instrs.insert(index, Instr::new(op, label.0, loc));
        for position in &mut self.labels {
            if *position != u32::MAX && *position >= index as u32 {
                *position += 1;
            }
        }
        let behind = self.jumps.partition_point(|&jump| jump < index as u32);
        for jump in &mut self.jumps[behind..] {
            *jump += 1;
        }
        self.jumps.insert(behind, index as u32);
    }

    /// Drops what is in it and keeps the memory.
    pub fn clear(&mut self) {
        self.instrs.clear();
        self.labels.clear();
        self.jumps.clear();
        self.handlers.clear();
        self.annotations = None;
    }
}
