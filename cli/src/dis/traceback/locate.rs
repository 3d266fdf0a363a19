//! At which instructions a frame may have stood.

use std::sync::Arc;

use pycsmith_bytecode::dis::model::{self, Listing, Row};
use pycsmith_bytecode::{CodeObject, Location, Op, Target};
use unicode_width::UnicodeWidthStr as _;

use super::parse::Frame;
use crate::module::Module;

/// What is known of a frame.
pub enum Found {
    /// Its instructions, or those that fit all alike.
    At {
        places: Vec<Place>,
        /// Whether the carets told, or what is not shown of them; else only the line.
        exact: bool,
    },
    /// No code object of that name has instructions of that line.
    Nowhere,
    /// The source has another text there now.
    Changed(String),
}

pub struct Place {
    pub code: Arc<CodeObject>,
    /// Of the instructions, in code units.
    pub offsets: Vec<u32>,
}

pub fn locate(frame: &Frame, module: &Module) -> Found {
    let lines: Vec<&str> = module.source.iter().flat_map(|text| text.lines()).collect();
    let line = line_of(&lines, frame.line);
    if let (Some(shown), Some(line)) = (frame.shown.first(), line)
        && shown.text.trim() != line.trim()
    {
        return Found::Changed(line.trim().to_owned());
    }
    if line.is_none() && !lines.is_empty() && !frame.shown.is_empty() {
        return Found::Changed(String::new());
    }
    let codes: Vec<_> = model::all(&module.code)
        .into_iter()
        .filter(|code| code.name.as_str() == Some(&frame.name))
        .collect();
    let of = |fits: &dyn Fn(&Row) -> bool| -> Vec<Place> {
        let places = codes.iter().map(|code| Place {
            code: code.clone(),
            offsets: offsets(code, module.target, fits),
        });
        places.filter(|place| !place.offsets.is_empty()).collect()
    };
    let on_line = |row: &Row| row.location.line == frame.line && may_raise(row, module.target);
    let has_carets = frame.shown.iter().any(|shown| shown.carets.is_some());
    let exact = of(&|row| {
        on_line(row)
            && match has_carets {
                true => fits(&row.location, frame, &lines),
                false => is_shown_without(row, frame, &lines),
            }
    });
    let places = match exact.is_empty() {
        true => of(&on_line),
        false => exact,
    };
    let exact = places
        .iter()
        .map(|place| place.offsets.len())
        .sum::<usize>()
        > 0
        && !lines.is_empty();
    let places = without_loads(frame, places, module.target);
    match places.is_empty() {
        true => Found::Nowhere,
        false => Found::At { places, exact },
    }
}

fn offsets(code: &CodeObject, target: Target, fits: &dyn Fn(&Row) -> bool) -> Vec<u32> {
    let listing = Listing::new(code, target);
    let rows = listing.rows.iter().filter(|row| fits(row));
    rows.map(|row| row.instr.offset).collect()
}

/// What called another function did not look up a name, unless nothing else is there.
fn without_loads(frame: &Frame, places: Vec<Place>, target: Target) -> Vec<Place> {
    if !frame.calls {
        return places;
    }
    let is_call = |row: &Row| {
        !matches!(
            row.instr.op,
            Some(Op::LOAD_GLOBAL | Op::LOAD_NAME | Op::LOAD_DEREF | Op::LOAD_FAST_CHECK)
        )
    };
    let calls: Vec<Place> = places
        .iter()
        .map(|place| {
            let all = offsets(&place.code, target, &is_call);
            let kept = place.offsets.iter().filter(|offset| all.contains(offset));
            Place {
                code: place.code.clone(),
                offsets: kept.copied().collect(),
            }
        })
        .filter(|place| !place.offsets.is_empty())
        .collect();
    if calls.is_empty() { places } else { calls }
}

