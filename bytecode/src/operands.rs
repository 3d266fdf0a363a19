//! Operands that number things of the interpreter, as words: the operator of `BINARY_OP`, the comparison of
//! `COMPARE_OP`, the intrinsic of `CALL_INTRINSIC_1`.
//!
//! [`number`] takes back what [`text`] gives.

use std::borrow::Cow;

use crate::dis::{COMPARE, named_operand};
use crate::opcode::Op;
use crate::version::Target;

/// For each comparison of [`COMPARE`] the outcomes for which it is true: 1 unordered, 2 less, 4 greater, 8 equal
/// (`compare_masks` in `compile.c`).
const OUTCOMES: [u32; 6] = [2, 2 | 8, 8, 1 | 2 | 4, 4, 4 | 8];
/// Bit of `COMPARE_OP`'s operand: the result is converted to a bool.
const TO_BOOL: u32 = 16;
/// More than any number of a named operand.
const NAMED: u32 = 32;

/// `MAKE_FUNCTION`, up to 3.12.
const FUNCTION_ATTRIBUTES: &[(u32, &str)] = &[
    (1, "defaults"),
    (2, "kwdefaults"),
    (4, "annotations"),
    (8, "closure"),
];
/// `FORMAT_VALUE`, up to 3.12: the conversion, and whether there is a format specification.
const CONVERSIONS: &[(u32, &str)] = &[(3, "ascii"), (1, "str"), (2, "repr"), (4, "spec")];

/// The words for an operand; `None` where it is a count, a number nobody has named, or not what the compiler writes.
pub fn text(target: Target, op: Op, arg: u32) -> Option<Cow<'static, str>> {
    match op {
        Op::COMPARE_OP => comparison_text(target, arg),
        Op::MAKE_FUNCTION => flag_words(FUNCTION_ATTRIBUTES, arg).map(Cow::Owned),
        Op::FORMAT_VALUE => flag_words(CONVERSIONS, arg).map(Cow::Owned),
        _ => named_operand(op, arg)
            .filter(|name| !name.is_empty())
            .map(Cow::Borrowed),
    }
}

/// The operand that has these words, separated by single spaces.
pub fn number(target: Target, op: Op, text: &str) -> Option<u32> {
    match op {
        Op::COMPARE_OP => comparison_number(target, text),
        Op::MAKE_FUNCTION => flag_number(FUNCTION_ATTRIBUTES, text),
        Op::FORMAT_VALUE => flag_number(CONVERSIONS, text),
        _ => (0..NAMED).find(|&arg| named_operand(op, arg) == Some(text)),
    }
}

/// All words that an operand of `op` can have, but for combinations of flags.
pub fn words(target: Target, op: Op) -> Vec<&'static str> {
    let flags = |flags: &[(u32, &'static str)]| flags.iter().map(|&(_, word)| word).collect();
    match op {
        Op::COMPARE_OP if target.comparisons_to_bool() => [COMPARE, &["bool"]].concat(),
        Op::COMPARE_OP => COMPARE.to_vec(),
        Op::MAKE_FUNCTION => flags(FUNCTION_ATTRIBUTES),
        Op::FORMAT_VALUE => flags(CONVERSIONS),
        _ => (0..NAMED)
            .filter_map(|arg| named_operand(op, arg))
            .filter(|name| !name.is_empty())
            .collect(),
    }
}

/// `COMPARE_OP`'s operand for the comparison of that number, as code generation writes it.
pub fn comparison(target: Target, comparison: u32) -> u32 {
    match target.comparison_flag_bits() {
        0 => comparison,
        bits => comparison << bits | OUTCOMES.get(comparison as usize).copied().unwrap_or(0),
    }
}

/// `<`, or `< bool`.
fn comparison_text(target: Target, arg: u32) -> Option<Cow<'static, str>> {
    let index = arg >> target.comparison_flag_bits();
    let name = *COMPARE.get(index as usize)?;
    let plain = comparison(target, index);
    if arg == plain {
        return Some(Cow::Borrowed(name));
    }
    (target.comparisons_to_bool() && arg == plain | TO_BOOL)
        .then(|| Cow::Owned(format!("{name} bool")))
}

