//! Usage and help texts, laid out as `argparse.HelpFormatter` does.

use terminal_size::{Width, terminal_size_of};

use super::wrap::wrap;
use super::{Action, Kind, Parser};

/// Where help stands that fits beside its option; less on a narrow terminal.
const HELP_COLUMN: usize = 24;
const INDENT: usize = 2;
/// Lines of help have at least this many columns.
const NARROWEST: usize = 11;

/// Columns that texts may fill: what `shutil.get_terminal_size` finds, less two.
fn columns() -> usize {
    let given = std::env::var("COLUMNS").ok();
    let given = given.and_then(|text| super::integer(text.as_ref()));
    let columns = match given {
        Some(columns) if columns > 0 => usize::try_from(columns).unwrap_or(usize::MAX),
        _ => match terminal_size_of(std::io::stdout()) {
            Some((Width(columns), _)) if columns > 0 => columns.into(),
            _ => 80,
        },
    };
    columns.saturating_sub(2)
}

impl Action {
    /// The value's place in texts, with a blank before it.
    fn value(&self) -> String {
        match self.kind {
            Kind::Help | Kind::Flag => String::new(),
            Kind::Choice(choices) => format!(" {{{}}}", choices.join(",")),
            _ => format!(" {}", self.metavar),
        }
    }
}

impl Parser {
    /// The usage text without the end of its last line.
    pub(super) fn usage(&self) -> String {
        const PREFIX: &str = "usage: ";
        let program = self.program();
        let (options, positional) = self.usage_parts();
        let whole = [&[program.clone()][..], &options, &positional]
            .concat()
            .join(" ");
        let width = columns();
        if PREFIX.len() + whole.len() <= width {
            return format!("{PREFIX}{whole}");
        }
        let lines = if 4 * (PREFIX.len() + program.len()) <= 3 * width {
            let indent = PREFIX.len() + program.len() + 1;
            let first = [&[program][..], &options].concat();
            let mut lines = packed(&first, indent, PREFIX.len(), width);
            lines[0] = lines[0].trim_start().to_owned();
            lines.extend(packed(&positional, indent, indent, width));
            lines
        } else {
            let indent = PREFIX.len();
            let mut lines = packed(&[&options[..], &positional].concat(), indent, indent, width);
            if lines.len() > 1 {
                lines = packed(&options, indent, indent, width);
                lines.extend(packed(&positional, indent, indent, width));
            }
            lines.insert(0, program);
            lines
        };
        format!("{PREFIX}{}", lines.join("\n"))
    }

    /// What stands in the usage for the options and for the positional argument.
    fn usage_parts(&self) -> (Vec<String>, Vec<String>) {
        let (mut options, mut positional) = (Vec::new(), Vec::new());
        for action in &self.actions {
            let name = action.metavar;
            match action.kind {
                Kind::Any => positional.push(format!("[{name} ...]")),
                Kind::Some if self.target.argparse_reads_in_turn() => {
                    positional.push(format!("{name} [{name} ...]"));
                }
                // A line may end between the two.
                Kind::Some => positional.extend([name.to_owned(), format!("[{name} ...]")]),
                _ => options.push(format!("[{}{}]", action.names[0], action.value())),
            }
        }
        (options, positional)
    }

    pub(super) fn help(&self) -> String {
        let width = columns();
        let longest = self.actions.iter().map(|action| self.heading(action).len());
        let column = (longest.max().unwrap_or(0) + 2 * INDENT)
            .min(HELP_COLUMN.min(width.saturating_sub(20).max(2 * INDENT)));
        let mut out = format!(
            "{}\n\n{}\n",
            self.usage(),
            wrap(self.description, width.max(NARROWEST)).join("\n")
        );
        let (positional, options): (Vec<&Action>, Vec<&Action>) = self
            .actions
            .iter()
            .partition(|action| action.kind.is_positional());
        for (title, actions) in [("positional arguments", positional), ("options", options)] {
            out.push_str(&format!("\n{title}:\n"));
            for action in actions {
                self.entry(&mut out, action, column, width);
            }
        }
        out
    }

    fn entry(&self, out: &mut String, action: &Action, column: usize, width: usize) {
        let heading = self.heading(action);
        let room = column - 2 * INDENT;
        let lines = wrap(action.help, width.saturating_sub(column).max(NARROWEST));
        let mut lines = lines.iter();
        if heading.len() <= room {
            let first = lines.next().map_or("", String::as_str);
            out.push_str(&format!("{:INDENT$}{heading:room$}  {first}\n", ""));
        } else {
            out.push_str(&format!("{:INDENT$}{heading}\n", ""));
        }
        for line in lines {
            out.push_str(&format!("{:column$}{line}\n", ""));
        }
    }

    /// What an entry of the help begins with.
    fn heading(&self, action: &Action) -> String {
        let value = action.value();
        if action.kind.is_positional() {
            return action.metavar.to_owned();
        }
        if self.target.argparse_shows_value_once() {
            return format!("{}{value}", action.names.join(", "));
        }
        let names: Vec<String> = action
            .names
            .iter()
            .map(|name| format!("{name}{value}"))
            .collect();
        names.join(", ")
    }
}

/// Lines of as many parts as fit; the first begins behind `start` columns.
fn packed(parts: &[String], indent: usize, start: usize, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for part in parts {
        let used = if lines.len() == 1 {
            start + length
        } else {
            indent + length
        };
        match lines.last_mut() {
            Some(line) if used + part.len() < width => {
                line.push(' ');
                line.push_str(part);
                length += 1 + part.len();
            }
            _ => {
                lines.push(format!("{:indent$}{part}", ""));
                length = part.len();
            }
        }
    }
    lines
}
