//! The instructions of two code objects side by side: where a jump goes is told by labels that both sides share.

use std::collections::{BTreeSet, HashMap};

use super::align::{Budget, Row, align};
use super::locations::{self, Moved};
use crate::code::CodeObject;
use crate::compare::Equality;
use crate::dis::meaning;
use crate::opcode::Operand;
use crate::tables::{self, Decoded, Handler};
use crate::version::Target;

/// Instructions, locations and exception handlers of two code objects.
#[derive(Debug)]
pub struct Code {
    pub halves: (Half, Half),
    /// All instructions of both.
    pub rows: Vec<Row>,
    /// Runs of instructions that both have, at other places of the source; lines count from the first line of each code object.
    pub moved: Vec<Moved>,
    /// Entries of the exception tables that only one side has.
    pub handlers: (Vec<String>, Vec<String>),
    /// Locations are the same, but not the line tables.
    pub recoded: bool,
}

/// The instructions of one side.
#[derive(Debug)]
pub struct Half {
    pub decoded: Vec<Decoded>,
    /// Index of the instruction that a jump goes to; that behind the last is the end.
    targets: Vec<Option<usize>>,
    handlers: Vec<Handler>,
    /// Labels by the index of an instruction.
    pub labels: HashMap<usize, usize>,
    /// Where basic blocks start.
    blocks: Vec<usize>,
}

impl Half {
    fn new(code: &CodeObject, target: Target) -> Half {
        let table = target.opcodes();
        let decoded = tables::instructions(&code.code, table);
        let mut half = Half {
            targets: Vec::new(),
            handlers: tables::handlers(code),
            labels: HashMap::new(),
            blocks: Vec::new(),
            decoded,
        };
        let index_of = |instr: &Decoded| half.index(instr.jump_target(table)?);
        half.targets = half.decoded.iter().map(index_of).collect();
        let mut blocks = half.named();
        for (index, instr) in half.decoded.iter().enumerate() {
            if instr.op.is_some_and(|op| table.is_terminator(op)) {
                blocks.insert(index + 1);
            }
        }
        half.blocks = blocks.into_iter().collect();
        half
    }

    /// The instruction at an offset in code units.
    fn index(&self, offset: u32) -> Option<usize> {
        let found = self.decoded.binary_search_by_key(&offset, |it| it.start);
        match found {
            Ok(index) => Some(index),
            Err(index) => {
                let end = self.decoded.last().map_or(0, |last| last.end);
                (index == self.decoded.len() && offset == end).then_some(index)
            }
        }
    }

    /// The instructions that jumps and handlers name.
    fn named(&self) -> BTreeSet<usize> {
        let mut named: BTreeSet<usize> = self.targets.iter().flatten().copied().collect();
        for entry in &self.handlers {
            let places = [entry.start, entry.end, entry.target];
            named.extend(places.iter().filter_map(|&place| self.index(place)));
        }
        named
    }

    fn label(&self, index: Option<usize>) -> String {
        match index.and_then(|index| self.labels.get(&index)) {
            Some(label) => format!("L{label}"),
            None => "?".to_owned(),
        }
    }

    /// `POP_JUMP_IF_FALSE to L2`.
    pub fn operation(&self, index: usize, code: &CodeObject, target: Target) -> String {
        let instr = &self.decoded[index];
        let Some(op) = instr.op else {
            return format!("<{}> {}", instr.number, instr.arg);
        };
        let table = target.opcodes();
        if instr.jump_target(table).is_some() {
            return format!("{} to {}", op.name(), self.label(self.targets[index]));
        }
        match meaning(code, target, op, instr.arg).filter(|text| !text.is_empty()) {
            Some(meaning) => format!("{} {meaning}", op.name()),
            None if table.has_arg(op) => format!("{} {}", op.name(), instr.arg),
            None => op.name().to_owned(),
        }
    }

    /// Equal for equal instructions; jumps are all equal that are of one operation.
    fn key(&self, index: usize, code: &CodeObject, target: Target, equality: &mut Equality) -> u64 {
        let instr = &self.decoded[index];
        let (Some(op), table) = (instr.op, target.opcodes()) else {
            return equality.hash(&(u32::from(instr.number), instr.arg));
        };
        if instr.jump_target(table).is_some() {
            return equality.hash(&op.name());
        }
        if table.operand(op) == Operand::Const
            && let Some(value) = code.consts.get(instr.arg as usize)
        {
            let digest = equality.digest(value);
            return equality.hash(&(op.name(), digest));
        }
        match meaning(code, target, op, instr.arg) {
            Some(meaning) => equality.hash(&(op.name(), meaning)),
            None => equality.hash(&(op.name(), u64::from(instr.arg))),
        }
    }

