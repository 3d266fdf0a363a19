//! What can go wrong in a compilation.

use pycsmith_bytecode::Location;
use pycsmith_bytecode::marshal::MarshalError;
use pycsmith_parser::{ErrorType, SyntaxError};

#[derive(Clone, Debug)]
pub enum CompileError {
    /// The user's source; CPython's words and positions. `text` is filled in by the front door.
    Syntax(SyntaxError),
    /// Something that the target cannot do or we cannot do for it.
    Unsupported { feature: String, target: String },
    /// An internal contradiction.
    Bug(String),
}

impl From<MarshalError> for CompileError {
    /// What `py_compile` raises where a module cannot be written.
    fn from(error: MarshalError) -> CompileError {
        match error {
            MarshalError::TooDeep => {
                CompileError::Syntax(SyntaxError::new(ErrorType::ValueError, error.to_string()))
            }
            error => CompileError::Bug(error.to_string()),
        }
    }
}

pub type Result<T = ()> = std::result::Result<T, Box<CompileError>>;

/// A `SyntaxError` at a node (CPython's `_PyCompile_Error`, `symtable.c`'s `PyErr_RangedSyntaxLocationObject`).
///
/// CPython quirk (3.14, errors.c): offsets of these errors count bytes from 1, unlike the parser's, which count
/// code points.
pub fn syntax_error<T>(loc: Location, msg: impl Into<String>) -> Result<T> {
    Err(Box::new(CompileError::Syntax(SyntaxError {
        kind: ErrorType::SyntaxError,
        msg: msg.into(),
        lineno: Some(loc.line.max(0) as u32),
        offset: Some((loc.col + 1).max(0) as u32),
        end_lineno: Some(loc.end_line.max(0) as u32),
        end_offset: Some((loc.end_col + 1).max(0) as u32),
        text: None,
        is_late: true,
    })))
}

pub fn bug<T>(msg: impl Into<String>) -> Result<T> {
    Err(Box::new(CompileError::Bug(msg.into())))
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CompileError::Syntax(error) => match error.lineno {
                Some(line) => write!(f, "{:?}: {} (line {line})", error.kind, error.msg),
                None => write!(f, "{:?}: {}", error.kind, error.msg),
            },
            CompileError::Unsupported { feature, target } => {
                write!(f, "{feature} is not supported for {target}")
            }
            CompileError::Bug(what) => write!(f, "internal contradiction: {what}"),
        }
    }
}

impl std::error::Error for CompileError {}
