//! A tuple of constants is a constant.
//!
//! ```text
//! LOAD_SMALL_INT 1          NOP
//! LOAD_CONST 0  (None)  =>  NOP
//! BUILD_TUPLE 2             LOAD_CONST 1  ((1, None))
//! ```

use pycsmith_bytecode::Constant;
use pycsmith_ir::Instr;

use super::super::const_table::{ConstTable, STACK_USE_GUIDELINE, find_const_loads, nop_out};
use crate::Bug;

/// The `BUILD_TUPLE` at `i` (`fold_tuple_of_constants`).
///
/// # Errors
/// An index beyond the constants.
pub fn fold(instrs: &mut [Instr], i: usize, table: &mut ConstTable) -> Result<(), Bug> {
    let size = instrs[i].arg as usize;
    let mut loads = [0; STACK_USE_GUIDELINE];
    let Some(loads) = loads.get_mut(..size) else {
        return Ok(());
    };
    if find_const_loads(instrs, i, loads) {
        let items = table.all_loaded(instrs, loads)?;
        nop_out(instrs, loads);
        table.make_load(&mut instrs[i], Constant::Tuple(items.into()));
    }
    Ok(())
}