    fn keys(&self, code: &CodeObject, target: Target, equality: &mut Equality) -> Vec<u64> {
        (0..self.decoded.len())
            .map(|index| self.key(index, code, target, equality))
            .collect()
    }

    /// The exception table with labels for offsets.
    fn handler_texts(&self) -> Vec<String> {
        let text = |entry: &Handler| {
            let place = |offset| self.label(self.index(offset));
            let (start, end, target) = (place(entry.start), place(entry.end), place(entry.target));
            let lasti = if entry.lasti { ", lasti" } else { "" };
            format!("{start} to {end} → {target}, stack {}{lasti}", entry.depth)
        };
        self.handlers.iter().map(text).collect()
    }
}

/// `None` if nothing differs.
pub(super) fn compare(
    (one, one_target): (&CodeObject, Target),
    (other, other_target): (&CodeObject, Target),
    equality: &mut Equality,
    budget: &mut Budget,
) -> Option<Code> {
    let mut halves = (Half::new(one, one_target), Half::new(other, other_target));
    let keys = halves.0.keys(one, one_target, equality);
    let other_keys = halves.1.keys(other, other_target, equality);
    let blocks = (&halves.0.blocks[..], &halves.1.blocks[..]);
    let rows = align(&keys, &other_keys, blocks, budget);
    label(&mut halves, &rows);
    let rows = told_apart(&halves, rows);
    let moved = locations::moved(one, other, &halves, &rows);
    let handlers = handlers(&halves, equality, budget);
    let same_code = rows.iter().all(|row| matches!(row, Row::Both(..)));
    let recoded = same_code
        && moved.is_empty()
        && one.code.len() == other.code.len()
        && one.linetable != other.linetable;
    let nothing =
        same_code && moved.is_empty() && handlers.0.is_empty() && handlers.1.is_empty() && !recoded;
    (!nothing).then_some(Code {
        halves,
        rows,
        moved,
        handlers,
        recoded,
    })
}

/// Numbers the labels from top to bottom. Both sides share those of instructions that both have; where only one has them, the first label
/// of one side is also the first of the other, and so on.
fn label(halves: &mut (Half, Half), rows: &[Row]) {
    let named = (halves.0.named(), halves.1.named());
    let ends = (halves.0.decoded.len(), halves.1.decoded.len());
    let mut next = 1;
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    let end = [Row::Both(ends.0, ends.1)];
    for row in rows.iter().chain(&end) {
        match *row {
            Row::Removed(a) => ones.extend(named.0.contains(&a).then_some(a)),
            Row::Added(b) => others.extend(named.1.contains(&b).then_some(b)),
            Row::Both(a, b) => {
                let count = ones.len().max(others.len());
                let numbered = |indices: &mut Vec<usize>| -> Vec<(usize, usize)> {
                    indices.drain(..).zip(next..).collect()
                };
                halves.0.labels.extend(numbered(&mut ones));
                halves.1.labels.extend(numbered(&mut others));
                next += count;
                if named.0.contains(&a) || named.1.contains(&b) {
                    halves.0.labels.insert(a, next);
                    halves.1.labels.insert(b, next);
                    next += 1;
                }
            }
        }
    }
}

/// Jumps that stand side by side but go to different places are different instructions.
fn told_apart(halves: &(Half, Half), rows: Vec<Row>) -> Vec<Row> {
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        if let Row::Both(a, b) = row {
            let goes = |half: &Half, index: usize| {
                let target = half.targets[index];
                target.map(|target| half.labels.get(&target).copied())
            };
            if goes(&halves.0, a) != goes(&halves.1, b) {
                out.extend([Row::Removed(a), Row::Added(b)]);
                continue;
            }
        }
        out.push(row);
    }
    out
}

fn handlers(
    halves: &(Half, Half),
    equality: &Equality,
    budget: &mut Budget,
) -> (Vec<String>, Vec<String>) {
    let (one, other) = (halves.0.handler_texts(), halves.1.handler_texts());
    let keys =
        |texts: &[String]| -> Vec<u64> { texts.iter().map(|text| equality.hash(text)).collect() };
    let rows = align(&keys(&one), &keys(&other), (&[], &[]), budget);
    let mut found = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Row::Both(..) => {}
            Row::Removed(index) => found.0.push(one[index].clone()),
            Row::Added(index) => found.1.push(other[index].clone()),
        }
    }
    found
}
