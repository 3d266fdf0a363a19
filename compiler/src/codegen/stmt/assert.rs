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
    let mut loc = loc;
    expr::jump_if(c, &mut loc, test, end, true)?;
    c.set_loc(loc);
    if c.target.loads_common_constants() {
        let error = common_constant::ASSERTIONERROR;
        c.op_i(loc, Op::LOAD_COMMON_CONSTANT, error);
    } else {
        c.op(loc, Op::LOAD_ASSERTION_ERROR);
    }
    if let Some(msg) = msg {
        expr::visit(c, msg)?;
        c.call(loc, 0);
    }
    let raise_loc = if c.target.raises_at_assertion() {
        test.loc
    } else {
        loc
    };
    c.op_i(raise_loc, Op::RAISE_VARARGS, 1);
    c.set_loc(raise_loc);
    c.use_label(end);
    Ok(())
}
