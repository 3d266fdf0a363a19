//! The form that 3.11 and 3.12 print: each instruction with its offset, and `>>` where jumps and handlers go.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::{Instruction, argument, end_line, instructions, line_changes};
use crate::code::CodeObject;
use crate::tables::{self, Handler};
use crate::version::Target;

/// `dis.disassemble`.
pub(super) fn disassemble(out: &mut String, code: &CodeObject, target: Target, limit: usize) {
    let table = target.opcodes();
    let instructions = instructions(&code.code, table);
    let handlers = tables::handlers(code);
    let jumps = instructions.iter().filter_map(|it| it.jump_target(table));
    let protected = handlers.iter().filter(|entry| entry.start < entry.end);
    let targets: HashSet<u32> = jumps
        .chain(protected.map(|entry| entry.target.saturating_mul(2)))
        .collect();
    let lines = line_starts(code);
    let line_width = match lines.values().max() {
        Some(line) => line.to_string().len().max(3),
        None => 0,
    };
    let last = (code.code.len() as u32).saturating_sub(2);
    let offset_width = last.to_string().len().max(4);
    for it in &instructions {
        if out.len() > limit {
            return;
        }
        let line = lines.get(&it.offset);
        if line.is_some() && it.offset > 0 {
            out.push('\n');
        }
        match line {
            Some(line) => {
                let _ = write!(out, "{line:>line_width$} ");
            }
            None if line_width > 0 => {
                let _ = write!(out, "{:line_width$} ", "");
            }
            None => {}
        }
        let mark = if targets.contains(&it.offset) {
            ">>"
        } else {
            ""
        };
        let _ = write!(out, "    {mark:<2} {:>offset_width$} ", it.offset);
        operation(out, code, target, it);
        end_line(out);
    }
    exception_table(out, &handlers);
}

/// `findlinestarts`: the lines by the offset of their first instruction, in bytes. Code without a line goes with what
/// is before it.
fn line_starts(code: &CodeObject) -> HashMap<u32, i32> {
    let mut last = None;
    let changes = line_changes(code).into_iter();
    changes
        .filter_map(|(offset, line)| {
            let line = line.filter(|_| line != last)?;
            last = Some(line);
            Some((offset, line))
        })
        .collect()
}

fn operation(out: &mut String, code: &CodeObject, target: Target, it: &Instruction) {
    let _ = write!(out, "{:<20}", it.name());
    let Some(arg) = it.arg else { return };
    let _ = write!(out, " {arg:>5}");
    let meaning = match it.jump_target(target.opcodes()) {
        Some(offset) => Some(format!("to {offset}")),
        None => it
            .op
            .and_then(|op| argument::meaning(code, target, op, arg)),
    };
    if let Some(meaning) = meaning {
        let _ = write!(out, " ({meaning})");
    }
}

fn exception_table(out: &mut String, handlers: &[Handler]) {
    if !handlers.is_empty() {
        out.push_str("ExceptionTable:\n");
    }
    for entry in handlers {
        let lasti = if entry.lasti { " lasti" } else { "" };
        // The end is that of the last instruction in the range.
        let (start, end) = (i64::from(entry.start) * 2, i64::from(entry.end) * 2 - 2);
        let (target, depth) = (i64::from(entry.target) * 2, entry.depth);
        let _ = writeln!(out, "  {start} to {end} -> {target} [{depth}]{lasti}");
    }
}
