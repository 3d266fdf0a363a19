//! `pycsmith diff --json`. README.md describes the members; new ones may be added, none will change its meaning.

use std::collections::BTreeMap;
use std::sync::Arc;

use pycsmith_bytecode::diff::{Code, CodeDiff, Diff, Listed, NO_LINE, Row, Side};
use pycsmith_bytecode::{CodeObject, Location};
use serde::Serialize;

use super::Named;
use crate::input;

#[derive(Serialize)]
struct File {
    a: Input,
    b: Input,
    equal: bool,
    /// Qualified names of code objects that one side has only.
    removed: Vec<String>,
    added: Vec<String>,
    changed: Vec<Changed>,
}

#[derive(Serialize)]
struct Input {
    path: String,
    target: String,
    level: Option<u8>,
}

#[derive(Serialize)]
struct Changed {
    qualname: String,
    firstlineno: [i32; 2],
    attributes: BTreeMap<&'static str, [String; 2]>,
    consts: Items,
    names: Items,
    localsplus: Items,
    instructions: Vec<Instruction>,
    locations: Vec<Moved>,
    handlers: Items,
}

#[derive(Default, Serialize)]
struct Items {
    removed: Vec<String>,
    added: Vec<String>,
    reordered: bool,
}

/// An instruction that one side has only; the offset is in bytes.
#[derive(Serialize)]
struct Instruction {
    side: &'static str,
    offset: u64,
    label: Option<usize>,
    operation: String,
}

/// Instructions at another place; lines count from that of the code object.
#[derive(Serialize)]
struct Moved {
    offsets: [u64; 2],
    count: usize,
    /// Line, end line, column, end column.
    a: [Option<i32>; 4],
    b: [Option<i32>; 4],
}

/// The text, with a line end.
pub(super) fn text(diff: &Diff, one: &Named<'_>, other: &Named<'_>) -> String {
    let names = |codes: &[Arc<CodeObject>]| {
        let name = |code: &Arc<CodeObject>| code.qualname.to_string_lossy().into_owned();
        codes.iter().map(name).collect()
    };
    let sides = (&one.side, &other.side);
    let file = File {
        a: input(one),
        b: input(other),
        equal: diff.is_empty(),
        removed: names(&diff.removed),
        added: names(&diff.added),
        changed: diff.changed.iter().map(|it| changed(it, sides)).collect(),
    };
    serde_json::to_string_pretty(&file).expect("strings and numbers are JSON") + "\n"
}

fn input(named: &Named<'_>) -> Input {
    Input {
        path: input::filename(named.path),
        target: named.side.target.to_string(),
        level: named.level,
    }
}

fn changed(diff: &CodeDiff, sides: (&Side, &Side)) -> Changed {
    let attribute =
        |(name, one, other): &(&'static str, String, String)| (*name, [one.clone(), other.clone()]);
    let code = diff.code.as_ref();
    Changed {
        qualname: diff.other.qualname.to_string_lossy().into_owned(),
        firstlineno: [diff.one.firstlineno, diff.other.firstlineno],
        attributes: diff.attributes.iter().map(attribute).collect(),
        consts: items(&diff.consts),
        names: items(&diff.names),
        localsplus: items(&diff.localsplus),
        instructions: code.map_or(Vec::new(), |code| instructions(diff, code, sides)),
        locations: code.map_or(Vec::new(), locations),
        handlers: code.map_or(Items::default(), |code| Items {
            removed: code.handlers.0.clone(),
            added: code.handlers.1.clone(),
            reordered: false,
        }),
    }
}

fn items(listed: &Listed) -> Items {
    Items {
        removed: listed.removed.clone(),
        added: listed.added.clone(),
        reordered: listed.reordered,
    }
}

fn bytes(units: u32) -> u64 {
    u64::from(units) * 2
}

fn instructions(diff: &CodeDiff, code: &Code, sides: (&Side, &Side)) -> Vec<Instruction> {
    let instruction = |row: &Row| {
        let (side, half, index, object, target) = match *row {
            Row::Removed(a) => ("a", &code.halves.0, a, &diff.one, sides.0.target),
            Row::Added(b) => ("b", &code.halves.1, b, &diff.other, sides.1.target),
            Row::Both(..) => return None,
        };
        Some(Instruction {
            side,
            offset: bytes(half.decoded[index].offset),
            label: half.labels.get(&index).copied(),
            operation: half.operation(index, object, target),
        })
    };
    code.rows.iter().filter_map(instruction).collect()
}

fn locations(code: &Code) -> Vec<Moved> {
    let parts = |at: &Location| {
        let line = |line: i32| (line != NO_LINE).then_some(line);
        let column = |column: i32| (column != -1).then_some(column);
        [
            line(at.line),
            line(at.end_line),
            column(at.col),
            column(at.end_col),
        ]
    };
    let moved = code.moved.iter().map(|moved| Moved {
        offsets: [
            bytes(code.halves.0.decoded[moved.first.0].offset),
            bytes(code.halves.1.decoded[moved.first.1].offset),
        ],
        count: moved.count,
        a: parts(&moved.from),
        b: parts(&moved.to),
    });
    moved.collect()
}
