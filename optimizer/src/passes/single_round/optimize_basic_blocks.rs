//! Decides tests of constants, folds tuples, simplifies swaps and threads jumps to jumps, block by block.
//!
//! ```text
//! b0:                              b0:
//!     LOAD_CONST        None           NOP
//!     IS_OP             is             NOP
//!     POP_JUMP_IF_FALSE b2             POP_JUMP_IF_NOT_NONE b2
//! b1:                              b1:
//!     LOAD_CONST        1              NOP
//!     LOAD_CONST        2      =>      NOP
//!     BUILD_TUPLE       2              LOAD_CONST           (1, 2)
//!     RETURN_VALUE                     RETURN_VALUE
//! b2:                              b2:
//!     RAISE_VARARGS     0              RAISE_VARARGS        0
//! ```

use pycsmith_bytecode::{Location, Op, Target};
use pycsmith_ir::{BlockId, Cfg, ConstId, ConstPool, Instr, OpKind};

use super::super::const_table::ConstTable;
use super::super::optimize_basic_blocks::in_order::simplify;
use super::super::optimize_basic_blocks::retarget_jumps::thread;
use super::super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "optimize_basic_blocks",
    what: "Decides tests of constants, folds tuples, simplifies swaps and threads jumps, block by block",
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
    let mut loaded = None;
    let mut i = 0;
    while i < cfg[b].len() {
        let Instr { op, arg, .. } = cfg.instrs(b)[i];
        // CPython quirk (3.12, optimize_basic_block): a copy of a constant counts as a load of it.
        loaded = match op {
            Op::LOAD_CONST => Some(arg),
            Op::COPY if arg == 1 => loaded,
            _ => None,
        };
        if op.is_jump() {
            thread(cfg, b, i, |jump, to| {
                to.line() == jump.line() || to.line() == Location::NONE.line
            })?;
        } else {
            i = simplify(cfg.instrs_mut(b), i, loaded, table)?;
        }
        i += 1;
    }
    Ok(())
}
