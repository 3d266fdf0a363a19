//! `match` (`compiler_match_inner`).

use pycsmith_bytecode::Op;
use pycsmith_parser::ast::Match;

use super::{jump, op, op_i, store, unset};
use crate::codegen::pattern::{self, PatternContext};
use crate::codegen::{Compiler, Result, expr, stmt};

pub(super) fn match_stmt<'a>(c: &mut Compiler<'a>, node: &'a Match<'a>) -> Result {
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
        c.set_loc(loc);
        let last = i + 1 == cases.len();
        if !last {
            op_i(c, Op::COPY, 1);
        }
        let allow_irrefutable = case.guard.is_some() || (last && default.is_none());
        let mut pc = PatternContext::new(allow_irrefutable);
        pattern::pattern(c, &case.pattern, &mut pc)?;
        for &name in &pc.stores {
            store(c, name)?;
        }
        if let Some(guard) = case.guard {
            let fail = pc.fail_label(c, 0);
            let mut left = c.unit().loc;
            expr::jump_if(c, &mut left, guard, fail, false)?;
            c.set_loc(left);
        }
        if !last {
            op(c, Op::POP_TOP);
        }
        stmt::body(c, case.body)?;
        // CPython quirk (3.11.2, compiler_match_inner): at the location that the last statement has left behind.
        if c.target.leaves_cases_without_line() {
            unset(c);
        }
        jump(c, Op::JUMP, end);
        c.set_loc(loc);
        pc.emit_and_reset_fail_pop(c, loc);
    }
    if let Some(case) = default {
        let loc = case.pattern.loc;
        c.set_loc(loc);
        op(c, Op::NOP);
        if let Some(guard) = case.guard {
            let mut left = loc;
            expr::jump_if(c, &mut left, guard, end, false)?;
            c.set_loc(left);
        }
        stmt::body(c, case.body)?;
        if c.target.leaves_cases_without_line() {
            unset(c);
        }
    }
    c.use_label(end);
    Ok(())
}
