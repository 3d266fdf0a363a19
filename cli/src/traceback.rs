//! Syntax errors as Python's `traceback` prints them.

use std::fmt::Write as _;

use pycsmith_bytecode::Target;
use unicode_width::UnicodeWidthChar as _;

use crate::message::Message;

/// The last lines of a traceback for a `SyntaxError`: place, source line, carets, words
/// (`traceback.format_exception_only`).
pub fn syntax_error(error: &Message, target: Target) -> String {
    let mut out = String::new();
    if let Some(line) = error.lineno {
        let _ = writeln!(out, "  File \"{}\", line {line}", error.path);
    }
    out.push_str(&excerpt(error, target, ("", "")));
    // An error without a line does not have the file's name either.
    let _ = writeln!(out, "{}: {}", error.kind, error.msg);
    out
}

/// The source line with carets below it (`_format_syntax_error`); nothing if the line is not known. The carets stand between the two
/// texts of `colour`.
pub fn excerpt(error: &Message, target: Target, colour: (&str, &str)) -> String {
    let Some(text) = &error.text else {
        return String::new();
    };
    let line = text.trim_end_matches('\n');
    let shown = line.trim_start_matches([' ', '\n', '\u{c}']);
    let dropped = line.chars().count() - shown.chars().count();
    let mut out = format!("    {shown}\n");
    if let Some((start, end)) = underlined(error, text, target) {
        // From 1 to from 0, in what is shown.
        let first = start - 1 - dropped as i64;
        if let Ok(first) = usize::try_from(first) {
            let count = usize::try_from(end - start).unwrap_or(0);
            let (before, carets) = carets(shown, first, count, target);
            let _ = writeln!(out, "    {before}{}{carets}{}", colour.0, colour.1);
        }
    }
    out
}

/// Where the underlined part starts and ends in the line, from 1, in code points.
fn underlined(error: &Message, text: &str, target: Target) -> Option<(i64, i64)> {
    let mut start = i64::from(error.offset?);
    let given = match error.end_offset {
        None | Some(0) => start,
        Some(end) => i64::from(end),
    };
    if !target.carets_end_with_line() {
        return Some((start, if given == start { start + 1 } else { given }));
    }
    let length = text.chars().count() as i64;
    let behind = text.trim_end_matches('\n').chars().count() as i64 + 1;
    let mut end = if error.lineno == error.end_lineno {
        given
    } else {
        behind
    };
    if length > 0 && start > length {
        start = behind;
    }
    if length > 0 && end > length {
        end = behind;
    }
    Some((start, end.max(start + 1)))
}

/// The carets for `count` characters from `first` on, and what stands before them.
fn carets(shown: &str, first: usize, count: usize, target: Target) -> (String, String) {
    if target.carets_count_columns() {
        let columns = |text: &mut dyn Iterator<Item = char>| -> usize {
            text.map(|char| char.width().unwrap_or(1)).sum()
        };
        let before = columns(&mut shown.chars().take(first));
        let under = match shown.chars().nth(first) {
            Some(_) => columns(&mut shown.chars().skip(first).take(count)),
            None => count,
        };
        return (" ".repeat(before), "^".repeat(under));
    }
    // Blanks other than spaces are kept: a tab moves the carets as it moves the text.
    let kept = |char: char| if char.is_whitespace() { char } else { ' ' };
    let before: String = shown.chars().take(first).map(kept).collect();
    (before, "^".repeat(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, place: (u32, u32), end: (u32, u32)) -> Message {
        Message {
            path: "x.py".into(),
            kind: "SyntaxError".into(),
            msg: "no".into(),
            lineno: Some(place.0),
            offset: Some(place.1),
            end_lineno: Some(end.0),
            end_offset: Some(end.1),
            text: Some(text.into()),
            targets: Vec::new(),
        }
    }

    /// Expected: `traceback.format_exception_only` of 3.11, 3.14 and 3.15.
    #[test]
    fn carets_by_release() {
        let target = |minor| Target::newest(minor).expect("a target");
        for (error, expected) in [
            (
                error("\tx = 1 +\n", (1, 8), (1, 9)),
                [
                    "\tx = 1 +\n    \t      ^",
                    "\tx = 1 +\n    \t      ^",
                    "\tx = 1 +\n           ^",
                ],
            ),
            (
                error("  f('''a\n", (3, 5), (4, 3)),
                ["f('''a\n      ", "f('''a\n      ^^^^", "f('''a\n      ^^^^"],
            ),
            (
                error("x\n", (1, 9), (1, 12)),
                ["x\n     ^^^", "x\n     ^", "x\n     ^"],
            ),
            (
                error("'漢' x\n", (1, 5), (1, 6)),
                [
                    "'漢' x\n        ^",
                    "'漢' x\n        ^",
                    "'漢' x\n         ^",
                ],
            ),
        ] {
            for (minor, expected) in [11, 14, 15].into_iter().zip(expected) {
                let excerpt = excerpt(&error, target(minor), ("", ""));
                assert_eq!(excerpt, format!("    {expected}\n"), "3.{minor}");
            }
        }
    }
}
