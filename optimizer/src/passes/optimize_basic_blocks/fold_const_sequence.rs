//! A long display of constants, which the code generator builds item by item, becomes a constant where a tuple
//! or a frozenset will do.
//!
//! ```text
//! BUILD_LIST       0          NOP
//! LOAD_SMALL_INT   1          NOP
//! LIST_APPEND      1    =>    NOP
//! LOAD_SMALL_INT   2          NOP
//! LIST_APPEND      1          NOP
//! CALL_INTRINSIC_1 6          LOAD_CONST (1, 2)
//! ```

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::Instr;

use super::super::const_table::{ConstTable, loads_const};
use crate::Bug;

/// `i` is the intrinsic that makes a tuple of the list, or the last append (`fold_constant_intrinsic_list_to_tuple`;
/// from 3.14.3 on, for appends too, `fold_constant_seq_into_load_const`).
///
/// # Errors
/// An index beyond the constants.
pub fn fold(instrs: &mut [Instr], i: usize, table: &mut ConstTable) -> Result<(), Bug> {
    let (build, append) = match instrs[i].op {
        Op::SET_ADD => (Op::BUILD_SET, Op::SET_ADD),
        _ => (Op::BUILD_LIST, Op::LIST_APPEND),
    };
    let Some(start) = sequence_start(instrs, i, build, append) else {
        return Ok(());
    };
    let mut items = Vec::with_capacity((i - start) / 2);
    for instr in &instrs[start..=i] {
        if loads_const(instr) {
            items.push(table.loaded(instr.op, instr.arg)?);
        }
    }
    let keep_loc = instrs[i].op == Op::CALL_INTRINSIC_1;
    for (at, instr) in instrs.iter_mut().enumerate().take(i + 1).skip(start) {
        if instr.op != Op::NOP && !(at == i && keep_loc) {
            instr.set_op0(Op::NOP);
            instr.loc = Location::NONE;
        }
    }
    let value = if build == Op::BUILD_SET {
        table.frozenset(&items)
    } else {
        Constant::Tuple(items.into())
    };
    table.make_load(&mut instrs[i], value);
    Ok(())
}

/// Where the empty list or set is built that only constants were appended to.
fn sequence_start(instrs: &[Instr], i: usize, build: Op, append: Op) -> Option<usize> {
    let mut expect_append = instrs[i].op == Op::CALL_INTRINSIC_1;
    for at in (0..i).rev() {
        let Instr { op, arg, .. } = instrs[at];
        if op == Op::NOP {
            continue;
        }
        if op == build && arg == 0 {
            return expect_append.then_some(at);
        }
        let expected = if expect_append {
            op == append && arg == 1
        } else {
            loads_const(&instrs[at])
        };
        if !expected {
            return None;
        }
        expect_append = !expect_append;
    }
    None
}
