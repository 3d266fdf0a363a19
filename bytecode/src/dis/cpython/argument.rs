//! What an operand means (`argrepr` of `dis.Instruction`).

use std::borrow::Cow;

use crate::code::CodeObject;
use crate::constant::Names;
use crate::dis::named_operand;
use crate::opcode::{Op, Operand};
use crate::repr;
use crate::version::Target;

/// What is shown in parentheses behind the operand; jumps are not looked at.
pub(super) fn meaning(code: &CodeObject, target: Target, op: Op, arg: u32) -> Option<String> {
    let text = match target.opcodes().operand(op) {
        Operand::Const if op == Op::KW_NAMES && !target.dis_shows_keyword_names() => None,
        Operand::Const => {
            let value = code.consts.get(arg as usize)?;
            Some(repr::full(value, target))
        }
        Operand::Name => name(&code.names, arg),
        Operand::NameFlag | Operand::NameFlags => flagged_name(code, target, op, arg),
        Operand::Local | Operand::Free => name(&code.localsplusnames, arg),
        Operand::LocalPair => {
            let first = name(&code.localsplusnames, arg >> 4)?;
            let second = name(&code.localsplusnames, arg & 15)?;
            Some(format!("{first}, {second}"))
        }
        _ => number(target, op, arg),
    };
    text.filter(|text| !text.is_empty())
}

fn name(names: &Names, index: u32) -> Option<String> {
    let name = names.get(index as usize)?;
    Some(name.to_string_lossy().into_owned())
}

/// A name whose index stands above one or two flag bits.
fn flagged_name(code: &CodeObject, target: Target, op: Op, arg: u32) -> Option<String> {
    let bits = match target.opcodes().operand(op) {
        Operand::NameFlag => 1,
        _ => 2,
    };
    let name = name(&code.names, arg >> bits).filter(|name| !name.is_empty())?;
    let flag = match (op, arg & 3) {
        (Op::LOAD_GLOBAL, 1 | 3) => "NULL",
        (Op::IMPORT_NAME, 1 | 3) => "lazy",
        (Op::IMPORT_NAME, 2) => "eager",
        (Op::LOAD_ATTR | Op::LOAD_SUPER_ATTR, 1 | 3) => "NULL|self",
        _ => return Some(name),
    };
    Some(if target.dis_names_null_last() {
        format!("{name} + {flag}")
    } else {
        format!("{flag} + {name}")
    })
}

/// An operand that is a number of something of the interpreter's.
fn number(target: Target, op: Op, arg: u32) -> Option<String> {
    let text: Cow<'_, str> = match op {
        Op::COMPARE_OP => {
            let bits = target.comparison_flag_bits();
            let sign = *COMPARISONS.get((arg >> bits) as usize)?;
            match target.comparisons_to_bool() && arg & 16 != 0 {
                true => format!("bool({sign})").into(),
                false => sign.into(),
            }
        }
        Op::IS_OP | Op::CONTAINS_OP if !target.dis_explains_tests() => return None,
        // Any number but 0 inverts.
        Op::IS_OP | Op::CONTAINS_OP => named_operand(op, arg.min(1))?.into(),
        Op::CALL_INTRINSIC_1 if arg == 0 => "INTRINSIC_1_INVALID".into(),
        Op::CALL_INTRINSIC_2 if arg == 0 => "INTRINSIC_2_INVALID".into(),
        Op::CALL_INTRINSIC_1 | Op::CALL_INTRINSIC_2 => {
            format!("INTRINSIC_{}", named_operand(op, arg)?).into()
        }
        Op::LOAD_COMMON_CONSTANT => match named_operand(op, arg)? {
            name @ ("all" | "any") => format!("<built-in function {name}>").into(),
            name => name.into(),
        },
        Op::MAKE_FUNCTION | Op::SET_FUNCTION_ATTRIBUTE => {
            let flags = (0..5).map(|bit| arg & 1 << bit).filter(|&flag| flag != 0);
            let names = flags.filter_map(|flag| named_operand(Op::SET_FUNCTION_ATTRIBUTE, flag));
            names.collect::<Vec<_>>().join(", ").into()
        }
        Op::FORMAT_VALUE => {
            let conversion = named_operand(Op::CONVERT_VALUE, arg & 3)?;
            let parts = [conversion, if arg & 4 != 0 { "with format" } else { "" }];
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(", ").into()
        }
        _ => named_operand(op, arg)?.into(),
    };
    Some(text.into_owned())
}

/// `opcode.cmp_op`.
const COMPARISONS: [&str; 6] = ["<", "<=", "==", "!=", ">", ">="];
