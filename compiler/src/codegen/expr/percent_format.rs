//! `'%s: %-10r' % (a, b)` as an f-string (`ast_preprocess.c`'s `optimize_format`).
//!
//! Only `%s`, `%r` and `%a` with plain widths and precisions, and only if every tuple item is used. CPython
//! rewrites the AST; here the code that the rewritten node would give is generated directly.

use pycsmith_bytecode::{Constant, Location, Op, PyStr};
use pycsmith_parser::ast::{self, Expr, ExprKind};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::sync::Arc;

use super::constant::load_string;
use super::fstring::{Joined, finish_joined, format_value_flags, start_joined};
use super::{oparg, visit};
use crate::codegen::{Compiler, Result};

/// Digits that a width or precision may not reach.
const MAXDIGITS: u32 = 3;

/// One part of the f-string.
enum Piece {
    /// `format[start..end]` with `%%` for `%`.
    Literal {
        start: usize,
        end: usize,
        has_percents: bool,
    },
    /// The next tuple item.
    Value { conversion: u32, spec: Spec },
}

/// A format specification as text; empty for none.
type Spec = SmallVec<[u8; 8]>;

/// Generates `left % right` as an f-string if it can be one, else generates nothing and returns false.
pub(super) fn try_format<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    left: &'a Expr<'a>,
    right: &'a Expr<'a>,
) -> Result<bool> {
    let (ExprKind::Constant(ast::Constant::Str { wtf8, .. }), ExprKind::Tuple { elts, .. }) =
        (&left.kind, &right.kind)
    else {
        return Ok(false);
    };
    if elts
        .iter()
        .any(|elt| matches!(elt.kind, ExprKind::Starred { .. }))
    {
        return Ok(false);
    }
    let Some(pieces) = parse(wtf8, elts.len()) else {
        return Ok(false);
    };

    let joined = Joined {
        loc,
        count: pieces.len(),
    };
    start_joined(c, &joined);
    let mut items = elts.iter();
    for piece in &pieces {
        match piece {
            &Piece::Literal {
                start,
                end,
                has_percents,
            } => {
                // CPython quirk (3.14, ast_preprocess.c): the pieces of text have no location.
                let text = literal(&wtf8[start..end], has_percents);
                if has_percents && text.len() == 1 {
                    // CPython quirk (3.14, ast_preprocess.c): a `%` that replaced `%%` is a string of its own,
                    // not interned as other single characters are.
                    let percent = Constant::Str(Arc::new(PyStr::new("%", false)));
                    c.load_const(Location::NONE, percent);
                } else {
                    load_string(c, Location::NONE, &text);
                }
            }
            Piece::Value { conversion, spec } => {
                let Some(item) = items.next() else { break };
                visit(c, item)?;
                if c.target.formats_by_flags() {
                    if !spec.is_empty() {
                        load_string(c, Location::NONE, spec);
                    }
                    let arg = format_value_flags(*conversion, !spec.is_empty());
                    c.op_i(item.loc, Op::FORMAT_VALUE, arg);
                    joined.after_value(c);
                    continue;
                }
                c.op_i(item.loc, Op::CONVERT_VALUE, *conversion);
                if spec.is_empty() {
                    c.op(item.loc, Op::FORMAT_SIMPLE);
                } else {
                    load_string(c, Location::NONE, spec);
                    c.op(item.loc, Op::FORMAT_WITH_SPEC);
                }
            }
        }
        joined.after_value(c);
    }
    finish_joined(c, &joined);
    Ok(true)
}

fn literal(text: &[u8], has_percents: bool) -> Cow<'_, [u8]> {
    if !has_percents {
        return Cow::Borrowed(text);
    }
    let mut replaced = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        replaced.push(byte);
        if byte == b'%' {
            bytes.next();
        }
    }
    Cow::Owned(replaced)
}

/// The pieces of `format`, or `None` if it is not simple or does not use exactly `items` items.
fn parse(format: &[u8], items: usize) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut used = 0;
    let mut position = 0;
    loop {
        if let Some(piece) = parse_literal(format, &mut position) {
            pieces.push(piece);
        }
        if position >= format.len() {
            return (used == items).then_some(pieces);
        }
        if used >= items {
            return None;
        }
        position += 1;
        pieces.push(parse_format(format, &mut position)?);
        used += 1;
    }
}

fn parse_literal(format: &[u8], position: &mut usize) -> Option<Piece> {
    let start = *position;
    let mut end = start;
    let mut has_percents = false;
    while let Some(&byte) = format.get(end) {
        if byte != b'%' {
            end += 1;
        } else if format.get(end + 1) == Some(&b'%') {
            has_percents = true;
            end += 2;
        } else {
            break;
        }
    }
    *position = end;
    (end > start).then_some(Piece::Literal {
        start,
        end,
        has_percents,
    })
}

/// Parses what follows a `%`.
fn parse_format(format: &[u8], position: &mut usize) -> Option<Piece> {
    let mut bytes = format[*position..].iter().copied();
    let mut left = false;
    let mut byte = loop {
        match bytes.next()? {
            b'-' => left = true,
            b'+' | b' ' | b'#' | b'0' => {}
            other => break other,
        }
    };
    let mut spec = Spec::new();
    if byte.is_ascii_digit() {
        let width;
        (width, byte) = parse_number(byte, &mut bytes)?;
        if !left && width > 0 {
            spec.push(b'>');
        }
        push_number(&mut spec, width);
    }
    if byte == b'.' {
        byte = bytes.next()?;
        let mut precision = 0;
        if byte.is_ascii_digit() {
            (precision, byte) = parse_number(byte, &mut bytes)?;
        }
        spec.push(b'.');
        push_number(&mut spec, precision);
    }
    *position = format.len() - bytes.len();
    let conversion = oparg::conversion::of(byte.into())?;
    Some(Piece::Value { conversion, spec })
}

/// A number that starts with the digit `byte`, and the byte behind it.
fn parse_number(mut byte: u8, bytes: &mut impl Iterator<Item = u8>) -> Option<(u32, u8)> {
    let mut number = 0;
    let mut digits = 0;
    while byte.is_ascii_digit() {
        number = number * 10 + u32::from(byte - b'0');
        byte = bytes.next()?;
        digits += 1;
        if digits >= MAXDIGITS {
            return None;
        }
    }
    Some((number, byte))
}

/// Numbers have two digits at most.
fn push_number(spec: &mut Spec, number: u32) {
    if number >= 10 {
        spec.push(b'0' + (number / 10 % 10) as u8);
    }
    spec.push(b'0' + (number % 10) as u8);
}
