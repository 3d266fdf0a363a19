//! Instruction sequences with labels (CPython's `instruction_sequence.c`).

use pycsmith_bytecode::{Location, Op};

/// A jump target: an index into the sequence's label table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub u32);

impl Label {
    /// No label (CPython's `NO_LABEL`).
    pub const NONE: Label = Label(u32::MAX);
}

/// The exception handler that protects an instruction, on the way out of the optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlerInfo {
    /// [`Label::NONE`] where nothing protects it.
    pub label: Label,
    /// Stack depth at the handler's first instruction, in slots: the exception, and lasti, are on the stack.
    pub start_depth: u32,
    pub preserve_lasti: bool,
}

impl HandlerInfo {
    pub const NONE: HandlerInfo = HandlerInfo {
        label: Label::NONE,
        start_depth: 0,
        preserve_lasti: false,
    };
}

/// One instruction; `arg` of a jump is a label number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instruction {
    pub op: Op,
    pub arg: u32,
    pub loc: Location,
    pub handler: HandlerInfo,
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
    pub instrs: Vec<Instruction>,
    /// Index into `instrs` for each label; `u32::MAX` until placed.
    pub labels: Vec<u32>,
    /// How code generation made its blocks, where passes ask for it (`Target::generates_blocks`).
    pub blocks: Option<BlockLog>,
    /// Replaces `ANNOTATIONS_PLACEHOLDER` (deferred annotations of a module or class).
    pub annotations: Option<Box<InstructionSequence>>,
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
        self.instrs.push(Instruction {
            op,
            arg,
            loc,
            handler: HandlerInfo::NONE,
        });
    }

    /// Inserts before `index` and moves the labels behind it (labels at `index` stay before the new one
    /// only if they stood earlier; CPython: `_PyInstructionSequence_InsertInstruction`).
    pub fn insert(&mut self, index: usize, op: Op, arg: u32, loc: Location) {
        self.instrs.insert(
            index,
            Instruction {
                op,
                arg,
                loc,
                handler: HandlerInfo::NONE,
            },
        );
        for position in &mut self.labels {
            if *position != u32::MAX && *position >= index as u32 {
                *position += 1;
            }
        }
    }
}
