//! What changed between two texts, line by line.

use similar::{ChangeTag, TextDiff};

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// A line of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    Kept(&'a str),
    Removed(&'a str),
    Added(&'a str),
    /// Lines that are in both and far from any change are left out here.
    Gap,
}

impl Change<'_> {
    /// The line with ` `, `-` or `+` before it, or `@@`.
    pub fn text(&self) -> String {
        match self {
            Change::Kept(line) => format!(" {line}"),
            Change::Removed(line) => format!("-{line}"),
            Change::Added(line) => format!("+{line}"),
            Change::Gap => "@@".to_owned(),
        }
    }
}

/// The changed lines and those around them; nothing if the texts are equal.
pub fn changes<'a>(before: &'a str, after: &'a str) -> Vec<Change<'a>> {
    let diff = TextDiff::from_lines(before, after);
    let mut out = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        if !out.is_empty() {
            out.push(Change::Gap);
        }
        for op in group {
            for (tag, lines) in op.iter_slices(diff.old_slices(), diff.new_slices()) {
                out.extend(lines.iter().map(|line| {
                    let line = line.trim_end_matches('\n');
                    match tag {
                        ChangeTag::Equal => Change::Kept(line),
                        ChangeTag::Delete => Change::Removed(line),
                        ChangeTag::Insert => Change::Added(line),
                    }
                }));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(before: &str, after: &str) -> String {
        let lines: Vec<_> = changes(before, after).iter().map(Change::text).collect();
        lines.join("\n")
    }

    #[test]
    fn shows_what_changed() {
        assert_eq!(text("a\nb\nc\n", "a\nB\nc\n"), " a\n-b\n+B\n c");
        assert_eq!(text("a\n", "a\n"), "");
        assert_eq!(
            text("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n"),
            "-a\n+A\n 1\n 2\n 3\n@@\n 5\n 6\n 7\n-b\n+B"
        );
    }
}
