//! Kinds of operations that the control-flow passes tell apart (CPython: `Include/internal/pycore_opcode_utils.h`).

use pycsmith_bytecode::Op;

/// What an operation does to control flow.
pub trait OpKind: Copy {
    /// All the sets of [`kind`] that it is in.
    fn kinds(self) -> u32;
    /// Is in one of these sets of [`kind`].
    fn is_any(self, kinds: u32) -> bool;
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

/// Sets of operations, a bit each: what some pass looks for, or what several ask for. [`crate::Block::kinds`] tells
/// of which ones a block may have any.
pub mod kind {
    pub const BLOCK_PUSH: u32 = 1;
    pub const JUMP: u32 = 1 << 1;
    pub const UNCONDITIONAL: u32 = 1 << 2;
    pub const CONDITIONAL: u32 = 1 << 3;
    pub const SCOPE_EXIT: u32 = 1 << 4;
    pub const EVAL_BREAK: u32 = 1 << 5;
    pub const ASSEMBLER: u32 = 1 << 6;
    pub const NOP: u32 = 1 << 7;
    /// Loads of constants.
    pub const CONST: u32 = 1 << 8;
    pub const POP_TOP: u32 = 1 << 9;
    /// Where the optimizer of basic blocks may begin.
    pub const PEEPHOLE: u32 = ALONE | PAIRED | OF_CONSTS;
    /// Loads, stores and deletions of locals, alone or in pairs.
    pub const LOCAL: u32 = 1 << 11;
    /// Of these, what may leave the local unbound.
    pub const UNBINDS: u32 = 1 << 12;
    /// Behind it the local is bound.
    pub const BINDS: u32 = 1 << 18;
    /// The operand is the index of a cell or free variable.
    pub const DEREF: u32 = 1 << 13;
    /// Pseudo-instructions that become real ones, or `NOP`s.
    pub const PSEUDO: u32 = 1 << 14;
    /// `JUMP_IF_FALSE` and `JUMP_IF_TRUE`.
    pub const JUMP_IF: u32 = 1 << 15;
    pub const POP_BLOCK: u32 = 1 << 16;
    /// Of blocks only: an instruction without a line.
    pub const NO_LINE: u32 = 1 << 17;
    /// The operand is an index of the constants.
    pub const CONST_ARG: u32 = 1 << 19;
    /// Computes a value, perhaps of constants.
    pub const FOLDING: u32 = 1 << 20;
    /// Starts, stops or goes on with a generator.
    pub const GENERATOR: u32 = 1 << 22;
    /// `ANNOTATIONS_PLACEHOLDER`, which graphs do not have.
    pub const PLACEHOLDER: u32 = 1 << 21;
    /// Behind a constant, perhaps the start of something shorter.
    pub const USES_CONST: u32 = 1 << 23;
    /// What may change with the next instruction,
    pub const PAIRED: u32 = 1 << 24;
    /// if it is one of these.
    pub const PARTNER: u32 = PAIRED << 1;
    /// What may change behind a constant,
    pub const OF_CONSTS: u32 = 1 << 26;
    /// if the last one is one of these, which load constants, do nothing, or may come to that.
    pub const PERHAPS_CONST: u32 = OF_CONSTS << 1;
    /// What may change whatever its neighbours are.
    pub const ALONE: u32 = 1 << 28;

