//! Constants of the tree and Python's objects.

use std::sync::Arc;

use bumpalo::Bump;
use num_bigint::{BigInt, BigUint, Sign};
use pycsmith_bytecode::{Constant, PyStr};
use pycsmith_parser::ast;

/// The object that a constant of the tree stands for.
pub fn to_object(value: &ast::Constant<'_>) -> Constant {
    match *value {
        ast::Constant::None => Constant::None,
        ast::Constant::Ellipsis => Constant::Ellipsis,
        ast::Constant::Bool(value) => Constant::Bool(value),
        ast::Constant::Int(value) => Constant::Int(value),
        ast::Constant::BigInt(digits) => {
            Constant::BigInt(Arc::new(BigInt::from(BigUint::from_slice(digits))))
        }
        ast::Constant::NegativeBigInt(digits) => {
            Constant::BigInt(Arc::new(-BigInt::from(BigUint::from_slice(digits))))
        }
        ast::Constant::Float(value) => Constant::Float(value),
        ast::Constant::Imaginary(value) => Constant::Complex(0.0, value),
        ast::Constant::Complex(real, imag) => Constant::Complex(real, imag),
        ast::Constant::Str { wtf8, .. } => Constant::Str(Arc::new(PyStr::constant(wtf8))),
        ast::Constant::Bytes(bytes) => Constant::Bytes(bytes.into()),
        ast::Constant::Tuple(items) => Constant::Tuple(items.iter().map(to_object).collect()),
        ast::Constant::FrozenSet(items) => {
            Constant::FrozenSet(items.iter().map(to_object).collect())
        }
    }
}

/// The tree's constant for an object; `None` for those that folding never gives.
pub(super) fn to_tree<'a>(arena: &'a Bump, value: &Constant) -> Option<ast::Constant<'a>> {
    Some(match value {
        Constant::None => ast::Constant::None,
        Constant::Ellipsis => ast::Constant::Ellipsis,
        Constant::Bool(value) => ast::Constant::Bool(*value),
        Constant::Int(value) => ast::Constant::Int(*value),
        Constant::BigInt(value) => {
            let digits = arena.alloc_slice_copy(&value.magnitude().to_u32_digits());
            if value.sign() == Sign::Minus {
                ast::Constant::NegativeBigInt(digits)
            } else {
                ast::Constant::BigInt(digits)
            }
        }
        Constant::Float(value) => ast::Constant::Float(*value),
        Constant::Complex(real, imag) => ast::Constant::Complex(*real, *imag),
        Constant::Str(value) => ast::Constant::Str {
            wtf8: arena.alloc_slice_copy(&value.wtf8),
            u_prefix: false,
        },
        Constant::Bytes(value) => ast::Constant::Bytes(arena.alloc_slice_copy(value)),
        Constant::Tuple(items) => ast::Constant::Tuple(to_trees(arena, items)?),
        Constant::FrozenSet(items) => ast::Constant::FrozenSet(to_trees(arena, items)?),
        Constant::Slice(_) | Constant::Code(_) => return None,
    })
}

fn to_trees<'a>(arena: &'a Bump, items: &[Constant]) -> Option<&'a [ast::Constant<'a>]> {
    let items = items
        .iter()
        .map(|item| to_tree(arena, item))
        .collect::<Option<Vec<_>>>()?;
    Some(arena.alloc_slice_copy(&items))
}
