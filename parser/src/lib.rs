//! Source bytes to AST: decoding, grammar, constants, positions, and errors in the source.

mod adapt;
pub mod ast;
mod diagnose;
pub mod dump;
pub mod error;
mod fast;
mod flufl;
mod indentation;
pub mod interner;
mod limits;
mod literals;
mod positions;
pub mod repr;
pub mod source;
pub mod type_comments;

use std::borrow::Cow;

use bumpalo::Bump;
use pycsmith_bytecode::Target;
use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions};

use crate::adapt::Adapter;
use crate::ast::Module;
use crate::positions::LineIndex;

pub use error::{ErrorType, SyntaxError};
pub use interner::{Interner, Name};
pub use limits::MAX_AST_DEPTH;

/// A parsed module.
#[derive(Debug)]
pub struct Parsed<'a, 's> {
    pub module: &'a Module<'a>,
    /// The decoded source with `\n` as its only line end; positions in the tree refer to it.
    pub text: Cow<'s, str>,
}

/// Parses the source of a module, as CPython's `compile(source, filename, "exec")` does up to the AST.
///
/// Nodes and constants go to `arena`, identifiers to `names`.
///
/// # Errors
///
/// What CPython's decoder, tokenizer and parser reject; the error is complete (text and offsets in code points).
/// What the symbol table and code generation reject is not found here.
pub fn parse<'a, 's>(
    source: &'s [u8],
    arena: &'a Bump,
    names: &mut Interner,
    target: Target,
) -> Result<Parsed<'a, 's>, SyntaxError> {
    let text = if target.decodes_comments() {
        source::decode(source)?
    } else {
        let decoded = source::decode_tokens(source)?;
        if !decoded.undecoded.is_empty()
            && !limits::are_in_comments(&decoded.undecoded, &decoded.text)
        {
            return Err(source::decode(source).err().unwrap_or_else(|| {
                SyntaxError::new(ErrorType::SyntaxError, "source is not UTF-8")
            }));
        }
        decoded.text
    };
    match parse_text(&text, arena, names, target) {
        Ok(module) => Ok(Parsed { module, text }),
        Err(mut error) => {
            error::to_code_points(&mut error, &text);
            error::fill_text(&mut error, &text);
            Err(*error)
        }
    }
}

/// The trees that our own parser and the other one give for a text that can be decoded; for tests.
#[doc(hidden)]
pub fn parse_both_ways<'a>(
    source: &[u8],
    arena: &'a Bump,
    names: &mut Interner,
    target: Target,
) -> Option<(Option<&'a Module<'a>>, Option<&'a Module<'a>>)> {
    let text = source::decode(source).ok()?;
    let ours = fast::parse(&text, arena, names, target);
    let other = parse_with_ruff(&text, arena, names, target).ok();
    Some((ours, other))
}

fn parse_text<'a>(
    text: &str,
    arena: &'a Bump,
    names: &mut Interner,
    target: Target,
) -> Result<&'a Module<'a>, Box<SyntaxError>> {
    if let Some(module) = fast::parse(text, arena, names, target) {
        return Ok(module);
    }
    parse_with_ruff(text, arena, names, target)
}

fn parse_with_ruff<'a>(
    text: &str,
    arena: &'a Bump,
    names: &mut Interner,
    target: Target,
) -> Result<&'a Module<'a>, Box<SyntaxError>> {
    limits::check_before_parsing(text)?;
    let rewritten = flufl::rewrite(text, target)?;
    let text = rewritten.as_deref().unwrap_or(text);
    let version = PythonVersion {
        major: 3,
        minor: target.minor,
    };
    let options = ParseOptions::from(Mode::Module).with_target_version(version);
    let parsed = limits::with_stack(text, || ruff_python_parser::parse_unchecked(text, options));
    let lines = LineIndex::new(text);
    let mut max_depth = u32::MAX;
    let mut result = match diagnose::first_error(&parsed, text, &lines) {
        Some(error) => Err(error),
        None => limits::check_tokens(parsed.tokens(), &lines)
            .and_then(|()| indentation::check(parsed.tokens(), text, &lines)),
    }
    .map(|()| {
        &*arena.alloc(Module {
            body: &[],
            notes: None,
        })
    });
    if result.is_ok()
        && let Mod::Module(module) = parsed.syntax()
    {
        let mut adapter = Adapter::new(arena, names, text, &lines, target);
        let tree = adapter.module(module);
        let error = adapter.error.take();
        max_depth = if error.is_some() {
            u32::MAX
        } else {
            adapter.max_depth
        };
        result = match error {
            Some(error) => Err(error),
            None => Ok(tree),
        };
    }
    limits::drop_tree(parsed, max_depth, text.len());
    result
}
