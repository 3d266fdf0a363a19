//! `while` (`codegen_while`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::While;

use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, stmt};

/// `while test: body else: orelse`.
pub fn while_loop<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a While<'a>) -> Result {
    let start = c.new_label();
    let end = c.new_label();
    let anchor = c.new_label();
    c.use_label(start);
    fblock::push(c, loc, FBlockKind::WhileLoop, start, end)?;
    expr::jump_if(c, &mut { loc }, &node.test, anchor, false)?;
    let body = c.target.repeats_loop_tests().then(|| c.new_label());
    if let Some(body) = body {
        c.use_label(body);
    }
    stmt::body(c, node.body)?;
    if let Some(body) = body {
        expr::jump_if(c, &mut { loc }, &node.test, body, true)?;
    } else {
        c.jump(Location::NONE, Op::JUMP, start);
    }
    fblock::pop(c);
    c.use_label(anchor);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}
