//! Constant evaluation against the truth.
//!
//! `data/const_eval.txt` holds what CPython 3.14.10 itself folds: its optimizer was given `LOAD_CONST a`,
//! `LOAD_CONST b`, `BINARY_OP op` (and the unary operations) for a pseudo-random choice of operands near every
//! limit and special value, through `_testinternalcapi.optimize_cfg`. A line is `op a b result` or `uop a result`;
//! `-` means left to run time, `nan` a NaN of any sign. `data/const_eval.py` writes it.

use std::sync::Arc;

use num_bigint::BigInt;
use pycsmith_bytecode::{Constant, PyStr};
use pycsmith_ir::consts::same;
use pycsmith_optimizer::const_eval::{Unary, eval_binary, eval_unary, nb};

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn float(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).unwrap())
}

fn parse_items(text: &mut &str, close: char) -> Vec<Constant> {
    let mut items = Vec::new();
    loop {
        if let Some(rest) = text.strip_prefix(close) {
            *text = rest;
            return items;
        }
        *text = text.strip_prefix(',').unwrap_or(text);
        items.push(parse(text));
    }
}

fn parse(text: &mut &str) -> Constant {
    let kind = text.chars().next().unwrap();
    *text = &text[1..];
    match kind {
        '(' => return Constant::Tuple(parse_items(text, ')').into()),
        '[' => return Constant::Slice(Arc::new(parse_items(text, ']').try_into().unwrap())),
        _ => {}
    }
    let end = text.find([',', ')', ']']).unwrap_or(text.len());
    let (value, rest) = text.split_at(end);
    *text = rest;
    match kind {
        'N' => Constant::None,
        'E' => Constant::Ellipsis,
        'T' => Constant::Bool(true),
        'F' => Constant::Bool(false),
        'i' => match i64::from_str_radix(value, 16) {
            Ok(value) => Constant::Int(value),
            Err(_) => Constant::BigInt(Arc::new(BigInt::parse_bytes(value.as_bytes(), 16).unwrap())),
        },
        'f' => Constant::Float(float(value)),
        'c' => Constant::Complex(float(&value[..16]), float(&value[16..])),
        's' => Constant::Str(Arc::new(PyStr { wtf8: unhex(value).into(), interned: false })),
        'b' => Constant::Bytes(unhex(value).into()),
        _ => panic!("{kind}"),
    }
}

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
        "u-" => eval_unary(Unary::Negative, &operand(1)),
        "u+" => eval_unary(Unary::Positive, &operand(1)),
        "u~" => eval_unary(Unary::Invert, &operand(1)),
        "unot" => eval_unary(Unary::Not, &operand(1)),
        op => eval_binary(&operand(1), nb_op(op), &operand(2)),
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
    let path = std::env::var("CONST_EVAL_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/const_eval.txt").to_owned());
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
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong[..wrong.len().min(30)].join("\n"));
}
