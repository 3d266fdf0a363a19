//! Subscripts and slices.
//!
//! `x[a:b]` pushes the two bounds and uses `BINARY_SLICE` or `STORE_SLICE`; a slice of constants is a constant.

use std::sync::Arc;

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::{Ctx, Expr, ExprKind, Slice};

use super::oparg::NB_SUBSCR;
use super::{constant_of, is_constant, visit};
use crate::codegen::{Compiler, Result};

/// `codegen_subscript`. (CPython's `check_subscripter` and `check_index` only warn.)
pub(super) fn subscript<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    value: &'a Expr<'a>,
    index: &'a Expr<'a>,
    ctx: Ctx,
) -> Result {
    visit(c, value)?;
    if ctx != Ctx::Del
        && let Some(slice) = two_element_slice(c, index)
    {
        slice_two_parts(c, index.loc, slice)?;
        c.op(
            loc,
            if ctx == Ctx::Load {
                Op::BINARY_SLICE
            } else {
                Op::STORE_SLICE
            },
        );
        return Ok(());
    }
    visit(c, index)?;
    match ctx {
        Ctx::Load => add_subscript(c, loc),
        Ctx::Store => c.op(loc, Op::STORE_SUBSCR),
        Ctx::Del => c.op(loc, Op::DELETE_SUBSCR),
    }
    Ok(())
}

/// The item of the object below the index on the stack.
pub fn add_subscript(c: &mut Compiler<'_>, loc: Location) {
    if c.target.subscripts_by_binary_op() {
        c.op_i(loc, Op::BINARY_OP, NB_SUBSCR);
    } else {
        c.op(loc, Op::BINARY_SUBSCR);
    }
}

/// The subscript `index` if it is a slice without step that is not a constant
/// (`should_apply_two_element_slice_optimization`).
fn two_element_slice<'a>(c: &Compiler<'_>, index: &Expr<'a>) -> Option<&'a Slice<'a>> {
    match index.kind {
        ExprKind::Slice(slice)
            if c.target.slices_in_two_parts()
                && slice.step.is_none()
                && !is_constant_slice(c, slice) =>
        {
            Some(slice)
        }
        _ => None,
    }
}

/// [`two_element_slice`] as a condition.
pub fn should_apply_two_element_slice_optimization(c: &Compiler<'_>, index: &Expr<'_>) -> bool {
    two_element_slice(c, index).is_some()
}

fn is_constant_slice(c: &Compiler<'_>, slice: &Slice<'_>) -> bool {
    c.target.marshals_slices()
        && [&slice.lower, &slice.upper, &slice.step]
            .into_iter()
            .flatten()
            .all(is_constant)
}

/// `codegen_slice_two_parts`: pushes the bounds; `loc` is that of the slice.
pub fn slice_two_parts<'a>(c: &mut Compiler<'a>, loc: Location, slice: &'a Slice<'a>) -> Result {
    for bound in [&slice.lower, &slice.upper] {
        match bound {
            Some(bound) => visit(c, bound)?,
            None => c.load_const(loc, Constant::None),
        }
    }
    Ok(())
}

/// `codegen_slice`.
pub(super) fn slice<'a>(c: &mut Compiler<'a>, loc: Location, slice: &'a Slice<'a>) -> Result {
    if is_constant_slice(c, slice) {
        let parts = [&slice.lower, &slice.upper, &slice.step].map(|part| {
            part.as_ref()
                .and_then(|part| constant_of(c, part))
                .unwrap_or(Constant::None)
        });
        c.load_const(loc, Constant::Slice(Arc::new(parts)));
        return Ok(());
    }
    slice_two_parts(c, loc, slice)?;
    let mut count = 2;
    if let Some(step) = &slice.step {
        visit(c, step)?;
        count = 3;
    }
    c.op_i(loc, Op::BUILD_SLICE, count);
    Ok(())
}
