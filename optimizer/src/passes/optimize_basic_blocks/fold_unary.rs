//! A unary operation on a constant is a constant.
//!
//! ```text
//! LOAD_SMALL_INT 1        NOP
//! UNARY_NEGATIVE    =>    LOAD_CONST -1
//! ```

use pycsmith_ir::Instr;

use super::super::const_table::{ConstTable, find_const_loads, nop_out};
use crate::Bug;
use crate::const_eval::{Unary, eval_unary};

/// The unary operation at `i` (`fold_const_unaryop`).
///
/// # Errors
/// An index beyond the constants.
pub fn fold(instrs: &mut [Instr], i: usize, op: Unary, table: &mut ConstTable) -> Result<(), Bug> {
    let mut operand = [0];
    if !find_const_loads(instrs, i, &mut operand) {
        return Ok(());
    }
    let load = instrs[operand[0] as usize];
    if let Some(value) = eval_unary(table.target(), op, &table.loaded(load.op, load.arg)?) {
        nop_out(instrs, &operand);
        table.make_load(&mut instrs[i], value);
    }
    Ok(())
}
