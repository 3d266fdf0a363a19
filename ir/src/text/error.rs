//! What is wrong with a text, and where.

use std::fmt;
use std::ops::Range;

/// A part of the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    pub(super) fn of(range: &Range<usize>) -> Span {
        Span::new(range.start, range.end)
    }
}

/// One fault of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub span: Span,
    pub message: String,
    /// What could stand there instead, if that is known.
    pub expected: Vec<String>,
}

impl Diagnostic {
    pub fn new(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            span,
            message: message.into(),
            expected: Vec::new(),
        }
    }

    /// Line and column of the fault, from 1; columns count characters.
    pub fn place(&self, text: &str) -> (usize, usize) {
        let start = floor(text, self.span.start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (
            before.matches('\n').count() + 1,
            text[line_start..start].chars().count() + 1,
        )
    }

    /// `FILE:LINE:COLUMN: message`, the line, and a caret below the fault.
    pub fn render(&self, file: &str, text: &str) -> String {
        let (line, column) = self.place(text);
        let source = text.split('\n').nth(line - 1).unwrap_or("").trim_end();
        let (start, end) = (floor(text, self.span.start), floor(text, self.span.end));
        let width = text[start..end.max(start)]
            .split('\n')
            .next()
            .unwrap_or("")
            .chars()
            .count()
            .max(1);
        // Tabs before the caret stay tabs, so that it stands where it should.
        let indent: String = source
            .chars()
            .take(column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let mut out = format!("{file}:{line}:{column}: {}", self.message);
        if !self.expected.is_empty() {
            out += &format!(" (expected {})", list(&self.expected));
        }
        out + &format!("\n  {source}\n  {indent}{}\n", "^".repeat(width))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// `a`, `a or b`, `a, b or c`.
fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}
