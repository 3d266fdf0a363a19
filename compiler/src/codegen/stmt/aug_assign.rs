//! Augmented assignment (`codegen_augassign`): the target's parts are evaluated once, copied for the load, and
//! used again by the store.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{Ctx, Expr, ExprKind, Operator};

use crate::codegen::emit::NameOp;
use crate::codegen::{Compiler, Result, bug, expr, names};

/// `target op= value`.
pub fn aug_assign<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    target: &'a Expr<'a>,
    op: Operator,
    value: &'a Expr<'a>,
) -> Result {
    let target_loc = target.loc;
    match &target.kind {
        ExprKind::Attribute {
            value: object,
            attr,
            ..
        } => {
            expr::visit(c, object)?;
            c.op_i(target_loc, Op::COPY, 1);
            let attr_loc = expr::update_start_location_to_match_attr(c, target_loc, target);
            c.op_name(attr_loc, NameOp::LoadAttr, *attr);
            operate(c, loc, op, value)?;
            c.op_i(attr_loc, Op::SWAP, 2);
            c.op_name(attr_loc, NameOp::Plain(Op::STORE_ATTR), *attr);
            c.set_loc(attr_loc);
        }
        ExprKind::Subscript {
            value: object,
            slice,
            ..
        } => {
            expr::visit(c, object)?;
            if let ExprKind::Slice(parts) = slice.kind
                && expr::should_apply_two_element_slice_optimization(c, slice)
            {
                expr::slice_two_parts(c, slice.loc, parts)?;
                for _ in 0..3 {
                    c.op_i(target_loc, Op::COPY, 3);
                }
                c.op(target_loc, Op::BINARY_SLICE);
                operate(c, loc, op, value)?;
                for depth in [4, 3, 2] {
                    c.op_i(target_loc, Op::SWAP, depth);
                }
                c.op(target_loc, Op::STORE_SLICE);
            } else {
                expr::visit(c, slice)?;
                c.op_i(target_loc, Op::COPY, 2);
                c.op_i(target_loc, Op::COPY, 2);
                expr::add_subscript(c, target_loc);
                operate(c, loc, op, value)?;
                c.op_i(target_loc, Op::SWAP, 3);
                c.op_i(target_loc, Op::SWAP, 2);
                c.op(target_loc, Op::STORE_SUBSCR);
            }
            c.set_loc(target_loc);
        }
        ExprKind::Name { id, .. } => {
            names::nameop(c, target_loc, *id, Ctx::Load)?;
            operate(c, loc, op, value)?;
            names::nameop(c, target_loc, *id, Ctx::Store)?;
            c.set_loc(target_loc);
        }
        _ => return bug("invalid target of an augmented assignment"),
    }
    Ok(())
}

fn operate<'a>(c: &mut Compiler<'a>, loc: Location, op: Operator, value: &'a Expr<'a>) -> Result {
    expr::visit(c, value)?;
    expr::addop_binary(c, loc, op, true);
    Ok(())
}
