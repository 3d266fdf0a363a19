//! `super().name` and `super(cls, obj).name` without making the `super` object.

use pycsmith_bytecode::Location;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Call, Ctx, Expr, ExprKind};
use pycsmith_parser::interner::names::{CLASS, SUPER};

use super::visit;
use crate::codegen::unit::ScopeType;
use crate::codegen::{Compiler, Result, bug, names};
use crate::symtable::{NameScope, Scope, ScopeId};

/// The module's scope (`st_top`).
pub(super) fn top_scope<'c>(c: &'c Compiler<'_>) -> &'c Scope {
    c.symtable.scope(ScopeId(0))
}

/// `can_optimize_super_call`: the call in `value.attr` if it is one of `super` that can be replaced.
#[inline]
pub(super) fn can_optimize_super_call<'a>(
    c: &Compiler<'a>,
    value: &'a Expr<'a>,
    attr: Name,
) -> Option<&'a Call<'a>> {
    match value.kind {
        ExprKind::Call(call) if matches!(call.func.kind, ExprKind::Name { id: SUPER, .. }) => {
            can_replace_super(c, call, attr).then_some(call)
        }
        _ => None,
    }
}

/// Whether `call`, of something named `super`, can be replaced.
fn can_replace_super(c: &Compiler<'_>, call: &Call<'_>, attr: Name) -> bool {
    if !c.target.loads_super_attributes() || attr == CLASS || !call.keywords.is_empty() {
        return false;
    }
    // The name must not be visibly bound to something else.
    if c.scope().scope_of(SUPER) != NameScope::GlobalImplicit
        || top_scope(c).scope_of(SUPER) != NameScope::Unknown
    {
        return false;
    }
    match call.args {
        [] => {
            let unit = c.unit();
            unit.argcount + unit.posonlyargcount > 0
                && unit.scope_type != ScopeType::Class
                && c.scope().scope_of(CLASS) == NameScope::Free
        }
        [cls, obj] => ![cls, obj]
            .iter()
            .any(|arg| matches!(arg.kind, ExprKind::Starred { .. })),
        _ => false,
    }
}

/// `load_args_for_super`: pushes `super`, the class and the object; `loc` is that of the call.
pub(super) fn load_args_for_super<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    call: &'a Call<'a>,
) -> Result {
    names::nameop(c, call.func.loc, SUPER, Ctx::Load)?;
    if let [cls, obj] = call.args {
        visit(c, cls)?;
        return visit(c, obj);
    }
    names::nameop(c, loc, CLASS, Ctx::Load)?;
    match c.unit().varnames.order.first() {
        Some(&first) => names::nameop(c, loc, first, Ctx::Load),
        None => bug("a function with arguments has no variable names"),
    }
}
