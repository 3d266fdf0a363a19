//! String and bytes literals, and literals side by side. Positions and merged pieces are as in `adapt/strings.rs`.

use std::ops::Range;

use bumpalo::collections::Vec as ArenaVec;
use pycsmith_bytecode::Target;

use super::lexer::{Pos, Tok};
use super::{Bail, Parser, Result, words};
use crate::ast::*;
use crate::literals::strings;

/// What stands before the body of a literal.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    pub(super) quote: u8,
    pub(super) triple: bool,
    pub(super) raw: bool,
    pub(super) bytes: bool,
    pub(super) interpolated: bool,
    pub(super) template: bool,
    /// CPython quirk (3.14, `_PyPegen_constant_from_string`): `U` leaves no mark in the tree, `u` does.
    pub(super) u_prefix: bool,
}

/// The parts of an f-string or t-string while neighbouring literal pieces are merged.
pub(super) struct Parts<'a> {
    pub(super) values: ArenaVec<'a, Expr<'a>>,
    /// The bytes of the literal piece that is being merged.
    pub(super) buffer: Vec<u8>,
    piece: Option<Piece>,
}

#[derive(Clone, Copy)]
struct Piece {
    start: Pos,
    end: Pos,
    u_prefix: bool,
}

impl Parts<'_> {
    pub(super) fn extend_piece(&mut self, start: Pos, end: Pos, u_prefix: bool) {
        match &mut self.piece {
            Some(piece) => piece.end = end,
            None => {
                self.piece = Some(Piece {
                    start,
                    end,
                    u_prefix,
                })
            }
        }
    }
}

/// Literals of up to this many bytes are copied in one piece.
const WIDE: usize = 32;

/// The code that stands for no conversion.
pub(super) const NO_CONVERSION: i32 = -1;

impl<'a, 's> Parser<'a, 's> {
    pub(super) fn opening(&self) -> Result<Opening> {
        let text = &self.text.as_bytes()[self.token.start as usize..self.token.end as usize];
        let mut opening = Opening {
            quote: text[text.len() - 1],
            triple: false,
            raw: false,
            bytes: false,
            interpolated: false,
            template: false,
            u_prefix: text[0] == b'u',
        };
        if text[0] == opening.quote {
            opening.triple = text.len() == 3;
            return Ok(opening);
        }
        let mut length = 0;
        for byte in text {
            match byte {
                b'"' | b'\'' => break,
                b'r' | b'R' if !opening.raw => opening.raw = true,
                b'b' | b'B' if !opening.bytes => opening.bytes = true,
                b'f' | b'F' if !opening.interpolated => opening.interpolated = true,
                b't' | b'T' if !opening.template && self.target.template_strings() => {
                    opening.template = true;
                }
                b'u' | b'U' if text.len() - 1 == 1 || text.len() - 1 == 3 => {}
                _ => return Err(Bail),
            }
            length += 1;
        }
        if u8::from(opening.bytes) + u8::from(opening.interpolated) + u8::from(opening.template) > 1
        {
            return Err(Bail);
        }
        opening.triple = text.len() - length == 3;
        Ok(opening)
    }

    /// The body of the literal here if there is only a quote before it, and no backslash in it; the lexer is after it
    /// then.
    #[inline]
    fn plain_body(&mut self) -> Option<Range<usize>> {
        if self.token.end - self.token.start != 1 {
            return None;
        }
        let bytes = self.lexer.bytes();
        let start = self.token.end as usize;
        let quote = *bytes.get(self.token.start as usize)?;
        let end = words::first_of(bytes, start, [quote, b'\\', b'\n'])?;
        if bytes.get(end) != Some(&quote) {
            return None;
        }
        self.lexer.state.at = end + 1;
        Some(start..end)
    }

