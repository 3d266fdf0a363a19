//! `if` (`codegen_if`).

use pycsmith_bytecode::Location;
use pycsmith_parser::ast::{If, StmtKind};
use smallvec::SmallVec;

use crate::codegen::{Compiler, Result, expr, stmt};

/// `if test: body elif ...: else: orelse`. A chain of `elif`s is as deep as it is long in the AST: it is
/// walked with a list of the ends that are still open, not with recursion.
pub fn if_stmt<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a If<'a>) -> Result {
    let mut ends: SmallVec<[_; 8]> = SmallVec::new();
    let (mut loc, mut node) = (loc, node);
    loop {
        let end = c.new_label();
        ends.push(end);
        if node.orelse.is_empty() {
            expr::jump_if(c, &mut loc, &node.test, end, false)?;
            c.set_loc(loc);
            stmt::body(c, node.body)?;
            break;
        }
        let orelse = c.new_label();
        expr::jump_if(c, &mut loc, &node.test, orelse, false)?;
        c.set_loc(loc);
        stmt::body(c, node.body)?;
        c.skip_to(end);
        c.use_label(orelse);
        if let [elif] = node.orelse
            && let StmtKind::If(inner) = &elif.kind
        {
            (loc, node) = (elif.loc, inner);
            c.set_loc(loc);
        } else {
            stmt::body(c, node.orelse)?;
            break;
        }
    }
    for end in ends.into_iter().rev() {
        c.use_label(end);
    }
    Ok(())
}
