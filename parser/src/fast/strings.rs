//! String, bytes and f-string literals. Positions and merged pieces are as in `adapt/strings.rs`.

use bumpalo::collections::Vec as ArenaVec;

use super::lexer::{Pos, Tok};
use super::{Bail, Parser, Result};
use crate::adapt::append_raw;
use crate::ast::*;
use crate::limits::MAX_FIELDS;
use crate::literals::strings;

/// What stands before the body of a literal.
#[derive(Clone, Copy)]
struct Opening {
    quote: u8,
    triple: bool,
    raw: bool,
    bytes: bool,
    interpolated: bool,
    /// CPython quirk (3.14, `_PyPegen_constant_from_string`): `U` leaves no mark in the tree, `u` does.
    u_prefix: bool,
}

/// The parts of an f-string while neighbouring literal pieces are merged.
struct Parts<'a> {
    values: ArenaVec<'a, Expr<'a>>,
    /// The bytes of the literal piece that is being merged.
    buffer: Vec<u8>,
    piece: Option<Piece>,
}

#[derive(Clone, Copy)]
struct Piece {
    start: Pos,
    end: Pos,
    u_prefix: bool,
}

impl Parts<'_> {
    fn extend_piece(&mut self, start: Pos, end: Pos, u_prefix: bool) {
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

/// The code that stands for no conversion.
const NO_CONVERSION: i32 = -1;

impl<'a, 's> Parser<'a, 's> {
    fn opening(&self) -> Result<Opening> {
        let text = &self.text.as_bytes()[self.token.start as usize..self.token.end as usize];
        let mut opening = Opening {
            quote: text[text.len() - 1],
            triple: false,
            raw: false,
            bytes: false,
            interpolated: false,
            u_prefix: text[0] == b'u',
        };
        let mut length = 0;
        for byte in text {
            match byte {
                b'"' | b'\'' => break,
                b'r' | b'R' if !opening.raw => opening.raw = true,
                b'b' | b'B' if !opening.bytes => opening.bytes = true,
                b'f' | b'F' if !opening.interpolated => opening.interpolated = true,
                b'u' | b'U' if text.len() - 1 == 1 || text.len() - 1 == 3 => {}
                _ => return Err(Bail),
            }
            length += 1;
        }
        if opening.bytes && opening.interpolated {
            return Err(Bail);
        }
        opening.triple = text.len() - length == 3;
        Ok(opening)
    }

    /// The body of a literal without fields, and whether it has backslashes; the lexer is after it then.
    fn body(&mut self, opening: Opening) -> Result<(&'s str, bool)> {
        let bytes = self.lexer.bytes;
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
                match *bytes.get(at).ok_or(Bail)? {
                    b'\\' => {
                        escapes = true;
                        if bytes.get(at + 1) == Some(&b'\n') {
                            self.lexer.state.line += 1;
                            self.lexer.state.line_start = at + 2;
                        }
                        at += 2;
                    }
                    b'\n' => return Err(Bail),
                    byte if byte == quote => break,
                    _ => at += 1,
                }
            }
            self.lexer.state.at = at + 1;
        }
        Ok((&self.text[start..at], escapes))
    }

    fn str_constant(&self, wtf8: &[u8], u_prefix: bool) -> ExprKind<'a> {
        ExprKind::Constant(Constant::Str {
            wtf8: self.arena.alloc_slice_copy(wtf8),
            u_prefix,
        })
    }

    /// One literal or several without operators between them.
    pub(super) fn strings(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let opening = self.opening()?;
        if opening.bytes {
            return self.bytes(opening, start);
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
            append_body(body, plain, &mut parts.buffer)?;
            parts.extend_piece(start, self.end, opening.u_prefix);
            parts
        };
        let u_prefix = opening.u_prefix;
        let mut interpolated = false;
        if opening.interpolated {
            interpolated = true;
            self.f_string(opening, &mut parts)?;
            self.advance()?;
        }
        while self.at(Tok::StringStart) {
            let start = self.token.pos;
            let opening = self.opening()?;
            if opening.bytes {
                return Err(Bail);
            }
            if opening.interpolated {
                interpolated = true;
                self.f_string(opening, &mut parts)?;
                self.advance()?;
            } else {
                let (body, escapes) = self.body(opening)?;
                self.advance()?;
                append_body(body, opening.raw || !escapes, &mut parts.buffer)?;
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

    fn new_parts(&mut self) -> Parts<'a> {
        let mut buffer = std::mem::take(&mut self.scratch);
        buffer.clear();
        Parts {
            values: ArenaVec::new_in(self.arena),
            buffer,
            piece: None,
        }
    }

    fn finish_parts(&mut self, mut parts: Parts<'a>) -> Exprs<'a> {
        self.flush_piece(&mut parts);
        self.scratch = parts.buffer;
        parts.values.into_bump_slice()
    }

    /// Ends the current literal piece; an empty one leaves no node.
    fn flush_piece(&mut self, parts: &mut Parts<'a>) {
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

    /// The rest of an f-string after its opening quotes.
    fn f_string(&mut self, opening: Opening, parts: &mut Parts<'a>) -> Result<()> {
        let bytes = self.lexer.bytes;
        let quote = opening.quote;
        loop {
            let start = self.lexer.pos();
            let from = self.lexer.state.at;
            let mut at = from;
            let ends = loop {
                let byte = *bytes.get(at).ok_or(Bail)?;
                let next = bytes.get(at + 1).copied().unwrap_or(0);
                match byte {
                    b'\\' if opening.raw => at += if matches!(next, b'{' | b'}') { 1 } else { 2 },
                    // `\{`, and names of characters.
                    b'\\' if matches!(next, b'{' | b'}' | b'N') => return Err(Bail),
                    b'\\' => at += 2,
                    b'\n' if !opening.triple => return Err(Bail),
                    b'{' | b'}' if next == byte => at += 2,
                    b'{' => break false,
                    b'}' => return Err(Bail),
                    _ if byte == quote => {
                        if !opening.triple {
                            break true;
                        }
                        if next == quote && bytes.get(at + 2) == Some(&quote) {
                            break true;
                        }
                        at += 1;
                    }
                    _ => at += 1,
                }
                // An escaped line end counts too.
                if bytes.get(at - 1) == Some(&b'\n') {
                    self.lexer.next_line(at - 1);
                }
            };
            self.lexer.state.at = at;
            if at > from {
                let body = &self.text[from..at];
                let before = parts.buffer.len();
                if opening.raw {
                    append_raw(body, true, &mut parts.buffer);
                } else {
                    strings::decode_str(body, true, &mut parts.buffer).map_err(|_| Bail)?;
                }
                if parts.buffer.len() > before {
                    parts.extend_piece(start, self.lexer.pos(), false);
                }
            }
            if ends {
                self.lexer.state.at += if opening.triple { 3 } else { 1 };
                return Ok(());
            }
            self.field(opening, 0, parts)?;
        }
    }

    /// A replacement field, from its brace on; the lexer is after its other brace then.
    fn field(&mut self, opening: Opening, specs: u32, parts: &mut Parts<'a>) -> Result<()> {
        if specs + 1 >= MAX_FIELDS {
            return Err(Bail);
        }
        self.enter()?;
        let open = self.lexer.pos();
        let outer_field = self.lexer.state.field;
        self.lexer.state.at += 1;
        self.lexer.state.depth += 1;
        let depth = self.lexer.state.depth;
        self.lexer.state.field = depth;
        let text_start = self.lexer.state.at;
        let text_pos = self.lexer.pos();
        self.skip()?;
        let value = if self.at(Tok::Yield) {
            self.yield_expr()?
        } else {
            self.star_expressions()?
        };
        let debug = self.eat(Tok::Equal)?;
        if debug {
            let text = &self.text[text_start..self.token.start as usize];
            if text.contains('#') {
                return Err(Bail);
            }
            parts.buffer.extend_from_slice(text.as_bytes());
            parts.extend_piece(text_pos, self.token.pos, false);
        }
        self.flush_piece(parts);
        let mut conversion = NO_CONVERSION;
        if self.at(Tok::Exclamation) {
            let after = self.token.end;
            self.advance()?;
            let word = &self.text[self.token.start as usize..self.token.end as usize];
            conversion = match word {
                "s" | "r" | "a" if self.token.start == after => i32::from(word.as_bytes()[0]),
                _ => return Err(Bail),
            };
            self.advance()?;
        }
        let format_spec = if self.at(Tok::FieldColon) {
            Some(self.format_spec(opening, specs)?)
        } else {
            if debug && conversion == NO_CONVERSION {
                conversion = i32::from(b'r');
            }
            None
        };
        if !self.at(Tok::Rbrace) || self.lexer.state.depth + 1 != depth {
            return Err(Bail);
        }
        self.lexer.state.field = outer_field;
        let end = self.lexer.pos();
        if !opening.triple && end.line != open.line {
            return Err(Bail);
        }
        let node = self.arena.alloc(FormattedValue {
            value,
            conversion,
            format_spec,
        });
        parts.values.push(Expr {
            kind: ExprKind::FormattedValue(node),
            loc: between(open, end),
        });
        self.leave();
        Ok(())
    }

    /// From the colon to the brace that ends the field, which becomes the current token.
    fn format_spec(&mut self, opening: Opening, specs: u32) -> Result<&'a Expr<'a>> {
        let colon = self.token.pos;
        let bytes = self.lexer.bytes;
        let mut parts = self.new_parts();
        loop {
            let start = self.lexer.pos();
            let from = self.lexer.state.at;
            let mut at = from;
            let byte = loop {
                match *bytes.get(at).ok_or(Bail)? {
                    byte @ (b'{' | b'}') => break byte,
                    b'\\' | b'\n' => return Err(Bail),
                    byte if byte == opening.quote => return Err(Bail),
                    _ => at += 1,
                }
            };
            self.lexer.state.at = at;
            if at > from {
                parts.buffer.extend_from_slice(&bytes[from..at]);
                parts.extend_piece(start, self.lexer.pos(), false);
            }
            if byte == b'}' {
                break;
            }
            if bytes.get(at + 1) == Some(&b'{') {
                return Err(Bail);
            }
            self.field(opening, specs + 1, &mut parts)?;
        }
        let end = self.lexer.pos();
        self.skip()?;
        let kind = ExprKind::JoinedStr {
            values: self.finish_parts(parts),
        };
        Ok(self.arena.alloc(Expr {
            kind,
            loc: between(colon, end),
        }))
    }
}

fn between(start: Pos, end: Pos) -> pycsmith_bytecode::Location {
    pycsmith_bytecode::Location {
        line: start.line,
        end_line: end.line,
        col: start.col,
        end_col: end.col,
    }
}

fn append_body(body: &str, plain: bool, buffer: &mut Vec<u8>) -> Result<()> {
    if plain {
        buffer.extend_from_slice(body.as_bytes());
        Ok(())
    } else {
        strings::decode_str(body, false, buffer).map_err(|_| Bail)
    }
}
