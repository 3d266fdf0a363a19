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
    /// Checks for signals and other threads (`OPCODE_HAS_EVAL_BREAK`).
    fn has_eval_break(self) -> bool;
    /// Its operand is an index of the constants (`OPCODE_HAS_CONST`).
    fn has_const(self) -> bool;
    /// Ready for the assembler only: a jump with a direction, caches, `EXTENDED_ARG` (`IS_ASSEMBLER_OPCODE`).
    fn is_assembler_op(self) -> bool;
}

impl OpKind for Op {
    #[inline]
    fn is_block_push(self) -> bool {
        matches!(self, Op::SETUP_FINALLY | Op::SETUP_WITH | Op::SETUP_CLEANUP)
    }

    #[inline]
    fn is_jump(self) -> bool {
        matches!(
            self,
            Op::JUMP
                | Op::JUMP_NO_INTERRUPT
                | Op::JUMP_IF_FALSE
                | Op::JUMP_IF_TRUE
                | Op::JUMP_FORWARD
                | Op::JUMP_BACKWARD
                | Op::JUMP_BACKWARD_NO_INTERRUPT
                | Op::POP_JUMP_IF_FALSE
                | Op::POP_JUMP_IF_TRUE
                | Op::POP_JUMP_IF_NONE
                | Op::POP_JUMP_IF_NOT_NONE
                | Op::FOR_ITER
                | Op::SEND
                | Op::END_ASYNC_FOR
        )
    }

    #[inline]
    fn has_target(self) -> bool {
        self.is_jump() || self.is_block_push()
    }

    #[inline]
    fn is_unconditional_jump(self) -> bool {
        matches!(
            self,
            Op::JUMP
                | Op::JUMP_NO_INTERRUPT
                | Op::JUMP_FORWARD
                | Op::JUMP_BACKWARD
                | Op::JUMP_BACKWARD_NO_INTERRUPT
        )
    }

    #[inline]
    fn is_conditional_jump(self) -> bool {
        matches!(
            self,
            Op::POP_JUMP_IF_FALSE
                | Op::POP_JUMP_IF_TRUE
                | Op::POP_JUMP_IF_NONE
                | Op::POP_JUMP_IF_NOT_NONE
        )
    }

    #[inline]
    fn is_scope_exit(self) -> bool {
        matches!(self, Op::RETURN_VALUE | Op::RAISE_VARARGS | Op::RERAISE)
    }

    #[inline]
    fn is_terminator(self) -> bool {
        self.is_jump() || self.is_scope_exit()
    }

    #[inline]
    fn has_eval_break(self) -> bool {
        matches!(
            self,
            Op::CALL | Op::CALL_FUNCTION_EX | Op::JUMP | Op::JUMP_BACKWARD | Op::RESUME
        )
    }

    #[inline]
    fn has_const(self) -> bool {
        self == Op::LOAD_CONST
    }

    #[inline]
    fn is_assembler_op(self) -> bool {
        matches!(
            self,
            Op::JUMP_FORWARD
                | Op::JUMP_BACKWARD
                | Op::JUMP_BACKWARD_NO_INTERRUPT
                | Op::EXTENDED_ARG
                | Op::CACHE
        )
    }
}