    /// What depends on neighbours: a block tells of it only where these are there.
    pub const OF_NEIGHBORS: u32 = PAIRED | OF_CONSTS | USES_CONST;
    /// What only single instructions are asked for: no block need tell of these.
    pub const OF_INSTRS: u32 = BINDS | PARTNER | PERHAPS_CONST | OF_NEIGHBORS;
}

/// Flags for each operation, so that a question is one load.
static KINDS: [u32; Op::COUNT] = kinds();

const fn kinds() -> [u32; Op::COUNT] {
    const KINDS: &[(u32, &[Op])] = &[
        (
            kind::BLOCK_PUSH | kind::PSEUDO,
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
            kind::FOLDING,
            &[
                Op::BUILD_LIST,
                Op::BUILD_SET,
                Op::UNARY_INVERT,
                Op::UNARY_NEGATIVE,
                Op::BINARY_OP,
                Op::CALL_INTRINSIC_1,
                Op::LIST_APPEND,
                Op::SET_ADD,
            ],
        ),
        (kind::CONST_ARG, &[Op::LOAD_CONST, Op::KW_NAMES]),
        (kind::CONST_ARG | kind::SCOPE_EXIT, &[Op::RETURN_CONST]),
        (
            kind::JUMP,
            &[
                Op::JUMP_IF_FALSE,
                Op::JUMP_IF_TRUE,
                Op::FOR_ITER,
                Op::SEND,
                Op::END_ASYNC_FOR,
                Op::JUMP_IF_FALSE_OR_POP,
                Op::JUMP_IF_TRUE_OR_POP,
                Op::POP_JUMP_FORWARD_IF_FALSE,
                Op::POP_JUMP_FORWARD_IF_TRUE,
                Op::POP_JUMP_FORWARD_IF_NONE,
                Op::POP_JUMP_FORWARD_IF_NOT_NONE,
                Op::POP_JUMP_BACKWARD_IF_FALSE,
                Op::POP_JUMP_BACKWARD_IF_TRUE,
                Op::POP_JUMP_BACKWARD_IF_NONE,
                Op::POP_JUMP_BACKWARD_IF_NOT_NONE,
            ],
        ),
        (kind::JUMP_IF, &[Op::JUMP_IF_FALSE, Op::JUMP_IF_TRUE]),
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
        (kind::NOP | kind::PERHAPS_CONST, &[Op::NOP]),
        (
            kind::CONST | kind::PERHAPS_CONST,
            &[Op::LOAD_CONST, Op::LOAD_SMALL_INT, Op::LOAD_COMMON_CONSTANT],
        ),
        (kind::POP_TOP, &[Op::POP_TOP]),
        (
            kind::ALONE | kind::PERHAPS_CONST,
            &[
                Op::SWAP,
                Op::BUILD_TUPLE,
                Op::BUILD_LIST,
                Op::BUILD_SET,
                Op::UNARY_NOT,
                Op::CALL_INTRINSIC_1,
                Op::LIST_APPEND,
                Op::SET_ADD,
                // Behind a tuple it may become a `SWAP`.
                Op::UNPACK_SEQUENCE,
            ],
        ),
        (
            kind::OF_CONSTS | kind::PERHAPS_CONST,
            &[Op::UNARY_INVERT, Op::UNARY_NEGATIVE, Op::BINARY_OP],
        ),
        (
            kind::LOCAL | kind::BINDS,
            &[Op::LOAD_FAST, Op::LOAD_FAST_CHECK, Op::STORE_FAST],
        ),
        (
            kind::LOCAL,
            &[
                Op::LOAD_FAST_LOAD_FAST,
                Op::STORE_FAST_LOAD_FAST,
                Op::STORE_FAST_STORE_FAST,
            ],
        ),
        (
            kind::LOCAL | kind::UNBINDS,
            &[
                Op::DELETE_FAST,
                Op::LOAD_FAST_AND_CLEAR,
                Op::STORE_FAST_MAYBE_NULL,
            ],
        ),
        (
            kind::DEREF,
            &[
                Op::MAKE_CELL,
                Op::LOAD_CLOSURE,
                Op::LOAD_DEREF,
                Op::STORE_DEREF,
                Op::DELETE_DEREF,
                Op::LOAD_FROM_DICT_OR_DEREF,
                Op::LOAD_CLASSDEREF,
            ],
        ),
        (kind::PSEUDO, &[Op::LOAD_CLOSURE, Op::STORE_FAST_MAYBE_NULL]),
        // It becomes a `NOP`.
        (kind::POP_BLOCK | kind::PERHAPS_CONST, &[Op::POP_BLOCK]),
        (
            kind::GENERATOR,
            &[Op::RETURN_GENERATOR, Op::YIELD_VALUE, Op::RESUME],
        ),
        (kind::PLACEHOLDER, &[Op::ANNOTATIONS_PLACEHOLDER]),
        // Behind a `UNARY_NOT` it becomes another one, and the next `TO_BOOL` behind that.
        (kind::OF_CONSTS | kind::PERHAPS_CONST, &[Op::TO_BOOL]),
        (
            kind::PAIRED,
            &[
                Op::STORE_FAST,
                Op::LOAD_GLOBAL,
                Op::COMPARE_OP,
                Op::CONTAINS_OP,
                Op::IS_OP,
                Op::TO_BOOL,
            ],
        ),
        (
            kind::PARTNER,
            &[Op::STORE_FAST, Op::PUSH_NULL, Op::TO_BOOL, Op::UNARY_NOT],
        ),
        (
            kind::USES_CONST,
            &[
                Op::POP_JUMP_IF_FALSE,
                Op::POP_JUMP_IF_TRUE,
                Op::JUMP_IF_FALSE,
                Op::JUMP_IF_TRUE,
                Op::IS_OP,
                Op::TO_BOOL,
                Op::COPY,
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
fn is(op: Op, kinds: u32) -> bool {
    KINDS[op as usize] & kinds != 0
}

impl OpKind for Op {
    #[inline]
    fn kinds(self) -> u32 {
        KINDS[self as usize]
    }

    #[inline]
    fn is_any(self, kinds: u32) -> bool {
        is(self, kinds)
    }

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
        is(self, kind::CONST_ARG)
    }

    #[inline]
    fn is_assembler_op(self) -> bool {
        is(self, kind::ASSEMBLER)
    }
}
