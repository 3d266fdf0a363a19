//! Constant evaluation against the truth.
//!
//! `data/const_eval.txt` holds what CPython 3.14.10 itself folds: its optimizer was given `LOAD_CONST a`,
//! `LOAD_CONST b`, `BINARY_OP op` (and the unary operations) for a pseudo-random choice of operands near every
//! limit and special value, through `_testinternalcapi.optimize_cfg`. A line is `op a b result` or `uop a result`;
//! `-` means left to run time, `nan` a NaN of any sign. `data/const_eval.py` writes it.

mod common;

use common::parse;
use pycsmith_bytecode::{Constant, Target};
use pycsmith_ir::consts::same;
use pycsmith_optimizer::const_eval::{Unary, eval_binary, eval_unary, nb};

fn nb_op(op: &str) -> u32 {
    match op {
        "+" => nb::ADD,
        "&" => nb::AND,
        "//" => nb::FLOOR_DIVIDE,
        "<<" => nb::LSHIFT,
        "@" => nb::MATRIX_MULTIPLY,
        "*" => nb::MULTIPLY,
        "%" => nb::REMAINDER,
        "|" => nb::OR,
        "**" => nb::POWER,
        ">>" => nb::RSHIFT,
        "-" => nb::SUBTRACT,
        "/" => nb::TRUE_DIVIDE,
        "^" => nb::XOR,
        "[]" => nb::SUBSCR,
        _ => panic!("{op}"),
    }
}

fn evaluate(words: &[&str]) -> Option<Constant> {
    let operand = |i: usize| parse(&mut { words[i] });
    match words[0] {
        "u-" => eval_unary(Target::PY314, Unary::Negative, &operand(1)),
        "u+" => eval_unary(Target::PY314, Unary::Positive, &operand(1)),
        "u~" => eval_unary(Target::PY314, Unary::Invert, &operand(1)),
        "unot" => eval_unary(Target::PY314, Unary::Not, &operand(1)),
        op => eval_binary(Target::PY314, &operand(1), nb_op(op), &operand(2)),
    }
}

fn is_nan(value: &Constant) -> bool {
    match value {
        Constant::Float(value) => value.is_nan(),
        Constant::Complex(re, im) => re.is_nan() || im.is_nan(),
        _ => false,
    }
}

#[test]
fn results_are_cpythons() {
    let path = std::env::var("CONST_EVAL_DATA").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/const_eval.txt").to_owned()
    });
    let text = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let result = evaluate(&words);
        let right = match (words[words.len() - 1], &result) {
            ("-", result) => result.is_none(),
            ("nan", Some(result)) => is_nan(result),
            (_, None) => false,
            (mut expected, Some(result)) => same(result, &parse(&mut expected)),
        };
        count += 1;
        if !right {
            wrong.push(format!("{line}\n   ours: {result:?}"));
        }
    }
    assert!(count > 1000);
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(30)].join("\n")
    );
}
