//! Texts as Python has them: paths that need not be UTF-8, and errors of the system.

use std::ffi::OsStr;
use std::fmt;
use std::io::{Error, ErrorKind};
use std::path::Path;

use pycsmith_bytecode::{Target, repr};

use crate::message::system_words;

/// `os.fsdecode(path)`: bytes that are not UTF-8 become surrogates.
pub fn decoded(path: &OsStr) -> Vec<u8> {
    let mut wtf8 = Vec::new();
    for chunk in path.as_encoded_bytes().utf8_chunks() {
        wtf8.extend_from_slice(chunk.valid().as_bytes());
        for &byte in chunk.invalid() {
            // U+DC00 and the byte, which is 0x80 or more.
            wtf8.extend([0xed, 0xb0 | (byte >> 6), 0x80 | (byte & 0x3f)]);
        }
    }
    wtf8
}

/// `repr(path)`.
pub fn quoted(path: &OsStr, target: Target) -> String {
    let mut out = String::new();
    repr::string(&mut out, &decoded(path), target);
    out
}

/// The path as Python prints it where what cannot be encoded is escaped (`backslashreplace`).
pub fn shown(path: &OsStr) -> String {
    let mut out = String::new();
    for chunk in path.as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\udc{byte:02x}"));
        }
    }
    out
}

/// An `OSError`.
pub struct OsError {
    /// The exception's class.
    pub class: &'static str,
    words: String,
}

impl OsError {
    /// The error that a call with `path` gave.
    pub fn new(error: &Error, path: &OsStr, target: Target) -> OsError {
        OsError {
            class: class(error),
            words: format!("{}: {}", system_words(error), quoted(path, target)),
        }
    }

    /// The error that a call with two paths gave.
    pub fn of_two(error: &Error, from: &Path, to: &Path, target: Target) -> OsError {
        OsError {
            class: class(error),
            words: format!(
                "{}: {} -> {}",
                system_words(error),
                quoted(from.as_os_str(), target),
                quoted(to.as_os_str(), target)
            ),
        }
    }

    pub fn file_exists(words: String) -> OsError {
        OsError {
            class: "FileExistsError",
            words,
        }
    }
}

impl fmt::Display for OsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

fn class(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "FileNotFoundError",
        ErrorKind::PermissionDenied => "PermissionError",
        ErrorKind::AlreadyExists => "FileExistsError",
        ErrorKind::IsADirectory => "IsADirectoryError",
        ErrorKind::NotADirectory => "NotADirectoryError",
        _ => "OSError",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = OsStr::from_bytes(b"a\xffb\xe2\x82");
        assert_eq!(quoted(path, Target::PY314), r"'a\udcffb\udce2\udc82'");
        assert_eq!(shown(path), r"a\udcffb\udce2\udc82");
    }

    #[test]
    fn system_errors_have_their_numbers() {
        let error = std::fs::read("no/such/file").expect_err("there is none");
        let error = OsError::new(&error, "no/such/file".as_ref(), Target::PY314);
        assert_eq!(error.class, "FileNotFoundError");
        assert_eq!(
            error.to_string(),
            "[Errno 2] No such file or directory: 'no/such/file'"
        );
    }
}
