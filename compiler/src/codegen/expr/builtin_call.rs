//! `all`, `any` and `tuple` of a generator expression (gh-131738).
//!
//! Where the name still means the builtin at run time, a loop over the generator replaces the call:
//!
//! ```text
//!     COPY 1; LOAD_COMMON_CONSTANT all; IS_OP; POP_JUMP_IF_FALSE normal; POP_TOP
//!     <the generator>
//! loop:
//!     FOR_ITER cleanup; TO_BOOL; POP_JUMP_IF_TRUE loop
//!     POP_ITER; LOAD_CONST False; JUMP end
//! cleanup:
//!     END_FOR; POP_ITER; LOAD_CONST True; JUMP end
//! normal:
//! ```

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{Call, CmpOp, ExprKind};
use pycsmith_parser::interner::names::{ALL, ANY, TUPLE};

use super::compare::addop_compare;
use super::oparg::{common_constant, intrinsic_1};
use super::visit;
use crate::codegen::{Compiler, Result};
use crate::symtable::{KeyKind, ScopeKey};

/// `maybe_optimize_function_call`: with the function on the stack, generates the loop and leaves the place
/// where the normal call must follow; or generates nothing.
pub(super) fn maybe_optimize_function_call<'a>(
    c: &mut Compiler<'a>,
    e: &'a Call<'a>,
    end: Label,
) -> Result {
    let (ExprKind::Name { id, .. }, [generator], []) = (&e.func.kind, e.args, e.keywords) else {
        return Ok(());
    };
    let ExprKind::GeneratorExp(comp) = generator.kind else {
        return Ok(());
    };
    let (builtin, at_end) = match *id {
        ALL => (common_constant::BUILTIN_ALL, Some(true)),
        ANY => (common_constant::BUILTIN_ANY, Some(false)),
        TUPLE => (common_constant::BUILTIN_TUPLE, None),
        _ => return Ok(()),
    };
    // An asynchronous generator cannot be looped over so (earlier 3.14 releases try).
    if c.scope_at(ScopeKey::of(comp, KeyKind::Body))?.coroutine {
        return Ok(());
    }

    let loc = e.func.loc;
    let skip_optimization = c.new_label();
    c.op_i(loc, Op::COPY, 1);
    c.op_i(loc, Op::LOAD_COMMON_CONSTANT, builtin);
    addop_compare(c, loc, CmpOp::Is);
    c.jump(loc, Op::POP_JUMP_IF_FALSE, skip_optimization);
    c.op(loc, Op::POP_TOP);

    if at_end.is_none() {
        c.op_i(loc, Op::BUILD_LIST, 0);
    }
    visit(c, generator)?;

    let next = c.new_label();
    let cleanup = c.new_label();
    c.use_label(next);
    c.jump(loc, Op::FOR_ITER, cleanup);
    match at_end {
        None => {
            c.op_i(loc, Op::LIST_APPEND, 2);
            c.jump(loc, Op::JUMP, next);
        }
        Some(goes_on_while) => {
            c.op(loc, Op::TO_BOOL);
            c.jump(
                loc,
                if goes_on_while {
                    Op::POP_JUMP_IF_TRUE
                } else {
                    Op::POP_JUMP_IF_FALSE
                },
                next,
            );
        }
    }
    c.op(Location::NONE, Op::POP_ITER);
    if let Some(result) = at_end {
        c.load_const(loc, Constant::Bool(!result));
    }
    c.jump(loc, Op::JUMP, end);

    c.use_label(cleanup);
    c.op(Location::NONE, Op::END_FOR);
    c.op(Location::NONE, Op::POP_ITER);
    match at_end {
        None => c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::LIST_TO_TUPLE),
        Some(result) => c.load_const(loc, Constant::Bool(result)),
    }
    c.jump(loc, Op::JUMP, end);
    c.use_label(skip_optimization);
    Ok(())
}
