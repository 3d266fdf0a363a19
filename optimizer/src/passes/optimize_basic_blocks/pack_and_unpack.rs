//! Up to three items packed into a tuple and unpacked again change places instead.
//!
//! ```text
//! BUILD_TUPLE 2               NOP
//! UNPACK_SEQUENCE 2    =>     SWAP 2
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::Instr;

/// The `BUILD_TUPLE` at `i`; whether it was unpacked at once.
pub fn cancel(instrs: &mut [Instr], i: usize) -> bool {
    let arg = instrs[i].arg;
    match instrs.get_mut(i + 1) {
        Some(next)
            if next.op == Op::UNPACK_SEQUENCE && next.arg == arg && (1..=3).contains(&arg) =>
        {
            if arg == 1 {
                next.set_op0(Op::NOP);
            } else {
                next.op = Op::SWAP;
            }
        }
        _ => return false,
    }
    instrs[i].set_op0(Op::NOP);
    true
}
