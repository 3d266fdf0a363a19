//! Folds constants and simplifies neighbours, block by block, and threads jumps to jumps.
//!
//! ```text
//! b0:                              b0:
//!     LOAD_SMALL_INT    60             NOP
//!     LOAD_SMALL_INT    60             NOP
//!     BINARY_OP         *              LOAD_CONST        3600
//!     COMPARE_OP        ==             NOP
//!     TO_BOOL                          COMPARE_OP        == bool
//!     POP_JUMP_IF_FALSE b2             NOP
//! b1:                       =>         POP_JUMP_IF_FALSE b3
//!     RAISE_VARARGS     0          b1:
//! b2:                                  RAISE_VARARGS     0
//!     JUMP              b3         b2:
//! b3:                                  JUMP              b3
//!     RAISE_VARARGS     0          b3:
//!                                      RAISE_VARARGS     0
//! ```
//!
//! The pipeline calls it as CPython's `optimize_cfg` does, one loop over all blocks after another:
//! `check_cfg`, `inline_small_or_no_lineno_blocks`, `remove_unreachable`, `resolve_line_numbers`,
//! `optimize_load_const`, **`optimize_basic_blocks`**, `remove_redundant_nops_and_pairs`, `remove_unreachable`,
//! and `remove_redundant_nops` with `remove_redundant_jumps` until neither changes anything.
//! New constants are appended to the unit's in the order of folding; `remove_unused_consts` later drops what
//! was folded away.

mod fold_binary;
mod fold_const_sequence;
mod fold_tuple_of_constants;
mod fold_unary;
pub mod in_order;
mod jump_threading;
mod lists_and_sets;
mod pack_and_unpack;
pub mod retarget_jumps;
mod static_swaps;
mod swaptimize;

use static_swaps::apply_static_swaps;
use swaptimize::swaptimize;

use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::cfg::places;
use pycsmith_ir::{BlockId, Cfg, ConstId, ConstPool, Instr, OpKind, kind};

use super::const_table::ConstTable;
use super::{Pass, Property};
use crate::Bug;
use crate::const_eval::Unary;

pub const PASS: Pass = Pass {
    name: "optimize_basic_blocks",
    what: "Folds constants, simplifies neighbours and threads jumps to jumps, block by block",
    mirrors: "optimize_basic_block",
    requires: &[Property::Terminated],
    establishes: &[],
};

/// Operands of `CALL_INTRINSIC_1` (`Include/internal/pycore_intrinsics.h`).
const INTRINSIC_UNARY_POSITIVE: u32 = 5;
const INTRINSIC_LIST_TO_TUPLE: u32 = 6;

/// Bit of `COMPARE_OP`'s operand: the result is to be a bool.
const COMPARE_TO_BOOL: u32 = 16;

/// # Errors
/// An index beyond the constants.
pub fn run(
    cfg: &mut Cfg,
    consts: &mut Vec<ConstId>,
    pool: &mut ConstPool,
    target: Target,
) -> Result<(), Bug> {
    let mut table = ConstTable::new(target, consts, pool);
    let folding = Folding {
        all: !target.folds_on_ast(),
        appended: target.folds_appended_constants(),
    };
    let mut b = cfg.entry;
    while b.is_some() {
        optimize_block(cfg, b, &mut table, folding, target)?;
        b = cfg[b].next;
    }
    Ok(())
}

/// Which constants are folded here.
#[derive(Clone, Copy)]
struct Folding {
    /// Not only tuples: nothing has folded them before.
    all: bool,
    /// Displays built by appends.
    appended: bool,
}

/// `optimize_basic_block`.
fn optimize_block(
    cfg: &mut Cfg,
    b: BlockId,
    table: &mut ConstTable,
    folding: Folding,
    target: Target,
) -> Result<(), Bug> {
    let mut has_swap = false;
    if cfg[b].may_have(kind::PEEPHOLE) {
        let done = optimize_instrs(cfg.instrs_mut(b), table, folding)?;
        has_swap = done.has_swap;
        if done.changed {
            cfg.recount_kinds(b);
        } else if done.has_nop {
            cfg.note(b, kind::NOP);
        }
    }
    if cfg[b].may_have(kind::JUMP) {
        jump_threading::thread(cfg, b, target);
    }
    if has_swap {
        optimize_swaps(cfg.instrs_mut(b));
        cfg.recount_kinds(b);
    }
    Ok(())
}

/// What was done to a block.
#[derive(Default)]
struct Done {
    /// Instructions became others, and not only `NOP`s.
    changed: bool,
    has_nop: bool,
    has_swap: bool,
}

fn optimize_instrs(
    instrs: &mut [Instr],
    table: &mut ConstTable,
    folding: Folding,
) -> Result<Done, Bug> {
    let mut done = Done::default();
    for start in (0..instrs.len()).step_by(64) {
        for at in places(starts(instrs, start)) {
            let i = start + at;
            let Instr { op, arg, .. } = instrs[i];
            match op {
                // Most of all.
                Op::LOAD_GLOBAL => done.has_nop |= push_null_with_global(instrs, i),
                Op::SWAP => {
                    if instrs[i].arg == 1 {
                        instrs[i].set_op0(Op::NOP);
                        done.has_nop = true;
                    } else {
                        done.has_swap = true;
                    }
                }
                // A swap that is left in its place comes next.
                Op::BUILD_TUPLE if pack_and_unpack::cancel(instrs, i) => done.changed = true,
                Op::BUILD_TUPLE => {
                    fold_tuple_of_constants::fold(instrs, i, table)?;
                    done.changed |= instrs[i].op != op;
                }
                _ if folding.all || !op.is_any(kind::FOLDING) => {
                    simplify(instrs, i, table, folding.appended)?;
                    // Whatever changes, this instruction does.
                    done.changed |= instrs[i].op != op || instrs[i].arg != arg;
                }
                _ => {}
            }
        }
    }
    Ok(done)
}

