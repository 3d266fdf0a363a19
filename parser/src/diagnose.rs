//! From ruff's errors to CPython's. The words are ruff's where a later diagnosis does not give CPython's own.

use ruff_python_ast::Mod;
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType, Parsed};

use crate::error::{ErrorType, SyntaxError};
use crate::positions::LineIndex;

/// The first error that ruff found and that CPython reports too.
pub(crate) fn first_error(
    parsed: &Parsed<Mod>,
    text: &str,
    lines: &LineIndex,
) -> Option<Box<SyntaxError>> {
    let error = parsed
        .errors()
        .iter()
        .find(|error| !decided_elsewhere(&error.error) && !is_bare_raise(error, text));
    if let Some(error) = error {
        let kind = match &error.error {
            ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
                ErrorType::IndentationError
            }
            _ => ErrorType::SyntaxError,
        };
        return Some(Box::new(SyntaxError::of(
            kind,
            error.error.to_string(),
            lines.range(error.location),
        )));
    }
    let error = parsed.unsupported_syntax_errors().first()?;
    Some(Box::new(SyntaxError::at(
        error.to_string(),
        lines.range(error.range),
    )))
}

/// Errors in the bodies of string literals, which we decode ourselves.
fn decided_elsewhere(error: &ParseErrorType) -> bool {
    matches!(
        error,
        ParseErrorType::Lexical(
            LexicalErrorType::UnicodeError
                | LexicalErrorType::MissingUnicodeLbrace
                | LexicalErrorType::MissingUnicodeRbrace
                | LexicalErrorType::InvalidByteLiteral
        )
    )
}

/// ruff wants an expression in `raise;`.
fn is_bare_raise(error: &ParseError, text: &str) -> bool {
    error.error == ParseErrorType::ExpectedExpression && {
        let (before, after) = text.split_at(error.location.start().to_usize());
        after.starts_with(';') && {
            let word = before
                .trim_end_matches([' ', '\t', '\x0C', '\\', '\n'])
                .strip_suffix("raise");
            word.is_some_and(|rest| {
                !rest.ends_with(|char: char| char.is_alphanumeric() || char == '_' || char == '.')
            })
        }
    }
}
