//! Byte offsets to lines and columns.

use std::cell::Cell;

use pycsmith_bytecode::Location;
use ruff_text_size::TextRange;

/// Where each line of a text starts. Look-ups remember the last line, since they mostly go forward.
pub(crate) struct LineIndex {
    starts: Vec<u32>,
    last: Cell<u32>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> LineIndex {
        let mut starts = Vec::with_capacity(text.len() / 32 + 2);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        LineIndex {
            starts,
            last: Cell::new(0),
        }
    }

    /// The line (from 1) and column (in bytes, from 0) of a byte offset.
    #[inline]
    pub(crate) fn locate(&self, offset: u32) -> (i32, i32) {
        let mut index = self.last.get() as usize;
        let starts = &self.starts[..];
        if starts[index] > offset {
            index = starts.partition_point(|&start| start <= offset) - 1;
        } else {
            let mut steps = 0;
            while index + 1 < starts.len() && starts[index + 1] <= offset {
                index += 1;
                steps += 1;
                if steps == 8 {
                    index = starts.partition_point(|&start| start <= offset) - 1;
                    break;
                }
            }
        }
        self.last.set(index as u32);
        (index as i32 + 1, (offset - starts[index]) as i32)
    }

    #[inline]
    pub(crate) fn span(&self, start: u32, end: u32) -> Location {
        let (end_line, end_col) = self.locate(end);
        let (line, col) = self.locate(start);
        Location {
            line,
            end_line,
            col,
            end_col,
        }
    }

    #[inline]
    pub(crate) fn range(&self, range: TextRange) -> Location {
        self.span(range.start().to_u32(), range.end().to_u32())
    }
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    #[test]
    fn lines_and_columns() {
        let index = LineIndex::new("ab\n\ncd");
        assert_eq!(index.locate(0), (1, 0));
        assert_eq!(index.locate(2), (1, 2));
        assert_eq!(index.locate(3), (2, 0));
        assert_eq!(index.locate(6), (3, 2));
        assert_eq!(index.locate(1), (1, 1));
    }
}
