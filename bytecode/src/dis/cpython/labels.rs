//! The form that 3.13 and later print: jumps and handlers go to labels; offsets, positions and caches are shown on
//! request.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::{Instruction, Options, argument, end_line, instructions, line_changes};
use crate::code::CodeObject;
use crate::location::Location;
use crate::opcode::Op;
use crate::tables::{self, Handler};
use crate::version::Target;

/// What stands for the line of code that has none.
const NO_LINE: &str = "  --";
/// Width of an operation's name; a longer one takes of the operand's.
const NAME_WIDTH: usize = 20;
const OPERAND_WIDTH: usize = 5;

/// `dis.disassemble`.
pub(super) fn disassemble(
    out: &mut String,
    code: &CodeObject,
    target: Target,
    options: Options,
    limit: usize,
) {
    let instructions = instructions(&code.code, target.opcodes());
    let handlers = tables::handlers(code);
    let labels = labels(&instructions, &handlers, target);
    let lines: HashMap<u32, Option<i32>> = line_changes(code).into_iter().collect();
    let positions = options.show_positions.then(|| positions(code));
    let last = (code.code.len() as u32).saturating_sub(2);
    let mut printer = Printer {
        place_width: match &positions {
            Some(positions) => positions_width(positions),
            None => lines_width(&lines),
        },
        label_width: 4 + labels.len().to_string().len(),
        offset_width: options
            .show_offsets
            .then(|| last.max(9999).to_string().len()),
        out,
        code,
        target,
        labels: &labels,
        lines: &lines,
        positions: positions.as_deref(),
    };
    for it in &instructions {
        if printer.out.len() > limit {
            return;
        }
        printer.instruction(it);
        if options.show_caches {
            printer.caches(it, options.specialized);
        }
    }
    printer.exception_table(&handlers);
}

/// The offsets that jumps and handlers name, in bytes, with their numbers (`_make_labels_map`).
fn labels(
    instructions: &[Instruction],
    handlers: &[Handler],
    target: Target,
) -> BTreeMap<u32, usize> {
    let table = target.opcodes();
    let jumps = instructions.iter().filter_map(|it| it.jump_target(table));
    let mut offsets: Vec<u32> = jumps.collect();
    for entry in handlers {
        offsets.extend([entry.start, entry.end, entry.target].map(|at| at.saturating_mul(2)));
    }
    offsets.sort_unstable();
    offsets.dedup();
    offsets.into_iter().zip(1..).collect()
}

/// `co_positions()`, a location for each code unit.
fn positions(code: &CodeObject) -> Vec<Location> {
    let runs = tables::locations(code).into_iter();
    runs.flat_map(|(units, location)| std::iter::repeat_n(location, units as usize))
        .collect()
}

/// Line, end of line, column and end of column, where they are known.
fn parts(location: &Location) -> [Option<i32>; 4] {
    let Location {
        line,
        end_line,
        col,
        end_col,
    } = *location;
    [line, end_line, col, end_col].map(|part| (part != -1).then_some(part))
}

/// `_get_positions_width`; 0 where no position is known.
fn positions_width(positions: &[Location]) -> usize {
    let known = positions
        .iter()
        .any(|at| parts(at).iter().any(Option::is_some));
    let width = |part: Option<i32>| part.map_or(1, |number| number.to_string().len());
    let widths = positions.iter().map(|at| parts(at).map(width).iter().sum());
    let widest: usize = widths.max().unwrap_or(0);
    if known {
        1 + (widest + 3).max(NO_LINE.len())
    } else {
        0
    }
}

/// `_get_lineno_width`; 0 where no line is known.
fn lines_width(lines: &HashMap<u32, Option<i32>>) -> usize {
    let last = lines.values().flatten().filter(|&&line| line != 0).max();
    let Some(last) = last else { return 0 };
    let unknown = lines.values().any(Option::is_none);
    let least = if unknown { NO_LINE.len() } else { 3 };
    last.to_string().len().max(least)
}

struct Printer<'a> {
    out: &'a mut String,
    code: &'a CodeObject,
    target: Target,
    labels: &'a BTreeMap<u32, usize>,
    lines: &'a HashMap<u32, Option<i32>>,
    /// Where they are shown instead of lines.
    positions: Option<&'a [Location]>,
    place_width: usize,
    label_width: usize,
    /// Where offsets are shown.
    offset_width: Option<usize>,
}

