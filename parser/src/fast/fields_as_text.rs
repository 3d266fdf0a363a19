//! f-strings as up to 3.11: string tokens whose fields are cut out and parsed one by one (`Parser/string_parser.c`).
//!
//! CPython gives each field to a second parser, as a string of its own in parentheses, and moves the positions of the
//! first line's tokens to where the field is. Nodes of the f-string itself have the place of all literals side by side.

use bumpalo::collections::Vec as ArenaVec;
use pycsmith_bytecode::Location;

use super::lexer::{Lexer, Pos, Tok};
use super::strings::{NO_CONVERSION, Opening, append_body, between};
use super::{Bail, Parser, Result};
use crate::ast::*;
use crate::literals::strings;

/// Fields within each other's format specifications.
const MAX_FIELDS: u32 = 2;
/// Open brackets in a field (`MAXLEVEL`).
const MAX_BRACKETS: usize = 200;

/// A string token.
#[derive(Clone, Copy)]
struct Literal {
    opening: Opening,
    /// The offset of its prefix, and those where its body starts and ends.
    start: usize,
    body: usize,
    end: usize,
    from: Pos,
    to: Pos,
}

/// Parts of the literals side by side, or of a format specification.
struct Parts<'a> {
    values: ArenaVec<'a, Expr<'a>>,
    /// The text since the last field.
    buffer: Vec<u8>,
    /// The place of all literals side by side, and whether the first one has the prefix `u`.
    whole: Location,
    u_prefix: bool,
}

impl<'a> Parser<'a, '_> {
    pub(super) fn strings_with_text_fields(
        &mut self,
        mut opening: Opening,
        start: Pos,
    ) -> Result<Expr<'a>> {
        let mut literals = ArenaVec::with_capacity_in(1, self.arena);
        let mut interpolated = false;
        loop {
            let from = self.token;
            let body = self.lexer.state.at;
            let (text, escapes) = self.body(opening)?;
            self.advance()?;
            interpolated |= opening.interpolated;
            let last = !self.at(Tok::StringStart);
            if last && !interpolated && literals.is_empty() && (opening.raw || !escapes) {
                let constant = self.str_constant(text.as_bytes(), opening.u_prefix);
                return Ok(self.node(constant, start));
            }
            literals.push(Literal {
                opening,
                start: from.start as usize,
                body,
                end: body + text.len(),
                from: from.pos,
                to: self.end,
            });
            if last {
                break;
            }
            opening = self.opening()?;
            if opening.bytes {
                return Err(Bail);
            }
        }
        let whole = between(start, self.end);
        let mut parts = Parts {
            values: ArenaVec::new_in(self.arena),
            buffer: Vec::new(),
            whole,
            u_prefix: literals[0].opening.u_prefix,
        };
        for literal in &literals {
            if literal.opening.interpolated {
                let end = self.text_fields(literal, literal.body, 0, &mut parts)?;
                if end < literal.end {
                    return Err(Bail);
                }
            } else {
                let text = &self.text[literal.body..literal.end];
                append_body(text, literal.opening.raw, self.target, &mut parts.buffer)?;
            }
        }
        let kind = if interpolated {
            self.end_of_literal(&mut parts, whole);
            ExprKind::JoinedStr {
                values: parts.values.into_bump_slice(),
            }
        } else {
            self.str_constant(&parts.buffer, parts.u_prefix)
        };
        Ok(Expr { kind, loc: whole })
    }

    fn end_of_literal(&self, parts: &mut Parts<'a>, loc: Location) {
        if !parts.buffer.is_empty() {
            let kind = self.str_constant(&parts.buffer, parts.u_prefix);
            parts.values.push(Expr { kind, loc });
            parts.buffer.clear();
        }
    }

    /// Text and fields from `at` on (`_PyPegen_FstringParser_ConcatFstring`). Returns the end of the body, or, within a
    /// format specification, where the brace after it is.
    fn text_fields(
        &mut self,
        literal: &Literal,
        mut at: usize,
        specs: u32,
        parts: &mut Parts<'a>,
    ) -> Result<usize> {
        loop {
            let from = at;
            let doubled;
            (at, doubled) = self.end_of_text(literal, at, specs)?;
            let text = &self.text[from..at];
            if literal.opening.raw {
                parts.buffer.extend_from_slice(text.as_bytes());
            } else {
                strings::decode_str(text, false, self.target, &mut parts.buffer)
                    .map_err(|_| Bail)?;
            }
            if doubled {
                at += 1;
                continue;
            }
            if at >= literal.end || self.text.as_bytes()[at] == b'}' {
                return Ok(at);
            }
            at = self.text_field(literal, at, specs, parts)?;
        }
    }

    /// The end of the text from `at` on, and whether it ends with a brace that another one follows
    /// (`fstring_find_literal`).
    fn end_of_text(&self, literal: &Literal, mut at: usize, specs: u32) -> Result<(usize, bool)> {
        let bytes = &self.text.as_bytes()[..literal.end];
        while let Some(&byte) = bytes.get(at) {
            let mut byte = byte;
            at += 1;
            if byte == b'\\'
                && !literal.opening.raw
                && let Some(&next) = bytes.get(at)
            {
                byte = next;
                at += 1;
                if byte == b'N' {
                    if bytes.get(at) == Some(&b'{') {
                        let rest = &bytes[at..];
                        at += memchr::memchr(b'}', rest).map_or(rest.len(), |length| length + 1);
                    }
                    continue;
                }
            }
            if matches!(byte, b'{' | b'}') {
                if specs == 0 {
                    if bytes.get(at) == Some(&byte) {
                        return Ok((at, true));
                    }
                    if byte == b'}' {
                        return Err(Bail);
                    }
                }
                return Ok((at - 1, false));
            }
        }
        Ok((at, false))
    }

    /// The field whose brace is at `open`; returns where it ends (`fstring_find_expr`).
    fn text_field(
        &mut self,
        literal: &Literal,
        open: usize,
        specs: u32,
        parts: &mut Parts<'a>,
    ) -> Result<usize> {
        if specs >= MAX_FIELDS {
            return Err(Bail);
        }
        self.enter()?;
        let bytes = self.text.as_bytes();
        let end = &bytes[..literal.end];
        let mut at = end_of_expression(end, open + 1)?;
        let value = self.field_expression(literal, open, at)?;
        let debug = end.get(at) == Some(&b'=');
        if debug {
            at += 1;
            while end
                .get(at)
                .is_some_and(|byte| byte.is_ascii_whitespace() || *byte == 0x0B)
            {
                at += 1;
            }
            parts.buffer.extend_from_slice(&bytes[open + 1..at]);
        }
        let mut conversion = NO_CONVERSION;
        if end.get(at) == Some(&b'!') {
            conversion = match end.get(at + 1) {
                Some(&byte @ (b's' | b'r' | b'a')) => i32::from(byte),
                _ => return Err(Bail),
            };
            at += 2;
        }
        let mut format_spec = None;
        if end.get(at) == Some(&b':') {
            let place = between(literal.from, literal.to);
            let mut spec = Parts {
                values: ArenaVec::new_in(self.arena),
                buffer: Vec::new(),
                whole: parts.whole,
                u_prefix: parts.u_prefix,
            };
            at = self.text_fields(literal, at + 1, specs + 1, &mut spec)?;
            spec.u_prefix = literal.opening.u_prefix;
            self.end_of_literal(&mut spec, place);
            let kind = ExprKind::JoinedStr {
                values: spec.values.into_bump_slice(),
            };
            format_spec = Some(self.boxed(Expr { kind, loc: place }));
        } else if debug && conversion == NO_CONVERSION {
            conversion = i32::from(b'r');
        }
        if end.get(at) != Some(&b'}') {
            return Err(Bail);
        }
        self.end_of_literal(parts, parts.whole);
        let node = self.arena.alloc(FormattedValue {
            value,
            conversion,
            format_spec,
        });
        parts.values.push(Expr {
            kind: ExprKind::FormattedValue(node),
            loc: parts.whole,
        });
        self.leave();
        Ok(at + 1)
    }

    /// The expression between the brace at `open` and `end` (`fstring_compile_expr`).
    fn field_expression(&mut self, literal: &Literal, open: usize, end: usize) -> Result<Expr<'a>> {
        let bytes = self.text.as_bytes();
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | 0x0C);
        if bytes[open + 1..end].iter().all(is_blank) {
            return Err(Bail);
        }
        // CPython quirk (3.11, `fstring_find_expr_location`): with nothing else on the first line, it is not shifted.
        let line_end_follows = bytes[open + 1..]
            .iter()
            .find(|byte| !matches!(byte, b' ' | b'\t' | 0x0C))
            .is_some_and(|&byte| byte == b'\n');
        let before = &bytes[literal.start..open];
        let lines = memchr::memchr_iter(b'\n', before).count();
        let cols = if line_end_follows {
            0
        } else {
            let line = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
            before.len() - line
        } as i32;
        let start = Pos {
            line: literal.from.line + lines as i32,
            col: if lines > 0 {
                cols
            } else {
                literal.from.col + cols
            },
        };
        let lexer = Lexer::for_field(self.text, open, start.line, start.col, end);
        let outer = std::mem::replace(&mut self.lexer, lexer);
        let (token, outer_end) = (self.token, self.end);
        self.skip()?;
        let value = self.after_parenthesis(start, Tok::EndOfFile);
        self.lexer = outer;
        (self.token, self.end) = (token, outer_end);
        value
    }
}

