//! Telling people and programs what is wrong.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use pycsmith_compiler::CompileError;
use pycsmith_parser::SyntaxError;
use serde::Serialize;

use crate::archive::ArchiveError;
use crate::args::MessageFormat;

/// One thing that is wrong with one file, with the attributes of CPython's exception where there is one.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    pub path: String,
    /// The Python exception's name, or `InternalError` for a fault of ours.
    #[serde(rename = "type")]
    pub kind: String,
    pub msg: String,
    /// From 1.
    pub lineno: Option<u32>,
    /// From 1, in code points.
    pub offset: Option<u32>,
    pub end_lineno: Option<u32>,
    pub end_offset: Option<u32>,
    /// The source line.
    pub text: Option<String>,
    /// The targets it is wrong for, in a run for several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
}

impl Message {
    pub fn plain(path: &Path, kind: &str, msg: impl Into<String>) -> Box<Message> {
        Box::new(Message {
            path: path.display().to_string(),
            kind: kind.to_owned(),
            msg: msg.into(),
            lineno: None,
            offset: None,
            end_lineno: None,
            end_offset: None,
            text: None,
            targets: Vec::new(),
        })
    }

    pub fn io(path: &Path, error: &std::io::Error) -> Box<Message> {
        use std::io::ErrorKind;
        let kind = match error.kind() {
            ErrorKind::NotFound => "FileNotFoundError",
            ErrorKind::PermissionDenied => "PermissionError",
            ErrorKind::IsADirectory => "IsADirectoryError",
            ErrorKind::NotADirectory => "NotADirectoryError",
            ErrorKind::AlreadyExists => "FileExistsError",
            _ => "OSError",
        };
        Message::plain(path, kind, error.to_string())
    }

    pub fn archive(path: &Path, error: &ArchiveError) -> Box<Message> {
        match error {
            ArchiveError::Io(error) => Message::io(path, error),
            ArchiveError::Bad(_) => Message::plain(path, "BadZipFile", error.to_string()),
            ArchiveError::Unsupported(_) => {
                Message::plain(path, "NotImplementedError", error.to_string())
            }
            ArchiveError::NoMember(_) => Message::plain(path, "KeyError", error.to_string()),
        }
    }

    pub fn compile(path: &Path, error: &CompileError) -> Box<Message> {
        match error {
            CompileError::Syntax(error) => Message::syntax(path, error),
            CompileError::Unsupported { feature, target } => Message::plain(
                path,
                "Unsupported",
                format!("{feature} is not supported for {target}"),
            ),
            CompileError::Bug(what) => Message::plain(
                path,
                "InternalError",
                format!("a bug in pycsmith, please report it: {what}"),
            ),
        }
    }

    pub fn syntax(path: &Path, error: &SyntaxError) -> Box<Message> {
        Box::new(Message {
            path: path.display().to_string(),
            kind: format!("{:?}", error.kind),
            msg: error.msg.clone(),
            lineno: error.lineno,
            offset: error.offset,
            end_lineno: error.end_lineno,
            end_offset: error.end_offset,
            text: error.text.clone(),
            targets: Vec::new(),
        })
    }

    /// As CPython prints a `SyntaxError`: place, line, carets, words.
    fn human(&self) -> String {
        let mut out = String::new();
        match self.lineno {
            Some(line) => writeln!(out, "  File \"{}\", line {line}", self.path),
            None => writeln!(out, "  File \"{}\"", self.path),
        }
        .expect("a String takes everything");
        if let Some(text) = &self.text {
            let line = text.trim_end_matches(['\n', '\r']);
            let shown = line.trim_start_matches([' ', '\t', '\u{c}']);
            let dropped = line.chars().count() - shown.chars().count();
            writeln!(out, "    {shown}").expect("a String takes everything");
            if let Some(offset) = self.offset.filter(|&offset| offset > 0) {
                let start = (offset as usize - 1)
                    .saturating_sub(dropped)
                    .min(shown.chars().count());
                let end = match (self.end_lineno, self.end_offset) {
                    (end_line, Some(end)) if end_line == self.lineno && end > offset => {
                        (end as usize - 1).saturating_sub(dropped)
                    }
                    (Some(end_line), _) if Some(end_line) > self.lineno => shown.chars().count(),
                    _ => start + 1,
                };
                let pad: String = shown
                    .chars()
                    .take(start)
                    .map(|c| if c == '\t' { '\t' } else { ' ' })
                    .collect();
                let carets = "^".repeat(
                    end.min(shown.chars().count().max(start + 1))
                        .saturating_sub(start)
                        .max(1),
                );
                writeln!(out, "    {pad}{carets}").expect("a String takes everything");
            }
        }
        let targets = match self.targets.as_slice() {
            [] => String::new(),
            targets => format!(" (for {})", targets.join(", ")),
        };
        writeln!(out, "{}: {}{targets}", self.kind, self.msg).expect("a String takes everything");
        out
    }

    /// Prints the message; a closed pipe is nobody's error.
    pub fn print(&self, format: MessageFormat) {
        match format {
            MessageFormat::Human => {
                let _ = std::io::stderr().lock().write_all(self.human().as_bytes());
            }
            MessageFormat::Json => {
                let mut line = serde_json::to_string(self).expect("strings and numbers are JSON");
                line.push('\n');
                let _ = std::io::stdout().lock().write_all(line.as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_place() {
        let message = Message {
            path: "x.py".into(),
            kind: "SyntaxError".into(),
            msg: "invalid syntax".into(),
            lineno: Some(2),
            offset: Some(7),
            end_lineno: Some(2),
            end_offset: Some(9),
            text: Some("    x +* y\n".into()),
            targets: Vec::new(),
        };
        assert_eq!(
            message.human(),
            "  File \"x.py\", line 2\n    x +* y\n      ^^\nSyntaxError: invalid syntax\n"
        );
    }
}
