//! `assert` (`codegen_assert`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::Expr;

use crate::codegen::expr::oparg::common_constant;
use crate::codegen::{Compiler, Result, expr};

/// `assert test, msg`; nothing when optimizing.
pub fn assert<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    test: &'a Expr<'a>,
    msg: Option<&'a Expr<'a>>,
) -> Result {
    if c.opt_level > 0 {
        return Ok(());
    }
    let end = c.new_label();
    expr::jump_if(c, loc, test, end, true)?;
    c.op_i(
        loc,
        Op::LOAD_COMMON_CONSTANT,
        common_constant::ASSERTIONERROR,
    );
    if let Some(msg) = msg {
        expr::visit(c, msg)?;
        c.op_i(loc, Op::CALL, 0);
    }
    c.op_i(test.loc, Op::RAISE_VARARGS, 1);
    c.use_label(end);
    Ok(())
}
