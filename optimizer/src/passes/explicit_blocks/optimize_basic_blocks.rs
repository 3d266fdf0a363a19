//! Decides tests of constants, folds tuples, simplifies swaps and threads jumps to jumps, block by block; each block
//! is cleaned of `NOP`s before the next one is looked at.
//!
//! ```text
//! b0:                              b0:
//!     LOAD_CONST        None           POP_JUMP_IF_NOT_NONE b3
//!     IS_OP             is         b1:
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

use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{BlockId, Cfg, ConstId, ConstPool, Instr, OpKind};

use super::super::const_table::ConstTable;
use super::super::optimize_basic_blocks::in_order::simplify;
use super::super::optimize_basic_blocks::retarget_jumps::{skip_empty, thread};
use super::super::{Pass, Property};
use super::clean_basic_blocks::clean;
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "optimize_basic_blocks",
    what: "Decides tests of constants, folds tuples, simplifies swaps and threads jumps, block by block",
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
        block(cfg, b, &mut table)?;
        cfg.recount_kinds(b);
        clean(cfg, b);
        b = cfg[b].next;
    }
    Ok(())
}

fn block(cfg: &mut Cfg, b: BlockId, table: &mut ConstTable) -> Result<(), Bug> {
    let mut i = 0;
    while i < cfg[b].len() {
        let Instr { op, arg, .. } = cfg.instrs(b)[i];
        if op.is_jump() {
            thread(cfg, b, i, |jump, to| jump.line() == to.line())?;
        } else if op.is_block_push() {
            skip_empty(cfg, b, i)?;
        } else {
            let loaded = (op == Op::LOAD_CONST).then_some(arg);
            i = simplify(cfg.instrs_mut(b), i, loaded, table)?;
        }
        i += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use pycsmith_bytecode::Constant;

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
