//! Attributes.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Ctx, Expr, ExprKind};
use pycsmith_parser::interner::names::SELF;

use super::super_call::{can_optimize_super_call, load_args_for_super};
use super::visit_likely_name;
use crate::codegen::emit::NameOp;
use crate::codegen::{Compiler, Result};

/// `value.attr`, loaded, stored to or deleted.
pub(super) fn attribute<'a>(
    c: &mut Compiler<'a>,
    e: &'a Expr<'a>,
    value: &'a Expr<'a>,
    attr: Name,
    ctx: Ctx,
) -> Result {
    if ctx == Ctx::Load
        && let Some(call) = can_optimize_super_call(c, value, attr)
    {
        load_args_for_super(c, value.loc, call)?;
        let op = if call.args.is_empty() {
            NameOp::LoadZeroSuperAttr
        } else {
            NameOp::LoadSuperAttr
        };
        c.op_name(e.loc, op, attr);
        let loc = update_start_location_to_match_attr(c, e.loc, e);
        c.op(loc, Op::NOP);
        return Ok(());
    }
    maybe_add_static_attribute(c, e);
    visit_likely_name(c, value)?;
    let loc = update_start_location_to_match_attr(c, e.loc, e);
    let op = match ctx {
        Ctx::Load => NameOp::LoadAttr,
        Ctx::Store => NameOp::Plain(Op::STORE_ATTR),
        Ctx::Del => NameOp::Plain(Op::DELETE_ATTR),
    };
    c.op_name(loc, op, attr);
    Ok(())
}

/// `_PyCompile_MaybeAddStaticAttributeToClass`: `self.x = ...` counts for the innermost class around the
/// current unit.
fn maybe_add_static_attribute(c: &mut Compiler<'_>, e: &Expr<'_>) {
    let ExprKind::Attribute {
        value,
        attr,
        ctx: Ctx::Store,
    } = e.kind
    else {
        return;
    };
    if !matches!(value.kind, ExprKind::Name { id: SELF, .. }) {
        return;
    }
    if let Some(attributes) = c
        .outer
        .iter_mut()
        .rev()
        .find_map(|unit| unit.static_attributes.as_mut())
    {
        attributes.add(attr);
    }
}

/// `loc`, starting at the attribute's name if `attr`, an attribute node, ends on another line than `loc`
/// starts (`update_start_location_to_match_attr`).
#[inline]
pub fn update_start_location_to_match_attr(
    c: &Compiler<'_>,
    loc: Location,
    attr: &Expr<'_>,
) -> Location {
    match attr.kind {
        ExprKind::Attribute { attr: name, .. } if loc.line != attr.loc.end_line => {
            location_of_attr(c, loc, attr, name)
        }
        _ => loc,
    }
}

/// `loc`, starting at the name at the end of `attr`, which is on another line.
#[inline(never)]
fn location_of_attr(c: &Compiler<'_>, mut loc: Location, attr: &Expr<'_>, name: Name) -> Location {
    loc.line = attr.loc.end_line;
    // CPython quirk (3.14, gh-94694): code points of the normalised name are taken off a byte offset; where
    // that is not possible, columns are dropped.
    let len = c
        .names
        .resolve(name)
        .chars()
        .count()
        .try_into()
        .unwrap_or(i32::MAX);
    if len <= attr.loc.end_col {
        loc.col = attr.loc.end_col - len;
    } else {
        loc.col = -1;
        loc.end_col = -1;
    }
    loc.end_line = loc.end_line.max(loc.line);
    if loc.line == loc.end_line {
        loc.end_col = loc.end_col.max(loc.col);
    }
    loc
}
