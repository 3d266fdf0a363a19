//! Dict displays.
//!
//! Runs of `key: value` pairs are built as maps; `**mapping` and further runs update the first one.

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::Dict;

use super::{STACK_USE_GUIDELINE, constant_of, visit, visit_all};
use crate::codegen::{Compiler, Result};

/// `codegen_dict`.
pub(super) fn dict<'a>(c: &mut Compiler<'a>, loc: Location, e: &'a Dict<'a>) -> Result {
    let mut have_dict = false;
    // Pairs seen and not yet generated.
    let mut elements = 0;
    for (index, (key, value)) in e.keys.iter().zip(e.values).enumerate() {
        if key.is_none() {
            if elements > 0 {
                merge_pairs(c, loc, e, index - elements, index, &mut have_dict)?;
                elements = 0;
            }
            if !have_dict {
                c.op_i(loc, Op::BUILD_MAP, 0);
                have_dict = true;
            }
            visit(c, value)?;
            c.op_i(loc, Op::DICT_UPDATE, 1);
        } else if elements * 2 > STACK_USE_GUIDELINE {
            merge_pairs(c, loc, e, index - elements, index + 1, &mut have_dict)?;
            elements = 0;
        } else {
            elements += 1;
        }
    }
    if elements > 0 {
        let end = e.values.len();
        merge_pairs(c, loc, e, end - elements, end, &mut have_dict)?;
    }
    if !have_dict {
        c.op_i(loc, Op::BUILD_MAP, 0);
    }
    Ok(())
}

/// Builds a map of the pairs from `begin` to `end`, and adds it to the dict if there is one.
fn merge_pairs<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    e: &'a Dict<'a>,
    begin: usize,
    end: usize,
    have_dict: &mut bool,
) -> Result {
    subdict(c, loc, e, begin, end)?;
    if *have_dict {
        c.op_i(loc, Op::DICT_UPDATE, 1);
    }
    *have_dict = true;
    Ok(())
}

/// `codegen_subdict`.
fn subdict<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    e: &'a Dict<'a>,
    begin: usize,
    end: usize,
) -> Result {
    let count = end - begin;
    let big = count * 2 > STACK_USE_GUIDELINE;
    if c.target.builds_const_key_maps() && count > 1 && !big {
        let keys = e.keys[begin..end]
            .iter()
            .map(|key| constant_of(c, key.as_ref()?));
        if let Some(keys) = keys.collect() {
            visit_all(c, &e.values[begin..end])?;
            c.load_const(loc, Constant::Tuple(keys));
            c.op_i(loc, Op::BUILD_CONST_KEY_MAP, count as u32);
            return Ok(());
        }
    }
    if big {
        c.op_i(loc, Op::BUILD_MAP, 0);
    }
    for (key, value) in e.keys[begin..end]
        .iter()
        .flatten()
        .zip(&e.values[begin..end])
    {
        visit(c, key)?;
        visit(c, value)?;
        if big {
            c.op_i(loc, Op::MAP_ADD, 1);
        }
    }
    if !big {
        c.op_i(loc, Op::BUILD_MAP, count as u32);
    }
    Ok(())
}