impl Printer<'_> {
    /// `Formatter.print_instruction_line`.
    fn instruction(&mut self, it: &Instruction) {
        let line = self.lines.get(&it.offset).copied();
        if self.place_width > 0 && line.is_some() && it.offset > 0 {
            self.out.push('\n');
        }
        self.columns(it.offset, it.offset, line);
        let name = it.name();
        let _ = write!(self.out, "{name:<NAME_WIDTH$}");
        if let Some(arg) = it.arg {
            let excess = name.len().saturating_sub(NAME_WIDTH);
            let width = OPERAND_WIDTH.saturating_sub(excess);
            let _ = write!(self.out, " {arg:>width$}");
            if let Some(meaning) = self.meaning(it, arg) {
                let _ = write!(self.out, " ({meaning})");
            }
        }
        end_line(self.out);
    }

    /// The columns before the operation; `owner` is the offset that the position is of, `line` that of an instruction
    /// with which one starts.
    fn columns(&mut self, owner: u32, offset: u32, line: Option<Option<i32>>) {
        let place = match (self.positions, line) {
            (Some(positions), _) => positions.get(owner as usize / 2).map(position),
            (None, Some(Some(line))) => Some(format!("{line:>0$}", self.place_width)),
            (None, Some(None)) => Some(format!("{NO_LINE:>0$}", self.place_width)),
            (None, None) => None,
        };
        if self.place_width > 0 {
            let (place, width) = (place.unwrap_or_default(), self.place_width);
            let _ = write!(self.out, "{place:<width$} ");
        }
        let label = self.labels.get(&offset).filter(|_| owner == offset);
        let label = label.map_or(String::new(), |label| format!("L{label}:"));
        let _ = write!(self.out, "{label:>0$} ", self.label_width);
        if let Some(width) = self.offset_width {
            let _ = write!(self.out, "{offset:>width$}   ");
        }
        self.out.push_str("    ");
    }

    fn meaning(&self, it: &Instruction, arg: u32) -> Option<String> {
        let op = it.op?;
        if !self.target.opcodes().has_jump(op) {
            return argument::meaning(self.code, self.target, op, arg);
        }
        let offset = it.jump_target(self.target.opcodes())?;
        let label = self.labels.get(&offset)?;
        let preposition = if op == Op::END_ASYNC_FOR {
            "from"
        } else {
            "to"
        };
        Some(format!("{preposition} L{label}"))
    }

    /// The entries of an instruction's inline cache, a line each code unit.
    fn caches(&mut self, it: &Instruction, specialized: bool) {
        let entries = it
            .op
            .map_or(&[][..], |op| self.target.opcodes().cache_entries(op));
        let mut offset = it.offset;
        for entry in entries {
            let value = if specialized { entry.initial } else { 0 };
            for unit in 0..entry.units {
                offset += 2;
                self.columns(it.offset, offset, None);
                let _ = write!(self.out, "{:<NAME_WIDTH$} {:>OPERAND_WIDTH$}", "CACHE", 0);
                if unit == 0 {
                    let _ = write!(self.out, " ({}: {value})", entry.name);
                }
                end_line(self.out);
            }
        }
    }

    fn exception_table(&mut self, handlers: &[Handler]) {
        if !handlers.is_empty() {
            self.out.push_str("ExceptionTable:\n");
        }
        for entry in handlers {
            let label = |at: u32| self.labels.get(&at.saturating_mul(2)).copied().unwrap_or(0);
            let (start, end) = (label(entry.start), label(entry.end));
            let (target, depth) = (label(entry.target), entry.depth);
            let lasti = if entry.lasti { " lasti" } else { "" };
            let _ = writeln!(
                self.out,
                "  L{start} to L{end} -> L{target} [{depth}]{lasti}"
            );
        }
    }
}

/// `LINE:COLUMN-ENDLINE:ENDCOLUMN`.
fn position(location: &Location) -> String {
    let parts = parts(location);
    if parts.iter().all(Option::is_none) {
        return NO_LINE.to_owned();
    }
    let [line, end_line, col, end_col] =
        parts.map(|part| part.map_or("?".to_owned(), |number| number.to_string()));
    format!("{line}:{col}-{end_line}:{end_col}")
}
