//! `pycsmith dis --json`: everything that is known of the code objects. README.md describes the members; new ones may be
//! added, none will change its meaning.

use std::sync::Arc;

use pycsmith_bytecode::dis::model::{self, Listing, Row};
use pycsmith_bytecode::dis::{flag_names, stack::Stack};
use pycsmith_bytecode::tables::Handler;
use pycsmith_bytecode::{CodeObject, Target};
use serde::Serialize;

use crate::texts::Texts;

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
    code: &Arc<CodeObject>,
    target: Target,
    lines: Option<(i32, i32)>,
) -> Result<String, &'static str> {
    let mut texts = Texts::new(code, target);
    let mut file = File {
        target: target.to_string(),
        code: Vec::new(),
    };
    for object in model::all(code) {
        let listing = Listing::new(&object, target);
        if lines.is_none_or(|lines| listing.has_lines(lines)) {
            file.code.push(one(&listing, lines, &mut texts));
        }
        if texts.is_spent() {
            return Err("there is too much to list");
        }
    }
    Ok(serde_json::to_string_pretty(&file).expect("strings and numbers are JSON") + "\n")
}

fn one(listing: &Listing<'_>, lines: Option<(i32, i32)>, texts: &mut Texts) -> Code {
    let code: &CodeObject = listing.code;
    let shown = |row: &&Row| lines.is_none_or(|lines| row.is_of(lines));
    let mut instructions = Vec::new();
    for row in listing.rows.iter().filter(shown) {
        if texts.is_spent() {
            break;
        }
        instructions.push(instruction(listing, row, texts));
    }
    Code {
        qualname: texts.name(&code.qualname),
        name: texts.name(&code.name),
        filename: texts.name(&code.filename),
        firstlineno: code.firstlineno,
        argcount: code.argcount,
        posonlyargcount: code.posonlyargcount,
        kwonlyargcount: code.kwonlyargcount,
        stacksize: code.stacksize,
        flags: code.flags,
        flag_names: flag_names(code.flags),
        names: texts.names(&code.names),
        localsplusnames: texts.names(&code.localsplusnames),
        consts: texts.constants(&code.consts),
        instructions,
        handlers: listing.handlers.iter().map(handler).collect(),
    }
}

fn instruction(listing: &Listing<'_>, row: &Row, texts: &mut Texts) -> Instruction {
    let bytes = |units: u32| u64::from(units) * 2;
    let known = |part: i32| (part != -1).then_some(part);
    let location = row.location;
    let mut values = |stack: &Option<Stack>| {
        let stack = stack.as_ref()?;
        Some(texts.list(stack.iter(), |texts, value| texts.text(value)))
    };
    Instruction {
        offset: bytes(row.instr.offset),
        start_offset: bytes(row.instr.start),
        end_offset: bytes(row.instr.end),
        opname: row.name.clone(),
        opcode: row.instr.number,
        arg: row.arg,
        jump_target: row.target.map(bytes),
        label: listing.labels.get(&row.instr.start).copied(),
        lineno: known(location.line),
        end_lineno: known(location.end_line),
        col_offset: known(location.col),
        end_col_offset: known(location.end_col),
        stack_before: values(&row.before),
        stack_after: values(&row.after),
        argrepr: row.meaning.as_ref().map(|text| texts.text(text)),
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
