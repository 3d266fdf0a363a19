//! Mapping patterns (`codegen_pattern_mapping`).

use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::FromPrimitive;
use pycsmith_bytecode::{Constant, Location, Op, Target};
use pycsmith_parser::ast::{CmpOp, Expr, ExprKind, MatchMapping};
use pycsmith_parser::repr::{bytes, float, string};
use rustc_hash::FxHashSet;

use super::{PatternContext, folding, subpattern};
use crate::codegen::{Compiler, Result, expr, syntax_error};

/// `{key: pattern, **rest}`: checks type and length, fetches the keys' values, matches them.
pub fn mapping<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    node: &'a MatchMapping<'a>,
    pc: &mut PatternContext,
) -> Result {
    let size = node.keys.len();
    pc.on_top += 1;
    c.op(loc, Op::MATCH_MAPPING);
    pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    if size == 0 && node.rest.is_none() {
        pc.on_top -= 1;
        c.op(loc, Op::POP_TOP);
        return Ok(());
    }
    if size > 0 {
        c.op(loc, Op::GET_LEN);
        c.load_const(loc, Constant::Int(size as i64));
        expr::addop_compare(c, loc, CmpOp::GtE);
        pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    }
    let mut seen = FxHashSet::default();
    for key in node.keys {
        mapping_key(c, loc, key, &mut seen)?;
    }
    c.op_i(loc, Op::BUILD_TUPLE, size as u32);
    c.op(loc, Op::MATCH_KEYS);
    // Now there are a tuple of keys and one of values on top of the subject.
    pc.on_top += 2;
    c.op_i(loc, Op::COPY, 1);
    c.load_const(loc, Constant::None);
    c.op_i(loc, Op::IS_OP, 1);
    pc.jump_to_fail_pop(c, loc, Op::POP_JUMP_IF_FALSE);
    c.op_i(loc, Op::UNPACK_SEQUENCE, size as u32);
    pc.on_top += size;
    pc.on_top -= 1;
    for p in node.patterns {
        pc.on_top -= 1;
        subpattern(c, p, pc)?;
    }
    pc.on_top -= 2;
    let loc = c.here(loc);
    if let Some(rest) = node.rest {
        // A copy of the subject, less the keys.
        c.op_i(loc, Op::BUILD_MAP, 0);
        c.op_i(loc, Op::SWAP, 3);
        c.op_i(loc, Op::DICT_UPDATE, 2);
        c.op_i(loc, Op::UNPACK_SEQUENCE, size as u32);
        for remaining in (1..=size).rev() {
            c.op_i(loc, Op::COPY, 1 + remaining as u32);
            c.op_i(loc, Op::SWAP, 2);
            c.op(loc, Op::DELETE_SUBSCR);
        }
        pc.store_name(c, loc, Some(rest))
    } else {
        c.op(loc, Op::POP_TOP);
        c.op(loc, Op::POP_TOP);
        Ok(())
    }
}

/// One key: a literal that is not there yet, or a dotted name (`codegen_pattern_mapping_key`).
fn mapping_key<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    key: &'a Expr<'a>,
    seen: &mut FxHashSet<Value>,
) -> Result {
    if let Some(constant) = folding::constant(c, key) {
        if !seen.insert(Value::of(&constant)) {
            let repr = repr(&constant, c.target);
            return syntax_error(
                loc,
                format!("mapping pattern checks duplicate key ({repr})"),
            );
        }
        c.load_const(key.loc, constant);
        return Ok(());
    }
    if !matches!(key.kind, ExprKind::Attribute { .. }) {
        return syntax_error(
            loc,
            "mapping pattern keys may only match literals and attribute lookups",
        );
    }
    expr::visit(c, key)
}

/// `repr` of a literal.
fn repr(constant: &Constant, target: Target) -> String {
    let mut out = String::new();
    match constant {
        Constant::None => out.push_str("None"),
        Constant::Bool(true) => out.push_str("True"),
        Constant::Bool(false) => out.push_str("False"),
        Constant::Int(value) => out = value.to_string(),
        Constant::BigInt(value) => out = value.to_string(),
        Constant::Float(value) => float(&mut out, *value, true),
        Constant::Complex(real, imag) => {
            // A real part of positive zero is left out, with the parentheses.
            let whole = *real != 0.0 || real.is_sign_negative();
            if whole {
                out.push('(');
                float(&mut out, *real, false);
                if imag.is_sign_positive() {
                    out.push('+');
                }
            }
            float(&mut out, *imag, false);
            out.push_str(if whole { "j)" } else { "j" });
        }
        Constant::Str(value) => string(&mut out, &value.wtf8, target),
        Constant::Bytes(value) => bytes(&mut out, value),
        _ => out.push_str("..."),
    }
    out
}

/// A constant as Python compares it: `1`, `1.0`, `True` and `1+0j` are one.
#[derive(PartialEq, Eq, Hash)]
enum Value {
    None,
    Int(i64),
    BigInt(BigInt),
    Float(u64),
    Complex(u64, u64),
    /// [`PyStr::wtf8`](pycsmith_bytecode::PyStr::wtf8).
    Str(Vec<u8>),
    Bytes(Arc<[u8]>),
    Other,
}

impl Value {
    fn of(constant: &Constant) -> Value {
        match constant {
            Constant::None => Value::None,
            Constant::Bool(value) => Value::Int(i64::from(*value)),
            Constant::Int(value) => Value::Int(*value),
            Constant::BigInt(value) => Value::BigInt((**value).clone()),
            Constant::Float(value) => Value::of_float(*value),
            Constant::Complex(real, 0.0) => Value::of_float(*real),
            Constant::Complex(real, imag) => Value::Complex((real + 0.0).to_bits(), imag.to_bits()),
            Constant::Str(value) => Value::Str(value.wtf8.to_vec()),
            Constant::Bytes(value) => Value::Bytes(value.clone()),
            _ => Value::Other,
        }
    }

    fn of_float(value: f64) -> Value {
        if value.fract() != 0.0 || !value.is_finite() {
            return Value::Float(value.to_bits());
        }
        let limit = 9_223_372_036_854_775_808.0;
        if -limit <= value && value < limit {
            return Value::Int(value as i64);
        }
        BigInt::from_f64(value).map_or(Value::Float(value.to_bits()), Value::BigInt)
    }
}
