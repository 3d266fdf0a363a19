//! What a listing is made of: the instructions of a code object with everything that is known of each.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Lines, labels, meaning, stack};
use crate::code::CodeObject;
use crate::constant::Constant;
use crate::location::Location;
use crate::tables::{self, Decoded, Handler};
use crate::version::Target;

/// A code object taken apart.
pub struct Listing<'a> {
    pub code: &'a CodeObject,
    pub target: Target,
    pub rows: Vec<Row>,
    pub handlers: Vec<Handler>,
    /// Numbers of the offsets (in code units) that jumps and handlers name.
    pub labels: BTreeMap<u32, usize>,
}

/// An instruction.
pub struct Row {
    pub instr: Decoded,
    /// `LOAD_FAST`, or `<17>` for a number that the version does not use.
    pub name: String,
    /// `None` where the operation has no operand.
    pub arg: Option<u32>,
    /// What the operand stands for; jumps have a target instead.
    pub meaning: Option<String>,
    /// Where it jumps, in code units.
    pub target: Option<u32>,
    pub location: Location,
    /// The evaluation stack before and behind it, the top last; `None` where control never comes.
    pub before: Option<stack::Stack>,
    pub after: Option<stack::Stack>,
}

impl Row {
    /// Whether its line is one of these (both included).
    pub fn is_of(&self, (first, last): (i32, i32)) -> bool {
        (first..=last).contains(&self.location.line)
    }
}

impl<'a> Listing<'a> {
    pub fn new(code: &'a CodeObject, target: Target) -> Listing<'a> {
        let table = target.opcodes();
        let decoded = tables::instructions(&code.code, table);
        let labels = labels(code, table, &decoded);
        let stacks = stack::stacks(code, target, &decoded);
        let mut lines = Lines::new(code);
        let row = |(instr, (before, after)): (&Decoded, (Option<_>, Option<_>))| Row {
            instr: *instr,
            name: match instr.op {
                Some(op) => op.name().to_owned(),
                None => format!("<{}>", instr.number),
            },
            arg: instr.op.filter(|&op| table.has_arg(op)).map(|_| instr.arg),
            meaning: instr.op.and_then(|op| meaning(code, target, op, instr.arg)),
            target: instr.jump_target(table),
            location: lines.at(instr.offset),
            before,
            after,
        };
        Listing {
            code,
            target,
            rows: decoded.iter().zip(stacks).map(row).collect(),
            handlers: tables::handlers(code),
            labels,
        }
    }

    /// Whether any instruction is of these lines (both included).
    pub fn has_lines(&self, (first, last): (i32, i32)) -> bool {
        self.rows.iter().any(|row| row.is_of((first, last)))
    }

    /// `L3` for an offset in code units that has a label, else the offset in bytes.
    pub fn place(&self, offset: u32) -> String {
        match self.labels.get(&offset) {
            Some(label) => format!("L{label}"),
            None => (u64::from(offset) * 2).to_string(),
        }
    }
}

/// `code` and the code objects in it, each before those in it, each once.
pub fn all(code: &Arc<CodeObject>) -> Vec<Arc<CodeObject>> {
    let mut seen = std::collections::HashSet::new();
    let (mut out, mut pending) = (Vec::new(), vec![code.clone()]);
    while let Some(code) = pending.pop() {
        if !seen.insert(Arc::as_ptr(&code).addr()) {
            continue;
        }
        pending.extend(code.consts.iter().rev().filter_map(|value| match value {
            Constant::Code(code) => Some(code.clone()),
            _ => None,
        }));
        out.push(code);
    }
    out
}
