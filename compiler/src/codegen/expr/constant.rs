//! Constants.
//!
//! `x = 1` gives `LOAD_CONST 1`; `__debug__` is a constant too.

use pycsmith_bytecode::{Constant, Location};
use pycsmith_parser::ast::{self, Ctx, Expr, ExprKind};
use pycsmith_parser::interner::names::DEBUG;

use crate::codegen::Compiler;
use crate::folding::to_object;

/// The object that a constant of the tree stands for. Equal frozensets get their items in one order, so that they are
/// one constant.
pub fn constant_value(c: &mut Compiler<'_>, value: &ast::Constant<'_>) -> Constant {
    let object = to_object(value);
    let Constant::FrozenSet(items) = object else {
        return object;
    };
    let mut ids: Vec<_> = items
        .iter()
        .map(|item| c.pool.intern(item.clone()))
        .collect();
    ids.sort_unstable();
    Constant::FrozenSet(ids.into_iter().map(|id| c.pool.get(id).clone()).collect())
}

pub(super) fn load(c: &mut Compiler<'_>, loc: Location, value: &ast::Constant<'_>) {
    if let ast::Constant::Str { wtf8, .. } = *value {
        return load_string(c, loc, wtf8);
    }
    let value = constant_value(c, value);
    c.load_const(loc, value);
}

/// Loads the string constant `wtf8`.
pub(super) fn load_string(c: &mut Compiler<'_>, loc: Location, wtf8: &[u8]) {
    let id = c.pool.intern_str(wtf8);
    c.load_const_id(loc, id);
}

/// Whether `e` is a `Constant` node once `__debug__` has been replaced (`ast_preprocess.c`).
pub fn is_constant(e: &Expr<'_>) -> bool {
    matches!(
        e.kind,
        ExprKind::Constant(_)
            | ExprKind::Name {
                id: DEBUG,
                ctx: Ctx::Load
            }
    )
}

/// The value of `e` if [`is_constant`].
pub fn constant_of(c: &mut Compiler<'_>, e: &Expr<'_>) -> Option<Constant> {
    match e.kind {
        ExprKind::Constant(ref value) => Some(constant_value(c, value)),
        ExprKind::Name {
            id: DEBUG,
            ctx: Ctx::Load,
        } => Some(Constant::Bool(c.opt_level == 0)),
        _ => None,
    }
}
