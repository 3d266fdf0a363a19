//! A listing for reading: instructions beside the source, where each one's place in the line is underlined, with arrows
//! for jumps, the extent of handlers, and the depth of the stack or what is on it.

mod lanes;

use std::fmt::Write as _;
use std::sync::Arc;

use super::flag_names;
use super::model::{self, Listing, Row};
use crate::code::CodeObject;
use crate::footprint::text_limit;
use crate::location::Location;
use crate::paint::{Paint, Style, fit, width};
use crate::version::Target;

/// How the listing looks.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Columns of the terminal.
    pub width: usize,
    pub color: bool,
    /// Show the values on the stack behind each instruction in place of its part of the line.
    pub stack: bool,
    /// Show only instructions of these lines, both included.
    pub lines: Option<(i32, i32)>,
    /// Point at the instructions at these offsets (in code units).
    pub marked: &'a [u32],
}

/// What points at an instruction.
const POINTER: &str = "--> ";

/// Columns of the operation with its operand, at least.
const OPERATION: usize = 24;
/// Columns of the depths of the stack.
const DEPTH: usize = 5;

/// The texts of `code` and the code objects in it, but for those that have none of the lines that are asked for.
pub fn listing(
    code: &Arc<CodeObject>,
    target: Target,
    source: Option<&[&str]>,
    options: Options<'_>,
) -> String {
    let limit = text_limit(code);
    let mut out = String::new();
    for code in model::all(code) {
        let listing = Listing::new(&code, target);
        if options.lines.is_some_and(|lines| !listing.has_lines(lines)) {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out += &text(&listing, source, options, limit - out.len());
        if out.len() > limit {
            out.push_str("\n(cut: the listing is too long)\n");
            break;
        }
    }
    out
}

/// The text of one code object, which ends behind `limit` bytes; `source` are the lines of its file, if they are known.
pub fn text(
    listing: &Listing<'_>,
    source: Option<&[&str]>,
    options: Options<'_>,
    limit: usize,
) -> String {
    let mut page = Page::new(listing, source.unwrap_or(&[]), options);
    page.head();
    let mut line = None;
    for (index, row) in listing.rows.iter().enumerate() {
        if options.lines.is_some_and(|lines| !row.is_of(lines)) {
            continue;
        }
        if page.out.len() > limit {
            break;
        }
        let new_line = line != Some(row.location.line);
        if new_line {
            page.source_line(row.location.line, index);
        }
        line = Some(row.location.line);
        page.row(index, row);
    }
    page.handlers();
    page.out
}

struct Page<'a> {
    listing: &'a Listing<'a>,
    source: &'a [&'a str],
    options: Options<'a>,
    paint: Paint,
    out: String,
    extents: Vec<String>,
    arrows: Vec<String>,
    /// Columns of: `extents` and `arrows`, labels, offsets, operations.
    lanes: usize,
    label: usize,
    offset: usize,
    operation: usize,
    /// Columns taken off the lines of the source: all are indented so far.
    indent: usize,
}

impl<'a> Page<'a> {
    fn new(listing: &'a Listing<'a>, source: &'a [&'a str], options: Options<'a>) -> Page<'a> {
        let rows = &listing.rows;
        let row_at = |offset: u32| {
            rows.binary_search_by_key(&offset, |row| row.instr.start)
                .ok()
        };
        let jumps: Vec<(usize, usize)> = rows
            .iter()
            .enumerate()
            .filter_map(|(index, row)| Some((index, row_at(row.target?)?)))
            .collect();
        let lines = rows
            .iter()
            .filter_map(|row| line_of(source, row.location.line));
        let indent = lines.map(|line| line.len() - line.trim_start_matches(' ').len());
        let mut page = Page {
            listing,
            source,
            options,
            paint: Paint(options.color),
            out: String::new(),
            lanes: 0,
            extents: handlers(listing),
            arrows: lanes::arrows(rows.len(), &jumps),
            label: match listing.labels.len() {
                0 => 0,
                count => count.to_string().len() + 2,
            },
            offset: (listing.code.code.len().saturating_sub(2))
                .to_string()
                .len()
                .max(2),
            operation: 0,
            indent: indent.min().unwrap_or(0),
        };
        let columns = |texts: &[String]| texts.first().map_or(0, |text| width(text));
        page.lanes = columns(&page.extents) + columns(&page.arrows) + page.pointer().len();
        let needed = rows.iter().map(|row| width(&page.operation(row))).max();
        let half = (options.width / 2).saturating_sub(page.gutter());
        // Names are never cut, nor are targets of jumps.
        let least = |row: &Row| match row.target {
            Some(_) => width(&page.operation(row)),
            None => width(&row.name) + 2,
        };
        let names = rows.iter().map(least).max().unwrap_or(0);
        page.operation = needed.unwrap_or(0).min(half).max(names).max(OPERATION);
        page
    }

