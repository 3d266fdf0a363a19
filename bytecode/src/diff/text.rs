//! What differs, for people.

use std::fmt::Write as _;

use super::instructions::Code;
use super::{CodeDiff, Diff, Listed, Moved, Row, Side};
use crate::code::CodeObject;
use crate::dis::Lines;
use crate::footprint::text_limit;
use crate::location::Location;
use crate::paint::{Paint, Style, fit};

/// How the text looks.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Columns of the terminal.
    pub width: usize,
    pub color: bool,
}

/// Instructions shown around those that differ.
const CONTEXT: usize = 2;

/// The differences of two modules; nothing if there are none.
pub fn text(diff: &Diff, (one, other): (&Side, &Side), options: Options) -> String {
    let mut page = Page {
        options,
        paint: Paint(options.color),
        sides: (one, other),
        out: String::new(),
        limit: text_limit(&one.code).max(text_limit(&other.code)),
    };
    for code in &diff.removed {
        page.alone('-', code);
    }
    for code in &diff.added {
        page.alone('+', code);
    }
    for changed in &diff.changed {
        if page.out.len() > page.limit {
            break;
        }
        page.code(changed);
    }
    if diff.cut || page.out.len() > page.limit {
        page.out.push_str("(cut: there is too much to compare)\n");
    }
    page.out
}

struct Page<'a> {
    options: Options,
    paint: Paint,
    sides: (&'a Side, &'a Side),
    out: String,
    /// Behind how many bytes it ends.
    limit: usize,
}

