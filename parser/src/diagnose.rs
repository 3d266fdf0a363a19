//! From ruff's errors to CPython's. The words are ruff's where a later diagnosis does not give CPython's own.

use ruff_python_ast::Mod;
use ruff_python_parser::{LexicalErrorType, ParseErrorType, Parsed};

use crate::error::{ErrorType, SyntaxError};
use crate::positions::LineIndex;

/// The first error that ruff found and that CPython reports too.
pub(crate) fn first_error(parsed: &Parsed<Mod>, _text: &str, lines: &LineIndex) -> Option<Box<SyntaxError>> {
    let error = parsed.errors().iter().find(|error| !decided_elsewhere(&error.error));
    if let Some(error) = error {
        let kind = match &error.error {
            ParseErrorType::Lexical(LexicalErrorType::IndentationError) => ErrorType::IndentationError,
            _ => ErrorType::SyntaxError,
        };
        return Some(Box::new(SyntaxError::of(kind, error.error.to_string(), lines.range(error.location))));
    }
    let error = parsed.unsupported_syntax_errors().first()?;
    Some(Box::new(SyntaxError::at(error.to_string(), lines.range(error.range))))
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
