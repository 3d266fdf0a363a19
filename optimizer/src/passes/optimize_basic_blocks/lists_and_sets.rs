//! Lists and sets of constants. One that is only iterated over or searched becomes a constant tuple or frozenset
//! (a list of anything, a tuple); any other is extended by one constant instead of built of many.
//!
//! ```text
//! LOAD_SMALL_INT 1          NOP
//! LOAD_SMALL_INT 2          NOP
//! BUILD_LIST     2          LOAD_CONST  (1, 2)
//! CONTAINS_OP    in         CONTAINS_OP in
//! LOAD_SMALL_INT 1    =>    NOP
//! LOAD_SMALL_INT 2          BUILD_SET   0
//! LOAD_SMALL_INT 3          LOAD_CONST  frozenset({1, 2, 3})
//! BUILD_SET      3          SET_UPDATE  1
//! ```

use pycsmith_bytecode::{Constant, Op};
use pycsmith_ir::Instr;

use super::super::const_table::{ConstTable, STACK_USE_GUIDELINE, find_const_loads, nop_out};
use crate::Bug;

/// Fewest items of a display for which one constant pays.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;

/// The `BUILD_LIST` or `BUILD_SET` at `i`, with `next_op` behind it (`optimize_lists_and_sets`).
///
/// # Errors
/// An index beyond the constants.
pub fn optimize(
    instrs: &mut [Instr],
    i: usize,
    next_op: Op,
    table: &mut ConstTable,
) -> Result<(), Bug> {
    let contains_or_iter = matches!(next_op, Op::GET_ITER | Op::CONTAINS_OP);
    let Instr { op, arg, loc, .. } = instrs[i];
    let size = arg as usize;
    if size < MIN_CONST_SEQUENCE_SIZE && !contains_or_iter {
        return Ok(());
    }
    let mut loads = [0; STACK_USE_GUIDELINE];
    let Some(loads) = loads.get_mut(..size) else {
        return Ok(());
    };
    if !find_const_loads(instrs, i, loads) {
        if contains_or_iter && op == Op::BUILD_LIST {
            instrs[i].op = Op::BUILD_TUPLE;
        }
        return Ok(());
    }
    let items = table.all_loaded(instrs, loads)?;
    let value = if op == Op::BUILD_SET {
        table.frozenset(&items)
    } else {
        Constant::Tuple(items.into())
    };
    let index = table.add(value);
    nop_out(instrs, loads);
    if contains_or_iter {
        instrs[i].set_op1(Op::LOAD_CONST, index);
    } else {
        // At least three loads stood before `i`.
        instrs[i - 2].set_op1(op, 0);
        instrs[i - 2].loc = loc;
        instrs[i - 1].set_op1(Op::LOAD_CONST, index);
        instrs[i].set_op1(
            if op == Op::BUILD_LIST {
                Op::LIST_EXTEND
            } else {
                Op::SET_UPDATE
            },
            1,
        );
    }
    Ok(())
}
