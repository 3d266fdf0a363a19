//! Assignment and `del`: the targets' own context decides what is emitted for them.

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{Expr, Exprs};

use crate::codegen::{Compiler, Result, expr};

/// `a = b = value`: the value is evaluated once and copied for all targets but the last.
pub fn assign<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    targets: Exprs<'a>,
    value: &'a Expr<'a>,
) -> Result {
    expr::visit(c, value)?;
    for (i, target) in targets.iter().enumerate() {
        if i + 1 < targets.len() {
            c.op_i(loc, Op::COPY, 1);
        }
        expr::visit(c, target)?;
    }
    Ok(())
}

/// `del a, b`.
pub fn delete<'a>(c: &mut Compiler<'a>, targets: Exprs<'a>) -> Result {
    targets.iter().try_for_each(|target| expr::visit(c, target))
}
