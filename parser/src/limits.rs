//! CPython's limits, and ours, on how deep a source may nest.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use crate::error::{ErrorType, SyntaxError};
use crate::positions::LineIndex;

/// The stack that `Drop` of ruff's tree needs for one level, in bytes, generously.
const DROP_FRAME: usize = 1024;

/// The most levels of nested nodes (statements, expressions, patterns, format specifications, `elif`s) in the
/// tree of a module. What walks the tree by recursion may rely on it.
///
/// CPython has no such number: its parser stops at 4,000 nested rules, and long chains (`a.b.c...`, `1+1+...`)
/// end when its C stack does, between 10,000 and 100,000 links with the usual 8 MB.
pub const MAX_AST_DEPTH: u32 = 20_000;

/// Text shorter than this, in bytes, is parsed without a look at its tokens first.
const SMALL: usize = 1 << 20;

/// Finds nests that are too deep to be parsed at all, in long texts.
pub(crate) fn check_before_parsing(text: &str) -> Result<(), Box<SyntaxError>> {
    if u32::try_from(text.len()).is_err() {
        return Err(Box::new(SyntaxError::new(ErrorType::MemoryError, "source is too long")));
    }
    if text.len() < SMALL {
        return Ok(());
    }
    Ok(())
}

/// Open brackets, those of replacement fields too (`MAXLEVEL`).
const MAX_BRACKETS: u32 = 200;
/// Levels of indentation, the outermost included (`MAXINDENT`).
const MAX_INDENTS: u32 = 100;
/// Open f-strings and t-strings, and one more (`MAXFSTRINGLEVEL`).
const MAX_STRINGS: u32 = 150;
/// Replacement fields within format specifications (`MAX_EXPR_NESTING`).
pub(crate) const MAX_FIELDS: u32 = 3;

/// CPython's limits on brackets and indentation (`MAXLEVEL`, `MAXINDENT` and `MAXFSTRINGLEVEL` of its tokenizer).
pub(crate) fn check_tokens(tokens: &Tokens, _text: &str, lines: &LineIndex) -> Result<(), Box<SyntaxError>> {
    let mut brackets = 0_u32;
    let mut indents = 0_u32;
    let mut strings = 0_u32;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                brackets += 1;
                if brackets > MAX_BRACKETS {
                    let loc = lines.range(token.range());
                    return Err(Box::new(SyntaxError::at("too many nested parentheses", loc)));
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => brackets = brackets.saturating_sub(1),
            TokenKind::Indent => {
                indents += 1;
                if indents >= MAX_INDENTS {
                    let loc = lines.range(token.range());
                    let msg = "too many levels of indentation";
                    return Err(Box::new(SyntaxError::of(ErrorType::IndentationError, msg, loc)));
                }
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                strings += 1;
                if strings >= MAX_STRINGS {
                    let loc = lines.range(token.range());
                    return Err(Box::new(SyntaxError::at("too many nested f-strings or t-strings", loc)));
                }
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => strings = strings.saturating_sub(1),
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Frees ruff's tree, whose `Drop` recurses as deep as the tree is.
pub(crate) fn drop_tree<T>(tree: T, max_depth: u32, text_length: usize) {
    let depth = (max_depth as usize).min(text_length);
    stacker::maybe_grow(depth * DROP_FRAME + (64 << 10), depth * DROP_FRAME + (1 << 20), || drop(tree));
}
