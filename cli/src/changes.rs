//! What changed between two texts, perhaps in colour.

use std::io::IsTerminal as _;

use pycsmith_ir::text::{Change, changes};

use crate::args::ColorChoice;

/// Whether changes are coloured.
#[derive(Clone, Copy)]
pub struct Paint(bool);

impl Paint {
    pub const OFF: Paint = Paint(false);

    pub fn is_on(self) -> bool {
        self.0
    }

    /// For standard output, as `--color` and `NO_COLOR` say.
    pub fn for_stdout(choice: ColorChoice) -> Paint {
        Paint::on(choice, || std::io::stdout().is_terminal())
    }

    /// For standard error.
    pub fn for_stderr(choice: ColorChoice) -> Paint {
        Paint::on(choice, || std::io::stderr().is_terminal())
    }

    fn on(choice: ColorChoice, is_terminal: impl FnOnce() -> bool) -> Paint {
        Paint(match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && is_terminal()
            }
        })
    }
}

/// The changed lines with `-` and `+`, and those around them; `@@` between places that lie apart.
pub fn diff(before: &str, after: &str, paint: Paint) -> String {
    let mut out = String::new();
    for change in changes(before, after) {
        let colour = match change {
            Change::Removed(_) => "\x1b[31m",
            Change::Added(_) => "\x1b[32m",
            Change::Kept(_) | Change::Gap => "",
        };
        out += &if paint.0 && !colour.is_empty() {
            format!("{colour}{}\x1b[0m\n", change.text())
        } else {
            change.text() + "\n"
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_coloured() {
        assert_eq!(diff("a\nb\n", "b\n", Paint(false)), "-a\n b\n");
        assert_eq!(
            diff("a\nb\n", "b\n", Paint(true)),
            "\x1b[31m-a\x1b[0m\n b\n"
        );
    }
}
