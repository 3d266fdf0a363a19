//! `pycsmith info --json`. README.md describes the members; new ones may be added, none will change its meaning.

use pycsmith_bytecode::CodeObject;
use pycsmith_bytecode::code::kinds;
use pycsmith_bytecode::dis::flag_names;
use pycsmith_bytecode::info::{Body, Evidence, Info, nlocals, variables};
use pycsmith_bytecode::pyc::Validation;
use serde::Serialize;

use crate::texts::Texts;

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
    let (code, error) = match body {
        Ok(body) => codes(body),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
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
        error,
        trailing_bytes: body.map_or(0, |body| body.rest),
        code,
    };
    serde_json::to_string(&file).expect("strings and numbers are JSON") + "\n"
}

/// The code objects, and what is wrong if they are not all.
fn codes(body: &Body) -> (Vec<Code>, Option<String>) {
    let Some(module) = body.codes.first() else {
        return (Vec::new(), None);
    };
    let mut texts = Texts::new(module, body.target);
    let mut found = Vec::new();
    for object in &body.codes {
        found.push(code(object, &mut texts));
        if texts.is_spent() {
            return (Vec::new(), Some("there is too much to list".to_owned()));
        }
    }
    (found, None)
}

fn code(code: &CodeObject, texts: &mut Texts) -> Code {
    let mut variables = |kind| texts.list(variables(code, kind), |texts, name| texts.name(name));
    let (varnames, cellvars, freevars) = (
        variables(kinds::LOCAL),
        variables(kinds::CELL),
        variables(kinds::FREE),
    );
    Code {
        qualname: texts.name(&code.qualname),
        name: texts.name(&code.name),
        filename: texts.name(&code.filename),
        firstlineno: code.firstlineno,
        argcount: code.argcount,
        posonlyargcount: code.posonlyargcount,
        kwonlyargcount: code.kwonlyargcount,
        nlocals: nlocals(code),
        stacksize: code.stacksize,
        flags: code.flags,
        flag_names: flag_names(code.flags),
        consts: texts.constants(&code.consts),
        names: texts.names(&code.names),
        varnames,
        cellvars,
        freevars,
        code_size: code.code.len(),
        linetable_size: code.linetable.len(),
        exceptiontable_size: code.exceptiontable.len(),
    }
}
