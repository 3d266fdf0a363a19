//! Telling people and programs what is wrong.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use pycsmith_bytecode::Target;
use pycsmith_compiler::CompileError;
use pycsmith_parser::SyntaxError;
use serde::Serialize;

use crate::archive::ArchiveError;
use crate::args::MessageFormat;
use crate::changes::Paint;
use crate::traceback;

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
        Message::plain(path, kind, system_words(error))
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

    /// As CPython prints a `SyntaxError`: place, line, carets, words; and in its colours.
    fn human(&self, paint: Paint) -> String {
        let colours = Colours::new(paint);
        let Colours {
            place, carets, end, ..
        } = colours;
        let mut out = format!("  File {place}\"{}\"{end}", self.path);
        if let Some(line) = self.lineno {
            write!(out, ", line {place}{line}{end}").expect("a String takes everything");
        }
        out.push('\n');
        out.push_str(&traceback::excerpt(self, Target::PY314, (carets, end)));
        let targets = match self.targets.as_slice() {
            [] => String::new(),
            targets => format!(" (for {})", targets.join(", ")),
        };
        let Colours { kind, words, .. } = colours;
        writeln!(
            out,
            "{kind}{}{end}: {words}{}{end}{targets}",
            self.kind, self.msg
        )
        .expect("a String takes everything");
        out
    }

    /// Prints the message without colours; a closed pipe is nobody's error.
    pub fn print(&self, format: MessageFormat) {
        self.print_in(format, Paint::OFF);
    }

    /// [`Message::print`], coloured for people.
    pub fn print_in(&self, format: MessageFormat, paint: Paint) {
        match format {
            MessageFormat::Human => {
                let _ = std::io::stderr()
                    .lock()
                    .write_all(self.human(paint).as_bytes());
            }
            MessageFormat::Json => {
                let mut line = serde_json::to_string(self).expect("strings and numbers are JSON");
                line.push('\n');
                let _ = std::io::stdout().lock().write_all(line.as_bytes());
            }
        }
    }
}

/// As Python tells an `OSError`: `[Errno N]` and the system's words.
pub fn system_words(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(errno) => {
            let words = std::io::Error::from_raw_os_error(errno).to_string();
            let suffix = format!(" (os error {errno})");
            let words = words.strip_suffix(&suffix).unwrap_or(&words);
            format!("[Errno {errno}] {words}")
        }
        None => error.to_string(),
    }
}

/// What begins a colour: those of CPython's tracebacks since 3.13.
#[derive(Clone, Copy)]
struct Colours {
    place: &'static str,
    carets: &'static str,
    kind: &'static str,
    words: &'static str,
    end: &'static str,
}

impl Colours {
    fn new(paint: Paint) -> Colours {
        if !paint.is_on() {
            return Colours {
                place: "",
                carets: "",
                kind: "",
                words: "",
                end: "",
            };
        }
        Colours {
            place: "\x1b[35m",
            carets: "\x1b[1;31m",
            kind: "\x1b[1;35m",
            words: "\x1b[35m",
            end: "\x1b[0m",
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
            message.human(Paint::OFF),
            "  File \"x.py\", line 2\n    x +* y\n      ^^\nSyntaxError: invalid syntax\n"
        );
    }
}
