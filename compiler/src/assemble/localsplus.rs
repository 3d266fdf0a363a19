//! Locals, cells and free variables (`compute_localsplus_info`).

use pycsmith_bytecode::Constant;
use pycsmith_bytecode::code::{flags, kinds};

use super::string;
use crate::codegen::unit::Unit;
use crate::codegen::{Compiler, Result, bug};

/// `co_localsplusnames` and `co_localspluskinds`: the locals, the cells that are not locals as well, the free
/// variables; into `names` and `kind_bytes`, which are overwritten. `count` is how many the optimizer counted.
pub(super) fn compute(
    c: &mut Compiler<'_>,
    unit: &Unit<'_>,
    code_flags: u32,
    count: u32,
    names: &mut Vec<Constant>,
    kind_bytes: &mut Vec<u8>,
) -> Result {
    names.clear();
    kind_bytes.clear();
    for (&name, parameter) in unit
        .varnames
        .order
        .iter()
        .zip(parameter_kinds(c, unit, code_flags))
    {
        let mut kind = kinds::LOCAL | parameter;
        if unit.fast_hidden.contains_key(&name) {
            kind |= kinds::HIDDEN;
        }
        if unit.cellvars.get(name).is_some() {
            kind |= kinds::CELL;
        }
        names.push(string(c, name));
        kind_bytes.push(kind);
    }
    for &name in &unit.cellvars.order {
        if unit.varnames.get(name).is_none() {
            names.push(string(c, name));
            kind_bytes.push(kinds::CELL);
        }
    }
    for &name in &unit.freevars.order {
        names.push(string(c, name));
        kind_bytes.push(kinds::FREE);
    }
    if names.len() != count as usize {
        return bug(format!(
            "{} localsplus names, but the optimizer counted {count}",
            names.len()
        ));
    }
    Ok(())
}

/// The parameter bits of each variable, without end.
fn parameter_kinds(
    c: &Compiler<'_>,
    unit: &Unit<'_>,
    code_flags: u32,
) -> impl Iterator<Item = u8> + use<> {
    let marked = c.target.marks_parameter_kinds();
    let groups = [
        (unit.posonlyargcount, kinds::ARG_POS),
        (unit.argcount, kinds::ARG_POS | kinds::ARG_KW),
        (unit.kwonlyargcount, kinds::ARG_KW),
        (
            u32::from(code_flags & flags::VARARGS != 0),
            kinds::ARG_VAR | kinds::ARG_POS,
        ),
        (
            u32::from(code_flags & flags::VARKEYWORDS != 0),
            kinds::ARG_VAR | kinds::ARG_KW,
        ),
    ];
    groups
        .into_iter()
        .flat_map(move |(count, kind)| {
            std::iter::repeat_n(if marked { kind } else { 0 }, count as usize)
        })
        .chain(std::iter::repeat(0))
}
