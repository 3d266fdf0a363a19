//! What changed between two texts, line by line.

use std::io::IsTerminal as _;

use similar::{ChangeTag, TextDiff};

use crate::args::ColorChoice;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// Whether changes are coloured.
#[derive(Clone, Copy)]
pub struct Paint(bool);

impl Paint {
    /// For standard output, as `--color` and `NO_COLOR` say.
    pub fn for_stdout(choice: ColorChoice) -> Paint {
        Paint(match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                std::io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        })
    }
}

/// The changed lines with `-` and `+`, and those around them; `@@` between places that lie apart.
pub fn diff(before: &str, after: &str, paint: Paint) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut out = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            out += "@@\n";
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, colour) = match change.tag() {
                ChangeTag::Delete => ('-', "\x1b[31m"),
                ChangeTag::Insert => ('+', "\x1b[32m"),
                ChangeTag::Equal => (' ', ""),
            };
            let line = change.value().trim_end_matches('\n');
            if paint.0 && !colour.is_empty() {
                out += &format!("{colour}{sign}{line}\x1b[0m\n");
            } else {
                out += &format!("{sign}{line}\n");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_changed() {
        let text = diff("a\nb\nc\n", "a\nB\nc\n", Paint(false));
        assert_eq!(text, " a\n-b\n+B\n c\n");
        assert_eq!(diff("a\n", "a\n", Paint(true)), "");
        assert!(diff("a\n", "b\n", Paint(true)).contains("\x1b[31m-a\x1b[0m"));
    }
}