    /// What stands before the rows at which nothing points.
    fn pointer(&self) -> &'static str {
        match self.options.marked.is_empty() {
            true => "",
            false => &"    "[..POINTER.len()],
        }
    }

    /// Columns before the operation.
    fn gutter(&self) -> usize {
        self.lanes + self.label + self.offset + 2
    }

    /// Columns for the source, or the stack.
    fn rest(&self) -> usize {
        let left = self.gutter() + self.operation + DEPTH + 4;
        self.options.width.saturating_sub(left).max(16)
    }

    fn head(&mut self) {
        let code = self.listing.code;
        let (name, file) = (
            code.qualname.to_string_lossy(),
            code.filename.to_string_lossy(),
        );
        let _ = writeln!(
            self.out,
            "{}  {}",
            self.paint.text(Style::Title, &name),
            self.paint
                .text(Style::Dim, &format!("{file}:{}", code.firstlineno)),
        );
        let facts = format!("stack {}, flags {}", code.stacksize, flag_names(code.flags));
        let _ = writeln!(self.out, "{}", self.paint.text(Style::Dim, &facts));
    }

    /// The line that the following rows are of, where its parts are underlined.
    fn source_line(&mut self, line: i32, index: usize) {
        let lanes = self.lanes(index, true);
        let number = match line {
            -1 => "--".to_owned(),
            line => line.to_string(),
        };
        let text = match line_of(self.source, line) {
            Some(text) if self.options.stack => text.trim(),
            Some(text) => text.get(self.cut(text)..).unwrap_or(""),
            None => "",
        };
        if self.source.is_empty() && !self.options.stack {
            return;
        }
        if self.options.stack {
            let room = self
                .options
                .width
                .saturating_sub(self.lanes + number.len() + 2);
            let text = self.paint.text(Style::Source, &fit(text, room));
            let _ = write!(self.out, "{lanes}{number}  {text}");
        } else {
            let blank = self.gutter() + self.operation + DEPTH + 1 - self.lanes;
            let text = self.paint.text(Style::Source, &fit(text, self.rest()));
            let bar = self.paint.text(Style::Dim, "│");
            let _ = write!(self.out, "{lanes}{number:>blank$} {bar} {text}");
        }
        self.end_line();
    }

    /// The lines beside a row; beside the blank before it, those that go on.
    fn lanes(&self, index: usize, before: bool) -> String {
        let beside = |texts: &[String]| {
            let text = texts.get(index).map_or("", |text| text.as_str());
            if !before {
                return text.to_owned();
            }
            let above = index.checked_sub(1).and_then(|above| texts.get(above));
            let above: Vec<char> = above.map_or(Vec::new(), |text| text.chars().collect());
            let goes_on = |(column, now): (usize, char)| {
                let above = above.get(column).copied().unwrap_or(' ');
                let leaves = matches!(above, '│' | '╭' | '├' | '┼' | '┌' | '┊');
                let comes = matches!(now, '│' | '╰' | '├' | '┼' | '└' | '┊');
                match (leaves && comes, now) {
                    (false, _) => ' ',
                    (true, '┊' | '└') => '┊',
                    (true, _) => '│',
                }
            };
            text.chars().enumerate().map(goes_on).collect()
        };
        let is_marked = |row: &Row| self.options.marked.contains(&row.instr.offset);
        let pointer = match self.listing.rows.get(index).is_some_and(is_marked) && !before {
            true => self.paint.text(Style::Handler, POINTER),
            false => self.pointer().to_owned(),
        };
        let extent = self.paint.text(Style::Handler, &beside(&self.extents));
        pointer + &extent + &self.paint.text(Style::Jump, &beside(&self.arrows))
    }

    /// Bytes of indentation that are taken off a line: what all lines have, and all of a line that is too long.
    fn cut(&self, line: &str) -> usize {
        if width(line).saturating_sub(self.indent) <= self.rest() {
            return self.indent;
        }
        line.len() - line.trim_start_matches(' ').len()
    }

    fn row(&mut self, index: usize, row: &Row) {
        let lanes = self.lanes(index, false);
        let label = self.listing.labels.get(&row.instr.start);
        let label = label.map_or(String::new(), |label| format!("L{label}:"));
        let offset = row.instr.offset * 2;
        let operation = fit(&self.operation(row), self.operation);
        let blank = self.operation - width(&operation);
        let depth = match (&row.before, &row.after) {
            (Some(before), Some(after)) => format!("{}→{}", before.len(), after.len()),
            (Some(before), None) => format!("{}", before.len()),
            _ => String::new(),
        };
        let style = if row.target.is_some() {
            Style::Jump
        } else {
            Style::Plain
        };
        let _ = write!(
            self.out,
            "{}{} {} {}{:blank$} {}",
            lanes,
            self.paint
                .text(Style::Label, &format!("{label:<0$}", self.label)),
            self.paint
                .text(Style::Dim, &format!("{offset:>0$}", self.offset)),
            self.paint.operation(style, &operation),
            "",
            self.paint.text(Style::Dim, &format!("{depth:>DEPTH$}")),
        );
        let rest = if self.options.stack {
            let values = row.after.as_deref().unwrap_or(&[]);
            self.paint.text(Style::Source, &stack(values, self.rest()))
        } else {
            self.paint.text(Style::Mark, &self.underline(&row.location))
        };
        let _ = write!(self.out, " {} {rest}", self.paint.text(Style::Dim, "│"));
        self.end_line();
    }

    /// `LOAD_FAST n`, `POP_JUMP_IF_FALSE to L2`.
    fn operation(&self, row: &Row) -> String {
        let mut text = row.name.clone();
        let meaning = match row.target {
            Some(target) => Some(format!("to {}", self.listing.place(target))),
            None => row.meaning.clone().filter(|text| !text.is_empty()),
        };
        match (meaning, row.arg) {
            (Some(meaning), _) => text.extend([" ", &meaning.replace("NULL|self", "self")]),
            (None, Some(arg)) => text.extend([" ", &arg.to_string()]),
            (None, None) => {}
        }
        text
    }

    /// Marks under the part of the line that an instruction is of.
    fn underline(&self, location: &Location) -> String {
        if self.source.is_empty() {
            return place(location);
        }
        let Some(line) = line_of(self.source, location.line) else {
            return String::new();
        };
        let (Ok(start), Ok(end)) = (
            usize::try_from(location.col),
            usize::try_from(location.end_col),
        ) else {
            return String::new();
        };
        let end = if location.end_line > location.line {
            line.len()
        } else {
            end.min(line.len())
        };
        let columns = |from: usize, to: usize| line.get(from..to).map_or(0, width);
        let before = columns(self.cut(line).min(start), start);
        let marks = columns(start.min(end), end);
        fit(
            &format!("{}{}", " ".repeat(before), "~".repeat(marks)),
            self.rest(),
        )
    }

    /// The exception table; not where only some lines are shown.
    fn handlers(&mut self) {
        if self.options.lines.is_some() {
            return;
        }
        for entry in &self.listing.handlers {
            let place = |at| self.listing.place(at);
            let (start, end, target) = (place(entry.start), place(entry.end), place(entry.target));
            let lasti = if entry.lasti { ", lasti" } else { "" };
            let text = format!(
                "exceptions {start} to {end} → {target}, stack {}{lasti}",
                entry.depth
            );
            let _ = writeln!(self.out, "{}", self.paint.text(Style::Handler, &text));
        }
    }

    fn end_line(&mut self) {
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
    }
}

