//! String, bytes, f-string and t-string literals (`_PyPegen_concatenate_strings`, `_PyPegen_joined_str`,
//! `_PyPegen_setup_full_format_spec` and `_PyPegen_formatted_value` in `Parser/action_helpers.c`).

use bumpalo::collections::Vec as ArenaVec;
use pycsmith_bytecode::Target;
use ruff_python_ast as ruff;
use ruff_python_ast::StringFlags;
use ruff_text_size::{Ranged, TextRange};

use super::{Adapter, field_text};
use crate::ast::*;
use crate::error::{ErrorType, SyntaxError};
use crate::fast;
use crate::limits::MAX_FIELDS;
use crate::literals::strings;

/// The parts of an f-string or t-string while neighbouring literal pieces are merged.
struct Parts<'a> {
    values: ArenaVec<'a, Expr<'a>>,
    /// The bytes of the literal piece that is being merged.
    buffer: Vec<u8>,
    piece: Option<Piece>,
}

/// Start and end offset of a merged literal piece.
#[derive(Clone, Copy)]
struct Piece {
    start: u32,
    end: u32,
    u_prefix: bool,
}

impl Parts<'_> {
    /// Says that bytes were, or will be, appended to the buffer from that part of the source.
    fn extend_piece(&mut self, start: u32, end: u32, u_prefix: bool) {
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

impl<'a> Adapter<'a, '_> {
    fn str_constant(&self, wtf8: &[u8], u_prefix: bool) -> Constant<'a> {
        Constant::Str {
            wtf8: self.arena.alloc_slice_copy(wtf8),
            u_prefix,
        }
    }

    /// CPython quirk (3.14, `_PyPegen_constant_from_string`): `U` leaves no mark in the tree, `u` does.
    fn is_u_prefixed(&self, part: &ruff::StringLiteral) -> bool {
        self.text.as_bytes().get(part.range.start().to_usize()) == Some(&b'u')
    }

    pub(super) fn string_literal(&mut self, node: &ruff::ExprStringLiteral) -> ExprKind<'a> {
        let parts = node.value.as_slice();
        let u_prefix = parts.first().is_some_and(|part| self.is_u_prefixed(part));
        if let [part] = parts {
            let body = self.source(part.content_range());
            if part.flags.prefix().is_raw() || memchr::memchr(b'\\', body.as_bytes()).is_none() {
                return ExprKind::Constant(self.str_constant(body.as_bytes(), u_prefix));
            }
        }
        let mut buffer = std::mem::take(&mut self.scratch);
        buffer.clear();
        for part in parts {
            self.append_str(part, &mut buffer);
        }
        let constant = self.str_constant(&buffer, u_prefix);
        self.scratch = buffer;
        ExprKind::Constant(constant)
    }

    fn append_str(&mut self, part: &ruff::StringLiteral, buffer: &mut Vec<u8>) {
        let body = self.source(part.content_range());
        if part.flags.prefix().is_raw() {
            buffer.extend_from_slice(body.as_bytes());
        } else if let Err(msg) = strings::decode_str(body, false, self.target, buffer) {
            self.fail_at(msg, part.range);
        }
    }

    pub(super) fn bytes_literal(&mut self, node: &ruff::ExprBytesLiteral) -> ExprKind<'a> {
        let mut buffer = std::mem::take(&mut self.scratch);
        buffer.clear();
        for part in node.value.as_slice() {
            let flags = part.flags;
            let start = part.range.start() + flags.opener_len();
            let body = self.source(TextRange::new(start, part.range.end() - flags.closer_len()));
            if !body.is_ascii() {
                self.fail_at(
                    "bytes can only contain ASCII literal characters",
                    part.range,
                );
            } else if flags.prefix().is_raw() {
                buffer.extend_from_slice(body.as_bytes());
            } else if let Err(msg) = strings::decode_bytes(body, &mut buffer) {
                self.fail_at(msg, part.range);
            }
        }
        let constant = Constant::Bytes(self.arena.alloc_slice_copy(&buffer));
        self.scratch = buffer;
        ExprKind::Constant(constant)
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
            let constant = self.str_constant(&parts.buffer, piece.u_prefix);
            let loc = self.lines.span(piece.start, piece.end);
            parts.values.push(Expr {
                kind: ExprKind::Constant(constant),
                loc,
            });
        }
        parts.buffer.clear();
    }

    /// An f-string of a target whose fields are not parsed as other code is; see `fast/fields_as_text.rs`.
    pub(super) fn f_string_with_text_fields(&mut self, node: &ruff::ExprFString) -> Expr<'a> {
        let range = node.range;
        let offsets = range.start().to_usize()..range.end().to_usize();
        let start = self.lines.locate(range.start().to_u32());
        let strings = fast::parse_strings(
            self.text,
            offsets,
            start,
            self.arena,
            self.names,
            self.target,
        );
        strings.unwrap_or_else(|| {
            self.fail_at("f-string: invalid syntax", range);
            self.stand_in(range)
        })
    }

    pub(super) fn f_string(&mut self, node: &ruff::ExprFString) -> ExprKind<'a> {
        let mut parts = self.new_parts();
        for part in node.value.as_slice() {
            match part {
                ruff::FStringPart::Literal(literal) => {
                    let u_prefix = self.is_u_prefixed(literal);
                    parts.extend_piece(
                        literal.range.start().to_u32(),
                        literal.range.end().to_u32(),
                        u_prefix,
                    );
                    self.append_str(literal, &mut parts.buffer);
                }
                ruff::FStringPart::FString(f_string) => {
                    let raw = f_string.flags.prefix().is_raw();
                    self.elements(
                        &f_string.elements,
                        Interpolated {
                            raw,
                            template: false,
                            specs: 0,
                        },
                        &mut parts,
                    );
                }
            }
        }
        ExprKind::JoinedStr {
            values: self.finish_parts(parts),
        }
    }

    pub(super) fn t_string(&mut self, node: &ruff::ExprTString) -> ExprKind<'a> {
        let mut parts = self.new_parts();
        for part in node.value.as_slice() {
            let raw = part.flags.prefix().is_raw();
            self.elements(
                &part.elements,
                Interpolated {
                    raw,
                    template: true,
                    specs: 0,
                },
                &mut parts,
            );
        }
        ExprKind::TemplateStr {
            values: self.finish_parts(parts),
        }
    }

    fn elements(
        &mut self,
        elements: &[ruff::InterpolatedStringElement],
        within: Interpolated,
        parts: &mut Parts<'a>,
    ) {
        let mut after_field = false;
        for element in elements {
            match element {
                ruff::InterpolatedStringElement::Literal(literal) => {
                    let body = self.source(literal.range);
                    let before = parts.buffer.len();
                    let result = if within.raw {
                        append_raw(body, within.specs == 0, &mut parts.buffer);
                        Ok(())
                    } else {
                        strings::decode_str(body, within.specs == 0, self.target, &mut parts.buffer)
                    };
                    if let Err(msg) = result {
                        self.fail_at(msg, literal.range);
                    }
                    if parts.buffer.len() > before {
                        parts.extend_piece(
                            literal.range.start().to_u32(),
                            literal.range.end().to_u32(),
                            false,
                        );
                    }
                }
                ruff::InterpolatedStringElement::Interpolation(element) => {
                    // See `format_spec` in `fast/f_strings.rs`.
                    let doubled = self.source(element.range).starts_with("{{");
                    if within.specs > 0
                        && after_field
                        && doubled
                        && self.target.concatenates_format_specs()
                    {
                        self.fail_at("f-string: single '}' is not allowed", element.range);
                    }
                    after_field = true;
                    self.interpolation(element, within, parts);
                }
            }
        }
    }

    fn interpolation(
        &mut self,
        element: &ruff::InterpolatedElement,
        within: Interpolated,
        parts: &mut Parts<'a>,
    ) {
        if within.specs >= MAX_FIELDS {
            self.fail_at("f-string: expressions nested too deeply", element.range);
            return;
        }
        let start = element.range.start().to_u32() + 1;
        // The text of a field matters for `=` and for templates.
        let debug = element.debug_text.is_some();
        let field_end = if debug || within.template {
            self.field_end(element)
        } else {
            start
        };
        if debug && within.specs > 0 && !self.target.concatenates_format_specs() {
            // CPython quirk (3.12.1): the text's node is lost.
            self.fail(SyntaxError::new(
                ErrorType::ValueError,
                "field 'value' is required for Constant",
            ));
        }
        let spec_follows =
            element.conversion == ruff::ConversionFlag::None && element.format_spec.is_some();
        if debug {
            let end = self.skip_trivia(field_end + 1);
            let text = &self.text[start as usize..end as usize];
            let text = field_text::kept(text, self.target, spec_follows);
            let raw = within.raw || within.specs > 0;
            if let Err(msg) = append_debug_text(text, raw, self.target, &mut parts.buffer) {
                self.fail_at(msg, element.range);
            }
            parts.extend_piece(start, end, false);
        }
        self.flush_piece(parts);

        let outer = std::mem::take(&mut parts.buffer);
        let value = self.expr(&element.expression);
        let format_spec = element
            .format_spec
            .as_deref()
            .map(|spec| self.format_spec(spec, within));
        let conversion = match element.conversion {
            ruff::ConversionFlag::None if debug && format_spec.is_none() => i32::from(b'r'),
            ruff::ConversionFlag::None => NO_CONVERSION,
            ruff::ConversionFlag::Str => i32::from(b's'),
            ruff::ConversionFlag::Ascii => i32::from(b'a'),
            ruff::ConversionFlag::Repr => i32::from(b'r'),
        };
        parts.buffer = outer;
        let kind = if within.template {
            let end = if debug && !self.target.keeps_blanks_of_interpolations() {
                self.skip_trivia(field_end + 1)
            } else {
                field_end
            };
            let text = &self.text[start as usize..end as usize];
            let text = field_text::kept(text, self.target, spec_follows);
            append_without_comments(text, self.target, &mut parts.buffer);
            let text = if self.target.keeps_blanks_of_interpolations() {
                &parts.buffer[..]
            } else {
                trim_interpolation(&parts.buffer)
            };
            let str = self.str_constant(text, false);
            parts.buffer.clear();
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
            loc: self.loc(element.range),
        });
    }

    /// A format specification; CPython's starts at its colon.
    fn format_spec(
        &mut self,
        spec: &ruff::InterpolatedStringFormatSpec,
        outer: Interpolated,
    ) -> &'a Expr<'a> {
        let range = spec.range;
        let mut parts = self.new_parts();
        // A field in a specification is a plain one, in a template too.
        let within = Interpolated {
            raw: outer.raw,
            template: false,
            specs: outer.specs + 1,
        };
        let values = self.deeper(range, |this| {
            this.elements(&spec.elements, within, &mut parts);
            this.finish_parts(parts)
        });
        let kind = ExprKind::JoinedStr {
            values: values.unwrap_or_default(),
        };
        let start = range.start().to_u32();
        let loc = self
            .lines
            .span(start.saturating_sub(1), range.end().to_u32().max(start));
        self.arena.alloc(Expr { kind, loc })
    }

    /// The offset of the `=`, `!`, `:` or `}` that follows a field's expression.
    fn field_end(&self, element: &ruff::InterpolatedElement) -> u32 {
        let bytes = self.text.as_bytes();
        let mut at = self.skip_trivia(element.expression.range().end().to_u32());
        while bytes.get(at as usize) == Some(&b')') {
            at = self.skip_trivia(at + 1);
        }
        at.min(element.range.end().to_u32())
    }
}

