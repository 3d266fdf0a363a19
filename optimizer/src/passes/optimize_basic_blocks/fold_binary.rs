//! A binary operation or a subscript on constants is a constant.
//!
//! ```text
//! LOAD_CONST     'ab'        NOP
//! LOAD_SMALL_INT 3     =>    NOP
//! BINARY_OP      *           LOAD_CONST 'ababab'
//! ```

use pycsmith_ir::Instr;

use super::super::const_table::{ConstTable, find_const_loads, nop_out};
use crate::Bug;
use crate::const_eval::eval_binary;

/// The `BINARY_OP` at `i` (`fold_const_binop`).
///
/// # Errors
/// An index beyond the constants.
pub fn fold(instrs: &mut [Instr], i: usize, table: &mut ConstTable) -> Result<(), Bug> {
    let mut operands = [0; 2];
    if !find_const_loads(instrs, i, &mut operands) {
        return Ok(());
    }
    let [left, right] = operands.map(|at| instrs[at as usize]);
    let (left, right) = (
        table.loaded(left.op, left.arg)?,
        table.loaded(right.op, right.arg)?,
    );
    if let Some(value) = eval_binary(table.target(), &left, instrs[i].arg, &right) {
        nop_out(instrs, &operands);
        table.make_load(&mut instrs[i], value);
    }
    Ok(())
}
