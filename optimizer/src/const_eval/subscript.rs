//! `sequence[index]` and `sequence[start:stop:step]`.

use pycsmith_bytecode::Constant;

use super::num::Int;
use super::sequence::{Sequence, is_lead, str_constant};

/// `None` where it raises.
pub fn get_item(value: &Constant, index: &Constant) -> Option<Constant> {
    let items = Sequence::of(value)?;
    if let Constant::Slice(slice) = index {
        let len = items.len();
        return Some(slice_items(items, &Range::new(slice, len)?));
    }
    let Int::Small(index) = Int::of(index)? else {
        return None;
    };
    let len = items.len();
    let index = if index < 0 {
        index.checked_add(len as i64)?
    } else {
        index
    };
    let index = usize::try_from(index).ok().filter(|index| *index < len)?;
    Some(match items {
        Sequence::Bytes(bytes) => Constant::Int(i64::from(bytes[index])),
        Sequence::Tuple(items) => items[index].clone(),
        Sequence::Str(_) => slice_items(
            items,
            &Range {
                start: index as i64,
                step: 1,
                count: 1,
            },
        ),
    })
}

/// Positions `start`, `start + step`, ...: `count` of them, all inside the sequence.
struct Range {
    start: i64,
    step: i64,
    count: usize,
}

impl Range {
    /// `PySlice_Unpack` and `PySlice_AdjustIndices`; `None` where they raise.
    fn new(slice: &[Constant; 3], len: usize) -> Option<Range> {
        let len = len as i64;
        let part = |part: &Constant, default: i64| match part {
            Constant::None => Some(default),
            part => Int::of(part).map(|part| part.saturate()),
        };
        let step = part(&slice[2], 1)?.max(-i64::MAX);
        if step == 0 {
            return None;
        }
        let (first, last) = if step < 0 {
            (i64::MAX, i64::MIN)
        } else {
            (0, i64::MAX)
        };
        let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
        let clamp = |position: i64| {
            if position < 0 {
                position.saturating_add(len).max(lowest)
            } else {
                position.min(highest)
            }
        };
        let start = clamp(part(&slice[0], first)?);
        let stop = clamp(part(&slice[1], last)?);
        let distance = if step < 0 { start - stop } else { stop - start };
        let count = if distance > 0 {
            (distance - 1) / step.abs() + 1
        } else {
            0
        };
        Some(Range {
            start,
            step,
            count: count as usize,
        })
    }

    fn positions(&self) -> impl Iterator<Item = usize> + '_ {
        // In bounds by construction; wrapping only behind the last one.
        (0..self.count as i64).map(|i| self.start.wrapping_add(i.wrapping_mul(self.step)) as usize)
    }
}

fn slice_items(items: Sequence, range: &Range) -> Constant {
    match items {
        Sequence::Tuple(items) => {
            Constant::Tuple(range.positions().map(|i| items[i].clone()).collect())
        }
        Sequence::Bytes(bytes) => Constant::Bytes(range.positions().map(|i| bytes[i]).collect()),
        Sequence::Str(wtf8) if wtf8.is_ascii() => {
            str_constant(range.positions().map(|i| wtf8[i]).collect())
        }
        Sequence::Str(wtf8) => {
            let mut starts: Vec<usize> = (0..wtf8.len()).filter(|&at| is_lead(wtf8[at])).collect();
            starts.push(wtf8.len());
            let mut text = Vec::new();
            for i in range.positions() {
                text.extend_from_slice(&wtf8[starts[i]..starts[i + 1]]);
            }
            str_constant(text)
        }
    }
}
