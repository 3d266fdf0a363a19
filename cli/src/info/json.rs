//! `pycsmith info --json`. README.md describes the members; new ones may be added, none will change its meaning.

use std::sync::Arc;

use pycsmith_bytecode::code::kinds;
use pycsmith_bytecode::dis::flag_names;
use pycsmith_bytecode::info::{Evidence, Info, nlocals, variables};
use pycsmith_bytecode::pyc::Validation;
use pycsmith_bytecode::{CodeObject, PyStr, Target, repr};
use serde::Serialize;

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    size: usize,
    magic_number: u16,
    version: String,
    prerelease: bool,
    mode: Option<&'static str>,
    source_mtime: Option<u32>,
    source_size: Option<u32>,
    source_hash: Option<String>,
    levels: &'a [u8],
    level_by: &'static str,
    /// What is wrong, or why there is no code.
    error: Option<String>,
    trailing_bytes: usize,
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
    nlocals: usize,
    stacksize: u32,
    flags: u32,
    flag_names: String,
    /// As `repr` gives them.
    consts: Vec<String>,
    names: Vec<String>,
    varnames: Vec<String>,
    cellvars: Vec<String>,
    freevars: Vec<String>,
    /// In bytes.
    code_size: usize,
    linetable_size: usize,
    exceptiontable_size: usize,
}

/// The object, with a line end.
pub fn line(info: &Info, path: &str) -> String {
    let validation = info.validation.as_ref().ok();
    let (mode, mtime, size, hash) = match validation {
        None => (None, None, None, None),
        Some(Validation::Timestamp { mtime, size }) => {
            (Some("timestamp"), Some(*mtime), Some(*size), None)
        }
        Some(Validation::CheckedHash(hash)) => (Some("checked-hash"), None, None, Some(hash)),
        Some(Validation::UncheckedHash(hash)) => (Some("unchecked-hash"), None, None, Some(hash)),
    };
    let body = info.body.as_ref();
    let file = File {
        path,
        size: info.size,
        magic_number: info.magic,
        version: match (info.writer.is_final, info.writer.tag) {
            (false, Some(tag)) => format!("3.{}{tag}", info.writer.minor),
            _ => format!("3.{}", info.writer.minor),
        },
        prerelease: !info.writer.is_final,
        mode,
        source_mtime: mtime,
        source_size: size,
        source_hash: hash.map(|hash| format!("{hash:016x}")),
        levels: &info.level.possible,
        level_by: match info.level.evidence {
            Evidence::Name => "name",
            Evidence::Asserts => "asserts",
            Evidence::Docstrings => "docstrings",
            Evidence::Nothing => "nothing",
        },
        error: body.err().map(ToString::to_string),
        trailing_bytes: body.map_or(0, |body| body.rest),
        code: body.map_or(Vec::new(), |body| {
            let each = |object: &Arc<CodeObject>| code(object, body.target);
            body.codes.iter().map(each).collect()
        }),
    };
    serde_json::to_string(&file).expect("strings and numbers are JSON") + "\n"
}

fn code(code: &CodeObject, target: Target) -> Code {
    let text = |name: &Arc<PyStr>| name.to_string_lossy().into_owned();
    let variables = |kind| variables(code, kind).map(text).collect();
    let repr = |value| repr::full(value, target);
    Code {
        qualname: text(&code.qualname),
        name: text(&code.name),
        filename: text(&code.filename),
        firstlineno: code.firstlineno,
        argcount: code.argcount,
        posonlyargcount: code.posonlyargcount,
        kwonlyargcount: code.kwonlyargcount,
        nlocals: nlocals(code),
        stacksize: code.stacksize,
        flags: code.flags,
        flag_names: flag_names(code.flags),
        consts: code.consts.iter().map(repr).collect(),
        names: code.names.iter().map(text).collect(),
        varnames: variables(kinds::LOCAL),
        cellvars: variables(kinds::CELL),
        freevars: variables(kinds::FREE),
        code_size: code.code.len(),
        linetable_size: code.linetable.len(),
        exceptiontable_size: code.exceptiontable.len(),
    }
}
