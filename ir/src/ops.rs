//! Kinds of operations that the control-flow passes tell apart (CPython: `Include/internal/pycore_opcode_utils.h`).

use pycsmith_bytecode::Op;

/// What an operation does to control flow.
pub trait OpKind: Copy {
    /// Pushes an exception handler (`IS_BLOCK_PUSH_OPCODE`).
    fn is_block_push(self) -> bool;
    /// Jumps, conditionally or not; block pushes do not (`OPCODE_HAS_JUMP`).
    fn is_jump(self) -> bool;
    /// Has a block as operand: jumps and block pushes (`HAS_TARGET`).
    fn has_target(self) -> bool;
    /// Jumps always (`IS_UNCONDITIONAL_JUMP_OPCODE`).
    fn is_unconditional_jump(self) -> bool;
    /// A real conditional jump (`IS_CONDITIONAL_JUMP_OPCODE`).
    fn is_conditional_jump(self) -> bool;
    /// Leaves the code unit (`IS_SCOPE_EXIT_OPCODE`).
    fn is_scope_exit(self) -> bool;
    /// Must be the last of its block (`IS_TERMINATOR_OPCODE`).
    fn is_terminator(self) -> bool;
    /// Control never runs into the next instruction (`basicblock_nofallthrough`).
    fn no_fallthrough(self) -> bool;
    /// Checks for signals and other threads (`OPCODE_HAS_EVAL_BREAK`).
    fn has_eval_break(self) -> bool;
    /// Its operand is an index of the constants (`OPCODE_HAS_CONST`).
    fn has_const(self) -> bool;
    /// Ready for the assembler only: a jump with a direction, caches, `EXTENDED_ARG` (`IS_ASSEMBLER_OPCODE`).
    fn is_assembler_op(self) -> bool;
}

mod kind {
    pub const BLOCK_PUSH: u8 = 1;
    pub const JUMP: u8 = 2;
    pub const UNCONDITIONAL: u8 = 4;
    pub const CONDITIONAL: u8 = 8;
    pub const SCOPE_EXIT: u8 = 16;
    pub const EVAL_BREAK: u8 = 32;
    pub const ASSEMBLER: u8 = 64;
}

/// Flags for each operation, so that a question is one load.
static KINDS: [u8; Op::COUNT] = kinds();

const fn kinds() -> [u8; Op::COUNT] {
    const KINDS: &[(u8, &[Op])] = &[
        (
            kind::BLOCK_PUSH,
            &[Op::SETUP_FINALLY, Op::SETUP_WITH, Op::SETUP_CLEANUP],
        ),
        (
            kind::JUMP | kind::UNCONDITIONAL,
            &[
                Op::JUMP,
                Op::JUMP_NO_INTERRUPT,
                Op::JUMP_FORWARD,
                Op::JUMP_BACKWARD,
                Op::JUMP_BACKWARD_NO_INTERRUPT,
            ],
        ),
        (
            kind::JUMP | kind::CONDITIONAL,
            &[
                Op::POP_JUMP_IF_FALSE,
                Op::POP_JUMP_IF_TRUE,
                Op::POP_JUMP_IF_NONE,
                Op::POP_JUMP_IF_NOT_NONE,
            ],
        ),
        (
            kind::JUMP,
            &[
                Op::JUMP_IF_FALSE,
                Op::JUMP_IF_TRUE,
                Op::FOR_ITER,
                Op::SEND,
                Op::END_ASYNC_FOR,
            ],
        ),
        (
            kind::SCOPE_EXIT,
            &[Op::RETURN_VALUE, Op::RAISE_VARARGS, Op::RERAISE],
        ),
        (
            kind::EVAL_BREAK,
            &[
                Op::CALL,
                Op::CALL_FUNCTION_EX,
                Op::JUMP,
                Op::JUMP_BACKWARD,
                Op::RESUME,
            ],
        ),
        (
            kind::ASSEMBLER,
            &[
                Op::JUMP_FORWARD,
                Op::JUMP_BACKWARD,
                Op::JUMP_BACKWARD_NO_INTERRUPT,
                Op::EXTENDED_ARG,
                Op::CACHE,
            ],
        ),
    ];
    let mut all = [0; Op::COUNT];
    let mut row = 0;
    while row < KINDS.len() {
        let mut i = 0;
        while i < KINDS[row].1.len() {
            all[KINDS[row].1[i] as usize] |= KINDS[row].0;
            i += 1;
        }
        row += 1;
    }
    all
}

#[inline]
fn is(op: Op, kinds: u8) -> bool {
    KINDS[op as usize] & kinds != 0
}

impl OpKind for Op {
    #[inline]
    fn is_block_push(self) -> bool {
        is(self, kind::BLOCK_PUSH)
    }

    #[inline]
    fn is_jump(self) -> bool {
        is(self, kind::JUMP)
    }

    #[inline]
    fn has_target(self) -> bool {
        is(self, kind::JUMP | kind::BLOCK_PUSH)
    }

    #[inline]
    fn is_unconditional_jump(self) -> bool {
        is(self, kind::UNCONDITIONAL)
    }

    #[inline]
    fn is_conditional_jump(self) -> bool {
        is(self, kind::CONDITIONAL)
    }

    #[inline]
    fn is_scope_exit(self) -> bool {
        is(self, kind::SCOPE_EXIT)
    }

    #[inline]
    fn is_terminator(self) -> bool {
        is(self, kind::JUMP | kind::SCOPE_EXIT)
    }

    #[inline]
    fn no_fallthrough(self) -> bool {
        is(self, kind::UNCONDITIONAL | kind::SCOPE_EXIT)
    }

    #[inline]
    fn has_eval_break(self) -> bool {
        is(self, kind::EVAL_BREAK)
    }

    #[inline]
    fn has_const(self) -> bool {
        self == Op::LOAD_CONST
    }

    #[inline]
    fn is_assembler_op(self) -> bool {
        is(self, kind::ASSEMBLER)
    }
}
