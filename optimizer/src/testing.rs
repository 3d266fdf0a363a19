//! Graphs in a short form, for the tests of passes: `OP`, `OP 3`, `OP L1`, each with `@line` if it has one; `L1:`.

use std::fmt::Write;

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::sequence::BlockLog;
use pycsmith_ir::{Cfg, InstructionSequence, Label};

use crate::passes::from_sequence;

fn label(sequence: &mut InstructionSequence, text: &str) -> Label {
    let number: u32 = text.trim_start_matches('L').parse().unwrap();
    while sequence.labels.len() <= number as usize {
        sequence.new_label();
    }
    Label(number)
}

pub(crate) fn sequence(text: &str) -> InstructionSequence {
    fill(InstructionSequence::default(), text)
}

/// A sequence that notes how blocks are laid out.
pub(crate) fn sequence_of_blocks(text: &str) -> InstructionSequence {
    let sequence = InstructionSequence {
        blocks: Some(Box::new(BlockLog::default())),
        ..InstructionSequence::default()
    };
    fill(sequence, text)
}

fn fill(mut sequence: InstructionSequence, text: &str) -> InstructionSequence {
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_suffix(':') {
            let label = label(&mut sequence, name);
            sequence.use_label(label);
            continue;
        }
        let (mut arg, mut to, mut loc) = (0, None, Location::NONE);
        let mut words = line.split_whitespace();
        let op = Op::from_name(words.next().unwrap()).unwrap();
        for word in words {
            if let Some(line) = word.strip_prefix('@') {
                let line = line.parse().unwrap();
                loc = if line < 0 {
                    Location::NONE
                } else {
                    Location::line_start(line)
                };
            } else if word.starts_with('L') {
                to = Some(label(&mut sequence, word));
            } else {
                arg = word.parse().unwrap();
            }
        }
        match to {
            Some(label) => sequence.push_jump(op, label, loc),
            None => sequence.push(op, arg, loc),
        }
    }
    sequence
}

pub(crate) fn cfg(text: &str) -> Cfg {
    let mut cfg = Cfg::default();
    from_sequence::run(&mut cfg, &mut sequence(text), false).unwrap();
    cfg
}

/// One line a block, in layout order.
pub(crate) fn cfg_text(cfg: &Cfg) -> String {
    let opcodes = pycsmith_bytecode::Target::PY314.opcodes();
    let mut text = String::new();
    for b in cfg.layout() {
        let instrs: Vec<_> = cfg
            .instrs(b)
            .iter()
            .map(|instr| match () {
                () if instr.target.is_some() => format!(" {} b{}", instr.op, instr.target.0),
                () if opcodes.has_arg(instr.op) => format!(" {} {}", instr.op, instr.arg),
                () => format!(" {}", instr.op),
            })
            .collect();
        writeln!(text, "b{}:{}", b.0, instrs.join(";")).unwrap();
    }
    text
}