impl Page<'_> {
    fn put(&mut self, style: Style, text: &str) {
        let text = fit(text, self.options.width);
        let _ = writeln!(self.out, "{}", self.paint.text(style, text.trim_end()));
    }

    fn alone(&mut self, sign: char, code: &CodeObject) {
        let name = code.qualname.to_string_lossy();
        let text = format!("{sign} {name}, line {}", code.firstlineno);
        self.put(style(sign), &text);
    }

    fn sides(&mut self, removed: &[String], added: &[String]) {
        for (sign, items) in [('-', removed), ('+', added)] {
            for item in items {
                if self.out.len() > self.limit {
                    return;
                }
                self.put(style(sign), &format!("  {sign} {item}"));
            }
        }
    }

    fn code(&mut self, diff: &CodeDiff) {
        let lines = (diff.one.firstlineno, diff.other.firstlineno);
        let line = match lines.0 == lines.1 {
            true => format!("line {}", lines.0),
            false => format!("line {} and {}", lines.0, lines.1),
        };
        let name = diff.other.qualname.to_string_lossy();
        self.put(Style::Title, &format!("{name}, {line}"));
        for (name, one, other) in &diff.attributes {
            self.put(Style::Plain, &format!(" co_{name}"));
            self.sides(std::slice::from_ref(one), std::slice::from_ref(other));
        }
        self.list("co_consts", &diff.consts);
        self.list("co_names", &diff.names);
        self.list("variables", &diff.localsplus);
        if let Some(code) = &diff.code {
            self.instructions(diff, code);
            self.moved(diff, code);
            if code.recoded {
                self.put(
                    Style::Plain,
                    " co_linetable: the same locations in another form",
                );
            }
            if !(code.handlers.0.is_empty() && code.handlers.1.is_empty()) {
                self.put(Style::Plain, " exception table");
                self.sides(&code.handlers.0, &code.handlers.1);
            }
        }
    }

    fn list(&mut self, name: &str, listed: &Listed) {
        if listed.reordered {
            self.put(Style::Plain, &format!(" {name}: the same in another order"));
        } else if !listed.is_empty() {
            self.put(Style::Plain, &format!(" {name}"));
            self.sides(&listed.removed, &listed.added);
        }
    }

    /// Those that differ with some around them, under the line of the source that they are of.
    fn instructions(&mut self, diff: &CodeDiff, code: &Code) {
        let differs = |row: &Row| !matches!(row, Row::Both(..));
        let count = |row: fn(&Row) -> bool| code.rows.iter().filter(|it| row(it)).count();
        let (removed, added) = (
            count(|row| matches!(row, Row::Removed(_))),
            count(|row| matches!(row, Row::Added(_))),
        );
        if removed + added == 0 {
            return;
        }
        self.put(
            Style::Plain,
            &format!(" instructions, {removed} removed, {added} added"),
        );
        let mut lines = (Lines::new(&diff.one), Lines::new(&diff.other));
        // How far it is to the next row that differs.
        let mut ahead = vec![usize::MAX; code.rows.len()];
        let mut distance = usize::MAX;
        for (index, row) in code.rows.iter().enumerate().rev() {
            distance = if differs(row) {
                0
            } else {
                distance.saturating_add(1)
            };
            ahead[index] = distance;
        }
        let (mut behind, mut shown_line, mut is_open) = (usize::MAX, None, false);
        for (row, &ahead) in code.rows.iter().zip(&ahead) {
            behind = if differs(row) {
                0
            } else {
                behind.saturating_add(1)
            };
            let line = self.line(code, row, &mut lines);
            if ahead > CONTEXT && behind > CONTEXT {
                is_open = false;
                continue;
            }
            if self.out.len() > self.limit {
                return;
            }
            if !is_open || shown_line != Some(line) {
                let text = match line {
                    -1 => "  @@ no line".to_owned(),
                    line => format!("  @@ line {line}"),
                };
                self.put(Style::Dim, &text);
            }
            (shown_line, is_open) = (Some(line), true);
            self.row(diff, code, row);
        }
    }

    /// The line of a row in the source of the side that it is of, or of the second one.
    fn line(&self, code: &Code, row: &Row, lines: &mut (Lines, Lines)) -> i32 {
        match *row {
            Row::Removed(a) => lines.0.at(code.halves.0.decoded[a].offset).line,
            Row::Both(_, b) | Row::Added(b) => lines.1.at(code.halves.1.decoded[b].offset).line,
        }
    }

    fn row(&mut self, diff: &CodeDiff, code: &Code, row: &Row) {
        let (sign, half, index, object, target) = match *row {
            Row::Removed(a) => ('-', &code.halves.0, a, &diff.one, self.sides.0.target),
            Row::Added(b) => ('+', &code.halves.1, b, &diff.other, self.sides.1.target),
            Row::Both(_, b) => (' ', &code.halves.1, b, &diff.other, self.sides.1.target),
        };
        let label = half.labels.get(&index);
        let label = label.map_or(String::new(), |label| format!("L{label}:"));
        let operation = half.operation(index, object, target);
        self.put(style(sign), &format!("  {sign} {label:>5} {operation}"));
    }

    fn moved(&mut self, diff: &CodeDiff, code: &Code) {
        if code.moved.is_empty() {
            return;
        }
        self.put(
            Style::Plain,
            " locations (lines count from that of the code object)",
        );
        for moved in &code.moved {
            if self.out.len() > self.limit {
                return;
            }
            let Moved {
                from,
                to,
                count,
                first,
            } = moved;
            let half = &code.halves.1;
            let operation = half.operation(first.1, &diff.other, self.sides.1.target);
            let more = match count {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let text = format!("  {} → {}  {operation}{more}", place(from), place(to));
            self.put(Style::Plain, &text);
        }
    }
}

fn style(sign: char) -> Style {
    match sign {
        '-' => Style::Removed,
        '+' => Style::Added,
        _ => Style::Plain,
    }
}

/// `2:4-2:10`, with `?` for what is not known.
pub(super) fn place(location: &Location) -> String {
    if location.line == super::locations::NO_LINE {
        return "nowhere".to_owned();
    }
    let column = |column: i32| match column {
        -1 => "?".to_owned(),
        column => column.to_string(),
    };
    let (start, end) = (column(location.col), column(location.end_col));
    format!("{:+}:{start}-{:+}:{end}", location.line, location.end_line)
}
