//! Character names for `\N{...}` (`unicodedata`'s `_getcode`, with aliases and without named sequences).

/// The character with that name or alias, in any case. CPython's 3.14 database is Unicode 16.
pub(crate) fn character(name: &str) -> Option<char> {
    // No name is longer, and `unicode_names2` would accept a name with non-ASCII letters folded.
    if !name.is_ascii() || name.len() > 256 {
        return None;
    }
    unicode_names2::character(name)
}
