//! How much of a replacement field's text the releases keep that take `!=` for the start of a conversion.

use pycsmith_bytecode::Target;

/// The part of a field's text that stays as the text of `=` or of a template's interpolation. `spec_follows` says that a
/// format specification stands behind the expression with no conversion between.
///
/// CPython quirk (3.12, `update_fstring_expr`): the text ends where the tokenizer sees the first `!` outside brackets, be it that
/// of `!=`; in 3.14.2 the last such, and only before a format specification.
pub(crate) fn kept(text: &str, target: Target, spec_follows: bool) -> &str {
    let unequal = if target.ends_field_text_at_unequal() {
        unequal_signs(text).first().copied()
    } else if spec_follows && target.ends_field_text_at_unequal_before_specs() {
        unequal_signs(text).last().copied()
    } else {
        None
    };
    unequal.map_or(text, |at| &text[..at])
}

/// Where `!=` stands outside brackets, strings and comments.
fn unequal_signs(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b"!=").is_some() {
        scan(text.as_bytes(), 0, 0, &mut found);
    }
    found
}

/// Fields in strings in fields are followed as deep as this.
const MAX_NESTING: u32 = 150;

/// Scans code from `at` to the brace that closes it, or to the end; gives the place behind.
fn scan(text: &[u8], mut at: usize, nesting: u32, found: &mut Vec<usize>) -> usize {
    let mut depth = 0usize;
    while let Some(&byte) = text.get(at) {
        at = match byte {
            b'"' | b'\'' => string_end(text, at, nesting),
            b'#' => memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length),
            b'(' | b'[' | b'{' => {
                depth += 1;
                at + 1
            }
            b'}' if depth == 0 => return at + 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            b'!' if depth == 0 && text.get(at + 1) == Some(&b'=') => {
                if nesting == 0 {
                    found.push(at);
                }
                at + 2
            }
            _ => at + 1,
        };
    }
    text.len()
}

/// The place behind the string whose quote is at `at`.
fn string_end(text: &[u8], at: usize, nesting: u32) -> usize {
    let quote = text[at];
    let triple = text[at..].starts_with(&[quote; 3]);
    let close: &[u8] = if triple { &[quote; 3] } else { &[quote] };
    let prefix = text[..at]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic());
    let has_fields = prefix.take(2).any(|byte| b"fFtT".contains(byte)) && nesting < MAX_NESTING;
    let mut place = at + close.len();
    while let Some(&byte) = text.get(place) {
        place = match byte {
            b'\\' => place + 2,
            _ if text[place..].starts_with(close) => return place + close.len(),
            b'{' if has_fields && text.get(place + 1) == Some(&b'{') => place + 2,
            b'{' if has_fields => scan(text, place + 1, nesting + 1, &mut Vec::new()),
            _ => place + 1,
        };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts are what `f'{...}'` of CPython 3.13.0, 3.14.2 and 3.14.10 starts with.
    #[test]
    fn texts_by_release() {
        for (text, spec_follows, in_3_13_0, in_3_14_2) in [
            ("a!=b=", false, "a", "a!=b="),
            ("a!=b=", true, "a", "a"),
            ("a!=b!=c=", true, "a", "a!=b"),
            ("(a!=b)=", true, "(a!=b)=", "(a!=b)="),
            ("'!=' == a!=b=", true, "'!=' == a", "'!=' == a"),
            ("f'{a!=\"\"}' != b=", true, "f'{a!=\"\"}' ", "f'{a!=\"\"}' "),
            ("a # !=\n!=b=", true, "a # !=\n", "a # !=\n"),
            ("a=", true, "a=", "a="),
        ] {
            let kept_in =
                |release: &str| kept(text, release.parse().expect("a target"), spec_follows);
            assert_eq!(kept_in("3.13.0"), in_3_13_0, "{text}");
            assert_eq!(kept_in("3.14.2"), in_3_14_2, "{text}");
            assert_eq!(kept_in("3.14.10"), text);
        }
    }
}