/// Where the elements of an f-string or t-string stand.
#[derive(Clone, Copy)]
struct Interpolated {
    raw: bool,
    template: bool,
    /// In how many format specifications, where braces cannot be doubled.
    specs: u32,
}

pub(crate) fn append_raw(body: &str, doubled_braces: bool, out: &mut Vec<u8>) {
    let mut rest = body.as_bytes();
    while doubled_braces && let Some(at) = memchr::memchr2(b'{', b'}', rest) {
        out.extend_from_slice(&rest[..=at]);
        let skip = usize::from(rest.get(at + 1) == Some(&rest[at]));
        rest = &rest[at + 1 + skip..];
    }
    out.extend_from_slice(rest);
}

/// The text of an interpolation without the blanks and the `=` at its end, as 3.14.2 has it.
pub(crate) fn trim_interpolation(text: &[u8]) -> &[u8] {
    let kept = text
        .iter()
        .rposition(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
        .map_or(0, |last| last + 1);
    &text[..kept]
}

/// Whether a `#` stands outside strings.
fn has_comment(text: &[u8]) -> bool {
    let (mut quote, mut at) = (None, 0);
    while let Some(&byte) = text.get(at) {
        match (byte, quote) {
            (b'\\', _) => at += 1,
            (b'#', None) => return true,
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            _ => {}
        }
        at += 1;
    }
    false
}

/// The text of a field with `=`.
///
/// CPython quirk (3.12.0 to 3.13.0, `_PyPegen_joined_str`): its escapes are decoded, as those of the literal parts are.
///
/// # Errors
/// An escape that means nothing, in CPython's words.
pub(crate) fn append_debug_text(
    text: &str,
    raw: bool,
    target: Target,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    if raw || !target.decodes_field_text() || !text.contains('\\') {
        append_without_comments(text, target, out);
        return Ok(());
    }
    let mut plain = Vec::with_capacity(text.len());
    append_without_comments(text, target, &mut plain);
    match std::str::from_utf8(&plain) {
        Ok(plain) => strings::decode_str(plain, false, target, out),
        // Comments end where characters do.
        Err(_) => Ok(()),
    }
}

/// The text of a field without its comments (`set_ftstring_expr` in `Parser/lexer/lexer.c`), which knows
/// quotes, but not triple ones.
pub(crate) fn append_without_comments(text: &str, target: Target, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if memchr::memchr(b'#', bytes).is_none() {
        out.extend_from_slice(bytes);
        return;
    }
    let escapes = target.sees_escapes_in_field_text();
    if target.sees_strings_in_field_text() && !escapes && !has_comment(bytes) {
        out.extend_from_slice(bytes);
        return;
    }
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'\\' && escapes {
            let end = (at + 2).min(bytes.len());
            out.extend_from_slice(&bytes[at..end]);
            at = end;
            continue;
        }
        match (byte, quote) {
            (b'"' | b'\'', None) if target.sees_strings_in_field_text() => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            (b'#', None) => {
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |next| at + next);
                continue;
            }
            _ => {}
        }
        out.push(bytes[at]);
        at += 1;
    }
}