    /// The body of a literal without fields, and whether it has backslashes; the lexer is after it then.
    pub(super) fn body(&mut self, opening: Opening) -> Result<(&'s str, bool)> {
        let bytes = self.lexer.bytes();
        let start = self.lexer.state.at;
        let quote = opening.quote;
        let mut at = start;
        let mut escapes = false;
        if opening.triple {
            loop {
                let rest = bytes.get(at..).ok_or(Bail)?;
                at += memchr::memchr2(quote, b'\\', rest).ok_or(Bail)?;
                if bytes[at] == b'\\' {
                    escapes = true;
                    at += 2;
                } else if bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote) {
                    break;
                } else {
                    at += 1;
                }
            }
            for newline in memchr::memchr_iter(b'\n', &bytes[start..at]) {
                self.lexer.state.line += 1;
                self.lexer.state.line_start = start + newline + 1;
            }
            self.lexer.state.at = at + 3;
        } else {
            loop {
                at = words::first_of(bytes, at, [quote, b'\\', b'\n']).ok_or(Bail)?;
                match bytes[at] {
                    b'\\' => {
                        escapes = true;
                        if bytes.get(at + 1) == Some(&b'\n') {
                            self.lexer.state.line += 1;
                            self.lexer.state.line_start = at + 2;
                        }
                        at += 2;
                    }
                    b'\n' => return Err(Bail),
                    _ => break,
                }
            }
            self.lexer.state.at = at + 1;
        }
        Ok((&self.text[start..at], escapes))
    }

    pub(super) fn str_constant(&self, wtf8: &[u8], u_prefix: bool) -> ExprKind<'a> {
        ExprKind::Constant(Constant::Str {
            wtf8: self.arena.alloc_slice_copy(wtf8),
            u_prefix,
        })
    }

    /// A constant of these bytes of the text.
    #[inline]
    fn constant_of_text(&self, range: Range<usize>, u_prefix: bool) -> ExprKind<'a> {
        let bytes = self.text.as_bytes();
        // A piece of always the same length is copied faster.
        let wide = bytes.get(range.start..).and_then(|rest| rest.first_chunk());
        let wtf8 = match wide {
            Some(&wide) if range.len() <= WIDE => {
                let wide: &[u8; WIDE] = self.arena.alloc(wide);
                &wide[..range.len()]
            }
            _ => self.arena.alloc_slice_copy(&bytes[range]),
        };
        ExprKind::Constant(Constant::Str { wtf8, u_prefix })
    }

    /// One literal or several without operators between them.
    pub(super) fn strings(&mut self) -> Result<Expr<'a>> {
        self.strings_value()?;
        Ok(self.value)
    }

    pub(super) fn strings_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        if self.target.parses_fields_as_code()
            && let Some(body) = self.plain_body()
        {
            self.advance()?;
            if self.at(Tok::StringStart) {
                let mut parts = self.new_parts();
                parts.buffer.extend_from_slice(&self.text.as_bytes()[body]);
                parts.extend_piece(start, self.end, false);
                self.value = self.rest_of_strings(start, parts, false, false)?;
            } else {
                self.set(self.constant_of_text(body, false), start);
            }
            return Ok(());
        }
        self.value = self.other_strings()?;
        Ok(())
    }

    /// The same in any case.
    #[inline(never)]
    fn other_strings(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let opening = self.opening()?;
        if opening.bytes {
            return self.bytes(opening, start);
        }
        if opening.template {
            return self.templates(opening, start);
        }
        if !self.target.parses_fields_as_code() {
            return self.strings_with_text_fields(opening, start);
        }
        let mut parts = if opening.interpolated {
            self.new_parts()
        } else {
            let (body, escapes) = self.body(opening)?;
            self.advance()?;
            let plain = opening.raw || !escapes;
            if plain && !self.at(Tok::StringStart) {
                return Ok(self.node(self.str_constant(body.as_bytes(), opening.u_prefix), start));
            }
            let mut parts = self.new_parts();
            append_body(body, plain, self.target, &mut parts.buffer)?;
            parts.extend_piece(start, self.end, opening.u_prefix);
            parts
        };
        if opening.interpolated {
            self.f_string(opening, &mut parts)?;
            self.advance()?;
        }
        self.rest_of_strings(start, parts, opening.interpolated, opening.u_prefix)
    }

    /// The literals after the first.
    fn rest_of_strings(
        &mut self,
        start: Pos,
        mut parts: Parts<'a>,
        mut interpolated: bool,
        u_prefix: bool,
    ) -> Result<Expr<'a>> {
        while self.at(Tok::StringStart) {
            let start = self.token.pos;
            let opening = self.opening()?;
            if opening.bytes || opening.template {
                return Err(Bail);
            }
            if opening.interpolated {
                interpolated = true;
                self.f_string(opening, &mut parts)?;
                self.advance()?;
            } else {
                let (body, escapes) = self.body(opening)?;
                self.advance()?;
                append_body(
                    body,
                    opening.raw || !escapes,
                    self.target,
                    &mut parts.buffer,
                )?;
                parts.extend_piece(start, self.end, opening.u_prefix);
            }
        }
        let kind = if interpolated {
            ExprKind::JoinedStr {
                values: self.finish_parts(parts),
            }
        } else {
            let kind = self.str_constant(&parts.buffer, u_prefix);
            self.scratch = parts.buffer;
            kind
        };
        Ok(self.node(kind, start))
    }

    fn bytes(&mut self, mut opening: Opening, start: Pos) -> Result<Expr<'a>> {
        let mut buffer = std::mem::take(&mut self.scratch);
        buffer.clear();
        loop {
            let (body, escapes) = self.body(opening)?;
            self.advance()?;
            if !body.is_ascii() {
                return Err(Bail);
            }
            if opening.raw || !escapes {
                buffer.extend_from_slice(body.as_bytes());
            } else {
                strings::decode_bytes(body, &mut buffer).map_err(|_| Bail)?;
            }
            if !self.at(Tok::StringStart) {
                break;
            }
            opening = self.opening()?;
            if !opening.bytes {
                return Err(Bail);
            }
        }
        let constant = Constant::Bytes(self.arena.alloc_slice_copy(&buffer));
        self.scratch = buffer;
        Ok(self.node(ExprKind::Constant(constant), start))
    }

    pub(super) fn new_parts(&mut self) -> Parts<'a> {
        let mut buffer = std::mem::take(&mut self.scratch);
        buffer.clear();
        Parts {
            values: ArenaVec::new_in(self.arena),
            buffer,
            piece: None,
        }
    }

    pub(super) fn finish_parts(&mut self, mut parts: Parts<'a>) -> Exprs<'a> {
        self.flush_piece(&mut parts);
        self.scratch = parts.buffer;
        parts.values.into_bump_slice()
    }

    /// Ends the current literal piece; an empty one leaves no node.
    pub(super) fn flush_piece(&mut self, parts: &mut Parts<'a>) {
        if let Some(piece) = parts.piece.take()
            && !parts.buffer.is_empty()
        {
            parts.values.push(Expr {
                kind: self.str_constant(&parts.buffer, piece.u_prefix),
                loc: between(piece.start, piece.end),
            });
        }
        parts.buffer.clear();
    }
}

pub(super) fn between(start: Pos, end: Pos) -> pycsmith_bytecode::Location {
    pycsmith_bytecode::Location {
        line: start.line,
        end_line: end.line,
        col: start.col,
        end_col: end.col,
    }
}

pub(super) fn append_body(
    body: &str,
    plain: bool,
    target: Target,
    buffer: &mut Vec<u8>,
) -> Result<()> {
    if plain {
        buffer.extend_from_slice(body.as_bytes());
        Ok(())
    } else {
        strings::decode_str(body, false, target, buffer).map_err(|_| Bail)
    }
}
