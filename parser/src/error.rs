//! Errors in the user's source.

/// The Python exception that CPython raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorType {
    SyntaxError,
    IndentationError,
    TabError,
    RecursionError,
    MemoryError,
    OverflowError,
    ValueError,
}

/// An error in the source, with the attributes of CPython's exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorType,
    pub msg: String,
    /// From 1.
    pub lineno: Option<u32>,
    /// From 1, in code points of the line as CPython reports it.
    pub offset: Option<u32>,
    pub end_lineno: Option<u32>,
    pub end_offset: Option<u32>,
    /// The line's text, with its line end where the source has one.
    pub text: Option<String>,
}
