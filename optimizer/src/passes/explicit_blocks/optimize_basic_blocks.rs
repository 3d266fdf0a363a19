//! Decides tests of constants, folds tuples, simplifies swaps and threads jumps to jumps, block by block; each block
//! is cleaned of `NOP`s before the next one is looked at.
//!
//! ```text
//! b0:                              b0:
//!     LOAD_CONST        None           POP_JUMP_IF_NOT_NONE b3
//!     IS_OP             0          b1:
//!     POP_JUMP_IF_FALSE b2             LOAD_CONST           (1, 2)
//! b1:                       =>         RETURN_VALUE
//!     LOAD_CONST        1          b2:
//!     LOAD_CONST        2              JUMP                 b3
//!     BUILD_TUPLE       2          b3:
//!     RETURN_VALUE                     RAISE_VARARGS        0
//! b2:
//!     JUMP              b3
//! b3:
//!     RAISE_VARARGS     0
//! ```

use pycsmith_bytecode::{Constant, Op, Target};
use pycsmith_ir::{BlockId, Cfg, ConstId, ConstPool, Instr, OpKind, kind};

use super::super::const_table::ConstTable;
use super::super::optimize_basic_blocks::{apply_static_swaps, swaptimize};
use super::super::{Pass, Property};
use super::clean_basic_blocks::clean;
use super::nonempty;
use crate::Bug;
use crate::const_eval::is_true;

pub const PASS: Pass = Pass {
    name: "optimize_basic_blocks",
    mirrors: "optimize_basic_block, clean_basic_block",
    requires: &[Property::Terminated],
    establishes: &[],
};

/// # Errors
/// An index beyond the constants, jumps that lead nowhere or in a circle.
pub fn run(
    target: Target,
    cfg: &mut Cfg,
    consts: &mut Vec<ConstId>,
    pool: &mut ConstPool,
) -> Result<(), Bug> {
    let mut table = ConstTable::new(target, consts, pool);
    let mut b = cfg.entry;
    while b.is_some() {
        block(cfg, b, &mut table, target.keeps_order_of_stores())?;
        cfg.recount_kinds(b);
        clean(cfg, b);
        b = cfg[b].next;
    }
    Ok(())
}

fn block(cfg: &mut Cfg, b: BlockId, table: &mut ConstTable, keeps_order: bool) -> Result<(), Bug> {
    let mut threads = 0;
    let mut i = 0;
    while i < cfg[b].len() {
        let instr = cfg.instrs(b)[i];
        if instr.op.has_target() && instr.target.is_some() {
            let target = nonempty(cfg, instr.target)?;
            cfg.instrs_mut(b)[i].target = target;
            if instr.op.is_jump() && thread(cfg, b, i) {
                threads += 1;
                if threads > cfg.blocks.len() {
                    return Err(Bug("jumps lead in a circle".to_owned()));
                }
                continue;
            }
        } else {
            i = simplify(cfg.instrs_mut(b), i, table, keeps_order)?;
        }
        i += 1;
    }
    Ok(())
}

/// What the instruction at `i` begins, if it has no target. Gives the last position that is done with.
fn simplify(
    instrs: &mut [Instr],
    i: usize,
    table: &mut ConstTable,
    keeps_order: bool,
) -> Result<usize, Bug> {
    let Instr { op, arg, .. } = instrs[i];
    let next = instrs.get(i + 1).copied();
    match (op, next) {
        (Op::LOAD_CONST, Some(next)) => load_const(instrs, i, next.op, table)?,
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
        (Op::BUILD_TUPLE, _) => fold_tuple(instrs, i, table)?,
        (Op::SWAP, _) if arg == 1 => instrs[i].set_op0(Op::NOP),
        (Op::SWAP, _) => {
            let end = swaptimize(instrs, i);
            apply_static_swaps(instrs, end, keeps_order);
            return Ok(end);
        }
        (Op::PUSH_NULL, Some(next)) if next.op == Op::LOAD_GLOBAL => {
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].arg |= 1;
        }
        _ => {}
    }
    Ok(i)
}

/// A constant that is tested is not loaded.
fn load_const(instrs: &mut [Instr], i: usize, next_op: Op, table: &ConstTable) -> Result<(), Bug> {
    let arg = instrs[i].arg;
    match next_op {
        Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE => {
            let jumps = is_true(table.get(arg)?) == (next_op == Op::POP_JUMP_IF_TRUE);
            instrs[i].set_op0(Op::NOP);
            decide(&mut instrs[i + 1], jumps);
        }
        Op::JUMP_IF_FALSE_OR_POP | Op::JUMP_IF_TRUE_OR_POP => {
            let jumps = is_true(table.get(arg)?) == (next_op == Op::JUMP_IF_TRUE_OR_POP);
            if !jumps {
                instrs[i].set_op0(Op::NOP);
            }
            decide(&mut instrs[i + 1], jumps);
        }
        Op::IS_OP if matches!(table.get(arg)?, Constant::None) => {
            let Some(jump) = instrs.get(i + 2).map(|instr| instr.op) else {
                return Ok(());
            };
            let if_false = match jump {
                Op::POP_JUMP_IF_FALSE => 1,
                Op::POP_JUMP_IF_TRUE => 0,
                _ => return Ok(()),
            };
            instrs[i + 2].op = if instrs[i + 1].arg ^ if_false != 0 {
                Op::POP_JUMP_IF_NOT_NONE
            } else {
                Op::POP_JUMP_IF_NONE
            };
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].set_op0(Op::NOP);
        }
        _ => {}
    }
    Ok(())
}

