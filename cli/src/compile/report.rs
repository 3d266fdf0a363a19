//! What a run tells: errors as they come, progress on a terminal, a summary.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use super::arguments::CompileArgs;
use super::job::Outcome;
use super::progress::Progress;
use crate::args::MessageFormat;
use crate::changes::Paint;
use crate::message::Message;
use crate::{FINDINGS, OK, interrupt};

pub struct Report<'a> {
    arguments: &'a CompileArgs,
    paint: Paint,
    started: Instant,
    progress: Progress,
    files: u64,
    bytes: u64,
    current: u64,
    with_errors: u64,
    has_findings: bool,
}

impl<'a> Report<'a> {
    pub fn new(arguments: &'a CompileArgs) -> Report<'a> {
        let paint = Paint::for_stderr(arguments.color);
        Report {
            arguments,
            paint,
            started: Instant::now(),
            progress: Progress::new(arguments, paint),
            files: 0,
            bytes: 0,
            current: 0,
            with_errors: 0,
            has_findings: false,
        }
    }

    /// What has become of a source, whose name is shown while the run goes on.
    pub fn tell(&mut self, source: &Path, outcome: &Outcome) {
        self.files += 1;
        self.bytes += outcome.bytes;
        if !outcome.messages.is_empty() {
            self.with_errors += 1;
        } else if outcome.is_current {
            self.current += 1;
        }
        for message in &outcome.messages {
            self.message(message);
        }
        if self.arguments.verbose {
            for path in &outcome.written {
                self.note(&format!("{} -> {}", source.display(), path.display()));
            }
        }
        self.progress.advance(self.started, self.files, source);
    }

    pub fn message(&mut self, message: &Message) {
        self.has_findings = true;
        if self.arguments.quiet < 2 || self.arguments.message_format == MessageFormat::Json {
            let format = self.arguments.message_format;
            self.progress.suspend(|| {
                message.print_in(format, self.paint);
                if format == MessageFormat::Human {
                    // As compileall does.
                    let _ = writeln!(std::io::stderr().lock());
                }
            });
        }
    }

    /// A line on standard error, unless quiet.
    pub fn note(&mut self, words: &str) {
        if self.arguments.quiet == 0 {
            self.progress
                .suspend(|| drop(writeln!(std::io::stderr().lock(), "{words}")));
        }
    }

    /// The exit status.
    pub fn end(mut self) -> u8 {
        self.progress.end();
        let interrupted = interrupt::status();
        let mut words = self.summary();
        if interrupted.is_some() {
            words.insert_str(0, "interrupted: ");
        }
        self.note(&words);
        match (interrupted, self.has_findings) {
            (Some(status), _) => status,
            (None, true) => FINDINGS,
            (None, false) => OK,
        }
    }

    fn summary(&self) -> String {
        let plural = if self.files == 1 { "" } else { "s" };
        let mut words = format!(
            "{} file{plural}, {} in {:.1} s",
            thousands(self.files),
            size(self.bytes),
            self.started.elapsed().as_secs_f64()
        );
        for (count, what) in [
            (self.current, "up to date"),
            (self.with_errors, "with errors"),
        ] {
            if count > 0 {
                write!(words, "; {} {what}", thousands(count)).expect("a String takes everything");
            }
        }
        words
    }
}

/// `1,708`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `35.4 MB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..999_950 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        let texts = [0, 999, 1_708, 60_000, 1_234_567].map(thousands);
        assert_eq!(texts, ["0", "999", "1,708", "60,000", "1,234,567"]);
        let texts = [0, 999, 1_000, 999_949, 999_950, 35_400_000].map(size);
        assert_eq!(
            texts,
            [
                "0 bytes",
                "999 bytes",
                "1.0 kB",
                "999.9 kB",
                "1.0 MB",
                "35.4 MB"
            ]
        );
    }
}
