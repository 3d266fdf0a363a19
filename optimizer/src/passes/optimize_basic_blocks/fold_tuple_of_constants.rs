//! A tuple of constants is a constant.
//!
//! ```text
//! LOAD_SMALL_INT 1           NOP
//! LOAD_CONST     None  =>    NOP
//! BUILD_TUPLE    2           LOAD_CONST (1, None)
//! ```

use pycsmith_bytecode::{Constant, Op};
use pycsmith_ir::Instr;

use super::super::const_table::{ConstTable, STACK_USE_GUIDELINE, find_const_loads, nop_out};
use crate::Bug;

/// The `BUILD_TUPLE` at `i` (`fold_tuple_of_constants`).
///
/// # Errors
/// An index beyond the constants.
pub fn fold(instrs: &mut [Instr], i: usize, table: &mut ConstTable) -> Result<(), Bug> {
    if table.target().folds_on_ast() {
        return fold_adjacent(instrs, i, table);
    }
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

/// The same where constants have been folded before: they must be loaded one right behind the other, and the `NOP`s
/// left keep their lines (`fold_tuple_on_constants`).
fn fold_adjacent(instrs: &mut [Instr], i: usize, table: &mut ConstTable) -> Result<(), Bug> {
    let size = instrs[i].arg as usize;
    let Some(first) = i.checked_sub(size) else {
        return Ok(());
    };
    let loads = &instrs[first..i];
    if loads.iter().any(|load| load.op != Op::LOAD_CONST) {
        return Ok(());
    }
    let items: Result<Vec<_>, Bug> = loads
        .iter()
        .map(|load| table.get(load.arg).cloned())
        .collect();
    for load in &mut instrs[first..i] {
        load.set_op0(Op::NOP);
    }
    table.make_load(&mut instrs[i], Constant::Tuple(items?.into()));
    Ok(())
}
