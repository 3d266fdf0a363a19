//! The table for people.

use std::fmt::Write as _;

use pycsmith_compiler::assemble::Size;

use super::{Report, rows};
use crate::changes::Paint;

/// Columns that it fits, if its numbers are not too long.
const WIDTH: usize = 80;

const BOLD: &str = "1";
const DIM: &str = "2";

/// A line: what it is about, its numbers, and the colour.
struct Line {
    name: String,
    cells: Vec<String>,
    colour: &'static str,
}

impl Line {
    fn new(name: &str, cells: impl IntoIterator<Item = String>, colour: &'static str) -> Line {
        Line {
            name: name.to_owned(),
            cells: cells.into_iter().collect(),
            colour,
        }
    }
}

pub fn table(report: &Report, paint: Paint) -> String {
    let stats = &report.stats;
    let mut out = format!("CPython {}", stats.target());
    if let Some(level) = report.level {
        let _ = write!(out, ", level {level}: {}", count(report.sources, "source"));
    }
    let _ = writeln!(out, ", {}\n", count(stats.units as usize, "unit"));
    print(&mut out, &passes(report), paint);
    out.push('\n');
    print(&mut out, &totals(stats.generated, stats.finished()), paint);
    out
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A line a pass. Nothing is a point, so that what there is can be seen.
fn passes(report: &Report) -> Vec<Line> {
    let head = |words: [&str; 5]| words.map(str::to_owned);
    let mut lines = vec![
        Line::new("", head(["units", "removed:", "", "", ""]), BOLD),
        Line::new(
            "pass",
            head(["changed", "instrs", "bytes", "consts", "blocks"]),
            BOLD,
        ),
    ];
    for row in rows(&report.stats) {
        let units = std::iter::once(row.units as i64);
        let cells = units
            .chain(numbers(row.removed))
            .map(|number| match number {
                0 => ".".to_owned(),
                number => number.to_string(),
            });
        let colour = if row.units == 0 { DIM } else { "" };
        lines.push(Line::new(row.pass, cells, colour));
    }
    lines
}

/// What all passes together did.
fn totals(generated: Size, assembled: Size) -> Vec<Line> {
    let texts = |size: Size| numbers(size).map(|number| number.to_string());
    let removed = generated - assembled;
    let shares =
        numbers(removed)
            .into_iter()
            .zip(numbers(generated))
            .map(|(part, all)| match all {
                0 => String::new(),
                all => format!("{:.1}%", part as f64 * 100.0 / all as f64),
            });
    let head = ["instrs", "bytes", "consts", "blocks"].map(str::to_owned);
    vec![
        Line::new("all units", head, BOLD),
        Line::new("after code generation", texts(generated), ""),
        Line::new("assembled", texts(assembled), ""),
        Line::new("removed by the optimizer", texts(removed), BOLD),
        Line::new("", shares, ""),
    ]
}

fn numbers(size: Size) -> [i64; 4] {
    [size.instructions, size.bytes, size.constants, size.blocks]
}

/// Prints lines with numbers below one another, at the right; a name that is too long for its column has a line of its own.
fn print(out: &mut String, lines: &[Line], paint: Paint) {
    let columns = lines.first().map_or(0, |line| line.cells.len());
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line.cells[column].len());
        cells.max().unwrap_or(0).max(7) + 1
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let names = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
    let rest = WIDTH.saturating_sub(widths.iter().sum());
    let name_width = names.min(rest);
    for line in lines {
        let mut text = line.name.clone();
        if text.len() > name_width {
            text.push('\n');
            text += &" ".repeat(name_width);
        } else {
            text += &" ".repeat(name_width - line.name.len());
        }
        for (cell, width) in line.cells.iter().zip(&widths) {
            let _ = write!(text, "{cell:>width$}");
        }
        let text = text.trim_end();
        let _ = match paint.is_on() && !line.colour.is_empty() {
            true => writeln!(out, "\x1b[{}m{text}\x1b[0m", line.colour),
            false => writeln!(out, "{text}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(name: &str, number: &str) -> Vec<Line> {
        let cells = |text: &str| vec![text.to_owned(); 5];
        vec![
            Line::new("pass", cells("instrs"), BOLD),
            Line::new(name, cells(number), DIM),
        ]
    }

    fn printed(lines: &[Line], paint: bool) -> String {
        use crate::args::ColorChoice::{Always, Never};
        let mut out = String::new();
        print(
            &mut out,
            lines,
            Paint::for_stdout(if paint { Always } else { Never }),
        );
        out
    }

    #[test]
    fn long_names_have_a_line_of_their_own() {
        let name = "n".repeat(41);
        let text = printed(&lines(&name, "1"), false);
        assert_eq!(text.lines().count(), 3);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert_eq!(printed(&lines(&name[1..], "1"), false).lines().count(), 2);
        // Large numbers take the place of names.
        let text = printed(&lines(&name[..30], "123456789012"), false);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }

    #[test]
    fn colours_are_for_terminals() {
        assert!(!printed(&lines("a", "1"), false).contains('\x1b'));
        let text = printed(&lines("a", "1"), true);
        assert!(
            text.starts_with("\x1b[1mpass") && text.contains("\x1b[2ma"),
            "{text}"
        );
    }
}
