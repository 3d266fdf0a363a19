//! Readable listings of code objects.

pub mod cpython;
pub mod model;
pub mod reading;
pub mod stack;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::code::{CodeObject, flags, kinds};
use crate::constant::Constant;
use crate::footprint::text_limit;
use crate::location::Location;
use crate::opcode::{Op, OpcodeTable, Operand};
use crate::repr::repr;
use crate::tables::{self, Decoded};
use crate::version::Target;

/// `code` with all code objects in it, outermost first: for each its attributes, instructions and handlers.
pub fn listing(code: &CodeObject, target: Target) -> String {
    let limit = text_limit(code);
    let mut out = String::new();
    let mut seen = HashSet::new();
    let mut pending: Vec<Arc<CodeObject>> = Vec::new();
    one(&mut out, code, target, limit);
    nested(code, &mut seen, &mut pending);
    while out.len() <= limit
        && let Some(code) = pending.pop()
    {
        out.push('\n');
        one(&mut out, &code, target, limit);
        nested(&code, &mut seen, &mut pending);
    }
    if out.len() > limit {
        out.push_str("\n(cut: the listing is too long)\n");
    }
    out
}

/// The code objects among the constants that have not been seen, the first one on top of the stack.
fn nested(code: &CodeObject, seen: &mut HashSet<usize>, pending: &mut Vec<Arc<CodeObject>>) {
    let mut found: Vec<_> = code
        .consts
        .iter()
        .filter_map(|value| match value {
            Constant::Code(code) if seen.insert(Arc::as_ptr(code).addr()) => Some(code.clone()),
            _ => None,
        })
        .collect();
    found.reverse();
    pending.append(&mut found);
}

/// Appends the listing of one code object; names, constants and instructions end behind `limit`.
fn one(out: &mut String, code: &CodeObject, target: Target, limit: usize) {
    attributes(out, code, limit);
    instructions(out, code, target, limit);
}

/// The attributes, one a line, without instructions and tables.
fn attributes(out: &mut String, code: &CodeObject, limit: usize) {
    let text = |text: &crate::constant::PyStr| String::from_utf8_lossy(&text.wtf8).into_owned();
    let _ = writeln!(
        out,
        "code {}, line {} of {}",
        text(&code.qualname),
        code.firstlineno,
        text(&code.filename)
    );
    let _ = writeln!(
        out,
        "  argcount {}, posonlyargcount {}, kwonlyargcount {}, stacksize {}, flags {}",
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.stacksize,
        flag_names(code.flags)
    );
    if !code.localsplusnames.is_empty() {
        out.push_str("  localsplus");
        for (name, &kind) in code.localsplusnames.iter().zip(code.localspluskinds.iter()) {
            if out.len() > limit {
                break;
            }
            let _ = write!(out, "  {} ({})", text(name), kind_names(kind));
        }
        out.push('\n');
    }
    if !code.names.is_empty() {
        out.push_str("  names");
        for name in code.names.iter() {
            if out.len() > limit {
                break;
            }
            let _ = write!(out, "  {}", text(name));
        }
        out.push('\n');
    }
    for (index, value) in code.consts.iter().enumerate() {
        if out.len() > limit {
            break;
        }
        let _ = writeln!(out, "  const {index}: {}", repr(value));
    }
}

/// The bits of `co_flags` that have a name.
pub const FLAG_NAMES: &[(u32, &str)] = &[
    (flags::OPTIMIZED, "OPTIMIZED"),
    (flags::NEWLOCALS, "NEWLOCALS"),
    (flags::VARARGS, "VARARGS"),
    (flags::VARKEYWORDS, "VARKEYWORDS"),
    (flags::NESTED, "NESTED"),
    (flags::GENERATOR, "GENERATOR"),
    (flags::COROUTINE, "COROUTINE"),
    (flags::ITERABLE_COROUTINE, "ITERABLE_COROUTINE"),
    (flags::ASYNC_GENERATOR, "ASYNC_GENERATOR"),
    (flags::FUTURE_DIVISION, "FUTURE_DIVISION"),
    (flags::FUTURE_ABSOLUTE_IMPORT, "FUTURE_ABSOLUTE_IMPORT"),
    (flags::FUTURE_WITH_STATEMENT, "FUTURE_WITH_STATEMENT"),
    (flags::FUTURE_PRINT_FUNCTION, "FUTURE_PRINT_FUNCTION"),
    (flags::FUTURE_UNICODE_LITERALS, "FUTURE_UNICODE_LITERALS"),
    (flags::FUTURE_BARRY_AS_BDFL, "FUTURE_BARRY_AS_BDFL"),
    (flags::FUTURE_GENERATOR_STOP, "FUTURE_GENERATOR_STOP"),
    (flags::FUTURE_ANNOTATIONS, "FUTURE_ANNOTATIONS"),
    (flags::NO_MONITORING_EVENTS, "NO_MONITORING_EVENTS"),
    (flags::HAS_DOCSTRING, "HAS_DOCSTRING"),
    (flags::METHOD, "METHOD"),
];