/// Where the expression ends that starts at `at`: at a `!`, `:`, `=` or `}` outside of brackets and strings.
fn end_of_expression(bytes: &[u8], mut at: usize) -> Result<usize> {
    let mut brackets: Vec<u8> = Vec::new();
    let mut string: Option<(u8, bool)> = None;
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b'\\') {
            return Err(Bail);
        }
        let triple = bytes[at..].starts_with(&[byte; 3]);
        match (string, byte) {
            (Some((quote, false)), _) if byte == quote => string = None,
            (Some((quote, true)), _) if byte == quote && triple => {
                at += 2;
                string = None;
            }
            (Some(_), _) => {}
            (None, b'\'' | b'"') => {
                string = Some((byte, triple));
                at += if triple { 2 } else { 0 };
            }
            (None, b'[' | b'{' | b'(') => {
                if brackets.len() >= MAX_BRACKETS {
                    return Err(Bail);
                }
                brackets.push(byte);
            }
            (None, b'#') => return Err(Bail),
            (None, b'!' | b':' | b'}' | b'=' | b'>' | b'<') if brackets.is_empty() => {
                let twice =
                    matches!(byte, b'!' | b'=' | b'<' | b'>') && bytes.get(at + 1) == Some(&b'=');
                if twice {
                    at += 1;
                } else if !matches!(byte, b'>' | b'<') {
                    return Ok(at);
                }
            }
            (None, b']' | b'}' | b')') => match (brackets.pop(), byte) {
                (Some(b'['), b']') | (Some(b'{'), b'}') | (Some(b'('), b')') => {}
                _ => return Err(Bail),
            },
            _ => {}
        }
        at += 1;
    }
    Err(Bail)
}
