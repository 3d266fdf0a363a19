//! Telling what was found.

use std::fmt::Write as _;

use super::judge::{Status, Verdict};
use crate::args::{MessageFormat, VerifyArgs};
use crate::output;

pub struct Report {
    format: MessageFormat,
    verbose: bool,
    /// How many of each status, in the order of [`Status::ALL`].
    counts: [usize; Status::ALL.len()],
}

impl Report {
    pub fn new(arguments: &VerifyArgs) -> Report {
        Report {
            format: arguments.message_format,
            verbose: arguments.verbose,
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
                output::print(&human(verdict));
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
}

/// A line with status and file, then the reason and what differs.
fn human(verdict: &Verdict) -> String {
    let mut out = format!("{:<10} {}", verdict.status, verdict.pyc);
    if let Some(reason) = &verdict.reason {
        let _ = write!(out, ": {reason}");
    }
    out.push('\n');
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
