//! Source positions as CPython's compiler keeps them.

/// A source range: lines count from 1, columns are UTF-8 byte offsets from 0 in the decoded line.
/// Negative values mean "none" (CPython's `_Py_SourceLocation`, `pycore_compile.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    pub line: i32,
    pub end_line: i32,
    pub col: i32,
    pub end_col: i32,
}

impl Location {
    /// An artificial instruction: belongs to no line (CPython's `NO_LOCATION`).
    pub const NONE: Location = Location {
        line: -1,
        end_line: -1,
        col: -1,
        end_col: -1,
    };
    /// Takes the location of the next instruction (CPython's `NEXT_LOCATION`).
    pub const NEXT: Location = Location {
        line: -2,
        end_line: -2,
        col: -2,
        end_col: -2,
    };

    pub const fn new(line: i32, end_line: i32, col: i32, end_col: i32) -> Location {
        Location {
            line,
            end_line,
            col,
            end_col,
        }
    }

    /// A whole-line location with columns 0 to 0.
    pub const fn line_start(line: i32) -> Location {
        Location {
            line,
            end_line: line,
            col: 0,
            end_col: 0,
        }
    }
}