fn comparison_number(target: Target, text: &str) -> Option<u32> {
    let (name, flag) = match text.strip_suffix(" bool") {
        Some(name) if target.comparisons_to_bool() => (name, TO_BOOL),
        _ => (text, 0),
    };
    let index = COMPARE.iter().position(|known| *known == name)?;
    Some(comparison(target, index as u32) | flag)
}

/// The words of the bits; `None` if there are none or others. A word for several bits stands before those for one.
fn flag_words(flags: &[(u32, &str)], arg: u32) -> Option<String> {
    let mut rest = arg;
    let mut words = Vec::new();
    for &(bits, word) in flags {
        if rest & bits == bits {
            rest &= !bits;
            words.push(word);
        }
    }
    (rest == 0 && arg != 0).then(|| words.join(" "))
}

fn flag_number(flags: &[(u32, &str)], text: &str) -> Option<u32> {
    text.split(' ').try_fold(0, |arg, word| {
        let (bits, _) = flags.iter().find(|(_, known)| *known == word)?;
        (arg & bits == 0).then_some(arg | bits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_back_what_texts_give() {
        for target in Target::all() {
            let table = target.opcodes();
            for op in Op::ALL.into_iter().filter(|&op| table.has(op)) {
                for arg in 0..512 {
                    if let Some(text) = text(target, op, arg) {
                        assert_eq!(number(target, op, &text), Some(arg), "{target} {op} {text}");
                    }
                }
                for word in words(target, op).into_iter().filter(|word| *word != "bool") {
                    assert!(number(target, op, word).is_some(), "{target} {op} {word}");
                }
            }
        }
    }

    #[test]
    fn words_of_operands() {
        let newest = |minor| Target::newest(minor).unwrap();
        let words = |minor, op, arg| text(newest(minor), op, arg).map(Cow::into_owned);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(words(11, Op::COMPARE_OP, 0), some("<"));
        assert_eq!(words(12, Op::COMPARE_OP, 2), some("<"));
        assert_eq!(words(12, Op::COMPARE_OP, 16 | 2 | 8), some("<="));
        assert_eq!(words(14, Op::COMPARE_OP, 2), some("<"));
        assert_eq!(words(14, Op::COMPARE_OP, 2 | TO_BOOL), some("< bool"));
        assert_eq!(words(14, Op::COMPARE_OP, 3), None);
        assert_eq!(words(14, Op::COMPARE_OP, 6 << 5), None);
        assert_eq!(words(14, Op::IS_OP, 1), some("is not"));
        assert_eq!(words(14, Op::BINARY_OP, 26), some("[]"));
        assert_eq!(words(14, Op::BINARY_OP, 27), None);
        assert_eq!(
            words(14, Op::LOAD_COMMON_CONSTANT, 0),
            some("AssertionError")
        );
        assert_eq!(words(14, Op::CONVERT_VALUE, 2), some("repr"));
        assert_eq!(words(14, Op::CONVERT_VALUE, 0), None);
        assert_eq!(
            words(12, Op::MAKE_FUNCTION, 1 | 8),
            some("defaults closure")
        );
        assert_eq!(words(12, Op::FORMAT_VALUE, 2 | 4), some("repr spec"));
        assert_eq!(words(12, Op::FORMAT_VALUE, 3), some("ascii"));
        assert_eq!(words(14, Op::BUILD_TUPLE, 3), None);
        assert_eq!(number(newest(12), Op::COMPARE_OP, "< bool"), None);
        assert_eq!(
            number(newest(12), Op::MAKE_FUNCTION, "closure closure"),
            None
        );
        assert_eq!(number(newest(14), Op::BUILD_TUPLE, "+"), None);
    }
}
