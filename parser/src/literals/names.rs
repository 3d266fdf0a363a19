//! Characters: names for `\N{...}` (`unicodedata`'s `_getcode`, with aliases and without named sequences), and which
//! ones identifiers have.

use pycsmith_bytecode::Target;
use unicode_normalization::UnicodeNormalization;

/// The identifier that a word stands for, if it is one: NFKC (PEP 3131).
pub(crate) fn identifier(word: &str, _target: Target) -> Option<String> {
    let mut chars = word.chars();
    let first = chars.next()?;
    let known = |char: char| !is_new_in_unicode_17(char);
    let valid = (first == '_' || unicode_ident::is_xid_start(first))
        && known(first)
        && chars.all(|char| unicode_ident::is_xid_continue(char) && known(char));
    valid.then(|| word.nfkc().collect())
}

/// The character with that name or alias, in any case. CPython's database is Unicode 16 up to 3.14.
pub(crate) fn character(name: &str) -> Option<char> {
    // No name is longer.
    if !name.is_ascii() || name.len() > 256 {
        return None;
    }
    unicode_names2::character(name).filter(|&char| !is_new_in_unicode_17(char))
}

/// Whether Unicode 16 has no such character, but Unicode 17, which our tables follow, has.
pub(crate) fn is_new_in_unicode_17(char: char) -> bool {
    let code = u32::from(char);
    let after = NEW_IN_UNICODE_17.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= NEW_IN_UNICODE_17[after - 1].1
}

/// First and last code point of each range.
#[rustfmt::skip]
const NEW_IN_UNICODE_17: &[(u32, u32)] = &[
    (0x88f, 0x88f), (0xc5c, 0xc5c), (0xcdc, 0xcdc), (0x1acf, 0x1add), (0x1ae0, 0x1aeb), (0x20c1, 0x20c1),
    (0x2b96, 0x2b96), (0xa7ce, 0xa7cf), (0xa7d2, 0xa7d2), (0xa7d4, 0xa7d4), (0xa7f1, 0xa7f1), (0xfbc3, 0xfbd2),
    (0xfd90, 0xfd91), (0xfdc8, 0xfdce), (0x10940, 0x10959), (0x10ec5, 0x10ec7), (0x10ed0, 0x10ed8),
    (0x10efa, 0x10efb), (0x11b60, 0x11b67), (0x11db0, 0x11ddb), (0x11de0, 0x11de9), (0x16ea0, 0x16eb8),
    (0x16ebb, 0x16ed3), (0x16ff2, 0x16ff6), (0x18d80, 0x18df2), (0x1ccfa, 0x1ccfc), (0x1ceba, 0x1ced0),
    (0x1cee0, 0x1cef0), (0x1e6c0, 0x1e6de), (0x1e6e0, 0x1e6f5), (0x1e6fe, 0x1e6ff), (0x1f6d8, 0x1f6d8),
    (0x1f777, 0x1f77a), (0x1f8d0, 0x1f8d8), (0x1fa54, 0x1fa57), (0x1fa8a, 0x1fa8a), (0x1fa8e, 0x1fa8e),
    (0x1fac8, 0x1fac8), (0x1facd, 0x1facd), (0x1faea, 0x1faea), (0x1faef, 0x1faef), (0x1fbfa, 0x1fbfa),
    (0x2b73a, 0x2b73f), (0x2cea2, 0x2cead), (0x323b0, 0x33479),
];

#[cfg(test)]
mod tests {
    use super::character;

    #[test]
    fn unicode_16() {
        assert_eq!(character("SNOWMAN"), Some('\u{2603}'));
        assert_eq!(character("LATIN CAPITAL LETTER LAMBDA"), Some('\u{a7da}'));
        assert_eq!(character("ARABIC LETTER NOON WITH RING ABOVE"), None);
        assert_eq!(character("CJK UNIFIED IDEOGRAPH-323B0"), None);
        assert_eq!(character("no such character"), None);
    }
}
