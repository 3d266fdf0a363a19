//! What releases up to 3.12 do with an instruction that has no target. They look at each one once, in order, and go on
//! with what has become of those behind it.
//!
//! ```text
//! # 3.12
//! b0:                              b0:
//!     PUSH_NULL                        NOP
//!     LOAD_GLOBAL       print          LOAD_GLOBAL          print null
//!     LOAD_CONST        None    =>     NOP
//!     IS_OP             is             NOP
//!     POP_JUMP_IF_FALSE b1             POP_JUMP_IF_NOT_NONE b1
//! b1:                              b1:
//!     LOAD_CONST        1              NOP
//!     RETURN_VALUE                     RETURN_CONST         1
//! ```

use pycsmith_bytecode::{Constant, Op};
use pycsmith_ir::Instr;

use super::super::const_table::ConstTable;
use super::super::constant_tests::{decide_jump, jump_on_none};
use super::{apply_static_swaps, fold_tuple_of_constants, pack_and_unpack, swaptimize};
use crate::Bug;
use crate::const_eval::is_true;

/// The instruction at `i` and what it begins; `loaded` is the constant that it loads, if it does. Gives the last
/// position that is done with.
///
/// # Errors
/// An index beyond the constants.
pub fn simplify(
    instrs: &mut [Instr],
    i: usize,
    loaded: Option<u32>,
    table: &mut ConstTable,
) -> Result<usize, Bug> {
    if let Some(constant) = loaded {
        load_const(instrs, i, constant, table)?;
        return Ok(i);
    }
    let Instr { op, arg, .. } = instrs[i];
    match op {
        Op::BUILD_TUPLE => {
            let cancelled = pack_and_unpack::cancel(instrs, i);
            if !cancelled {
                fold_tuple_of_constants::fold(instrs, i, table)?;
            }
        }
        Op::SWAP if arg == 1 => instrs[i].set_op0(Op::NOP),
        Op::SWAP => {
            let end = swaptimize(instrs, i);
            apply_static_swaps(instrs, end, table.target().keeps_order_of_stores());
            return Ok(end);
        }
        // 3.11 looks for the bit in the opcode instead of the operand; its code generator never sets it, so that
        // there is nothing to tell the two by.
        Op::PUSH_NULL => match instrs.get_mut(i + 1) {
            Some(next) if next.op == Op::LOAD_GLOBAL && next.arg & 1 == 0 => {
                next.arg |= 1;
                instrs[i].set_op0(Op::NOP);
            }
            _ => {}
        },
        _ => {}
    }
    Ok(i)
}

/// A constant that is tested is not loaded; one that is returned is so by one instruction, where the target has it.
fn load_const(
    instrs: &mut [Instr],
    i: usize,
    constant: u32,
    table: &ConstTable,
) -> Result<(), Bug> {
    match instrs.get(i + 1).map_or(Op::NOP, |next| next.op) {
        Op::POP_JUMP_IF_FALSE
        | Op::POP_JUMP_IF_TRUE
        | Op::JUMP_IF_FALSE_OR_POP
        | Op::JUMP_IF_TRUE_OR_POP => decide_jump(&mut instrs[i..], is_true(table.get(constant)?)),
        Op::IS_OP if matches!(table.get(constant)?, Constant::None) => {
            jump_on_none(&mut instrs[i..])
        }
        Op::RETURN_VALUE if table.target().returns_constants() => {
            instrs[i].set_op0(Op::NOP);
            instrs[i + 1].set_op1(Op::RETURN_CONST, constant);
        }
        _ => {}
    }
    Ok(())
}
