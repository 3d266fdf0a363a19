//! Sequence patterns (`codegen_pattern_sequence`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::{CmpOp, Operator, Pattern, PatternKind};

use super::{PatternContext, is_wildcard, subpattern};
use crate::codegen::{Compiler, Result, expr, syntax_error};

/// `[a, b, *rest]`: checks type and length, then matches the items.
pub fn sequence<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    patterns: &'a [Pattern<'a>],
    pc: &mut PatternContext,
) -> Result {
    let mut star = None;
    let mut only_wildcard = true;
    let mut star_wildcard = false;
    for (i, p) in patterns.iter().enumerate() {
        if let PatternKind::MatchStar { name } = p.kind {
            if star.is_some() {
                return syntax_error(loc, "multiple starred names in sequence pattern");
            }
            star_wildcard = name.is_none();
            only_wildcard &= star_wildcard;
            star = Some(i);
        } else {
            only_wildcard &= is_wildcard(p);
        }
    }
    pc.on_top += 1;
    c.op(loc, Op::MATCH_SEQUENCE);
    pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    let length_check = match star {
        None => Some((patterns.len(), CmpOp::Eq)),
        Some(_) if patterns.len() > 1 => Some((patterns.len() - 1, CmpOp::GtE)),
        Some(_) => None,
    };
    if let Some((length, op)) = length_check {
        c.op(loc, Op::GET_LEN);
        c.load_const(loc, Constant::Int(length as i64));
        expr::addop_compare(c, loc, op);
        pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    }
    pc.on_top -= 1;
    match star {
        _ if only_wildcard => {
            c.op(loc, Op::POP_TOP);
            Ok(())
        }
        Some(star) if star_wildcard => subscripts(c, loc, patterns, star, pc),
        star => unpack(c, loc, patterns, star, pc),
    }
}

/// Unpacks all items and matches them in order (`pattern_helper_sequence_unpack`).
fn unpack<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    patterns: &'a [Pattern<'a>],
    star: Option<usize>,
    pc: &mut PatternContext,
) -> Result {
    let size = patterns.len();
    match star {
        Some(star) => {
            let after = size - star - 1;
            if star >= 1 << 8 || after >= i32::MAX as usize >> 8 {
                return syntax_error(
                    loc,
                    "too many expressions in star-unpacking sequence pattern",
                );
            }
            c.op_i(loc, Op::UNPACK_EX, (star + (after << 8)) as u32);
        }
        None => c.op_i(loc, Op::UNPACK_SEQUENCE, size as u32),
    }
    pc.on_top += size;
    for p in patterns {
        pc.on_top -= 1;
        subpattern(c, p, pc)?;
    }
    Ok(())
}

/// Fetches only the items that matter, around a `*_` (`pattern_helper_sequence_subscr`).
fn subscripts<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    patterns: &'a [Pattern<'a>],
    star: usize,
    pc: &mut PatternContext,
) -> Result {
    pc.on_top += 1;
    for (i, p) in patterns.iter().enumerate() {
        if i == star || is_wildcard(p) {
            continue;
        }
        let loc = c.here(loc);
        c.op_i(loc, Op::COPY, 1);
        if i < star {
            c.load_const(loc, Constant::Int(i as i64));
        } else {
            // A sequence need not understand negative indices.
            c.op(loc, Op::GET_LEN);
            c.load_const(loc, Constant::Int((patterns.len() - i) as i64));
            expr::addop_binary(c, loc, Operator::Sub, false);
        }
        expr::add_subscript(c, loc);
        subpattern(c, p, pc)?;
    }
    pc.on_top -= 1;
    let loc = c.here(loc);
    c.op(loc, Op::POP_TOP);
    Ok(())
}
