//! `all`, `any`, `tuple` (gh-131738), `list` and `set` of a generator expression.
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

use std::hint::select_unpredictable;
use std::slice;

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{Call, CmpOp, Expr, ExprKind};
use pycsmith_parser::interner::names::{ALL, ANY, LIST, SET, TUPLE};

use super::compare::addop_compare;
use super::oparg::{common_constant, intrinsic_1};
use super::visit;
use crate::codegen::{Compiler, Result};
use crate::symtable::{KeyKind, ScopeKey};

/// What a loop makes of the generator's values.
#[derive(Clone, Copy)]
enum Loop {
    /// True or false, which is the result if all values are so.
    While(bool),
    Tuple,
    List,
    Set,
}

/// `maybe_optimize_function_call`: with the function on the stack, generates the loop and leaves the place
/// where the normal call must follow; or generates nothing.
pub(super) fn maybe_optimize_function_call<'a>(
    c: &mut Compiler<'a>,
    e: &'a Call<'a>,
    end: Label,
) -> Result {
    // Looked at first: it is rare, but how many arguments there are cannot be predicted.
    let first = select_unpredictable(e.args.is_empty(), slice::from_ref(&e.func), e.args);
    let Some(Expr {
        kind: ExprKind::GeneratorExp(comp),
        ..
    }) = first.first()
    else {
        return Ok(());
    };
    let (ExprKind::Name { id, .. }, [generator], []) = (&e.func.kind, e.args, e.keywords) else {
        return Ok(());
    };
    let more = c.target.inlines_list_and_set_calls();
    let (builtin, result) = match *id {
        ALL => (common_constant::BUILTIN_ALL, Loop::While(true)),
        ANY => (common_constant::BUILTIN_ANY, Loop::While(false)),
        TUPLE => (common_constant::BUILTIN_TUPLE, Loop::Tuple),
        LIST if more => (common_constant::BUILTIN_LIST, Loop::List),
        SET if more => (common_constant::BUILTIN_SET, Loop::Set),
        _ => return Ok(()),
    };
    // An asynchronous generator cannot be looped over so.
    let is_async = c.scope_at(ScopeKey::of(*comp, KeyKind::Body))?.coroutine;
    if is_async && c.target.leaves_async_generators_to_builtins() {
        return Ok(());
    }

    let loc = e.func.loc;
    let skip_optimization = c.new_label();
    c.op_i(loc, Op::COPY, 1);
    c.op_i(loc, Op::LOAD_COMMON_CONSTANT, builtin);
    addop_compare(c, loc, CmpOp::Is);
    c.jump(loc, Op::POP_JUMP_IF_FALSE, skip_optimization);
    c.op(loc, Op::POP_TOP);

    match result {
        Loop::While(_) => {}
        Loop::Tuple | Loop::List => c.op_i(loc, Op::BUILD_LIST, 0),
        Loop::Set => c.op_i(loc, Op::BUILD_SET, 0),
    }
    visit(c, generator)?;
    // The generator is its own iterator.
    let pairs = c.target.iterators_take_two_slots();
    if pairs {
        c.op(loc, Op::PUSH_NULL);
    }
    let depth = 2 + u32::from(pairs);

    let next = c.new_label();
    let cleanup = c.new_label();
    c.use_label(next);
    c.jump(loc, Op::FOR_ITER, cleanup);
    match result {
        Loop::Tuple | Loop::List => {
            c.op_i(loc, Op::LIST_APPEND, depth);
            c.jump(loc, Op::JUMP, next);
        }
        Loop::Set => {
            c.op_i(loc, Op::SET_ADD, depth);
            c.jump(loc, Op::JUMP, next);
        }
        Loop::While(goes_on_while) => {
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
    if let Loop::While(result) = result {
        c.load_const(loc, Constant::Bool(!result));
    }
    c.jump(loc, Op::JUMP, end);

    c.use_label(cleanup);
    c.op(Location::NONE, Op::END_FOR);
    c.op(Location::NONE, Op::POP_ITER);
    match result {
        Loop::Tuple => c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::LIST_TO_TUPLE),
        Loop::List | Loop::Set => {}
        Loop::While(result) => c.load_const(loc, Constant::Bool(result)),
    }
    c.jump(loc, Op::JUMP, end);
    c.use_label(skip_optimization);
    Ok(())
}
