//! Expressions, one kind a file.
//!
//! The public functions here are what the rest of code generation uses; each mirrors one function of
//! CPython's `codegen.c`, emits the same instructions and gives them the same locations.

mod attribute;
mod boolop;
mod builtin_call;
mod call;
mod compare;
mod constant;
mod dict;
mod display;
mod fstring;
mod method_call;
pub mod oparg;
mod operator;
mod percent_format;
mod subscript;
mod super_call;
mod tstring;
mod yields;

pub use attribute::update_start_location_to_match_attr;
pub use boolop::jump_if;
pub use call::{call_helper, call_helper_impl};
pub use compare::addop_compare;
pub use constant::{constant_of, constant_value, is_constant};
pub use operator::addop_binary;
pub use subscript::{add_subscript, should_apply_two_element_slice_optimization, slice_two_parts};
pub use yields::{add_yield, add_yield_from, await_result, load_sent_none};

use pycsmith_parser::ast::{Ctx, Expr, ExprKind, Exprs};

use super::{Compiler, Result, comprehension, function, names, syntax_error};
use crate::symtable::ComprehensionType;
use pycsmith_bytecode::Op;

/// More operands than this are not all pushed before they are combined (`_PY_STACK_USE_GUIDELINE`).
pub const STACK_USE_GUIDELINE: usize = 30;

/// Stack left, in bytes, below which a nested expression continues on a new piece of stack.
const RED_ZONE: usize = 256 * 1024;
/// One of so many expressions that are one in the other looks how much stack is left.
const UNCHECKED: u32 = 8;
/// Size of such a piece, in bytes.
const STACK_PIECE: usize = 2 * 1024 * 1024;

/// Generates code that leaves the value of `e` on the stack, or stores to or deletes it if it is a target
/// (`codegen_visit_expr`).
pub fn visit<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Result {
    c.nesting += 1;
    let result = match c.nesting % UNCHECKED {
        0 => visit_checked(c, e),
        _ => visit_kind(c, e),
    };
    c.nesting -= 1;
    result
}

/// [`visit`] of what is a name as a rule.
#[inline]
pub fn visit_likely_name<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Result {
    match e.kind {
        ExprKind::Name { id, ctx } => names::nameop(c, e.loc, id, ctx),
        _ => visit(c, e),
    }
}

/// [`visit`], with enough stack. It goes back there so that the kinds are told apart in one place only.
#[inline(never)]
fn visit_checked<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Result {
    stacker::maybe_grow(RED_ZONE, STACK_PIECE, || visit(c, e))
}

/// `VISIT_SEQ` of expressions.
pub fn visit_all<'a>(c: &mut Compiler<'a>, exprs: Exprs<'a>) -> Result {
    exprs.iter().try_for_each(|e| visit(c, e))
}

#[inline(always)]
fn visit_kind<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Result {
    let loc = e.loc;
    match e.kind {
        ExprKind::Name { id, ctx } => names::nameop(c, loc, id, ctx),
        ExprKind::Constant(ref value) => {
            constant::load(c, loc, value);
            Ok(())
        }
        ExprKind::NamedExpr { target, value } => {
            visit(c, value)?;
            c.op_i(loc, Op::COPY, 1);
            visit(c, target)
        }
        ExprKind::BoolOp { op, values } => boolop::boolop(c, loc, op, values),
        ExprKind::BinOp { .. } => operator::binop(c, e),
        ExprKind::UnaryOp { op, operand } => operator::unaryop(c, loc, op, operand),
        ExprKind::Lambda(lambda) => function::lambda(c, e, lambda),
        ExprKind::IfExp(ifexp) => boolop::ifexp(c, loc, ifexp),
        ExprKind::Dict(dict) => dict::dict(c, loc, dict),
        ExprKind::Set { elts } => display::set(c, loc, elts),
        ExprKind::GeneratorExp(comp) => {
            comprehension::visit(c, e, comp, ComprehensionType::Generator)
        }
        ExprKind::ListComp(comp) => comprehension::visit(c, e, comp, ComprehensionType::List),
        ExprKind::SetComp(comp) => comprehension::visit(c, e, comp, ComprehensionType::Set),
        ExprKind::DictComp(comp) => comprehension::visit(c, e, comp, ComprehensionType::Dict),
        ExprKind::Yield { value } => yields::yield_(c, loc, value),
        ExprKind::YieldFrom { value } => yields::yield_from(c, loc, value),
        ExprKind::Await { value } => yields::await_(c, loc, value),
        ExprKind::Compare(compare) => compare::compare(c, loc, compare),
        ExprKind::Call(call) => call::call(c, loc, call),
        ExprKind::JoinedStr { values } => fstring::joined_str(c, loc, values),
        ExprKind::FormattedValue(value) => fstring::formatted_value(c, loc, value),
        ExprKind::TemplateStr { values } => tstring::template_str(c, loc, values),
        ExprKind::Interpolation(value) => tstring::interpolation(c, loc, value),
        ExprKind::Attribute { value, attr, ctx } => attribute::attribute(c, e, value, attr, ctx),
        ExprKind::Subscript { value, slice, ctx } => {
            subscript::subscript(c, loc, value, slice, ctx)
        }
        ExprKind::Starred {
            ctx: Ctx::Store, ..
        } => syntax_error(loc, "starred assignment target must be in a list or tuple"),
        ExprKind::Starred { .. } => syntax_error(loc, "can't use starred expression here"),
        ExprKind::List { elts, ctx } => display::list(c, loc, elts, ctx),
        ExprKind::Tuple { elts, ctx } => display::tuple(c, loc, elts, ctx),
        ExprKind::Slice(slice) => subscript::slice(c, loc, slice),
    }
}
