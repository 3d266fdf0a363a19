//! Which operands the interpreter can do something with.

use crate::dis::{COMPARE, named_operand};
use crate::opcode::{Op, Operand};
use crate::version::Target;

/// Whether the interpreter can do something with this operand, as far as that does not depend on the code object: a number of
/// a function, flags, a depth. Indices into tables and counts of what is on the stack are fine here.
pub fn has_meaning(target: Target, op: Op, arg: u32) -> bool {
    match target.opcodes().operand(op) {
        Operand::None => return arg == 0,
        Operand::Raw => {}
        _ => return true,
    }
    match op {
        Op::COMPARE_OP => arg >> target.comparison_flag_bits() < COMPARE.len() as u32,
        Op::BINARY_OP => arg < 26 + u32::from(target.subscripts_by_binary_op()),
        Op::CALL_INTRINSIC_1 => (1..12).contains(&arg),
        Op::CALL_INTRINSIC_2 => (1..5 + u32::from(target.type_parameter_defaults())).contains(&arg),
        Op::LOAD_COMMON_CONSTANT => {
            let all = target.loads_common_literals();
            arg < if all { 12 } else { 5 }
        }
        Op::SET_FUNCTION_ATTRIBUTE => {
            named_operand(op, arg).is_some() && (arg < 16 || target.defers_annotations())
        }
        Op::CONVERT_VALUE => (1..4).contains(&arg),
        Op::BUILD_INTERPOLATION => arg >> 2 < 4,
        Op::RESUME => {
            let places = 4 + u32::from(target.generates_return_generator());
            arg & !target.resume_depth1_mask().unwrap_or(0) < places
        }
        Op::IS_OP | Op::CONTAINS_OP | Op::CALL_FUNCTION_EX => arg < 2,
        Op::RAISE_VARARGS | Op::RERAISE | Op::GET_AWAITABLE => arg < 3,
        Op::LOAD_SPECIAL | Op::GET_ITER => arg < 4,
        Op::FORMAT_VALUE => arg < 8,
        Op::MAKE_FUNCTION => arg < 16,
        Op::LOAD_SMALL_INT => arg < 256,
        Op::BUILD_SLICE => (2..4).contains(&arg),
        // Counted from the top of the stack, which is 1.
        Op::COPY | Op::SWAP => arg > 0,
        Op::LIST_APPEND | Op::SET_ADD | Op::MAP_ADD => arg > 0,
        Op::LIST_EXTEND | Op::SET_UPDATE | Op::DICT_UPDATE | Op::DICT_MERGE => arg > 0,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `len()` of `opcode._nb_ops`, `_intrinsic_1_descs`, `_intrinsic_2_descs`, `_common_constants`,
    /// `_special_method_names` of the newest release of each series; 0 where there is none.
    #[test]
    fn functions_are_as_many_as_the_interpreter_has() {
        let ops = [
            Op::BINARY_OP,
            Op::CALL_INTRINSIC_1,
            Op::CALL_INTRINSIC_2,
            Op::LOAD_COMMON_CONSTANT,
            Op::LOAD_SPECIAL,
        ];
        for (minor, lengths) in [
            (11, [26, 0, 0, 0, 0]),
            (12, [26, 12, 5, 0, 0]),
            (13, [26, 12, 6, 0, 0]),
            (14, [27, 12, 6, 5, 4]),
            (15, [27, 12, 6, 12, 4]),
        ] {
            let target = Target::newest(minor).unwrap();
            for (op, length) in ops.into_iter().zip(lengths) {
                if length == 0 {
                    assert!(!target.opcodes().has(op), "{op} of {target}");
                    continue;
                }
                assert!(has_meaning(target, op, length - 1), "{op} of {target}");
                assert!(!has_meaning(target, op, length), "{op} of {target}");
                assert!(named_operand(op, length - 1).is_some(), "{op} of {target}");
            }
        }
    }

    #[test]
    fn operands_are_the_targets() {
        let old = Target::newest(12).unwrap();
        let cases = [
            (Target::PY314, Op::COMPARE_OP, 5 << 5 | 31, true),
            (Target::PY314, Op::COMPARE_OP, 6 << 5, false),
            (old, Op::COMPARE_OP, 6 << 4, false),
            (Target::PY314, Op::NOP, 1, false),
            (Target::PY314, Op::RESUME, 7, true),
            (Target::PY314, Op::RESUME, 8, false),
            (old, Op::RESUME, 4, false),
            (Target::PY314, Op::COPY, 0, false),
            (Target::PY314, Op::BUILD_TUPLE, 99, true),
        ];
        for (target, op, arg, valid) in cases {
            assert_eq!(
                has_meaning(target, op, arg),
                valid,
                "{op} {arg} of {target}"
            );
        }
    }
}
