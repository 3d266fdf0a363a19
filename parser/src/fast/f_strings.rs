//! f-strings and t-strings whose replacement fields are parsed as other code is (PEP 701, PEP 750).

use super::lexer::{Pos, Tok};
use super::strings::{NO_CONVERSION, Opening, Parts, between};
use super::{Bail, Parser, Result};
use crate::adapt::{
    append_debug_text, append_raw, append_without_comments, field_text, trim_interpolation,
};
use crate::ast::*;
use crate::limits::{MAX_FIELDS, MAX_STRINGS};
use crate::literals::strings;

/// What ends a literal piece of a format specification.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PieceEnd {
    /// The brace that ends the field, or a line end that does as much.
    Spec,
    Field,
    /// `{{`
    DoubledBrace,
    /// `\N{...}`, after which the tokenizer begins another token.
    NamedCharacter,
}

impl<'a> Parser<'a, '_> {
    /// One t-string or several side by side.
    pub(super) fn templates(&mut self, mut opening: Opening, start: Pos) -> Result<Expr<'a>> {
        let mut parts = self.new_parts();
        loop {
            self.f_string(opening, &mut parts)?;
            self.advance()?;
            if !self.at(Tok::StringStart) {
                break;
            }
            opening = self.opening()?;
            if !opening.template {
                return Err(Bail);
            }
        }
        let values = self.finish_parts(parts);
        Ok(self.node(ExprKind::TemplateStr { values }, start))
    }

    /// The rest of an f-string or t-string after its opening quotes.
    pub(super) fn f_string(&mut self, opening: Opening, parts: &mut Parts<'a>) -> Result<()> {
        self.open_strings += 1;
        if self.open_strings >= MAX_STRINGS {
            return Err(Bail);
        }
        let bytes = self.lexer.bytes();
        let quote = opening.quote;
        loop {
            let start = self.lexer.pos();
            let from = self.lexer.state.at;
            let mut at = from;
            let ends = loop {
                let byte = *bytes.get(at).ok_or(Bail)?;
                let next = bytes.get(at + 1).copied().unwrap_or(0);
                match byte {
                    b'\\' if matches!(next, b'{' | b'}') => at += 1,
                    b'\\' if next == b'N' && !opening.raw => at = after_named_character(bytes, at)?,
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
                    strings::decode_str(body, true, self.target, &mut parts.buffer)
                        .map_err(|_| Bail)?;
                }
                if parts.buffer.len() > before {
                    parts.extend_piece(start, self.lexer.pos(), false);
                }
            }
            if ends {
                self.lexer.state.at += if opening.triple { 3 } else { 1 };
                self.open_strings -= 1;
                return Ok(());
            }
            self.field(opening, 0, parts)?;
        }
    }

    /// A replacement field, from its brace on; the lexer is after its other brace then.
    fn field(&mut self, opening: Opening, specs: u32, parts: &mut Parts<'a>) -> Result<()> {
        if specs >= MAX_FIELDS {
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
        let mut text_end = self.token.start as usize;
        let debug = self.eat(Tok::Equal)?;
        if debug && !self.target.keeps_blanks_of_interpolations() {
            // The text with `=`, which goes with the blanks.
            text_end = self.token.start as usize;
        }
        if debug {
            self.require(specs == 0 || self.target.concatenates_format_specs())?;
            let text = &self.text[text_start..self.token.start as usize];
            let text = field_text::kept(text, self.target, self.at(Tok::FieldColon));
            let raw = opening.raw || specs > 0;
            append_debug_text(text, raw, self.target, &mut parts.buffer).map_err(|_| Bail)?;
            parts.extend_piece(text_pos, self.token.pos, false);
        }
        self.flush_piece(parts);
        let spec_follows = self.at(Tok::FieldColon);
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
        let kind = if opening.template && specs == 0 {
            let text =
                field_text::kept(&self.text[text_start..text_end], self.target, spec_follows);
            let str = self.field_text(text, parts);
            ExprKind::Interpolation(self.arena.alloc(Interpolation {
                value,
                str,
                conversion,
                format_spec,
            }))
        } else {
            ExprKind::FormattedValue(self.arena.alloc(FormattedValue {
                value,
                conversion,
                format_spec,
            }))
        };
        parts.values.push(Expr {
            kind,
            loc: between(open, self.lexer.pos()),
        });
        self.leave();
        Ok(())
    }

    /// The text of a template's field.
    fn field_text(&self, text: &str, parts: &mut Parts<'a>) -> Constant<'a> {
        let buffer = &mut parts.buffer;
        append_without_comments(text, self.target, buffer);
        let mut text = &buffer[..];
        if !self.target.keeps_blanks_of_interpolations() {
            text = trim_interpolation(text);
        }
        let constant = Constant::Str {
            wtf8: self.arena.alloc_slice_copy(text),
            u_prefix: false,
        };
        buffer.clear();
        constant
    }

    /// From the colon to the brace that ends the field, which becomes the current token.
    fn format_spec(&mut self, opening: Opening, specs: u32) -> Result<&'a Expr<'a>> {
        let colon = self.token.pos;
        let mut parts = self.new_parts();
        let raw = opening.raw && !self.target.decodes_raw_format_specs();
        let concatenates = self.target.concatenates_format_specs();
        // CPython quirk (3.12.7, `tok_get_fstring_mode`): behind a nested field the tokenizer takes what follows for
        // the text of an f-string.
        let mut after_field = false;
        let (mut pieces, mut fields) = (0, false);
        loop {
            let start = self.lexer.pos();
            let from = self.lexer.state.at;
            let end = self.spec_piece(opening, concatenates && after_field)?;
            let at = self.lexer.state.at;
            let body = &self.text[from..at];
            let before = parts.buffer.len();
            let doubled = end == PieceEnd::DoubledBrace;
            if raw {
                append_raw(body, doubled, &mut parts.buffer);
            } else {
                strings::decode_str(body, doubled, self.target, &mut parts.buffer)
                    .map_err(|_| Bail)?;
            }
            let pos = self.lexer.pos();
            if concatenates {
                if parts.buffer.len() > before {
                    parts.extend_piece(start, pos, false);
                    pieces += 1;
                } else if end == PieceEnd::Spec && !self.target.drops_empty_format_specs() {
                    pieces += 1;
                }
            } else {
                // CPython quirk (3.12.1, `_PyPegen_setup_full_format_spec`): each token is a part, empty ones too, but
                // for an empty specification.
                let another_brace = self.lexer.peek(1) == b'{';
                if at > from || end == PieceEnd::Spec || end == PieceEnd::Field && another_brace {
                    let kind = self.str_constant(&parts.buffer, false);
                    let loc = between(start, pos);
                    parts.values.push(Expr { kind, loc });
                    parts.buffer.clear();
                }
            }
            match end {
                PieceEnd::Spec => break,
                PieceEnd::Field => {
                    self.field(opening, specs + 1, &mut parts)?;
                    (fields, after_field) = (true, true);
                }
                PieceEnd::DoubledBrace | PieceEnd::NamedCharacter => {}
            }
        }
        let end = self.lexer.pos();
        self.skip()?;
        let loc = between(colon, end);
        let values = self.finish_parts(parts);
        let spec = match *values {
            [only] if !concatenates && is_empty_text(&only) => Expr {
                kind: ExprKind::JoinedStr { values: &[] },
                loc,
            },
            // CPython quirk (3.12.7, `_PyPegen_setup_full_format_spec`): several tokens, but no field.
            [only] if concatenates && !fields && pieces > 1 => Expr {
                kind: only.kind,
                loc: if self.target.locates_format_specs_at_colons() {
                    loc
                } else {
                    only.loc
                },
            },
            _ => Expr {
                kind: ExprKind::JoinedStr { values },
                loc,
            },
        };
        Ok(self.boxed(spec))
    }

    /// Goes past a literal piece of a format specification.
    fn spec_piece(&mut self, opening: Opening, braces_double: bool) -> Result<PieceEnd> {
        let bytes = self.lexer.bytes();
        let mut at = self.lexer.state.at;
        let end = loop {
            let byte = *bytes.get(at).ok_or(Bail)?;
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            match byte {
                b'{' if braces_double && next == b'{' => {
                    at += 2;
                    break PieceEnd::DoubledBrace;
                }
                b'{' => break PieceEnd::Field,
                b'}' => break PieceEnd::Spec,
                b'\\' if matches!(next, b'{' | b'}') => at += 1,
                b'\\' if next == b'N' && !opening.raw => {
                    at = after_named_character(bytes, at)?;
                    break PieceEnd::NamedCharacter;
                }
                b'\\' => at += 2,
                b'\n' if !opening.triple => {
                    if braces_double || !self.target.ends_format_specs_with_lines() {
                        return Err(Bail);
                    }
                    break PieceEnd::Spec;
                }
                _ if byte == opening.quote
                    && (!opening.triple || bytes[at..].starts_with(&[opening.quote; 3])) =>
                {
                    return Err(Bail);
                }
                _ => at += 1,
            }
            if bytes.get(at - 1) == Some(&b'\n') {
                self.lexer.next_line(at - 1);
            }
        };
        self.lexer.state.at = at;
        Ok(end)
    }
}

fn is_empty_text(expr: &Expr<'_>) -> bool {
    matches!(
        expr.kind,
        ExprKind::Constant(Constant::Str { wtf8: [], .. })
    )
}

/// The end of the `\N{...}` at `at`; or of the wrong escape, which cannot be decoded.
fn after_named_character(bytes: &[u8], at: usize) -> Result<usize> {
    if bytes.get(at + 2) != Some(&b'{') {
        return Err(Bail);
    }
    let length = memchr::memchr(b'}', &bytes[at..]).ok_or(Bail)?;
    Ok(at + length + 1)
}
