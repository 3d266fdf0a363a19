//! Small integers get their own load, and constants that are returned a `RETURN_CONST`, where the target has these; tests of constants are decided; comparisons with `None` become jumps.
//!
//! ```text
//! b0:                              b0:
//!     LOAD_CONST        7              NOP
//!     TO_BOOL                          NOP
//!     POP_JUMP_IF_FALSE b1             NOP
//!     LOAD_FAST         x              LOAD_FAST            x
//!     LOAD_CONST        None   =>      NOP
//!     IS_OP             is             NOP
//!     POP_JUMP_IF_FALSE b1             POP_JUMP_IF_NOT_NONE b1
//! b1:                              b1:
//!     RAISE_VARARGS     0              RAISE_VARARGS        0
//! ```
//!
//! A loop of its own over all blocks, ahead of `optimize_basic_blocks`.

use std::hint::select_unpredictable;

use pycsmith_bytecode::{Constant, Op, Target};
use pycsmith_ir::cfg::find_any;
use pycsmith_ir::{Cfg, ConstId, ConstPool, Instr, OpKind, kind};

use super::const_table::{ConstTable, small_int};
use super::constant_tests::{decide_jump, jump_on_none};
use super::{Pass, Property};
use crate::Bug;
use crate::const_eval::is_true;

pub const PASS: Pass = Pass {
    name: "optimize_load_const",
    what: "Specializes loads of constants, decides tests of them, and jumps on `None`",
    mirrors: "optimize_load_const",
    requires: &[Property::Terminated],
    establishes: &[],
};

/// # Errors
/// An index beyond the constants.
pub fn run(
    target: Target,
    cfg: &mut Cfg,
    consts: &mut Vec<ConstId>,
    pool: &mut ConstPool,
) -> Result<(), Bug> {
    let mut table = ConstTable::new(target, consts, pool);
    if !cfg.may_have(kind::CONST) {
        return Ok(());
    }
    if target.loads_small_ints() && !cfg.loads_small_ints {
        load_small_ints(cfg.code_mut(), &table)?;
    }
    let all = target.loads_common_literals() || target.returns_constants();
    let kinds = if all { kind::CONST } else { kind::USES_CONST };
    let blocks = cfg.blocks_that(|_, block| block.may_have(kinds));
    for &b in &blocks {
        let mut made = Made::default();
        let instrs = cfg.instrs_mut(b);
        let mut start = 0;
        while let Some(i) = find_any(instrs, start, kind::CONST) {
            optimize_load(instrs, i, &mut table, &mut made)?;
            start = i + 1;
        }
        cfg.note(b, made.kinds);
        cfg.edges_counted &= !made.jumps;
    }
    cfg.worklist = blocks;
    Ok(())
}

/// Gives small integers their own load.
fn load_small_ints(instrs: &mut [Instr], table: &ConstTable) -> Result<(), Bug> {
    for instr in instrs {
        // What stands here is as good as chance: no branch depends on it.
        let is_load = instr.op == Op::LOAD_CONST;
        let small = match table.find(select_unpredictable(is_load, instr.arg, 0)) {
            Some(value) => small_int(value),
            None if is_load => return Err(table.missing(instr.arg)),
            None => None,
        };
        let is_small = is_load & small.is_some();
        instr.op = select_unpredictable(is_small, Op::LOAD_SMALL_INT, instr.op);
        instr.arg = select_unpredictable(is_small, small.unwrap_or(0), instr.arg);
    }
    Ok(())
}

/// What became of instructions.
#[derive(Default)]
struct Made {
    /// The kinds that there are now.
    kinds: u32,
    /// A conditional jump is decided.
    jumps: bool,
}

/// The load at `start` with what follows it.
#[inline(never)]
fn optimize_load(
    instrs: &mut [Instr],
    start: usize,
    table: &mut ConstTable,
    made: &mut Made,
) -> Result<(), Bug> {
    let Instr { op, arg, .. } = instrs[start];
    if op != Op::LOAD_CONST && op != Op::LOAD_SMALL_INT {
        return Ok(());
    }
    let mut i = start;
    loop {
        match instrs.get(i + 1).map_or(Op::NOP, |next| next.op) {
            Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE | Op::JUMP_IF_FALSE | Op::JUMP_IF_TRUE => {
                decide_jump(&mut instrs[i..], is_true(&table.loaded(op, arg)?));
                made.kinds |= kind::NOP | Op::JUMP.kinds();
                made.jumps = true;
            }
            Op::IS_OP if matches!(table.loaded(op, arg)?, Constant::None) => {
                jump_on_none(&mut instrs[i..]);
                made.kinds |= kind::NOP;
            }
            Op::RETURN_VALUE if table.target().returns_constants() => {
                instrs[i].set_op0(Op::NOP);
                instrs[i + 1].set_op1(Op::RETURN_CONST, arg);
                made.kinds |= kind::NOP | Op::RETURN_CONST.kinds();
            }
            Op::TO_BOOL => {
                let truth = is_true(&table.loaded(op, arg)?);
                let index = table.add(Constant::Bool(truth));
                instrs[i].set_op0(Op::NOP);
                instrs[i + 1].set_op1(Op::LOAD_CONST, index);
                made.kinds |= kind::NOP | Op::LOAD_CONST.kinds();
            }
            _ => {}
        }
        if table.target().loads_common_literals()
            && instrs[i].op == Op::LOAD_CONST
            && let Some(arg) = table.common_constant(table.get(instrs[i].arg)?)
        {
            instrs[i].set_op1(Op::LOAD_COMMON_CONSTANT, arg);
        }
        // A `COPY 1` loads it again. CPython quirk (3.14, flowgraph.c): a copy of a small integer does not count.
        i += 1;
        let copied = instrs
            .get(i)
            .is_some_and(|next| next.op == Op::COPY && next.arg == 1);
        if op != Op::LOAD_CONST || !copied {
            return Ok(());
        }
    }
}
