//! What a mistyped choice may have meant (`difflib.get_close_matches`).

/// The choice most like `text`, if any is like it.
pub fn closest(text: &str, choices: &[&'static str]) -> Option<&'static str> {
    let ratio = |choice: &str| {
        let (a, b): (Vec<char>, Vec<char>) = (choice.chars().collect(), text.chars().collect());
        2.0 * matching(&a, &b) as f64 / (a.len() + b.len()) as f64
    };
    // Longer texts have nothing in common with a choice that would suffice.
    if text.len() > 1000 {
        return None;
    }
    choices
        .iter()
        .map(|&choice| (ratio(choice), choice))
        .filter(|&(ratio, _)| ratio >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)))
        .map(|(_, choice)| choice)
}

/// How many characters are in the longest common block, the first one of that length, and in those on both sides of it.
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut length, mut at_a, mut at_b) = (0, 0, 0);
    for start_a in 0..a.len() {
        for start_b in 0..b.len() {
            let common = a[start_a..].iter().zip(&b[start_b..]);
            let common = common.take_while(|(one, other)| one == other).count();
            if common > length {
                (length, at_a, at_b) = (common, start_a, start_b);
            }
        }
    }
    if length == 0 {
        return 0;
    }
    length + matching(&a[..at_a], &b[..at_b]) + matching(&a[at_a + length..], &b[at_b + length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `difflib.get_close_matches(text, choices, 1)`, CPython 3.15.
    #[test]
    fn close_matches() {
        let choices = ["checked-hash", "timestamp", "unchecked-hash"];
        for (text, expected) in [
            ("timestmp", Some("timestamp")),
            ("uncheckd", Some("unchecked-hash")),
            ("hash", None),
            ("checked", Some("checked-hash")),
            ("checked_hash", Some("checked-hash")),
            ("stamp", Some("timestamp")),
            ("", None),
            ("never", None),
        ] {
            assert_eq!(closest(text, &choices), expected, "{text}");
        }
    }
}
