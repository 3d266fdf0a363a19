//! Method calls: `obj.name(args)` loads the method and `obj` at once, without making a bound method.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{Call, Ctx, Expr, ExprKind};

use super::attribute::update_start_location_to_match_attr;
use super::call::{simple_keywords, unpacks};
use super::super_call::{can_optimize_super_call, load_args_for_super, top_scope};
use super::{STACK_USE_GUIDELINE, visit_all, visit_likely_name};
use crate::codegen::emit::NameOp;
use crate::codegen::{Compiler, Result};
use crate::symtable::def;

/// `maybe_optimize_method_call`: generates the call if it is one of a method, else nothing and returns false.
pub(super) fn maybe_optimize_method_call<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    e: &'a Call<'a>,
) -> Result<bool> {
    let ExprKind::Attribute {
        value,
        attr,
        ctx: Ctx::Load,
    } = e.func.kind
    else {
        return Ok(false);
    };
    let (args, keywords) = (e.args, e.keywords);
    if is_import_originated(c, value)
        || args.len() + keywords.len() + usize::from(!keywords.is_empty()) >= STACK_USE_GUIDELINE
        || e.may_unpack && unpacks(args, keywords)
    {
        return Ok(false);
    }

    let mut attr_loc = e.func.loc;
    if let Some(call) = can_optimize_super_call(c, value, attr) {
        load_args_for_super(c, value.loc, call)?;
        let op = if call.args.is_empty() {
            NameOp::LoadZeroSuperMethod
        } else {
            NameOp::LoadSuperMethod
        };
        c.op_name(attr_loc, op, attr);
        attr_loc = update_start_location_to_match_attr(c, attr_loc, &e.func);
        c.op(attr_loc, Op::NOP);
    } else {
        visit_likely_name(c, value)?;
        attr_loc = update_start_location_to_match_attr(c, attr_loc, &e.func);
        c.op_name(attr_loc, NameOp::LoadMethod, attr);
    }

    visit_all(c, args)?;
    let count = (args.len() + keywords.len()) as u32;
    if keywords.is_empty() {
        let loc = update_start_location_to_match_attr(c, loc, &e.func);
        c.call(loc, count);
    } else {
        simple_keywords(c, attr_loc, keywords)?;
        let loc = update_start_location_to_match_attr(c, loc, &e.func);
        c.call_kw(loc, count);
    }
    Ok(true)
}

/// `is_import_originated`: whether `e` is a name that the module imports. Such names are mostly modules, whose
/// attributes are plain functions.
fn is_import_originated(c: &Compiler<'_>, e: &Expr<'_>) -> bool {
    match e.kind {
        // An inlined comprehension of the module replaces symbols.
        ExprKind::Name { id, .. } if c.module_unit().in_inlined_comp > 0 => {
            top_scope(c).flags_of(id) & def::IMPORT != 0
        }
        ExprKind::Name { id, .. } => c.known_names.is_import(id),
        _ => false,
    }
}
