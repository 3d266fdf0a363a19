//! `type X = ...` (CPython's `codegen_typealias`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Ctx, ExprKind, Stmt, TypeAlias};

use super::closure::make_closure;
use super::expr::oparg::intrinsic_1;
use super::module::optimize_and_assemble;
use super::names::nameop;
use super::type_params::{enter_evaluator, enter_type_params, type_params};
use super::unit::{ArgCounts, ScopeType, scope_id};
use super::{Compiler, Result, bug, expr};
use crate::symtable::{KeyKind, ScopeKey};

/// A type alias statement.
pub fn type_alias<'a>(c: &mut Compiler<'a>, s: &'a Stmt<'a>, alias: &'a TypeAlias<'a>) -> Result {
    let loc = s.loc;
    let ExprKind::Name { id: name, .. } = alias.name.kind else {
        return bug("the name of a type alias is no name");
    };
    let generic = !alias.type_params.is_empty();
    if generic {
        c.null_below(loc);
        let key = ScopeKey::of(alias, KeyKind::TypeParams);
        enter_type_params(c, name, key, loc.line, None, ArgCounts::default())?;
        c.load_name_const(loc, name);
        type_params(c, alias.type_params)?;
    } else {
        c.load_name_const(loc, name);
        c.load_const(loc, Constant::None);
    }
    type_alias_body(c, loc, alias, name)?;
    if generic {
        let code = optimize_and_assemble(c, false)?;
        make_closure(c, loc, code, 0)?;
        c.null_above(loc);
        c.op_i(loc, Op::CALL, 0);
    }
    nameop(c, loc, name, Ctx::Store)
}

fn type_alias_body<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    alias: &'a TypeAlias<'a>,
    name: Name,
) -> Result {
    let scope = scope_id(c, ScopeKey::of(alias, KeyKind::Body))?;
    let flags = enter_evaluator(c, loc, scope, name, ScopeType::Function);
    expr::visit(c, &alias.value)?;
    c.op(loc, Op::RETURN_VALUE);
    let code = optimize_and_assemble(c, false)?;
    make_closure(c, loc, code, flags)?;
    c.op_i(loc, Op::BUILD_TUPLE, 3);
    c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::TYPEALIAS);
    Ok(())
}