/// `co_flags` by name; unknown bits as a number.
pub fn flag_names(value: u32) -> String {
    let mut rest = value;
    let mut names: Vec<String> = Vec::new();
    for &(bit, name) in FLAG_NAMES {
        if value & bit != 0 {
            names.push(name.to_owned());
            rest &= !bit;
        }
    }
    if rest != 0 {
        names.push(format!("{rest:#x}"));
    }
    if names.is_empty() {
        "0".to_owned()
    } else {
        names.join("|")
    }
}

pub(crate) fn kind_names(kind: u8) -> String {
    const NAMES: &[(u8, &str)] = &[
        (kinds::ARG_POS, "positional"),
        (kinds::ARG_KW, "keyword"),
        (kinds::ARG_VAR, "variadic"),
        (kinds::HIDDEN, "hidden"),
        (kinds::LOCAL, "local"),
        (kinds::CELL, "cell"),
        (kinds::FREE, "free"),
    ];
    let names: Vec<&str> = NAMES
        .iter()
        .filter(|(bit, _)| kind & bit != 0)
        .map(|&(_, name)| name)
        .collect();
    names.join(" ")
}

/// Instructions, one a line: line of the source where it changes, label, offset in bytes, operation, operand and what
/// it means; then the handlers.
fn instructions(out: &mut String, code: &CodeObject, target: Target, limit: usize) {
    let table = target.opcodes();
    let decoded = tables::instructions(&code.code, table);
    let labels = labels(code, table, &decoded);
    let mut lines = Lines::new(code);
    let mut shown = None;
    for instr in &decoded {
        if out.len() > limit {
            break;
        }
        let line = lines.at(instr.offset).line;
        if shown != Some(line) {
            match line {
                0.. => {
                    let _ = write!(out, "{line:>6}");
                }
                _ => out.push_str("    --"),
            }
            shown = Some(line);
        } else {
            out.push_str("      ");
        }
        let label = labels
            .get(&instr.start)
            .map_or(String::new(), |label| format!("L{label}:"));
        let _ = writeln!(
            out,
            "  {label:>5} {:>6}  {}",
            instr.offset * 2,
            instruction(code, target, instr, &labels)
        );
    }
    let handlers = tables::handlers(code);
    if !handlers.is_empty() {
        out.push_str("  handlers:\n");
    }
    let name = |offset: u32| {
        labels
            .get(&offset)
            .map_or_else(|| (offset * 2).to_string(), |label| format!("L{label}"))
    };
    for entry in handlers {
        let lasti = if entry.lasti { " lasti" } else { "" };
        let (start, end, target) = (name(entry.start), name(entry.end), name(entry.target));
        let _ = writeln!(
            out,
            "    {start} to {end} -> {target} depth {}{lasti}",
            entry.depth
        );
    }
}

/// Numbers of the offsets that jumps and handlers name, in order.
fn labels(code: &CodeObject, table: &OpcodeTable, decoded: &[Decoded]) -> BTreeMap<u32, usize> {
    let mut offsets: Vec<u32> = decoded
        .iter()
        .filter_map(|instr| instr.jump_target(table))
        .collect();
    for entry in tables::handlers(code) {
        offsets.extend([entry.start, entry.end, entry.target]);
    }
    offsets.sort_unstable();
    offsets.dedup();
    offsets.into_iter().zip(1..).collect()
}

/// The location of one code unit after another.
pub(crate) struct Lines {
    runs: std::vec::IntoIter<(u32, Location)>,
    end: u32,
    current: Location,
}

impl Lines {
    pub(crate) fn new(code: &CodeObject) -> Lines {
        Lines {
            runs: tables::locations(code).into_iter(),
            end: 0,
            current: Location::NONE,
        }
    }

    pub(crate) fn at(&mut self, offset: u32) -> Location {
        while self.end <= offset {
            let Some((units, location)) = self.runs.next() else {
                self.current = Location::NONE;
                return self.current;
            };
            self.end += units;
            self.current = location;
        }
        self.current
    }
}

/// `NAME  arg (meaning)`.
pub(crate) fn instruction(
    code: &CodeObject,
    target: Target,
    instr: &Decoded,
    labels: &BTreeMap<u32, usize>,
) -> String {
    let table = target.opcodes();
    let Some(op) = instr.op else {
        return format!("<{}> {}", instr.number, instr.arg);
    };
    if table.operand(op) == Operand::None && instr.arg == 0 {
        return op.name().to_owned();
    }
    let mut out = format!("{:<24} {:>3}", op.name(), instr.arg);
    if let Some(target) = instr.jump_target(table) {
        match labels.get(&target) {
            Some(label) => {
                let _ = write!(out, " (to L{label})");
            }
            None => {
                let _ = write!(out, " (to {})", target * 2);
            }
        }
    } else if let Some(meaning) = meaning(code, target, op, instr.arg) {
        let _ = write!(out, " ({meaning})");
    }
    out
}

