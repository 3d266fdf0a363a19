//! The spelling of constants in the truth files (see `data/const_eval_enc.py`).

use std::sync::Arc;

use num_bigint::BigInt;
use pycsmith_bytecode::{Constant, PyStr};

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
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

/// Reads one constant and leaves the rest.
pub fn parse(text: &mut &str) -> Constant {
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
            Err(_) => {
                Constant::BigInt(Arc::new(BigInt::parse_bytes(value.as_bytes(), 16).unwrap()))
            }
        },
        'f' => Constant::Float(float(value)),
        'c' => Constant::Complex(float(&value[..16]), float(&value[16..])),
        's' => Constant::Str(Arc::new(PyStr::of_bytes(&unhex(value), false))),
        'b' => Constant::Bytes(unhex(value).into()),
        _ => panic!("{kind}"),
    }
}
