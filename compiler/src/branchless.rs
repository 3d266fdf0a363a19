//! Changes to lists that do without a branch where what decides cannot be predicted.

/// Adds `value` to `list` if `holds`, without a branch on it.
#[inline]
pub fn push_if<T: Copy>(list: &mut Vec<T>, value: T, holds: bool) {
    let len = list.len() + usize::from(holds);
    list.push(value);
    list.truncate(len);
}

/// Undoes changes to `table`: puts back what the entries of `replaced` from `mark` on say, and removes those. None of them has
/// the index of another.
pub fn put_back<T: Copy>(table: &mut [T], replaced: &mut Vec<(u32, T)>, mark: usize) {
    // Their number cannot be predicted, but that of blocks can.
    const BLOCK: usize = 8;
    let entries = &replaced[mark..];
    let Some(last) = entries.len().checked_sub(1) else {
        return;
    };
    for start in (0..=last).step_by(BLOCK) {
        for at in start..start + BLOCK {
            // What is missing in the last block is the last entry again.
            let (index, value) = entries[at.min(last)];
            table[index as usize] = value;
        }
    }
    replaced.truncate(mark);
}
