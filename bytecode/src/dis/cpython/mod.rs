//! What `python3.X -m dis` prints (`Lib/dis.py`).

mod argument;
mod labels;
mod offsets;

use std::sync::Arc;

use crate::code::CodeObject;
use crate::constant::Constant;
use crate::footprint::text_limit;
use crate::opcode::{Op, OpcodeTable};
use crate::repr;
use crate::tables;
use crate::version::Target;

/// The options of `python3.X -m dis`; a version that does not have one ignores it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `--show-caches`
    pub show_caches: bool,
    /// `--show-offsets`
    pub show_offsets: bool,
    /// `--show-positions`
    pub show_positions: bool,
    /// `--specialized`
    pub specialized: bool,
}

/// `dis.dis(code)`: `code` and the code objects in it, each followed by those in it. One that several share is listed for
/// each of them, up to what [`text_limit`] allows.
pub fn listing(code: &CodeObject, target: Target, options: Options) -> String {
    let limit = text_limit(code);
    let mut out = String::new();
    one(&mut out, code, target, options, limit);
    let mut pending = vec![nested(code)];
    while out.len() <= limit
        && let Some(siblings) = pending.last_mut()
    {
        let Some(code) = siblings.pop() else {
            pending.pop();
            continue;
        };
        out.push_str("\nDisassembly of ");
        out.push_str(&repr::code_object(&code));
        out.push_str(":\n");
        one(&mut out, &code, target, options, limit);
        pending.push(nested(&code));
    }
    if out.len() > limit {
        out.push_str("\n(cut: the listing is too long)\n");
    }
    out
}

/// A line of a listing with `...` for the address of each code object, which is another one in each run of the interpreter.
pub fn without_addresses(line: &str) -> String {
    let mut parts = line.split(" at 0x");
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        out.push_str(" at 0x...");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

/// The code objects among the constants, the first one last.
fn nested(code: &CodeObject) -> Vec<Arc<CodeObject>> {
    let nested = code.consts.iter().rev().filter_map(|value| match value {
        Constant::Code(code) => Some(code.clone()),
        _ => None,
    });
    nested.collect()
}

/// Appends the listing of one code object; no more instructions behind `limit`.
fn one(out: &mut String, code: &CodeObject, target: Target, options: Options, limit: usize) {
    if target.dis_has_labels() {
        labels::disassemble(out, code, target, options, limit);
    } else {
        offsets::disassemble(out, code, target, limit);
    }
}

/// An instruction as `dis` sees it: a prefix (`EXTENDED_ARG`) is one of its own.
#[derive(Clone, Copy)]
struct Instruction {
    /// In bytes.
    offset: u32,
    /// Behind the inline caches, in bytes.
    end: u32,
    number: u8,
    /// `None` for a number that the version does not use.
    op: Option<Op>,
    /// With what prefixes add; `None` where the operation has no operand.
    arg: Option<u32>,
}

impl Instruction {
    fn name(&self) -> String {
        match self.op {
            Some(op) => op.name().to_owned(),
            None => format!("<{}>", self.number),
        }
    }

    /// Where a jump goes, in bytes.
    fn jump_target(&self, table: &OpcodeTable) -> Option<u32> {
        let op = self.op.filter(|&op| table.has_jump(op))?;
        let distance = self.arg?.checked_mul(2)?;
        // What END_ASYNC_FOR tells is where its loop awaits the next item, which lies before it.
        if table.is_backward_jump(op) || op == Op::END_ASYNC_FOR {
            self.end.checked_sub(distance)
        } else {
            self.end.checked_add(distance)
        }
    }
}

/// `_unpack_opargs`.
fn instructions(code: &[u8], table: &OpcodeTable) -> Vec<Instruction> {
    let mut out = Vec::new();
    for decoded in tables::instructions(code, table) {
        let prefixes = decoded.start..decoded.offset;
        for (count, at) in prefixes.clone().enumerate() {
            let later = prefixes.len() - count;
            out.push(Instruction {
                offset: at * 2,
                end: at * 2 + 2,
                number: code[at as usize * 2],
                op: Some(Op::EXTENDED_ARG),
                arg: Some(decoded.arg.checked_shr(8 * later as u32).unwrap_or(0)),
            });
        }
        let arg = match decoded.op {
            Some(op) if table.has_arg(op) => Some(decoded.arg),
            _ => None,
        };
        out.push(Instruction {
            offset: decoded.offset * 2,
            end: decoded.end * 2,
            number: decoded.number,
            op: decoded.op,
            arg,
        });
    }
    out
}

/// `co_lines()`: where the line changes, in bytes, and the line it changes to; `None` for code without a line.
fn line_changes(code: &CodeObject) -> Vec<(u32, Option<i32>)> {
    let mut out: Vec<(u32, Option<i32>)> = Vec::new();
    let mut offset = 0;
    for (units, location) in tables::locations(code) {
        let line = (location.line != -1).then_some(location.line);
        if out.last().is_none_or(|&(_, last)| last != line) {
            out.push((offset, line));
        }
        offset += units * 2;
    }
    out
}

/// Ends a line, without the blanks at its end.
fn end_line(out: &mut String) {
    out.truncate(out.trim_end().len());
    out.push('\n');
}
