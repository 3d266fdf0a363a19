//! PEP 401: after `from __future__ import barry_as_FLUFL`, `<>` is the operator and `!=` an error
//! (`_PyPegen_check_barry_as_flufl`).

use pycsmith_bytecode::Target;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::{Ranged, TextSize};

use crate::error::SyntaxError;
use crate::limits::{drop_tree, with_stack};
use crate::positions::LineIndex;

const FEATURE: &str = "barry_as_FLUFL";

/// The text with `<>` as `!=` from the import on, if there is such an import.
///
/// # Errors
///
/// A `!=` after the import.
pub(crate) fn rewrite(text: &str, target: Target) -> Result<Option<String>, Box<SyntaxError>> {
    if !target.imports_change_operators() {
        return Ok(None);
    }
    if memchr::memmem::find(text.as_bytes(), FEATURE.as_bytes()).is_none() {
        return Ok(None);
    }
    let options = ParseOptions::from(Mode::Module);
    let parsed = with_stack(text, || ruff_python_parser::parse_unchecked(text, options));
    let mut state = State::Outside;
    let mut active = false;
    let mut less_end = None;
    let mut not_equal = None;
    let mut places: Vec<TextSize> = Vec::new();
    for token in parsed.tokens() {
        let (kind, range) = (token.kind(), token.range());
        match kind {
            TokenKind::NotEqual if active => {
                not_equal = not_equal.or(Some(range));
            }
            TokenKind::Greater if active && less_end == Some(range.start()) => {
                places.push(range.start() - TextSize::from(1));
            }
            _ => {}
        }
        less_end = (kind == TokenKind::Less).then_some(range.end());
        state = match (state, kind) {
            (_, TokenKind::From) => State::From,
            (State::From, TokenKind::Name) if &text[range] == "__future__" => State::Future,
            (State::Future, TokenKind::Import) => State::Import,
            (State::Import, TokenKind::Newline | TokenKind::Semi) => State::Outside,
            (State::Import, TokenKind::Name) if &text[range] == FEATURE => {
                active = true;
                State::Import
            }
            (State::Import, _) => State::Import,
            _ => State::Outside,
        };
    }
    drop_tree(parsed, u32::MAX, text.len());
    if let Some(range) = not_equal {
        let loc = LineIndex::new(text).range(range);
        return Err(Box::new(SyntaxError::at(
            "with Barry as BDFL, use '<>' instead of '!='",
            loc,
        )));
    }
    if places.is_empty() {
        return Ok(None);
    }
    let mut rewritten = String::with_capacity(text.len());
    let mut from = 0;
    for place in places {
        let at = place.to_usize();
        rewritten.push_str(&text[from..at]);
        rewritten.push_str("!=");
        from = at + 2;
    }
    rewritten.push_str(&text[from..]);
    Ok(Some(rewritten))
}

/// How much of the import was read.
#[derive(Clone, Copy)]
enum State {
    Outside,
    From,
    Future,
    Import,
}

#[cfg(test)]
mod tests {
    use pycsmith_bytecode::Target;

    use super::rewrite as rewrite_for;

    fn rewrite(text: &str) -> Result<Option<String>, Box<super::SyntaxError>> {
        rewrite_for(text, Target::PY314)
    }

    #[test]
    fn not_equal() {
        assert_eq!(rewrite("1 <> 2").unwrap(), None);
        let import = "from __future__ import barry_as_FLUFL\n";
        assert_eq!(
            rewrite(&format!("{import}a <> b")).unwrap(),
            Some(format!("{import}a != b"))
        );
        assert_eq!(rewrite(&format!("{import}a < > b")).unwrap(), None);
        assert!(rewrite(&format!("{import}a != b")).is_err());
        assert_eq!(
            rewrite("from .__future__ import barry_as_FLUFL\n1<>2").unwrap(),
            None
        );
    }
}
