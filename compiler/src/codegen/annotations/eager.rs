//! Annotations evaluated where they stand.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::FunctionDef;

use super::signature;
use crate::codegen::closure::attributes;
use crate::codegen::{Compiler, Result};

/// Pushes a tuple of a function's parameter names and annotations, if it has any (`compiler_visit_annotations`).
pub(super) fn function_annotations<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    def: &'a FunctionDef<'a>,
) -> Result<u32> {
    let count = signature(c, loc, def)?;
    if count == 0 {
        return Ok(0);
    }
    c.op_i(loc, Op::BUILD_TUPLE, count * 2);
    Ok(attributes::ANNOTATIONS)
}