/// The extents of the handlers beside the rows, with the handler's label where each begins.
fn handlers(listing: &Listing<'_>) -> Vec<String> {
    let rows = &listing.rows;
    let mut regions = Vec::new();
    let mut labels = vec![String::new(); rows.len()];
    for entry in &listing.handlers {
        let first = rows.partition_point(|row| row.instr.start < entry.start);
        let end = rows.partition_point(|row| row.instr.start < entry.end);
        if first < end {
            regions.push((first, end - 1));
            labels[first] = listing.place(entry.target);
        }
    }
    let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0);
    let extents = lanes::extents(rows.len(), &regions).into_iter();
    let both = extents
        .zip(labels)
        .map(|(extent, label)| format!("{label:>widest$}{extent}"));
    both.collect()
}

/// `2:4-2:10` where there is no source.
fn place(location: &Location) -> String {
    let part = |number: i32| match number {
        -1 => "?".to_owned(),
        number => number.to_string(),
    };
    let Location {
        line,
        end_line,
        col,
        end_col,
    } = *location;
    if line == -1 {
        return String::new();
    }
    format!(
        "{}:{}-{}:{}",
        part(line),
        part(col),
        part(end_line),
        part(end_col)
    )
}

/// A line by its number, from 1.
fn line_of<'a>(source: &[&'a str], line: i32) -> Option<&'a str> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    source.get(index).copied()
}

/// The values of a stack; where they are too many, the topmost.
fn stack(values: &[std::rc::Rc<str>], room: usize) -> String {
    let all = values.join(" | ");
    if width(&all) <= room {
        return all;
    }
    let chars: Vec<char> = all.chars().collect();
    let start = chars.len() - room.saturating_sub(1).min(chars.len());
    format!("…{}", String::from_iter(&chars[start..]))
}
