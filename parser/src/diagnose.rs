//! From ruff's errors to CPython's. The words are ruff's where a later diagnosis does not give CPython's own.

use ruff_python_ast::Mod;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType, Parsed};

use ruff_text_size::Ranged;

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
        let msg = error.error.to_string();
        if msg == "unexpected EOF while parsing"
            && let Some(unclosed) = unclosed_bracket(parsed, text, lines)
        {
            return Some(unclosed);
        }
        let (kind, msg) = match &error.error {
            ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
                (ErrorType::IndentationError, msg)
            }
            _ if msg == "Unexpected indentation" => {
                (ErrorType::IndentationError, "unexpected indent".to_owned())
            }
            _ if msg.starts_with("Expected an indented block") => (
                ErrorType::IndentationError,
                msg.replacen('E', "e", 1).replace('`', "'"),
            ),
            _ => (ErrorType::SyntaxError, msg),
        };
        return Some(Box::new(SyntaxError::of(
            kind,
            msg,
            lines.range(error.location),
        )));
    }
    let error = parsed.unsupported_syntax_errors().first()?;
    Some(Box::new(SyntaxError::at(
        error.to_string(),
        lines.range(error.range),
    )))
}

/// The innermost bracket that is still open where the file ends.
fn unclosed_bracket(
    parsed: &Parsed<Mod>,
    text: &str,
    lines: &LineIndex,
) -> Option<Box<SyntaxError>> {
    let mut open = Vec::new();
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open.push(token.range()),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                open.pop();
            }
            _ => {}
        }
    }
    let range = open.pop()?;
    Some(Box::new(SyntaxError::at(
        format!("'{}' was never closed", &text[range]),
        lines.range(range),
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
