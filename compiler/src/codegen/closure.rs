//! Making functions of code objects (CPython's `codegen_make_closure`).

use pycsmith_bytecode::code::kinds;
use pycsmith_bytecode::{CodeObject, Location, Op};
use pycsmith_parser::interner::names;
use pycsmith_parser::{ErrorType, Name, SyntaxError};
use std::sync::Arc;

use super::unit::ScopeType;
use super::{CompileError, Compiler, Result};
use crate::symtable::NameScope;

/// `MAKE_FUNCTION_*` (`pycore_opcode_utils.h`): what stands on the stack under the code object.
pub mod attributes {
    pub const DEFAULTS: u32 = 0x01;
    pub const KWDEFAULTS: u32 = 0x02;
    pub const ANNOTATIONS: u32 = 0x04;
    pub const CLOSURE: u32 = 0x08;
    pub const ANNOTATE: u32 = 0x10;
}

/// Makes a function of `code`, with its closure and the `attributes` that are on the stack.
pub fn make_closure(
    c: &mut Compiler<'_>,
    loc: Location,
    code: Arc<CodeObject>,
    mut flags: u32,
) -> Result {
    // They come last.
    let from_behind = code.localspluskinds.iter().rev();
    let free = from_behind
        .take_while(|&&kind| kind & kinds::FREE != 0)
        .count();
    if free > 0 {
        let first = code.localsplusnames.len() - free;
        for object in code.localsplusnames.iter().skip(first) {
            let name = object.as_str().and_then(|text| c.names.get(text));
            let Some(arg) = name.and_then(|name| lookup_arg(c, name)) else {
                // CPython quirk (`compiler_lookup_arg`): comprehensions in class bodies can lose a class's own cells.
                let text = object.as_str().unwrap_or_default();
                let msg = format!("no variable for the free variable '{text}'");
                let error = SyntaxError::new(ErrorType::SystemError, msg);
                return Err(Box::new(CompileError::Syntax(error)));
            };
            c.op_i(loc, Op::LOAD_CLOSURE, arg);
        }
        flags |= attributes::CLOSURE;
        c.op_i(loc, Op::BUILD_TUPLE, free as u32);
    }
    let id = c.pool.intern_code(code);
    c.load_const_id(loc, id);
    if c.target.makes_functions_by_flags() {
        c.op_i(loc, Op::MAKE_FUNCTION, flags);
        return Ok(());
    }
    c.op(loc, Op::MAKE_FUNCTION);
    for attribute in [
        attributes::CLOSURE,
        attributes::ANNOTATIONS,
        attributes::ANNOTATE,
        attributes::KWDEFAULTS,
        attributes::DEFAULTS,
    ] {
        if flags & attribute != 0 {
            c.op_i(loc, Op::SET_FUNCTION_ATTRIBUTE, attribute);
        }
    }
    Ok(())
}

/// `_PyCompile_LookupArg`: the number of the cell or free variable that a nested function captures.
fn lookup_arg(c: &Compiler<'_>, name: Name) -> Option<u32> {
    let unit = c.unit();
    let implicit = unit.scope_type == ScopeType::Class
        && matches!(
            name,
            names::CLASS | names::CLASSDICT | names::CONDITIONAL_ANNOTATIONS
        );
    if implicit || c.scope().scope_of(name) == NameScope::Cell {
        unit.cellvars.get(name)
    } else {
        unit.freevars
            .get(name)
            .map(|index| unit.cellvars.len() as u32 + index)
    }
}