pub(crate) fn meaning(code: &CodeObject, target: Target, op: Op, arg: u32) -> Option<String> {
    let name = |names: &crate::constant::Names, index: u32| {
        names
            .get(index as usize)
            .map(|text| String::from_utf8_lossy(&text.wtf8).into_owned())
    };
    match target.opcodes().operand(op) {
        Operand::Const => code.consts.get(arg as usize).map(repr),
        Operand::Name => name(&code.names, arg),
        Operand::NameFlag => {
            let text = name(&code.names, arg >> 1)?;
            Some(match (op, arg & 1) {
                (_, 0) => text,
                (Op::LOAD_GLOBAL, _) => text + " + NULL",
                _ => text + " + NULL|self",
            })
        }
        Operand::NameFlags => {
            let text = name(&code.names, arg >> 2)?;
            Some(match (op, arg & 3) {
                (Op::LOAD_SUPER_ATTR, 1 | 3) => text + " + NULL|self",
                (Op::IMPORT_NAME, 1) => text + " + lazy",
                (Op::IMPORT_NAME, 2) => text + " + eager",
                _ => text,
            })
        }
        Operand::Local | Operand::Free => name(&code.localsplusnames, arg),
        Operand::LocalPair => {
            let (first, second) = (
                name(&code.localsplusnames, arg >> 4)?,
                name(&code.localsplusnames, arg & 15)?,
            );
            Some(format!("{first}, {second}"))
        }
        Operand::Raw if op == Op::COMPARE_OP => COMPARE
            .get((arg >> target.comparison_flag_bits()) as usize)
            .map(|&name| name.to_owned()),
        _ => named_operand(op, arg).map(str::to_owned),
    }
}

/// `COMPARE_OP` (`opcode.cmp_op`).
pub(crate) const COMPARE: &[&str] = &["<", "<=", "==", "!=", ">", ">="];

/// Operands that number things of the interpreter (`opcode.py`).
pub(crate) fn named_operand(op: Op, arg: u32) -> Option<&'static str> {
    const BINARY: &[&str] = &[
        "+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^", "+=", "&=", "//=",
        "<<=", "@=", "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^=", "[]",
    ];
    const INTRINSIC_1: &[&str] = &[
        "INVALID",
        "PRINT",
        "IMPORT_STAR",
        "STOPITERATION_ERROR",
        "ASYNC_GEN_WRAP",
        "UNARY_POSITIVE",
        "LIST_TO_TUPLE",
        "TYPEVAR",
        "PARAMSPEC",
        "TYPEVARTUPLE",
        "SUBSCRIPT_GENERIC",
        "TYPEALIAS",
    ];
    const INTRINSIC_2: &[&str] = &[
        "INVALID",
        "PREP_RERAISE_STAR",
        "TYPEVAR_WITH_BOUND",
        "TYPEVAR_WITH_CONSTRAINTS",
        "SET_FUNCTION_TYPE_PARAMS",
        "SET_TYPEPARAM_DEFAULT",
    ];
    const SPECIAL: &[&str] = &["__enter__", "__exit__", "__aenter__", "__aexit__"];
    const COMMON: &[&str] = &[
        "AssertionError",
        "NotImplementedError",
        "tuple",
        "all",
        "any",
        "list",
        "set",
        "None",
        "''",
        "True",
        "False",
        "-1",
    ];
    const CONVERSION: &[&str] = &["", "str", "repr", "ascii"];
    const IS: &[&str] = &["is", "is not"];
    const IN: &[&str] = &["in", "not in"];
    const ATTRIBUTE: &[(u32, &str)] = &[
        (1, "defaults"),
        (2, "kwdefaults"),
        (4, "annotations"),
        (8, "closure"),
        (16, "annotate"),
    ];
    let names = match op {
        Op::BINARY_OP => BINARY,
        Op::CALL_INTRINSIC_1 => INTRINSIC_1,
        Op::CALL_INTRINSIC_2 => INTRINSIC_2,
        Op::LOAD_SPECIAL => SPECIAL,
        Op::LOAD_COMMON_CONSTANT => COMMON,
        Op::CONVERT_VALUE => CONVERSION,
        Op::IS_OP => IS,
        Op::CONTAINS_OP => IN,
        Op::SET_FUNCTION_ATTRIBUTE => {
            return ATTRIBUTE
                .iter()
                .find(|(bit, _)| *bit == arg)
                .map(|&(_, name)| name);
        }
        _ => return None,
    };
    names.get(arg as usize).copied()
}
