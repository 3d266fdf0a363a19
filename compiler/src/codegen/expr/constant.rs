//! Constants.
//!
//! `x = 1` gives `LOAD_CONST 1`; `__debug__` is a constant too.

use std::sync::Arc;

use num_bigint::{BigInt, BigUint};
use pycsmith_bytecode::{Constant, Location, PyStr};
use pycsmith_parser::ast::{self, Ctx, Expr, ExprKind};
use pycsmith_parser::interner::names::DEBUG;

use crate::codegen::Compiler;

/// The object that a literal makes.
pub fn constant_value(_c: &mut Compiler<'_>, value: &ast::Constant<'_>) -> Constant {
    match *value {
        ast::Constant::None => Constant::None,
        ast::Constant::Ellipsis => Constant::Ellipsis,
        ast::Constant::Bool(value) => Constant::Bool(value),
        ast::Constant::Int(value) => Constant::Int(value),
        ast::Constant::BigInt(digits) => {
            Constant::BigInt(Arc::new(BigInt::from(BigUint::from_slice(digits))))
        }
        ast::Constant::Float(value) => Constant::Float(value),
        ast::Constant::Imaginary(value) => Constant::Complex(0.0, value),
        ast::Constant::Str { wtf8, .. } => string(wtf8),
        ast::Constant::Bytes(bytes) => Constant::Bytes(bytes.into()),
    }
}

/// A string constant.
fn string(wtf8: &[u8]) -> Constant {
    Constant::Str(Arc::new(PyStr::constant(wtf8)))
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
