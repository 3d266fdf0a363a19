//! `try ... except*` (`compiler_try_star_except`).
//!
//! In the handlers the stack holds the original exception group, the list of exceptions raised by handlers,
//! and the part of the group that no handler has matched yet.

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{ExceptHandler, Try};

use super::try_stmt::{clear_name, handler_body, try_finally};
use super::{jump, op, op_i, pop_except_and_reraise, store, unset};
use crate::codegen::fblock::{self, FBlockKind};
use crate::codegen::{Compiler, Result, expr, stmt};

pub(super) fn try_star<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    if node.finalbody.is_empty() {
        try_star_except(c, loc, node)
    } else {
        try_finally(c, loc, node, try_star_except)
    }
}

fn try_star_except<'a>(c: &mut Compiler<'a>, loc: Location, node: &'a Try<'a>) -> Result {
    let body = c.new_label();
    let except = c.new_label();
    let orelse = c.new_label();
    let end = c.new_label();
    let cleanup = c.new_label();
    let reraise_star = c.new_label();
    c.jump(loc, Op::SETUP_FINALLY, except);
    c.use_label(body);
    fblock::push(c, loc, FBlockKind::TryExcept, body, Label::NONE)?;
    stmt::body(c, node.body)?;
    fblock::pop(c);
    c.op(Location::NONE, Op::POP_BLOCK);
    c.skip_to(orelse);

    c.use_label(except);
    unset(c);
    jump(c, Op::SETUP_CLEANUP, cleanup);
    op(c, Op::PUSH_EXC_INFO);
    fblock::push(
        c,
        loc,
        FBlockKind::ExceptionGroupHandler,
        Label::NONE,
        Label::NONE,
    )?;
    for (i, handler) in node.handlers.iter().enumerate() {
        c.set_loc(handler.loc);
        except_handler(c, handler, i == 0)?;
        if i + 1 == node.handlers.len() {
            // What nobody has handled (or None) joins the exceptions to raise.
            op_i(c, Op::LIST_APPEND, 1);
            jump(c, Op::JUMP, reraise_star);
        }
    }
    unset(c);
    fblock::pop(c);
    let reraise = c.new_label();
    c.use_label(reraise_star);
    op(c, Op::PREP_RERAISE_STAR);
    op_i(c, Op::COPY, 1);
    jump(c, Op::POP_JUMP_IF_NOT_NONE, reraise);
    op(c, Op::POP_TOP);
    op(c, Op::POP_BLOCK);
    op(c, Op::POP_EXCEPT);
    jump(c, Op::JUMP, end);

    c.use_label(reraise);
    op(c, Op::POP_BLOCK);
    op_i(c, Op::SWAP, 2);
    op(c, Op::POP_EXCEPT);
    op_i(c, Op::RERAISE, 0);
    c.use_label(cleanup);
    pop_except_and_reraise(c);

    c.use_label(orelse);
    stmt::body(c, node.orelse)?;
    c.use_label(end);
    Ok(())
}

/// One handler: splits the group, runs the body on the match, and collects an exception that the body raises.
fn except_handler<'a>(
    c: &mut Compiler<'a>,
    handler: &'a ExceptHandler<'a>,
    is_first: bool,
) -> Result {
    let loc = handler.loc;
    let labels = Labels::new(c);
    if is_first {
        c.op_i(loc, Op::COPY, 1);
        c.op_i(loc, Op::BUILD_LIST, 0);
        c.op_i(loc, Op::SWAP, 2);
    }
    if let Some(type_) = handler.type_ {
        expr::visit(c, type_)?;
        c.op(loc, Op::CHECK_EG_MATCH);
        c.op_i(loc, Op::COPY, 1);
        if let Labels::Match { handle_match, .. } = labels {
            c.jump(loc, Op::POP_JUMP_IF_NOT_NONE, handle_match);
            c.op(loc, Op::POP_TOP);
            c.jump(loc, Op::JUMP, labels.except());
        } else if let Labels::NoMatch { no_match, .. } = labels {
            c.jump(loc, Op::POP_JUMP_IF_NONE, no_match);
        }
    }
    if let Labels::Match { handle_match, .. } = labels {
        c.use_label(handle_match);
    }
    let cleanup_end = c.new_label();
    let cleanup_body = c.new_label();
    match handler.name {
        Some(name) => store(c, name)?,
        None => c.op(loc, Op::POP_TOP),
    }
    c.jump(loc, Op::SETUP_CLEANUP, cleanup_end);
    c.use_label(cleanup_body);
    handler_body(c, handler, cleanup_body)?;
    op(c, Op::POP_BLOCK);
    if let Some(name) = handler.name {
        clear_name(c, name)?;
    }
    jump(c, Op::JUMP, labels.except());

    c.use_label(cleanup_end);
    unset(c);
    if let Some(name) = handler.name {
        clear_name(c, name)?;
    }
    op_i(c, Op::LIST_APPEND, 3);
    op(c, Op::POP_TOP);
    match labels {
        Labels::Match { except, .. } => {
            jump(c, Op::JUMP, except);
            c.use_label(except);
        }
        Labels::NoMatch {
            except,
            except_with_error,
            no_match,
        } => {
            jump(c, Op::JUMP, except_with_error);
            c.use_label(except);
            // Takes a location from before it.
            op(c, Op::NOP);
            jump(c, Op::JUMP, except_with_error);
            c.use_label(no_match);
            op(c, Op::POP_TOP);
            c.use_label(except_with_error);
        }
    }
    Ok(())
}

/// Where a handler's parts begin.
#[derive(Clone, Copy)]
enum Labels {
    /// No match is the way that falls through.
    Match { except: Label, handle_match: Label },
    /// A match is.
    NoMatch {
        except: Label,
        except_with_error: Label,
        no_match: Label,
    },
}

impl Labels {
    fn new(c: &mut Compiler<'_>) -> Labels {
        let except = c.new_label();
        if c.target.falls_into_matching_handler() {
            Labels::NoMatch {
                except,
                except_with_error: c.new_label(),
                no_match: c.new_label(),
            }
        } else {
            let handle_match = c.new_label();
            Labels::Match {
                except,
                handle_match,
            }
        }
    }

    /// Where the handler ends that has matched.
    fn except(self) -> Label {
        match self {
            Labels::Match { except, .. } | Labels::NoMatch { except, .. } => except,
        }
    }
}