/// Whether an instruction can fail, or call what fails: not those that only move values or control.
fn may_raise(row: &Row, target: Target) -> bool {
    let Some(op) = row.instr.op else {
        return false;
    };
    let tests = target.converts_to_bool() && row.name.starts_with("POP_JUMP_");
    let loads = row.name.starts_with("LOAD_FAST") && op != Op::LOAD_FAST_CHECK;
    let stores = row.name.starts_with("STORE_FAST") || op == Op::STORE_DEREF;
    let jumps = row.name.starts_with("JUMP_") && !row.name.contains("_OR_POP");
    let moves = matches!(
        op,
        Op::RESUME
            | Op::NOP
            | Op::NOT_TAKEN
            | Op::CACHE
            | Op::POP_TOP
            | Op::COPY
            | Op::SWAP
            | Op::PUSH_NULL
            | Op::LOAD_CONST
            | Op::LOAD_SMALL_INT
            | Op::LOAD_COMMON_CONSTANT
            | Op::LOAD_CLOSURE
            | Op::LOAD_BUILD_CLASS
            | Op::PRECALL
            | Op::KW_NAMES
            | Op::MAKE_CELL
            | Op::MAKE_FUNCTION
            | Op::SET_FUNCTION_ATTRIBUTE
            | Op::COPY_FREE_VARS
            | Op::RETURN_VALUE
            | Op::RETURN_CONST
            | Op::RETURN_GENERATOR
            | Op::BUILD_TUPLE
            | Op::BUILD_LIST
            | Op::BUILD_STRING
            | Op::LIST_APPEND
            | Op::PUSH_EXC_INFO
            | Op::POP_EXCEPT
            | Op::RERAISE
            | Op::END_FOR
            | Op::END_SEND
            | Op::POP_ITER
            | Op::YIELD_VALUE
    );
    !(tests || loads || stores || jumps || moves)
}

fn line_of<'a>(lines: &[&'a str], number: i32) -> Option<&'a str> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    lines.get(index).copied()
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Whether carets for this location would stand where they do.
fn fits(location: &Location, frame: &Frame, lines: &[&str]) -> bool {
    let (Some(first), Some(line)) = (frame.shown.first(), line_of(lines, location.line)) else {
        return false;
    };
    // What has been taken off the lines.
    let dropped = indent(line) - indent(&first.text).min(indent(line));
    let over_lines = location.end_line > location.line;
    let first_fits = first.carets.is_none_or(|(start, end)| {
        let behind = match over_lines {
            true => line.trim_end().len(),
            false => usize::try_from(location.end_col).unwrap_or(0),
        };
        let before = usize::try_from(location.col).unwrap_or(0);
        is_column(line, before, dropped, start) && is_column(line, behind, dropped, end)
    });
    // Later versions show all lines.
    let last_fits = match frame.shown.as_slice() {
        [_, .., last] => {
            let end_line = line_of(lines, location.end_line).unwrap_or("");
            let end = usize::try_from(location.end_col).unwrap_or(0);
            let behind = last.carets.map(|(_, end)| end);
            over_lines
                && last.text.trim() == end_line.trim()
                && behind.is_none_or(|column| is_column(end_line, end, dropped, column))
        }
        _ => true,
    };
    first_fits && last_fits
}

/// Whether a byte of a line stands in that column, `dropped` bytes of blanks less; wide characters have two columns, for older versions
/// one.
fn is_column(line: &str, byte: usize, dropped: usize, column: usize) -> bool {
    let Some(before) = line.get(dropped.min(byte)..byte) else {
        return false;
    };
    before.chars().count() == column || before.width() == column
}

/// Whether a traceback shows this location without carets: they would be below all of the text, or below a call whose value is returned or
/// assigned.
fn is_shown_without(row: &Row, frame: &Frame, lines: &[&str]) -> bool {
    let location = &row.location;
    let end_line = line_of(lines, location.end_line);
    let (Some(line), Some(end_line)) = (line_of(lines, location.line), end_line) else {
        return false;
    };
    let byte = |column: i32| usize::try_from(column).unwrap_or(0);
    let (Some(before), Some(behind)) = (
        line.get(..byte(location.col)),
        end_line.get(byte(location.end_col)..),
    ) else {
        return false;
    };
    // Older versions show the first line only.
    let only_first = location.end_line > location.line && frame.shown.len() == 1;
    let (before, behind) = (before.trim(), behind.trim());
    if before.is_empty() {
        return behind.is_empty() || only_first;
    }
    let is_value = before == "return" || before.ends_with('=');
    is_value && row.name.starts_with("CALL") && (behind.is_empty() || behind.starts_with('#'))
}
