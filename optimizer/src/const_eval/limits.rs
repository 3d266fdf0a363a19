//! Sizes beyond which CPython does not fold (`const_folding_safe_*`, `Python/flowgraph.c`).

use pycsmith_bytecode::Constant;

use super::num::Int;
use super::sequence::Sequence;

/// In bits, of an integer result.
const MAX_INT_SIZE: u64 = 128;
/// In items, of a repeated tuple.
const MAX_COLLECTION_SIZE: i64 = 256;
/// In characters, of a repeated string.
const MAX_STR_SIZE: i64 = 4096;
/// In items, of a repeated tuple with all that its items hold.
const MAX_TOTAL_ITEMS: i64 = 1024;

/// What a product means.
pub enum Multiply<'a> {
    /// So many times the items; negative counts as 0.
    Repeat(Sequence<'a>, i64),
    Numbers,
}

/// `None` if the product is too large or is none.
pub fn safe_multiply<'a>(left: &'a Constant, right: &'a Constant) -> Option<Multiply<'a>> {
    match (Int::of(left), Int::of(right)) {
        (Some(left), Some(right)) => {
            (left.is_zero() || right.is_zero() || left.bits() + right.bits() <= MAX_INT_SIZE)
                .then_some(Multiply::Numbers)
        }
        (Some(count), None) => safe_repeat(count, right),
        (None, Some(count)) => safe_repeat(count, left),
        (None, None) => Some(Multiply::Numbers),
    }
}

fn safe_repeat<'a>(count: Int, items: &'a Constant) -> Option<Multiply<'a>> {
    let Some(items) = Sequence::of(items) else {
        return Some(Multiply::Numbers);
    };
    let Int::Small(count) = count else {
        return None;
    };
    let size = items.len() as i64;
    if size > 0 {
        let limit = if let Sequence::Tuple(_) = items {
            MAX_COLLECTION_SIZE
        } else {
            MAX_STR_SIZE
        };
        if count < 0 || count > limit / size {
            return None;
        }
        if let Sequence::Tuple(items) = items
            && count > 0
            && remaining(items, MAX_TOTAL_ITEMS / count) < 0
        {
            return None;
        }
    }
    Some(Multiply::Repeat(items, count))
}

/// What is left of `limit` when all items, nested ones included, are counted; negative if it is exceeded
/// (`const_folding_check_complexity`).
fn remaining(items: &[Constant], limit: i64) -> i64 {
    let mut limit = limit - items.len() as i64;
    for item in items {
        if limit < 0 {
            break;
        }
        if let Constant::Tuple(items) = item {
            limit = remaining(items, limit);
        }
    }
    limit
}

/// Whether `left ** right` may be computed.
pub fn safe_power(left: &Constant, right: &Constant) -> bool {
    let (Some(left), Some(right)) = (Int::of(left), Int::of(right)) else {
        return true;
    };
    if left.is_zero() || right.is_zero() || right.is_negative() {
        return true;
    }
    matches!(right, Int::Small(exponent) if left.bits() <= MAX_INT_SIZE / exponent as u64)
}

/// Whether `left << right` may be computed.
pub fn safe_lshift(left: &Constant, right: &Constant) -> bool {
    let (Some(left), Some(right)) = (Int::of(left), Int::of(right)) else {
        return true;
    };
    if left.is_zero() || right.is_zero() {
        return true;
    }
    matches!(right, Int::Small(count @ 0..=128) if left.bits() <= MAX_INT_SIZE - count as u64)
}
