//! Decides tests of constants, folds tuples, simplifies swaps and threads jumps to jumps, block by block.
//!
//! ```text
//! b0:                              b0:
//!     LOAD_CONST        None           NOP
//!     IS_OP             0              NOP
//!     POP_JUMP_IF_FALSE b2             POP_JUMP_IF_NOT_NONE b2
//! b1:                              b1:
//!     LOAD_CONST        1              NOP
//!     LOAD_CONST        2      =>      NOP
//!     BUILD_TUPLE       2              LOAD_CONST           (1, 2)
//!     RETURN_VALUE                     RETURN_VALUE
//! b2:                              b2:
//!     RAISE_VARARGS     0              RAISE_VARARGS        0
//! ```

use pycsmith_bytecode::{Constant, Op, Target};
use pycsmith_ir::{BlockId, Cfg, ConstId, ConstPool, Instr, OpKind, kind};

use super::super::const_table::ConstTable;
use super::super::explicit_blocks::optimize_basic_blocks::{decide, fold_tuple};
use super::super::optimize_basic_blocks::{apply_static_swaps, swaptimize};
use super::super::{Pass, Property};
use crate::Bug;
use crate::const_eval::is_true;

pub const PASS: Pass = Pass {
    name: "optimize_basic_blocks",
    mirrors: "optimize_basic_block",
    requires: &[Property::Terminated],
    establishes: &[],
};

/// # Errors
/// An index beyond the constants, jumps that lead in a circle.
pub fn run(
    target: Target,
    cfg: &mut Cfg,
    consts: &mut Vec<ConstId>,
    pool: &mut ConstPool,
) -> Result<(), Bug> {
    let mut table = ConstTable::new(target, consts, pool);
    let mut b = cfg.entry;
    while b.is_some() {
        block(cfg, b, &mut table)?;
        cfg.recount_kinds(b);
        b = cfg[b].next;
    }
    Ok(())
}

fn block(cfg: &mut Cfg, b: BlockId, table: &mut ConstTable) -> Result<(), Bug> {
    let mut threads = 0;
    // What the constant loaded last is, as long as only copies of it follow.
    let mut copied = None;
    let mut i = 0;
    while i < cfg[b].len() {
        let instr = cfg.instrs(b)[i];
        if instr.op.is_jump() {
            copied = None;
            if thread(cfg, b, i) {
                threads += 1;
                if threads > cfg.blocks.len() {
                    return Err(Bug("jumps lead in a circle".to_owned()));
                }
                continue;
            }
        } else {
            // CPython quirk (3.12, optimize_basic_block): a copy of a constant counts as a load of it.
            match instr.op {
                Op::LOAD_CONST => copied = Some(instr.arg),
                Op::COPY if instr.arg == 1 => {}
                _ => copied = None,
            }
            i = match copied {
                Some(arg) => load_const(cfg.instrs_mut(b), i, arg, table)?,
                None => simplify(cfg.instrs_mut(b), i, table)?,
            };
        }
        i += 1;
    }
    Ok(())
}

/// What the instruction at `i` begins, if it is no jump and no constant. Gives the last position that is done with.
fn simplify(instrs: &mut [Instr], i: usize, table: &mut ConstTable) -> Result<usize, Bug> {
    let Instr { op, arg, .. } = instrs[i];
    let next = instrs.get(i + 1).copied();
    match (op, next) {
        (Op::BUILD_TUPLE, Some(next))
            if next.op == Op::UNPACK_SEQUENCE && next.arg == arg && (1..=3).contains(&arg) =>
        {
            instrs[i].set_op0(Op::NOP);
            if arg == 1 {
                instrs[i + 1].set_op0(Op::NOP);
            } else {
                instrs[i + 1].op = Op::SWAP;
            }
        }
        (Op::BUILD_TUPLE, _) => {
            fold_tuple(instrs, i, table)?;
            for load in instrs[..i].iter_mut().rev().take(arg as usize) {
                if load.op == Op::NOP {
                    load.arg = 0;
                }
            }
        }
        (Op::SWAP, _) if arg == 1 => instrs[i].set_op0(Op::NOP),
        (Op::SWAP, _) => {
            let end = swaptimize(instrs, i);
            apply_static_swaps(instrs, end, true);
            return Ok(end);
        }
        (Op::PUSH_NULL, Some(next)) if next.op == Op::LOAD_GLOBAL && next.arg & 1 == 0 => {
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].arg |= 1;
        }
        _ => {}
    }
    Ok(i)
}

/// Constant `arg`, loaded or copied at `i`: one that is tested is not loaded, one that is returned is so by one
/// instruction. Gives the last position that is done with.
fn load_const(instrs: &mut [Instr], i: usize, arg: u32, table: &ConstTable) -> Result<usize, Bug> {
    let Some(next) = instrs.get(i + 1).copied() else {
        return Ok(i);
    };
    match next.op {
        Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE => {
            let jumps = is_true(table.get(arg)?) == (next.op == Op::POP_JUMP_IF_TRUE);
            instrs[i].set_op0(Op::NOP);
            decide(&mut instrs[i + 1], jumps);
        }
        Op::IS_OP if matches!(table.get(arg)?, Constant::None) => {
            let if_false = match instrs.get(i + 2).map(|instr| instr.op) {
                Some(Op::POP_JUMP_IF_FALSE) => 1,
                Some(Op::POP_JUMP_IF_TRUE) => 0,
                _ => return Ok(i),
            };
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].set_op0(Op::NOP);
            instrs[i + 2].op = if next.arg ^ if_false != 0 {
                Op::POP_JUMP_IF_NOT_NONE
            } else {
                Op::POP_JUMP_IF_NONE
            };
        }
        Op::RETURN_VALUE => {
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].set_op1(Op::RETURN_CONST, arg);
            return Ok(i + 1);
        }
        _ => {}
    }
    Ok(i)
}

/// Whether the jump at `i` now goes to where its target, a jump too, goes (`jump_thread`).
fn thread(cfg: &mut Cfg, b: BlockId, i: usize) -> bool {
    let instr = cfg.instrs(b)[i];
    if !instr.op.is_conditional_jump() && instr.op != Op::JUMP {
        return false;
    }
    let Some(target) = cfg.first(instr.target) else {
        return false;
    };
    if target.op != Op::JUMP
        || target.target == instr.target
        || (target.line() != instr.line() && target.line() != -1)
    {
        return false;
    }
    cfg.instrs_mut(b)[i].target = target.target;
    cfg.note(b, kind::JUMP);
    true
}
