//! Errors in the user's source.

use pycsmith_bytecode::Location;

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
    /// CPython itself fails: a contradiction in its symbol tables.
    SystemError,
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
    /// Whether the parser had accepted the source. CPython then looks `text` up in the file that the source is called by, which
    /// need not be there.
    pub is_late: bool,
}

impl SyntaxError {
    /// An error of `kind` without a place in the source.
    pub fn new(kind: ErrorType, msg: impl Into<String>) -> SyntaxError {
        SyntaxError {
            kind,
            msg: msg.into(),
            lineno: None,
            offset: None,
            end_lineno: None,
            end_offset: None,
            text: None,
            is_late: false,
        }
    }

    /// A plain `SyntaxError` at `loc`; the offsets count from 1, in bytes.
    pub fn at(msg: impl Into<String>, loc: Location) -> SyntaxError {
        SyntaxError::of(ErrorType::SyntaxError, msg, loc)
    }

    /// An error of `kind` at `loc`; the offsets count from 1, in bytes.
    pub fn of(kind: ErrorType, msg: impl Into<String>, loc: Location) -> SyntaxError {
        let place = |value: i32, base: i32| u32::try_from(value.saturating_add(base)).ok();
        SyntaxError {
            kind,
            msg: msg.into(),
            lineno: place(loc.line, 0),
            offset: place(loc.col, 1),
            end_lineno: place(loc.end_line, 0),
            end_offset: place(loc.end_col, 1),
            text: None,
            is_late: false,
        }
    }
}

/// Line `lineno` (from 1) of `text`, with its line end.
pub fn line_text(text: &str, lineno: u32) -> Option<&str> {
    if lineno == 0 {
        return None;
    }
    let bytes = text.as_bytes();
    let mut start = 0;
    for _ in 1..lineno {
        start = memchr::memchr(b'\n', &bytes[start..])? + start + 1;
    }
    let end = memchr::memchr(b'\n', &bytes[start..]).map_or(text.len(), |at| start + at + 1);
    (start < text.len()).then(|| &text[start..end])
}

/// Sets the error's `text` to its line of the decoded source, if it has none.
///
/// CPython quirk (3.14, `_PyErr_RaiseSyntaxError`): errors of the symbol table and of code generation report
/// byte offsets, those of the parser code points; so the offsets stay as they are. See [`to_code_points`].
pub fn fill_text(error: &mut SyntaxError, text: &str) {
    if error.text.is_none()
        && let Some(lineno) = error.lineno
    {
        error.text = line_text(text, lineno).map(str::to_owned);
    }
}

/// Turns offsets that count bytes (from 1) into offsets that count code points, as the parser's errors have
/// them (`_PyPegen_raise_error_known_location`).
pub fn to_code_points(error: &mut SyntaxError, text: &str) {
    let convert = |lineno: Option<u32>, offset: Option<u32>| -> Option<u32> {
        let (lineno, offset) = (lineno?, offset?);
        let Some(line) = line_text(text, lineno) else {
            return Some(offset);
        };
        let bytes = (offset.saturating_sub(1) as usize).min(line.len());
        let points = line.as_bytes()[..bytes]
            .iter()
            .filter(|&&byte| byte & 0xC0 != 0x80)
            .count() as u32;
        Some(points + (offset - bytes as u32))
    };
    error.offset = convert(error.lineno, error.offset);
    error.end_offset = convert(error.end_lineno, error.end_offset);
}