pub(in crate::passes) fn decide(jump: &mut Instr, jumps: bool) {
    if jumps {
        jump.op = Op::JUMP;
    } else {
        jump.set_op0(Op::NOP);
        jump.target = BlockId::NONE;
    }
}

/// `fold_tuple_on_constants`.
pub(in crate::passes) fn fold_tuple(
    instrs: &mut [Instr],
    i: usize,
    table: &mut ConstTable,
) -> Result<(), Bug> {
    let Some(first) = i.checked_sub(instrs[i].arg as usize) else {
        return Ok(());
    };
    if instrs[first..i]
        .iter()
        .any(|instr| instr.op != Op::LOAD_CONST)
    {
        return Ok(());
    }
    let items = instrs[first..i]
        .iter()
        .map(|instr| table.get(instr.arg).cloned())
        .collect::<Result<_, _>>()?;
    for load in &mut instrs[first..i] {
        load.set_op0(Op::NOP);
    }
    let index = table.add(Constant::Tuple(items));
    instrs[i].set_op1(Op::LOAD_CONST, index);
    Ok(())
}

/// Whether the jump at `i` now goes to where its target, a jump too, goes.
fn thread(cfg: &mut Cfg, b: BlockId, i: usize) -> bool {
    let instr = cfg.instrs(b)[i];
    let Some(target) = cfg.first(instr.target) else {
        return false;
    };
    if instr.line() != target.line() {
        return false;
    }
    // What the jump becomes, and whether it goes to the block behind its target: a test of the same value that is
    // known to fail.
    let (op, behind) = match (instr.op, target.op) {
        (Op::JUMP_IF_FALSE_OR_POP, Op::POP_JUMP_IF_FALSE | Op::JUMP_IF_FALSE_OR_POP)
        | (Op::JUMP_IF_TRUE_OR_POP, Op::POP_JUMP_IF_TRUE | Op::JUMP_IF_TRUE_OR_POP) => {
            (target.op, false)
        }
        (Op::JUMP_IF_FALSE_OR_POP, Op::JUMP_IF_TRUE_OR_POP | Op::POP_JUMP_IF_TRUE) => {
            (Op::POP_JUMP_IF_FALSE, true)
        }
        (Op::JUMP_IF_TRUE_OR_POP, Op::JUMP_IF_FALSE_OR_POP | Op::POP_JUMP_IF_FALSE) => {
            (Op::POP_JUMP_IF_TRUE, true)
        }
        (
            Op::JUMP_IF_FALSE_OR_POP
            | Op::JUMP_IF_TRUE_OR_POP
            | Op::POP_JUMP_IF_NOT_NONE
            | Op::POP_JUMP_IF_NONE
            | Op::POP_JUMP_IF_FALSE
            | Op::POP_JUMP_IF_TRUE
            | Op::JUMP,
            Op::JUMP,
        ) => (instr.op, false),
        _ => return false,
    };
    let to = if behind {
        cfg[instr.target].next
    } else {
        target.target
    };
    if to == instr.target {
        return false;
    }
    let instr = &mut cfg.instrs_mut(b)[i];
    instr.op = op;
    instr.target = to;
    cfg.note(b, kind::JUMP);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    fn optimized(text: &str, constants: &[Constant]) -> Result<(String, usize), Bug> {
        let target = Target {
            minor: 11,
            patch: 7,
        };
        let mut pool = ConstPool::default();
        let mut consts = constants
            .iter()
            .map(|constant| pool.intern(constant.clone()))
            .collect();
        let mut cfg = cfg(text);
        run(target, &mut cfg, &mut consts, &mut pool)?;
        Ok((cfg_text(&cfg), consts.len()))
    }

    #[test]
    fn tests_of_constants_are_decided() {
        let consts = [Constant::None, Constant::Int(1)];
        let text = "LOAD_CONST 1
             POP_JUMP_IF_FALSE L0
             LOAD_FAST 0
             LOAD_CONST 0
             IS_OP 0
             POP_JUMP_IF_FALSE L0
             RETURN_VALUE
             L0:
             RETURN_VALUE";
        assert_eq!(
            optimized(text, &consts).unwrap().0,
            "b0:\nb1: LOAD_FAST 0; POP_JUMP_IF_NOT_NONE b3\nb2: RETURN_VALUE\nb3: RETURN_VALUE\n"
        );
    }

    #[test]
    fn tuples_are_folded_and_jumps_threaded() {
        let consts = [Constant::Int(1), Constant::Int(2)];
        let text = "LOAD_CONST 0 @1
             LOAD_CONST 1 @1
             BUILD_TUPLE 2 @1
             JUMP_IF_TRUE_OR_POP L0 @1
             L0:
             POP_JUMP_IF_FALSE L1 @1
             RETURN_VALUE @1
             L1:
             JUMP L2 @1
             L2:
             RETURN_VALUE @1";
        let (text, count) = optimized(text, &consts).unwrap();
        assert_eq!(
            text,
            "b0: LOAD_CONST 2; POP_JUMP_IF_TRUE b2\nb1: POP_JUMP_IF_FALSE b4\nb2: RETURN_VALUE\nb3: JUMP b4\n\
             b4: RETURN_VALUE\n"
        );
        assert_eq!(count, 3);
    }

    #[test]
    fn a_circle_of_jumps_is_a_bug() {
        assert!(optimized("POP_JUMP_IF_TRUE L0\nL0:\nJUMP L1\nL1:\nJUMP L0", &[]).is_err());
    }
}
