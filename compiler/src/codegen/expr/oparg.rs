//! Operands with a meaning of their own: the numbers that CPython's headers give them.

/// `CALL_INTRINSIC_1` functions (`pycore_intrinsics.h`).
pub mod intrinsic_1 {
    pub const PRINT: u32 = 1;
    pub const IMPORT_STAR: u32 = 2;
    pub const STOPITERATION_ERROR: u32 = 3;
    pub const ASYNC_GEN_WRAP: u32 = 4;
    pub const UNARY_POSITIVE: u32 = 5;
    pub const LIST_TO_TUPLE: u32 = 6;
    pub const TYPEVAR: u32 = 7;
    pub const PARAMSPEC: u32 = 8;
    pub const TYPEVARTUPLE: u32 = 9;
    pub const SUBSCRIPT_GENERIC: u32 = 10;
    pub const TYPEALIAS: u32 = 11;
}

/// `CALL_INTRINSIC_2` functions (`pycore_intrinsics.h`).
pub mod intrinsic_2 {
    pub const PREP_RERAISE_STAR: u32 = 1;
    pub const TYPEVAR_WITH_BOUND: u32 = 2;
    pub const TYPEVAR_WITH_CONSTRAINTS: u32 = 3;
    pub const SET_FUNCTION_TYPE_PARAMS: u32 = 4;
    pub const SET_TYPEPARAM_DEFAULT: u32 = 5;
}

/// `LOAD_COMMON_CONSTANT` objects (`pycore_opcode_utils.h`).
pub mod common_constant {
    pub const ASSERTIONERROR: u32 = 0;
    pub const NOTIMPLEMENTEDERROR: u32 = 1;
    pub const BUILTIN_TUPLE: u32 = 2;
    pub const BUILTIN_ALL: u32 = 3;
    pub const BUILTIN_ANY: u32 = 4;
    pub const BUILTIN_LIST: u32 = 5;
    pub const BUILTIN_SET: u32 = 6;
}

/// Where a `RESUME` stands (`pycore_opcode_utils.h`).
pub mod resume {
    pub const AT_FUNC_START: u32 = 0;
    pub const AFTER_YIELD: u32 = 1;
    pub const AFTER_YIELD_FROM: u32 = 2;
    pub const AFTER_AWAIT: u32 = 3;
    pub const AT_GEN_EXPR_START: u32 = 4;
}

/// `GET_ITER`'s operands (`pycore_opcode_utils.h`).
pub mod get_iter {
    /// For `yield from`.
    pub const YIELD_FROM: u32 = 1;
    /// What a code object that is no coroutine has for it (a coroutine would have 2).
    ///
    /// CPython quirk (3.15, `fixup_getiter`): a code object changes the operand when it is created, since only
    /// `types.coroutine` may change what it is.
    pub const YIELD_FROM_CORO_CHECK: u32 = 3;
}

/// Flags below the name of an `IMPORT_NAME` (PEP 810).
pub mod import_name {
    /// `lazy import`.
    pub const LAZY: u32 = 1;
    /// Where an import may not be made lazy from outside either.
    pub const EAGER: u32 = 2;
}

/// `CONVERT_VALUE` and `BUILD_INTERPOLATION` conversions (`ceval.h`).
pub mod conversion {
    pub const STR: u32 = 1;
    pub const REPR: u32 = 2;
    pub const ASCII: u32 = 3;

    /// The operand for a conversion of the AST: -1 for none, else the code of `s`, `r` or `a`.
    pub fn of(code: i32) -> Option<u32> {
        match u8::try_from(code) {
            Ok(b's') => Some(STR),
            Ok(b'r') => Some(REPR),
            Ok(b'a') => Some(ASCII),
            _ => None,
        }
    }
}

/// `BINARY_OP` of a subscript (`opcode.h`'s `NB_SUBSCR`).
pub const NB_SUBSCR: u32 = 26;
/// `BINARY_OP` of a subtraction.
pub const NB_SUBTRACT: u32 = 10;
/// Distance between a `BINARY_OP` operand and that of its augmented assignment.
pub const NB_INPLACE: u32 = 13;
