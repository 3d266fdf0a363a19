//! Constants.
//!
//! `x = 1` gives `LOAD_CONST 1`; `__debug__` is a constant too.

use pycsmith_bytecode::{Constant, Location, set_order};
use pycsmith_optimizer::passes::const_table;
use pycsmith_parser::ast::{self, Ctx, Expr, ExprKind};
use pycsmith_parser::interner::names::DEBUG;

use crate::codegen::Compiler;
use crate::folding::to_object;

/// The object that a constant of the tree stands for.
pub fn constant_value(c: &mut Compiler<'_>, value: &ast::Constant<'_>) -> Constant {
    let object = to_object(value);
    match object {
        Constant::FrozenSet(items) => frozenset(c, &items),
        object => object,
    }
}

/// The frozenset of these items, in the order in which the set of them iterates: where CPython's code generator looks
/// for an equal constant, it makes the set anew of its items (`merge_consts_recursive`), and listings show the order.
pub(super) fn frozenset(c: &mut Compiler<'_>, items: &[Constant]) -> Constant {
    match const_table::frozenset(&mut c.pool, items) {
        Constant::FrozenSet(items) => {
            Constant::FrozenSet(set_order::iterated(&items, c.target).into())
        }
        other => other,
    }
}

pub(super) fn load(c: &mut Compiler<'_>, loc: Location, value: &ast::Constant<'_>) {
    match *value {
        ast::Constant::Str { wtf8, .. } => load_string(c, loc, wtf8),
        ast::Constant::Int(value) => {
            let id = c.pool.intern_int(value);
            c.load_const_id(loc, id);
        }
        ast::Constant::None => c.load_const(loc, Constant::None),
        ast::Constant::Bool(value) => c.load_const(loc, Constant::Bool(value)),
        _ => {
            let value = constant_value(c, value);
            c.load_const(loc, value);
        }
    }
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
