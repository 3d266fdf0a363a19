//! Locals, cells and free variables (`compute_localsplus_info`).

use pycsmith_bytecode::Target;
use pycsmith_bytecode::code::{flags, kinds};
use pycsmith_parser::Name;

use super::Metadata;
use crate::codegen::{Result, bug};

/// `co_localsplusnames` and `co_localspluskinds`: the locals, the cells that are not locals as well, the free
/// variables; into `names` and `kind_bytes`, which are overwritten. `count` is how many the optimizer counted.
pub(super) fn compute(
    target: Target,
    unit: &Metadata<'_>,
    count: u32,
    names: &mut Vec<Name>,
    kind_bytes: &mut Vec<u8>,
) -> Result {
    names.clear();
    kind_bytes.clear();
    let parameters = parameter_kinds(target, unit);
    for (&name, parameter) in unit.varnames.order.iter().zip(parameters) {
        let mut kind = kinds::LOCAL | parameter;
        if unit.fast_hidden.contains_key(&name) {
            kind |= kinds::HIDDEN;
        }
        if unit.cellvars.get(name).is_some() {
            kind |= kinds::CELL;
        }
        names.push(name);
        kind_bytes.push(kind);
    }
    for &name in &unit.cellvars.order {
        if unit.varnames.get(name).is_none() {
            names.push(name);
            kind_bytes.push(kinds::CELL);
        }
    }
    for &name in &unit.freevars.order {
        names.push(name);
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
fn parameter_kinds(target: Target, unit: &Metadata<'_>) -> impl Iterator<Item = u8> + use<> {
    let marked = target.marks_parameter_kinds();
    let has = |flag| u32::from(unit.flags & flag != 0);
    let groups = [
        (unit.posonlyargcount, kinds::ARG_POS),
        (
            unit.argcount - unit.posonlyargcount,
            kinds::ARG_POS | kinds::ARG_KW,
        ),
        (unit.kwonlyargcount, kinds::ARG_KW),
        (has(flags::VARARGS), kinds::ARG_VAR | kinds::ARG_POS),
        (has(flags::VARKEYWORDS), kinds::ARG_VAR | kinds::ARG_KW),
    ];
    groups
        .into_iter()
        .flat_map(move |(count, kind)| {
            std::iter::repeat_n(if marked { kind } else { 0 }, count as usize)
        })
        .chain(std::iter::repeat(0))
}
