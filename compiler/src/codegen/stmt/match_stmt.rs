//! `match` (`codegen_match`).

use pycsmith_bytecode::{Location, Op};
use pycsmith_parser::ast::{Ctx, Match};

use crate::codegen::pattern::{self, PatternContext};
use crate::codegen::{Compiler, Result, expr, names, stmt};

/// `match subject: case pattern if guard: body ...`.
pub fn match_stmt<'a>(c: &mut Compiler<'a>, node: &'a Match<'a>) -> Result {
    expr::visit(c, &node.subject)?;
    let end = c.new_label();
    // A `case _` at the end needs no subject.
    let (cases, default) = match node.cases.split_last() {
        Some((last, rest)) if !rest.is_empty() && pattern::is_wildcard(&last.pattern) => {
            (rest, Some(last))
        }
        _ => (node.cases, None),
    };
    for (i, case) in cases.iter().enumerate() {
        let loc = case.pattern.loc;
        let last = i + 1 == cases.len();
        if !last {
            c.op_i(loc, Op::COPY, 1);
        }
        let allow_irrefutable = case.guard.is_some() || (last && default.is_none());
        let mut pc = PatternContext::new(allow_irrefutable);
        pattern::pattern(c, &case.pattern, &mut pc)?;
        for &name in &pc.stores {
            names::nameop(c, loc, name, Ctx::Store)?;
        }
        if let Some(guard) = case.guard {
            let fail = pc.fail_label(c, 0);
            expr::jump_if(c, &mut { loc }, guard, fail, false)?;
        }
        if !last {
            // Behind the pattern's code, in the body's line.
            let at_next = c.target.pops_subject_at_body();
            c.op(if at_next { Location::NEXT } else { loc }, Op::POP_TOP);
        }
        stmt::body(c, case.body)?;
        c.jump(Location::NONE, Op::JUMP, end);
        // The cleanup belongs to the pattern that failed, not to the body before it.
        pc.emit_and_reset_fail_pop(c, loc);
    }
    if let Some(case) = default {
        let loc = case.pattern.loc;
        c.op(loc, Op::NOP);
        if let Some(guard) = case.guard {
            expr::jump_if(c, &mut { loc }, guard, end, false)?;
        }
        stmt::body(c, case.body)?;
    }
    c.use_label(end);
    Ok(())
}
