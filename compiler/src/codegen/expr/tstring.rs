//! Template strings (PEP 750): a tuple of texts and a tuple of interpolations make a `Template`.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{Expr, ExprKind, Exprs, Interpolation, Operator};

use super::constant::{self, load_string};
use super::operator::addop_binary;
use super::{oparg, visit};
use crate::codegen::{Compiler, Result, bug};

fn is_interpolation(e: &Expr<'_>) -> bool {
    matches!(e.kind, ExprKind::Interpolation(_))
}

/// `codegen_template_str`: there is one text more than there are interpolations, empty where the source has
/// none; adjacent texts are added up.
pub(super) fn template_str<'a>(c: &mut Compiler<'a>, loc: Location, values: Exprs<'a>) -> Result {
    let mut texts = 0;
    let mut last_was_interpolation = true;
    for value in values {
        if is_interpolation(value) {
            if last_was_interpolation {
                load_string(c, loc, b"");
                texts += 1;
            }
            last_was_interpolation = true;
        } else {
            visit(c, value)?;
            if last_was_interpolation {
                texts += 1;
            } else {
                addop_binary(c, loc, Operator::Add, true);
            }
            last_was_interpolation = false;
        }
    }
    if last_was_interpolation {
        load_string(c, loc, b"");
        texts += 1;
    }
    c.op_i(loc, Op::BUILD_TUPLE, texts);

    let mut interpolations = 0;
    for value in values.iter().filter(|value| is_interpolation(value)) {
        visit(c, value)?;
        interpolations += 1;
    }
    c.op_i(loc, Op::BUILD_TUPLE, interpolations);
    c.op(loc, Op::BUILD_TEMPLATE);
    Ok(())
}

/// `codegen_interpolation`: bit 0 of the operand tells of a format specification, bit 1 is always set, the
/// conversion is above.
pub(super) fn interpolation<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    e: &'a Interpolation<'a>,
) -> Result {
    visit(c, &e.value)?;
    constant::load(c, loc, &e.str);
    let mut arg = 2;
    if let Some(spec) = e.format_spec {
        arg |= 1;
        visit(c, spec)?;
    }
    if e.conversion != -1 {
        let Some(conversion) = oparg::conversion::of(e.conversion) else {
            return bug("a t-string has an unknown conversion");
        };
        arg |= conversion << 2;
    }
    c.op_i(loc, Op::BUILD_INTERPOLATION, arg);
    Ok(())
}