/// Where something may begin among the 64 instructions from `start` on ([`places`]). It depends on neighbours, which may
/// have changed when their turn comes, but not so that something can begin where it could not before.
fn starts(instrs: &[Instr], start: usize) -> u64 {
    let kinds_at = |at: usize| instrs.get(at).map_or(0, |instr| instr.op.kinds());
    let end = instrs.len().min(start + 64);
    let (mut next, mut own) = (kinds_at(end), kinds_at(end - 1));
    let mut bits = 0;
    for i in (start..end).rev() {
        let last = kinds_at(i.wrapping_sub(1));
        let paired = next >> 1 & kind::PAIRED;
        let of_consts = last >> 1 & kind::OF_CONSTS;
        let is_start = own & (kind::ALONE | paired | of_consts) != 0;
        bits = bits << 1 | u64::from(is_start);
        (next, own) = (own, last);
    }
    bits
}

/// The `LOAD_GLOBAL` at `i` takes over the `PUSH_NULL` behind it; whether there is one.
fn push_null_with_global(instrs: &mut [Instr], i: usize) -> bool {
    if let [load, next, ..] = &mut instrs[i..]
        && next.op == Op::PUSH_NULL
        && load.arg & 1 == 0
    {
        load.arg |= 1;
        next.set_op0(Op::NOP);
        return true;
    }
    false
}

/// The instructions at `i` and behind it, if they are no swap, tuple or jump.
fn simplify(
    instrs: &mut [Instr],
    i: usize,
    table: &mut ConstTable,
    folds_appended: bool,
) -> Result<(), Bug> {
    let Instr { op, arg, .. } = instrs[i];
    let next_op = instrs.get(i + 1).map_or(Op::NOP, |next| next.op);
    match op {
        Op::BUILD_LIST | Op::BUILD_SET => lists_and_sets::optimize(instrs, i, next_op, table)?,
        Op::STORE_FAST
            if next_op == op
                && instrs[i + 1].arg == arg
                && instrs[i].line() == instrs[i + 1].line() =>
        {
            instrs[i].set_op0(Op::POP_TOP);
        }
        Op::COMPARE_OP if next_op == Op::TO_BOOL => {
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].set_op1(op, arg | COMPARE_TO_BOOL);
        }
        Op::CONTAINS_OP | Op::IS_OP
            if next_op == Op::TO_BOOL
                || next_op == Op::UNARY_NOT && !table.target().folds_on_ast() =>
        {
            let invert = u32::from(next_op == Op::UNARY_NOT);
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].set_op1(op, arg ^ invert);
        }
        Op::TO_BOOL if next_op == Op::TO_BOOL => instrs[i].set_op0(Op::NOP),
        Op::UNARY_NOT => match next_op {
            Op::TO_BOOL => {
                instrs[i].set_op0(Op::NOP);
                instrs[i + 1].set_op0(Op::UNARY_NOT);
            }
            Op::UNARY_NOT => {
                instrs[i].set_op0(Op::NOP);
                instrs[i + 1].set_op0(Op::NOP);
            }
            _ if table.target().folds_on_ast() => {}
            _ => fold_unary::fold(instrs, i, Unary::Not, table)?,
        },
        Op::UNARY_INVERT => fold_unary::fold(instrs, i, Unary::Invert, table)?,
        Op::UNARY_NEGATIVE => fold_unary::fold(instrs, i, Unary::Negative, table)?,
        Op::BINARY_OP => fold_binary::fold(instrs, i, table)?,
        Op::CALL_INTRINSIC_1 => match arg {
            INTRINSIC_UNARY_POSITIVE => fold_unary::fold(instrs, i, Unary::Positive, table)?,
            INTRINSIC_LIST_TO_TUPLE => {
                if folds_appended || next_op != Op::GET_ITER {
                    fold_const_sequence::fold(instrs, i, table)?;
                }
                // A list is as good as a tuple to iterate over.
                if next_op == Op::GET_ITER && instrs[i].op == Op::CALL_INTRINSIC_1 {
                    instrs[i].set_op0(Op::NOP);
                }
            }
            _ => {}
        },
        Op::LIST_APPEND | Op::SET_ADD
            if folds_appended && arg == 1 && matches!(next_op, Op::GET_ITER | Op::CONTAINS_OP) =>
        {
            fold_const_sequence::fold(instrs, i, table)?;
        }
        _ => {}
    }
    Ok(())
}

/// The swaps come last, when their neighbours are known.
fn optimize_swaps(instrs: &mut [Instr]) {
    let mut i = 0;
    while i < instrs.len() {
        if instrs[i].op == Op::SWAP {
            i = swaptimize(instrs, i);
            apply_static_swaps(instrs, i, true);
        }
        i += 1;
    }
}
