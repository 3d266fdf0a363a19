//! The compound statements as they are generated where code generation has a current location
//! (`Target::has_current_location`): a statement leaves its own behind, and what follows it has that, unless it sets
//! another one or none.
//!
//! Here, too, each label starts a block (`Target::generates_blocks`), so that labels are made and placed exactly
//! where CPython makes and places its blocks.

mod except_star;
mod loops;
mod match_stmt;
mod try_stmt;
mod with;

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Ctx, Stmt, StmtKind};

use super::if_stmt;
use crate::codegen::{Compiler, Result, names};
use pycsmith_bytecode::Constant;

/// A compound statement.
pub(super) fn conditional<'a>(c: &mut Compiler<'a>, s: &'a Stmt<'a>) -> Result {
    let loc = s.loc;
    match &s.kind {
        StmtKind::For(node) => loops::for_loop(c, loc, node),
        StmtKind::AsyncFor(node) => loops::async_for(c, loc, node),
        StmtKind::While(node) => loops::while_loop(c, loc, node),
        StmtKind::If(node) => if_stmt::if_stmt(c, loc, node),
        StmtKind::Match(node) => match_stmt::match_stmt(c, node),
        StmtKind::Try(node) => try_stmt::try_stmt(c, loc, node),
        StmtKind::TryStar(node) => except_star::try_star(c, loc, node),
        StmtKind::With(node) => with::with(c, loc, node, 0),
        StmtKind::AsyncWith(node) => with::async_with(c, loc, node, 0),
        _ => Ok(()),
    }
}

/// What follows is artificial (`UNSET_LOC`).
fn unset(c: &mut Compiler<'_>) {
    c.set_loc(Location::NONE);
}

/// An operation at the current location.
fn op(c: &mut Compiler<'_>, op: Op) {
    let loc = c.unit().loc;
    c.op(loc, op);
}

/// The same with an operand.
fn op_i(c: &mut Compiler<'_>, op: Op, arg: u32) {
    let loc = c.unit().loc;
    c.op_i(loc, op, arg);
}

/// A jump or block push at the current location.
fn jump(c: &mut Compiler<'_>, op: Op, target: Label) {
    let loc = c.unit().loc;
    c.jump(loc, op, target);
}

fn store(c: &mut Compiler<'_>, name: Name) -> Result {
    let loc = c.unit().loc;
    names::nameop(c, loc, name, Ctx::Store)
}

fn load_none(c: &mut Compiler<'_>) {
    let loc = c.unit().loc;
    c.load_const(loc, Constant::None);
}

/// The handler of a handler (`compiler_pop_except_and_reraise`).
fn pop_except_and_reraise(c: &mut Compiler<'_>) {
    op_i(c, Op::COPY, 3);
    op(c, Op::POP_EXCEPT);
    op_i(c, Op::RERAISE, 1);
}
