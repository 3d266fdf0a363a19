//! Telling what was found.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use super::judge::{Status, Verdict};
use crate::args::{ColorChoice, MessageFormat, VerifyArgs};
use crate::changes::Paint;
use crate::{output, terminal};

pub struct Report {
    format: MessageFormat,
    verbose: bool,
    /// Columns of the terminal, if it is one.
    width: Option<usize>,
    color: bool,
    /// How many of each status, in the order of [`Status::ALL`].
    counts: [usize; Status::ALL.len()],
}

impl Report {
    pub fn new(arguments: &VerifyArgs) -> Report {
        Report {
            format: arguments.message_format,
            verbose: arguments.verbose,
            width: std::io::stdout().is_terminal().then(terminal::width),
            color: Paint::for_stdout(ColorChoice::Auto).is_on(),
            counts: [0; Status::ALL.len()],
        }
    }

    pub fn tell(&mut self, verdict: &Verdict) {
        let index = Status::ALL
            .iter()
            .position(|status| *status == verdict.status);
        self.counts[index.unwrap_or(0)] += 1;
        match self.format {
            MessageFormat::Json => {
                let mut line =
                    serde_json::to_string(verdict).expect("strings and numbers are JSON");
                line.push('\n');
                output::print(&line);
            }
            MessageFormat::Human if self.verbose || !verdict.status.is_good() => {
                output::print(&self.human(verdict));
            }
            MessageFormat::Human => {}
        }
    }

    /// The counts, for people.
    pub fn end(&self) {
        if self.format == MessageFormat::Json {
            return;
        }
        let all: usize = self.counts.iter().sum();
        let mut line = format!("{all} file{}", if all == 1 { "" } else { "s" });
        let counted = Status::ALL.iter().zip(self.counts);
        for (index, (status, count)) in counted.filter(|(_, count)| *count > 0).enumerate() {
            let _ = write!(
                line,
                "{} {count} {status}",
                if index == 0 { ":" } else { "," }
            );
        }
        output::print(&(line + "\n"));
    }

    /// A line with status and file, the reason on the same one if it fits, then what differs.
    fn human(&self, verdict: &Verdict) -> String {
        let mut out = format!("{:<10} {}", verdict.status, verdict.pyc);
        if let Some(reason) = &verdict.reason {
            let length = out.chars().count() + 2 + reason.chars().count();
            let fits = self.width.is_none_or(|width| length <= width);
            out += if fits { ": " } else { ":\n  " };
            out += reason;
        }
        out.push('\n');
        if self.color {
            let code = if verdict.status.is_good() { 32 } else { 31 };
            let status = verdict.status.to_string();
            out.replace_range(..status.len(), &format!("\x1b[{code}m{status}\x1b[0m"));
        }
        if let Some(difference) = &verdict.difference {
            for (title, side) in [("source", &difference.ours), (".pyc", &difference.theirs)] {
                let _ = writeln!(out, "  {title}:");
                for line in side.lines() {
                    let _ = writeln!(out, "    {line}");
                }
            }
        }
        out
    }
}
