//! From `ruff_python_parser`'s tree to ours, with CPython's positions, contexts and constants.
//!
//! The functions here do not return errors: the first error is kept in [`Adapter::error`] and the walk goes on
//! with a stand-in node, which keeps the common path free of checks.

mod expressions;
pub(crate) mod field_text;
mod parameters;
mod patterns;
mod statements;
mod strings;

pub(crate) use strings::{
    append_debug_text, append_raw, append_without_comments, trim_interpolation,
};

use bumpalo::Bump;
use pycsmith_bytecode::{Location, Target};
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};

use crate::ast::{Constant, Expr, ExprKind, Module};
use crate::error::{ErrorType, SyntaxError};
use crate::interner::{Interner, Name, names};
use crate::limits::max_ast_depth;
use crate::literals::names as characters;
use crate::positions::LineIndex;

/// The walk's stack use between two checks for room is far below this, in bytes.
const STACK_RED_ZONE: usize = 1 << 20;
const STACK_CHUNK: usize = 8 << 20;
/// The check for room happens each time the depth passes a multiple of this.
const DEPTH_STEP: u32 = 32;

pub(crate) struct Adapter<'a, 's> {
    pub(crate) arena: &'a Bump,
    pub(crate) names: &'s mut Interner,
    pub(crate) text: &'s str,
    pub(crate) lines: &'s LineIndex,
    target: Target,
    /// The first error, in source order of the walk.
    pub(crate) error: Option<Box<SyntaxError>>,
    /// The text has no other characters.
    ascii: bool,
    depth: u32,
    /// How deep it may be.
    deepest: u32,
    /// The deepest nest of nodes so far.
    pub(crate) max_depth: u32,
    /// Reused while string literals are decoded.
    scratch: Vec<u8>,
}

impl<'a, 's> Adapter<'a, 's> {
    pub(crate) fn new(
        arena: &'a Bump,
        names: &'s mut Interner,
        text: &'s str,
        lines: &'s LineIndex,
        target: Target,
    ) -> Adapter<'a, 's> {
        Adapter {
            arena,
            names,
            text,
            lines,
            target,
            error: None,
            ascii: text.is_ascii(),
            depth: 0,
            deepest: max_ast_depth(target),
            max_depth: 0,
            scratch: Vec::new(),
        }
    }

    pub(crate) fn module(&mut self, module: &ruff::ModModule) -> &'a Module<'a> {
        let body = self.body(&module.body);
        self.arena.alloc(Module { body, notes: None })
    }

    /// Keeps the first error.
    #[cold]
    pub(crate) fn fail(&mut self, error: SyntaxError) {
        if self.error.is_none() {
            self.error = Some(Box::new(error));
        }
    }

    #[cold]
    fn fail_at(&mut self, msg: impl Into<String>, range: TextRange) {
        let error = SyntaxError::at(msg, self.loc(range));
        self.fail(error);
    }

    #[cold]
    fn fail_too_deep(&mut self, range: TextRange) {
        let loc = self.loc(range);
        self.fail(SyntaxError::of(
            ErrorType::RecursionError,
            "maximum recursion depth exceeded during compilation",
            loc,
        ));
    }

    /// An identifier that only its normalisation made a keyword (`validate_name` in `Python/ast.c`).
    #[cold]
    fn fail_singleton(&mut self, name: Name) {
        let msg = format!(
            "identifier field can't represent '{}' constant",
            self.names.resolve(name)
        );
        self.fail(SyntaxError::new(ErrorType::ValueError, msg));
    }

    /// Runs `walk` one level deeper, with room on the stack; `None` when the nest is too deep.
    #[inline]
    fn deeper<T>(&mut self, range: TextRange, walk: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= self.deepest {
            self.fail_too_deep(range);
            return None;
        }
        self.depth += 1;
        self.max_depth = self.max_depth.max(self.depth);
        let result = if self.depth.is_multiple_of(DEPTH_STEP) {
            stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || walk(self))
        } else {
            walk(self)
        };
        self.depth -= 1;
        Some(result)
    }

    #[inline]
    fn loc(&self, range: TextRange) -> Location {
        self.lines.range(range)
    }

    #[inline]
    fn source(&self, range: TextRange) -> &'s str {
        &self.text[range]
    }

    #[inline]
    fn name(&mut self, name: &ruff::name::Name) -> Name {
        if !self.ascii
            && !name
                .chars()
                .all(|char| characters::may_be_part(char, self.target))
        {
            self.fail(SyntaxError::new(
                ErrorType::SyntaxError,
                "invalid character in identifier",
            ));
        }
        // Each part of a dotted name is an identifier of the source.
        for part in name.split('.') {
            self.names.intern(part);
        }
        let name = self.names.intern(name.as_str());
        if matches!(name, names::NONE | names::TRUE | names::FALSE)
            && self.target.refuses_names_of_constants()
        {
            self.fail_singleton(name);
        }
        name
    }

    #[inline]
    fn identifier(&mut self, identifier: &ruff::Identifier) -> Name {
        self.name(&identifier.id)
    }

    fn identifiers(&mut self, list: &[ruff::Identifier]) -> &'a [Name] {
        let arena = self.arena;
        arena.alloc_slice_fill_with(list.len(), |index| self.identifier(&list[index]))
    }

    fn stand_in(&self, range: TextRange) -> Expr<'a> {
        Expr {
            kind: ExprKind::Constant(Constant::None),
            loc: self.loc(range),
        }
    }

    #[inline]
    fn boxed(&mut self, expr: &ruff::Expr) -> &'a Expr<'a> {
        let expr = self.expr(expr);
        self.arena.alloc(expr)
    }

    #[inline]
    fn boxed_option(&mut self, expr: Option<&ruff::Expr>) -> Option<&'a Expr<'a>> {
        expr.map(|expr| self.boxed(expr))
    }

    #[inline]
    fn exprs(&mut self, list: &[ruff::Expr]) -> &'a [Expr<'a>] {
        let arena = self.arena;
        arena.alloc_slice_fill_with(list.len(), |index| self.expr(&list[index]))
    }

    /// The offset of the first byte at or after `offset` that belongs to no white space, line end, line
    /// continuation or comment.
    fn skip_trivia(&self, offset: u32) -> u32 {
        let bytes = self.text.as_bytes();
        let mut at = offset as usize;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\n' | 0x0C => at += 1,
                b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
                b'#' => {
                    at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |next| at + next)
                }
                _ => break,
            }
        }
        at as u32
    }

    /// The end of a compound statement whose last simple statement ends at `end`: a `;` after that belongs to it.
    fn block_end(&self, end: u32) -> u32 {
        let bytes = self.text.as_bytes();
        let mut at = end as usize;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | 0x0C => at += 1,
                b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
                b';' => return at as u32 + 1,
                _ => break,
            }
        }
        end
    }

    fn compound_loc(&self, start: u32, range: TextRange) -> Location {
        self.lines.span(start, self.block_end(range.end().to_u32()))
    }

    fn start_of(&self, node: &impl Ranged) -> u32 {
        node.start().to_u32()
    }
}
