//! `return` (`codegen_return`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::Expr;

use crate::codegen::{Compiler, Result, expr, fblock, names, syntax_error};

/// `return value`: a constant is loaded after the blocks around are undone, any other value before.
pub fn return_stmt<'a>(
    c: &mut Compiler<'a>,
    stmt_loc: Location,
    value: Option<&'a Expr<'a>>,
) -> Result {
    let scope = c.scope();
    if !names::is_function_like(scope) {
        return syntax_error(stmt_loc, "'return' outside function");
    }
    if value.is_some() && scope.coroutine && scope.generator {
        return syntax_error(stmt_loc, "'return' with value in async generator");
    }
    let constant = match value {
        Some(value) => expr::constant_of(c, value),
        None => Some(Constant::None),
    };
    let mut loc = stmt_loc;
    if let Some(value) = value {
        if constant.is_some() {
            loc = value.loc;
            c.op(loc, Op::NOP);
        } else {
            expr::visit(c, value)?;
        }
    }
    if value.is_none_or(|value| value.loc.line != stmt_loc.line) {
        loc = stmt_loc;
        c.op(loc, Op::NOP);
    }
    fblock::unwind_fblock_stack(c, &mut loc, constant.is_none(), false)?;
    if let Some(constant) = constant {
        c.load_const(loc, constant);
    }
    c.op(loc, Op::RETURN_VALUE);
    c.set_loc(loc);
    Ok(())
}
