//! The depth of indentation as CPython measures it (`tok_get_normal_mode` in `Parser/lexer/lexer.c`): a tab goes
//! to the next multiple of 8, and, as a check, counts as one column too; both measures must agree on the order.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use crate::error::{ErrorType, SyntaxError};
use crate::positions::LineIndex;

const TAB_SIZE: u32 = 8;

/// Columns of an indentation with tabs of eight columns and of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) column: u32,
    pub(crate) alternative: u32,
}

impl Depth {
    /// Goes past a blank; false if the byte is none.
    pub(crate) fn step(&mut self, byte: u8) -> bool {
        match byte {
            b' ' => {
                self.column += 1;
                self.alternative += 1;
            }
            b'\t' => {
                self.column = (self.column / TAB_SIZE + 1) * TAB_SIZE;
                self.alternative += 1;
            }
            0x0C => *self = Depth::default(),
            _ => return false,
        }
        true
    }
}

fn measure(line: &[u8]) -> Depth {
    let mut depth = Depth::default();
    for &byte in line {
        if !depth.step(byte) {
            break;
        }
    }
    depth
}

/// Checks the logical lines of a text with tabs.
///
/// # Errors
///
/// `TabError`, or an `IndentationError` where a line matches no outer one.
pub(crate) fn check(
    tokens: &Tokens,
    text: &str,
    lines: &LineIndex,
) -> Result<(), Box<SyntaxError>> {
    if memchr::memchr(b'\t', text.as_bytes()).is_none() {
        return Ok(());
    }
    let mut stack = vec![Depth::default()];
    let mut at_line_start = true;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => at_line_start = true,
            TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent => {}
            TokenKind::EndOfFile => break,
            _ if at_line_start => {
                at_line_start = false;
                let start = token.start().to_usize();
                let line = memchr::memrchr(b'\n', &text.as_bytes()[..start]).map_or(0, |at| at + 1);
                let continued = text[..line].ends_with("\\\n");
                // After a backslash the indentation is that of the first line; we leave it to ruff.
                if continued {
                    continue;
                }
                let depth = measure(&text.as_bytes()[line..start]);
                step(&mut stack, depth).map_err(|(kind, msg)| {
                    Box::new(SyntaxError::of(
                        kind,
                        msg,
                        lines.span(line as u32, start as u32),
                    ))
                })?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn step(stack: &mut Vec<Depth>, depth: Depth) -> Result<(), (ErrorType, &'static str)> {
    const INCONSISTENT: (ErrorType, &str) = (
        ErrorType::TabError,
        "inconsistent use of tabs and spaces in indentation",
    );
    let outer = stack.last().copied().unwrap_or_default();
    if depth.column > outer.column {
        if depth.alternative <= outer.alternative {
            return Err(INCONSISTENT);
        }
        stack.push(depth);
        return Ok(());
    }
    while stack.len() > 1
        && stack
            .last()
            .is_some_and(|outer| depth.column < outer.column)
    {
        stack.pop();
    }
    let outer = stack.last().copied().unwrap_or_default();
    if depth.column != outer.column {
        return Err((
            ErrorType::IndentationError,
            "unindent does not match any outer indentation level",
        ));
    }
    if depth.alternative == outer.alternative {
        Ok(())
    } else {
        Err(INCONSISTENT)
    }
}

#[cfg(test)]
mod tests {
    use super::{Depth, measure};

    #[test]
    fn tabs() {
        assert!(
            measure(b"    \tx")
                == Depth {
                    column: 8,
                    alternative: 5
                }
        );
        assert!(
            measure(b"\t  x")
                == Depth {
                    column: 10,
                    alternative: 3
                }
        );
        assert!(
            measure(b"  \x0c x")
                == Depth {
                    column: 1,
                    alternative: 1
                }
        );
    }
}
