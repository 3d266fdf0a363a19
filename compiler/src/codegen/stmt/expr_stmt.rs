//! Expression statements (`codegen_stmt_expr`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::Expr;

use crate::codegen::{Compiler, Result, expr};

/// An expression for its effects; a constant has none and leaves only its line.
pub fn expr_stmt<'a>(c: &mut Compiler<'a>, loc: Location, value: &'a Expr<'a>) -> Result {
    if expr::is_constant(value) {
        c.op(loc, Op::NOP);
    } else {
        expr::visit(c, value)?;
        c.op(Location::NONE, Op::POP_TOP);
        c.set_loc(Location::NONE);
    }
    Ok(())
}
