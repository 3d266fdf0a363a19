//! Changes to lists that do without a branch where what decides cannot be predicted.

/// Adds `value` to `list` if `holds`, without a branch on it.
#[inline]
pub fn push_if<T: Copy>(list: &mut Vec<T>, value: T, holds: bool) {
    let len = list.len() + usize::from(holds);
    list.push(value);
    list.truncate(len);
}
