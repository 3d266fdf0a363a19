//! Locals, cells and free variables (`compute_localsplus_info`).

use pycsmith_bytecode::Target;
use pycsmith_bytecode::code::{flags, kinds};
use pycsmith_bytecode::small_bytes::SmallBytes;
use pycsmith_parser::Name;

use super::Metadata;
use crate::codegen::{Result, bug};

/// `co_localsplusnames`, for which `names` is overwritten, and `co_localspluskinds`, for which `kind_bytes` is: the locals, the
/// cells that are not locals as well, the free variables. `count` is how many the optimizer counted.
pub(super) fn compute(
    target: Target,
    unit: &Metadata<'_>,
    count: u32,
    names: &mut Vec<Name>,
    kind_bytes: &mut Vec<u8>,
) -> Result<SmallBytes> {
    names.clear();
    kind_bytes.clear();
    let parameters = Parameters::of(target, unit);
    // Most units have neither.
    let (may_hide, may_be_cell) = (
        !unit.fast_hidden.is_empty(),
        !unit.cellvars.order.is_empty(),
    );
    for (&name, index) in unit.varnames.order.iter().zip(0..) {
        let mut kind = kinds::LOCAL | parameters.kind(index);
        if may_hide && unit.fast_hidden.contains_key(&name) {
            kind |= kinds::HIDDEN;
        }
        if may_be_cell && unit.cellvars.get(name).is_some() {
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
    kind_bytes.extend_from_slice(&[0; 24]);
    Ok(SmallBytes::padded(kind_bytes, names.len()))
}

/// What kinds of parameters there are, in the order of the variables.
struct Parameters {
    /// The number of variables up to the end of each group.
    ends: [u32; 5],
    /// The bits of each group, and of what is no parameter.
    kinds: [u8; 6],
}

impl Parameters {
    fn of(target: Target, unit: &Metadata<'_>) -> Parameters {
        let has = |flag| u32::from(unit.flags & flag != 0);
        let keyword_only = unit.argcount + unit.kwonlyargcount;
        let variadic = keyword_only + has(flags::VARARGS);
        Parameters {
            ends: [
                unit.posonlyargcount,
                unit.argcount,
                keyword_only,
                variadic,
                variadic + has(flags::VARKEYWORDS),
            ],
            kinds: match target.marks_parameter_kinds() {
                true => [
                    kinds::ARG_POS,
                    kinds::ARG_POS | kinds::ARG_KW,
                    kinds::ARG_KW,
                    kinds::ARG_VAR | kinds::ARG_POS,
                    kinds::ARG_VAR | kinds::ARG_KW,
                    0,
                ],
                false => [0; 6],
            },
        }
    }

    /// The bits of a variable, found without a branch.
    #[inline]
    fn kind(&self, index: u32) -> u8 {
        let ended = self.ends.iter().map(|&end| usize::from(index >= end));
        self.kinds[ended.sum::<usize>()]
    }
}
