//! Annotations: of parameters and variables, evaluated when the definition runs, or deferred (PEP 649).

pub mod deferred;
mod eager;

use pycsmith_bytecode::code::flags::FUTURE_ANNOTATIONS;
use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::{AnnAssign, Arg, Expr, ExprKind, FunctionDef, Stmt};
use pycsmith_parser::interner::names;

use super::emit::NameOp;
use super::unit::{ScopeType, mangle};
use super::{Compiler, Result, bug, expr};
use crate::unparse::unparse;

/// Pushes what a function's annotations are made of, if it has any, and says what that is.
pub fn function_annotations<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    def: &'a FunctionDef<'a>,
) -> Result<u32> {
    if c.target.defers_annotations() {
        deferred::function_annotations(c, loc, def)
    } else {
        eager::function_annotations(c, loc, def)
    }
}

/// The names and annotations of parameters and of the result, on the stack; how many
/// (`codegen_annotations_in_scope`).
fn signature<'a>(c: &mut Compiler<'a>, loc: Location, def: &'a FunctionDef<'a>) -> Result<u32> {
    let mut count = 0;
    let args = &def.args;
    let (first, second) = if c.target.annotates_in_order() {
        (args.posonlyargs, args.args)
    } else {
        // CPython quirk (3.14, codegen_annotations_in_scope): positional-only parameters come after the others.
        (args.args, args.posonlyargs)
    };
    let ordered = first
        .iter()
        .chain(second)
        .chain(args.vararg)
        .chain(args.kwonlyargs)
        .chain(args.kwarg);
    for Arg {
        arg, annotation, ..
    } in ordered
    {
        arg_annotation(c, loc, *arg, *annotation, &mut count)?;
    }
    let return_name = c.names.intern("return");
    arg_annotation(c, loc, return_name, def.returns, &mut count)?;
    Ok(count)
}

/// `codegen_argannotation`.
fn arg_annotation<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    name: Name,
    annotation: Option<&'a Expr<'a>>,
    count: &mut u32,
) -> Result {
    let Some(annotation) = annotation else {
        return Ok(());
    };
    let mangled = mangle(c, name);
    let mangled = c.mangled_constant(name, mangled);
    c.load_const(loc, mangled);
    if c.future_flags & FUTURE_ANNOTATIONS != 0 {
        annotation_text(c, annotation);
    } else if let ExprKind::Starred { value, .. } = annotation.kind {
        expr::visit(c, value)?;
        c.op_i(loc, Op::UNPACK_SEQUENCE, 1);
    } else {
        expr::visit(c, annotation)?;
    }
    *count += 1;
    Ok(())
}

/// Loads the text of an annotation (`codegen_visit_annexpr`).
fn annotation_text(c: &mut Compiler<'_>, annotation: &Expr<'_>) {
    let text = unparse(&c.names, annotation, c.target);
    let loc = c.here(annotation.loc);
    c.load_const(loc, text);
}

/// An annotated assignment (`codegen_annassign`).
pub fn ann_assign<'a>(c: &mut Compiler<'a>, s: &'a Stmt<'a>, assign: &'a AnnAssign<'a>) -> Result {
    let loc = s.loc;
    let target = &assign.target;
    let future = c.future_flags & FUTURE_ANNOTATIONS != 0;
    if let Some(value) = assign.value {
        expr::visit(c, value)?;
        expr::visit(c, target)?;
    }
    let scope_type = c.unit().scope_type;
    let stores = matches!(scope_type, ScopeType::Module | ScopeType::Class);
    match target.kind {
        ExprKind::Name { id, .. } if assign.simple && stores => {
            if c.target.defers_annotations() && !future {
                deferred::variable(c, s)?;
            } else {
                if future {
                    annotation_text(c, &assign.annotation);
                } else {
                    expr::visit(c, &assign.annotation)?;
                }
                c.op_name(loc, NameOp::Plain(Op::LOAD_NAME), names::ANNOTATIONS);
                let mangled = mangle(c, id);
                let mangled = c.mangled_constant(id, mangled);
                c.load_const(loc, mangled);
                c.op(loc, Op::STORE_SUBSCR);
            }
        }
        ExprKind::Name { .. } => {}
        ExprKind::Attribute { value, .. } => {
            if assign.value.is_none() {
                check_annotation_expr(c, value)?;
            }
        }
        ExprKind::Subscript { value, slice, .. } => {
            if assign.value.is_none() {
                check_annotation_expr(c, value)?;
                check_annotation_subscript(c, slice)?;
            }
        }
        _ => return bug("an annotated assignment to something else"),
    }
    // CPython quirk (3.14, codegen_check_annotation): the annotation of another target is never evaluated when
    // annotations are deferred.
    if !assign.simple && stores && !future && !c.target.defers_annotations() {
        check_annotation_expr(c, &assign.annotation)?;
    }
    Ok(())
}

/// Evaluates and drops (`codegen_check_ann_expr`).
fn check_annotation_expr<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Result {
    expr::visit(c, e)?;
    let loc = c.here(e.loc);
    c.op(loc, Op::POP_TOP);
    Ok(())
}

/// `codegen_check_ann_subscr`.
fn check_annotation_subscript<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>) -> Result {
    match &e.kind {
        ExprKind::Slice(slice) => [&slice.lower, &slice.upper, &slice.step]
            .into_iter()
            .flatten()
            .try_for_each(|part| check_annotation_expr(c, part)),
        ExprKind::Tuple { elts, .. } => elts
            .iter()
            .try_for_each(|element| check_annotation_subscript(c, element)),
        _ => check_annotation_expr(c, e),
    }
}
