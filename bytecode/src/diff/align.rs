//! Alignment of two sequences of keys, in bounded time.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Longest sequences together that are compared key by key: that takes their length squared.
const LONGEST: usize = 8192;

/// A place in the alignment of two sequences: of both, or of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Both(usize, usize),
    Removed(usize),
    Added(usize),
}

/// What is left to spend on alignments, in steps: a damaged file may have any number of long sequences.
#[derive(Debug)]
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new() -> Budget {
        Budget(1 << 29)
    }

    /// Whether there is as much; it is gone then.
    pub(super) fn take(&mut self, steps: u64) -> bool {
        let enough = self.0 >= steps;
        if enough {
            self.0 -= steps;
        }
        enough
    }
}

/// The keys of two sequences side by side, as many equal ones as can be. `starts` tells where the parts of each begin that are aligned first
/// where the sequences are too long to be compared key by key.
pub(super) fn align(
    one: &[u64],
    other: &[u64],
    starts: (&[usize], &[usize]),
    budget: &mut Budget,
) -> Vec<Row> {
    let before = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one_rest, other_rest) = (&one[before..], &other[before..]);
    let behind = one_rest
        .iter()
        .rev()
        .zip(other_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (middle, other_middle) = (before..one.len() - behind, before..other.len() - behind);
    let mut rows: Vec<Row> = (0..before).map(|index| Row::Both(index, index)).collect();
    let length = middle.len() + other_middle.len();
    if length <= LONGEST && budget.take((length as u64).pow(2) / 4) {
        let ops = capture_diff_slices(
            Algorithm::Myers,
            &one[middle.clone()],
            &other[other_middle.clone()],
        );
        extend(&mut rows, &ops, before, before);
    } else {
        by_parts(
            &mut rows,
            (one, other),
            starts,
            (middle, other_middle),
            budget,
        );
    }
    rows.extend(
        (0..behind)
            .map(|index| Row::Both(one.len() - behind + index, other.len() - behind + index)),
    );
    rows
}

fn extend(rows: &mut Vec<Row>, ops: &[DiffOp], one: usize, other: usize) {
    for op in ops {
        let (old, new) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            let pairs = old.zip(new);
            rows.extend(pairs.map(|(a, b)| Row::Both(one + a, other + b)));
        } else {
            rows.extend(old.map(|a| Row::Removed(one + a)));
            rows.extend(new.map(|b| Row::Added(other + b)));
        }
    }
}

type Range = std::ops::Range<usize>;

/// Equal parts side by side, and what is between them key by key if it is short enough.
fn by_parts(
    rows: &mut Vec<Row>,
    (one, other): (&[u64], &[u64]),
    starts: (&[usize], &[usize]),
    (middle, other_middle): (Range, Range),
    budget: &mut Budget,
) {
    let (parts, other_parts) = (
        parts(starts.0, middle.clone()),
        parts(starts.1, other_middle.clone()),
    );
    let length = parts.len() + other_parts.len();
    if length > LONGEST || !budget.take((length as u64).pow(2) / 4) {
        rows.extend(middle.map(Row::Removed));
        rows.extend(other_middle.map(Row::Added));
        return;
    }
    let keys = |parts: &[Range], keys: &'_ [u64]| -> Vec<Vec<u64>> {
        let key = |part: &Range| keys[part.clone()].to_vec();
        parts.iter().map(key).collect()
    };
    let (part_keys, other_keys) = (keys(&parts, one), keys(&other_parts, other));
    let ends = |parts: &[Range], range: Range, all: &Range| {
        let start = parts.get(range.start).map_or(all.end, |part| part.start);
        let end = parts.get(range.end).map_or(all.end, |part| part.start);
        start..end
    };
    for op in capture_diff_slices(Algorithm::Myers, &part_keys, &other_keys) {
        let old = ends(&parts, op.old_range(), &middle);
        let new = ends(&other_parts, op.new_range(), &other_middle);
        let length = old.len() + new.len();
        let fits = length <= LONGEST && budget.take((length as u64).pow(2) / 4);
        if matches!(op, DiffOp::Equal { .. }) {
            rows.extend(old.zip(new).map(|(a, b)| Row::Both(a, b)));
        } else if fits {
            let ops = capture_diff_slices(Algorithm::Myers, &one[old.clone()], &other[new.clone()]);
            extend(rows, &ops, old.start, new.start);
        } else {
            rows.extend(old.map(Row::Removed));
            rows.extend(new.map(Row::Added));
        }
    }
}

/// `range` cut at those of `starts` (ascending) that are in it.
fn parts(starts: &[usize], range: Range) -> Vec<Range> {
    let mut parts = Vec::new();
    let mut start = range.start;
    for &next in starts {
        if next > start && next < range.end {
            parts.push(start..next);
            start = next;
        }
    }
    if start < range.end {
        parts.push(start..range.end);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(one: &[u64], other: &[u64], starts: (&[usize], &[usize])) -> Vec<Row> {
        let rows = align(one, other, starts, &mut Budget::new());
        // Whatever it looks like, each side is there, in order.
        let of = |side: fn(&Row) -> Option<usize>| rows.iter().filter_map(side).collect::<Vec<_>>();
        let left = of(|row| match *row {
            Row::Both(a, _) | Row::Removed(a) => Some(a),
            Row::Added(_) => None,
        });
        let right = of(|row| match *row {
            Row::Both(_, b) | Row::Added(b) => Some(b),
            Row::Removed(_) => None,
        });
        assert_eq!(left, (0..one.len()).collect::<Vec<_>>());
        assert_eq!(right, (0..other.len()).collect::<Vec<_>>());
        rows
    }

    #[test]
    fn equal_keys_stand_side_by_side() {
        use Row::{Added, Both, Removed};
        assert_eq!(
            rows(&[1, 2, 3, 4], &[1, 3, 5, 4], (&[0], &[0])),
            [Both(0, 0), Removed(1), Both(2, 1), Added(2), Both(3, 3)]
        );
        assert_eq!(rows(&[], &[7], (&[], &[0])), [Added(0)]);
    }

    #[test]
    fn long_sequences_are_aligned_by_parts() {
        let one: Vec<u64> = (0..20_000).collect();
        let starts: Vec<usize> = (0..20_000).step_by(10).collect();
        let mut other = one.clone();
        // Both ends differ, and a key in the middle.
        other[0] = 99_999;
        other[19_999] = 99_998;
        other[10_005] = 99_997;
        let rows = rows(&one, &other, (&starts, &starts));
        let equal = rows.iter().filter(|row| matches!(row, Row::Both(..)));
        assert_eq!(equal.count(), 19_997);
    }
}
