//! Literals and dotted names (`codegen_pattern_value`), `None`, `True` and `False`
//! (`codegen_pattern_singleton`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{CmpOp, Constant, Expr, ExprKind};

use super::{PatternContext, folding};
use crate::codegen::{Compiler, Result, expr, syntax_error};

/// Matches what equals `value`.
pub fn value<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    value: &'a Expr<'a>,
    pc: &mut PatternContext,
) -> Result {
    if let Some(constant) = folding::constant(c, value) {
        c.load_const(value.loc, constant);
    } else if matches!(value.kind, ExprKind::Attribute { .. }) {
        expr::visit(c, value)?;
    } else {
        return syntax_error(
            loc,
            "patterns may only match literals and attribute lookups",
        );
    }
    expr::addop_compare(c, loc, CmpOp::Eq);
    if c.target.converts_to_bool() {
        c.op(loc, Op::TO_BOOL);
    }
    pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    Ok(())
}

/// Matches what is `value`.
pub fn singleton<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    value: &Constant<'a>,
    pc: &mut PatternContext,
) -> Result {
    let value = expr::constant_value(c, value);
    c.load_const(loc, value);
    expr::addop_compare(c, loc, CmpOp::Is);
    pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    Ok(())
}
