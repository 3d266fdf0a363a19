//! Type parameters (CPython's `codegen_type_params`); bounds and defaults are evaluated lazily.

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Ctx, Expr, ExprKind, TypeParam, TypeParamKind};
use std::sync::Arc;

use super::annotations::deferred::setup_annotations_scope;
use super::closure::{attributes, make_closure};
use super::expr::oparg::{intrinsic_1, intrinsic_2};
use super::function::no_docstring;
use super::module::optimize_and_assemble;
use super::names::nameop;
use super::unit::{ArgCounts, ScopeType, enter_scope, scope_id};
use super::{Compiler, Result, expr, syntax_error};
use crate::symtable::{KeyKind, ScopeId, ScopeKey};

/// Opens the scope of the type parameters of a function, class or alias called `name`.
pub fn enter_type_params(
    c: &mut Compiler<'_>,
    name: Name,
    key: ScopeKey,
    firstlineno: i32,
    private: Option<Name>,
    counts: ArgCounts,
) -> Result {
    let text = format!("<generic parameters of {}>", c.names.resolve(name));
    let scope_name = c.names.intern(&text);
    let scope = scope_id(c, key)?;
    enter_scope(
        c,
        scope_name,
        ScopeType::TypeParams,
        scope,
        firstlineno,
        private,
        counts,
    );
    Ok(())
}

/// Leaves the tuple of type parameters on the stack; each is stored under its name too.
pub fn type_params<'a>(c: &mut Compiler<'a>, params: &'a [TypeParam<'a>]) -> Result {
    let Some(first) = params.first() else {
        return Ok(());
    };
    let mut seen_default = false;
    for param in params {
        let loc = param.loc;
        c.load_name_const(loc, param.name);
        match param.kind {
            TypeParamKind::TypeVar { bound: Some(bound) } => {
                bound_or_default(
                    c,
                    loc,
                    bound,
                    param.name,
                    ScopeKey::of(param, KeyKind::Bound),
                    false,
                )?;
                let intrinsic = match bound.kind {
                    ExprKind::Tuple { .. } => intrinsic_2::TYPEVAR_WITH_CONSTRAINTS,
                    _ => intrinsic_2::TYPEVAR_WITH_BOUND,
                };
                c.op_i(loc, Op::CALL_INTRINSIC_2, intrinsic);
            }
            TypeParamKind::TypeVar { bound: None } => {
                c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::TYPEVAR)
            }
            TypeParamKind::ParamSpec => c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::PARAMSPEC),
            TypeParamKind::TypeVarTuple => {
                c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::TYPEVARTUPLE)
            }
        }
        if let Some(default) = param.default_value {
            seen_default = true;
            let starred = matches!(param.kind, TypeParamKind::TypeVarTuple);
            bound_or_default(
                c,
                loc,
                default,
                param.name,
                ScopeKey::of(param, KeyKind::Default),
                starred,
            )?;
            c.op_i(
                loc,
                Op::CALL_INTRINSIC_2,
                intrinsic_2::SET_TYPEPARAM_DEFAULT,
            );
        } else if seen_default {
            let name = c.names.resolve(param.name);
            return syntax_error(
                loc,
                format!("non-default type parameter '{name}' follows default type parameter"),
            );
        }
        c.op_i(loc, Op::COPY, 1);
        nameop(c, loc, param.name, Ctx::Store)?;
    }
    c.op_i(first.loc, Op::BUILD_TUPLE, params.len() as u32);
    Ok(())
}

/// Opens the scope of a bound, a default or an alias's value, which is evaluated on demand; says what of its function is
/// on the stack. `before` is the kind of scope that it has where annotations are not deferred.
pub fn enter_evaluator(
    c: &mut Compiler<'_>,
    loc: Location,
    scope: ScopeId,
    name: Name,
    before: ScopeType,
) -> u32 {
    if c.target.defers_annotations() {
        // The default of the parameter `format`.
        c.load_const(loc, Constant::Tuple(Arc::new([Constant::Int(1)])));
        setup_annotations_scope(c, loc, scope, name);
        return attributes::DEFAULTS;
    }
    enter_scope(c, name, before, scope, loc.line, None, ArgCounts::default());
    if before == ScopeType::Function {
        no_docstring(c);
    }
    0
}

/// `codegen_type_param_bound_or_default`.
fn bound_or_default<'a>(
    c: &mut Compiler<'a>,
    param_loc: Location,
    e: &'a Expr<'a>,
    name: Name,
    key: ScopeKey,
    allow_starred: bool,
) -> Result {
    let scope = scope_id(c, key)?;
    let flags = enter_evaluator(c, e.loc, scope, name, ScopeType::TypeParams);
    match e.kind {
        ExprKind::Starred { value, .. } if allow_starred => {
            expr::visit(c, value)?;
            c.op_i(e.loc, Op::UNPACK_SEQUENCE, 1);
        }
        _ => expr::visit(c, e)?,
    }
    let loc = if c.target.locates_bounds() {
        e.loc
    } else {
        param_loc
    };
    c.op(loc, Op::RETURN_VALUE);
    let code = optimize_and_assemble(c, true)?;
    make_closure(c, loc, code, flags)
}
