//! `pycsmith dis --json`: everything that is known of the code objects. README.md describes the members; new ones may be
//! added, none will change its meaning.

use std::sync::Arc;

use pycsmith_bytecode::dis::model::{Listing, Row};
use pycsmith_bytecode::dis::{flag_names, stack::Stack};
use pycsmith_bytecode::tables::Handler;
use pycsmith_bytecode::{CodeObject, Names, PyStr, Target, repr};
use serde::Serialize;

#[derive(Serialize)]
struct File {
    target: String,
    code: Vec<Code>,
}

#[derive(Serialize)]
struct Code {
    qualname: String,
    name: String,
    filename: String,
    firstlineno: i32,
    argcount: u32,
    posonlyargcount: u32,
    kwonlyargcount: u32,
    stacksize: u32,
    flags: u32,
    flag_names: String,
    names: Vec<String>,
    localsplusnames: Vec<String>,
    /// As `repr` gives them.
    consts: Vec<String>,
    instructions: Vec<Instruction>,
    handlers: Vec<ExceptionHandler>,
}

/// Offsets are in bytes.
#[derive(Serialize)]
struct Instruction {
    offset: u64,
    start_offset: u64,
    end_offset: u64,
    opname: String,
    opcode: u8,
    arg: Option<u32>,
    argrepr: Option<String>,
    jump_target: Option<u64>,
    label: Option<usize>,
    lineno: Option<i32>,
    end_lineno: Option<i32>,
    col_offset: Option<i32>,
    end_col_offset: Option<i32>,
    stack_before: Option<Vec<String>>,
    stack_after: Option<Vec<String>>,
}

#[derive(Serialize)]
struct ExceptionHandler {
    start: u64,
    end: u64,
    target: u64,
    depth: u32,
    lasti: bool,
}

/// The text, with a line end. `lines` are first and last of those to show.
pub fn text(
    listings: &[Listing<'_>],
    target: Target,
    lines: Option<(i32, i32)>,
) -> serde_json::Result<String> {
    let file = File {
        target: target.to_string(),
        code: listings
            .iter()
            .map(|listing| code(listing, lines))
            .collect(),
    };
    Ok(serde_json::to_string_pretty(&file)? + "\n")
}

fn code(listing: &Listing<'_>, lines: Option<(i32, i32)>) -> Code {
    let code: &CodeObject = listing.code;
    let text = |name: &Arc<PyStr>| name.to_string_lossy().into_owned();
    let names = |names: &Names| names.iter().map(text).collect();
    let shown = |row: &&Row| lines.is_none_or(|lines| row.is_of(lines));
    Code {
        qualname: code.qualname.to_string_lossy().into_owned(),
        name: code.name.to_string_lossy().into_owned(),
        filename: code.filename.to_string_lossy().into_owned(),
        firstlineno: code.firstlineno,
        argcount: code.argcount,
        posonlyargcount: code.posonlyargcount,
        kwonlyargcount: code.kwonlyargcount,
        stacksize: code.stacksize,
        flags: code.flags,
        flag_names: flag_names(code.flags),
        names: names(&code.names),
        localsplusnames: names(&code.localsplusnames),
        consts: code
            .consts
            .iter()
            .map(|value| repr::full(value, listing.target))
            .collect(),
        instructions: listing
            .rows
            .iter()
            .filter(shown)
            .map(|row| instruction(listing, row))
            .collect(),
        handlers: listing.handlers.iter().map(handler).collect(),
    }
}

fn instruction(listing: &Listing<'_>, row: &Row) -> Instruction {
    let bytes = |units: u32| u64::from(units) * 2;
    let known = |part: i32| (part != -1).then_some(part);
    let values = |stack: &Stack| stack.iter().map(|value| value.to_string()).collect();
    let location = row.location;
    Instruction {
        offset: bytes(row.instr.offset),
        start_offset: bytes(row.instr.start),
        end_offset: bytes(row.instr.end),
        opname: row.name.clone(),
        opcode: row.instr.number,
        arg: row.arg,
        argrepr: row.meaning.clone(),
        jump_target: row.target.map(bytes),
        label: listing.labels.get(&row.instr.start).copied(),
        lineno: known(location.line),
        end_lineno: known(location.end_line),
        col_offset: known(location.col),
        end_col_offset: known(location.end_col),
        stack_before: row.before.as_ref().map(values),
        stack_after: row.after.as_ref().map(values),
    }
}

fn handler(entry: &Handler) -> ExceptionHandler {
    let bytes = |units: u32| u64::from(units) * 2;
    ExceptionHandler {
        start: bytes(entry.start),
        end: bytes(entry.end),
        target: bytes(entry.target),
        depth: entry.depth,
        lasti: entry.lasti,
    }
}
