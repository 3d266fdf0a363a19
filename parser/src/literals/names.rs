//! Characters: names for `\N{...}` (`unicodedata`'s `_getcode`, with aliases and without named sequences), and which
//! ones identifiers have.

use pycsmith_bytecode::Target;
use unicode_normalization::UnicodeNormalization;

use pycsmith_bytecode::unicode;

/// The identifier that a word stands for, if it is one: NFKC (PEP 3131).
pub(crate) fn identifier(word: &str, target: Target) -> Option<String> {
    let first = word.chars().next()?;
    let valid = (first == '_' || unicode_ident::is_xid_start(first))
        && word
            .chars()
            .all(|char| unicode_ident::is_xid_continue(char) && may_be_part(char, target));
    valid.then(|| word.nfkc().collect())
}

/// Whether a character that our tables have for identifiers may be part of one in the target.
pub(crate) fn may_be_part(char: char, target: Target) -> bool {
    let version = target.unicode_version();
    char.is_ascii()
        || unicode::has(version, char.into())
            && (version >= (15, 1) || !unicode::PARTS_SINCE_15_1.contains(&char))
}

/// The character with that name or alias, in any case.
pub(crate) fn character(name: &str, target: Target) -> Option<char> {
    // No name is longer.
    if !name.is_ascii() || name.len() > 256 {
        return None;
    }
    unicode_names2::character(name)
        .filter(|&char| unicode::has(target.unicode_version(), char.into()))
}

#[cfg(test)]
mod tests {
    use pycsmith_bytecode::Target;

    fn character(name: &str) -> Option<char> {
        super::character(name, Target::PY314)
    }

    #[test]
    fn unicode_16() {
        assert_eq!(character("SNOWMAN"), Some('\u{2603}'));
        assert_eq!(character("LATIN CAPITAL LETTER LAMBDA"), Some('\u{a7da}'));
        assert_eq!(character("ARABIC LETTER NOON WITH RING ABOVE"), None);
        assert_eq!(character("CJK UNIFIED IDEOGRAPH-323B0"), None);
        assert_eq!(character("no such character"), None);
    }
}
