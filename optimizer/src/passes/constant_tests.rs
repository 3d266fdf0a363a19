//! Tests of constants: what a jump does is known, and a comparison with `None` is a jump.
//!
//! ```text
//! LOAD_CONST        1               NOP
//! POP_JUMP_IF_FALSE b2        =>    NOP
//!
//! LOAD_CONST        None            NOP
//! IS_OP             is              NOP
//! POP_JUMP_IF_FALSE b2        =>    POP_JUMP_IF_NOT_NONE b2
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Instr};

/// `instrs` begin with the load of a constant of this truth and a conditional jump that tests it.
pub fn decide_jump(instrs: &mut [Instr], truth: bool) {
    let op = instrs[1].op;
    let jumps_if_true = matches!(
        op,
        Op::POP_JUMP_IF_TRUE | Op::JUMP_IF_TRUE | Op::JUMP_IF_TRUE_OR_POP
    );
    let jumps = truth == jumps_if_true;
    let pops = match op {
        Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE => true,
        Op::JUMP_IF_FALSE_OR_POP | Op::JUMP_IF_TRUE_OR_POP => !jumps,
        _ => false,
    };
    if pops {
        instrs[0].set_op0(Op::NOP);
    }
    if jumps {
        instrs[1].op = Op::JUMP;
    } else {
        instrs[1].set_op0(Op::NOP);
        instrs[1].target = BlockId::NONE;
    }
}

/// `instrs` begin with the load of `None` and an `IS_OP`; a conditional jump behind it, perhaps with a `TO_BOOL`
/// between, can test for `None` itself.
pub fn jump_on_none(instrs: &mut [Instr]) {
    let mut at = 2;
    let Some(after) = instrs.get_mut(at) else {
        return;
    };
    if after.op == Op::TO_BOOL {
        // The result is a bool already, whatever follows.
        after.set_op0(Op::NOP);
        at += 1;
    }
    let invert = instrs[1].arg != 0;
    let not_none = match instrs.get(at).map(|jump| jump.op) {
        Some(Op::POP_JUMP_IF_FALSE) => !invert,
        Some(Op::POP_JUMP_IF_TRUE) => invert,
        _ => return,
    };
    instrs[0].set_op0(Op::NOP);
    instrs[1].set_op0(Op::NOP);
    instrs[at].op = if not_none {
        Op::POP_JUMP_IF_NOT_NONE
    } else {
        Op::POP_JUMP_IF_NONE
    };
}
