//! Regular expressions as Python's `re` writes them, for `compileall -x`.

use fancy_regex::Regex;

/// `re.compile(pattern)`, to search with.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(&translated(pattern)).map_err(|error| error.to_string())
}

/// The pattern in the engine's syntax, which differs in little.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(char) = rest.chars().next() {
        let behind = &rest[char.len_utf8()..];
        rest = match char {
            '\\' => escape(&mut out, behind),
            '[' => set(&mut out, behind),
            // The end, or a line end at the end.
            '$' if !is_multiline(pattern) => {
                out.push_str(r"(?=\n?\z)");
                behind
            }
            '{' => repetition(&mut out, behind),
            '}' => {
                out.push_str(r"\}");
                behind
            }
            _ => {
                out.push(char);
                behind
            }
        };
    }
    out
}

/// Whether the pattern begins with flags that give `$` its meaning at line ends.
fn is_multiline(pattern: &str) -> bool {
    let flags = pattern
        .strip_prefix("(?")
        .and_then(|rest| rest.split_once(')'));
    flags.is_some_and(|(flags, _)| {
        flags.chars().all(|char| char.is_ascii_lowercase()) && flags.contains('m')
    })
}

/// What follows a backslash; gives the rest of the pattern.
fn escape<'p>(out: &mut String, rest: &'p str) -> &'p str {
    let mut chars = rest.chars();
    let digits = match chars.next() {
        Some('Z') => {
            out.push_str(r"\z");
            return chars.as_str();
        }
        Some('u') => 4,
        Some('U') => 8,
        Some(char) => {
            out.extend(['\\', char]);
            return chars.as_str();
        }
        None => {
            out.push('\\');
            return rest;
        }
    };
    let rest = chars.as_str();
    match rest.get(..digits) {
        Some(number) if number.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            out.push_str(&format!("\\x{{{number}}}"));
            &rest[digits..]
        }
        // No escape of Python's; nor is it one of the engine's.
        _ => {
            out.push_str(r"\u");
            rest
        }
    }
}

/// A set: the engine's can be nested and have operators, Python's cannot.
fn set<'p>(out: &mut String, rest: &'p str) -> &'p str {
    out.push('[');
    let mut rest = rest;
    if let Some(behind) = rest.strip_prefix('^') {
        out.push('^');
        rest = behind;
    }
    let mut is_first = true;
    while let Some(char) = rest.chars().next() {
        let behind = &rest[char.len_utf8()..];
        rest = match char {
            ']' if !is_first => {
                out.push(']');
                return behind;
            }
            '\\' => escape(out, behind),
            ']' | '[' | '&' | '~' => {
                out.extend(['\\', char]);
                behind
            }
            _ => {
                out.push(char);
                behind
            }
        };
        is_first = false;
    }
    rest
}

/// `{`, which is itself where no numbers follow; `{,n}` means from 0.
fn repetition<'p>(out: &mut String, rest: &'p str) -> &'p str {
    let numbers = rest.split_once('}').filter(|(numbers, _)| {
        let (low, high) = numbers.split_once(',').unwrap_or((numbers, "0"));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        !numbers.is_empty() && is_number(low) && is_number(high)
    });
    match numbers {
        Some((numbers, behind)) => {
            let zero = if numbers.starts_with(',') { "0" } else { "" };
            out.push_str(&format!("{{{zero}{numbers}}}"));
            behind
        }
        None => {
            out.push_str(r"\{");
            rest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `bool(re.search(pattern, text))`, CPython 3.14.
    #[test]
    fn patterns_mean_what_they_mean_to_python() {
        for (pattern, text, expected) in [
            (r"ba[^\\/]*$", "foo/bar.py", true),
            (r"ba[^\\/]*$", "bar/foo.py", false),
            (r"(?<!_)test", "a/_test.py", false),
            (r"(?<!_)test", "a/test.py", true),
            (r"/(?!keep)[^/]*\.py\Z", "a/keep.py", false),
            (r"/(?!keep)[^/]*\.py\Z", "a/drop.py", true),
            (r"(?P<d>\w+)/(?P=d)\.py", "spam/spam.py", true),
            (r"(\w)\1", "look.py", true),
            (r"[[]x[]]", "a[x].py", true),
            (r"[]a]", "]", true),
            (r"[a&&b]", "&", true),
            (r"a{,2}b$", "aab", true),
            (r"a{x", "a{x", true),
            (r"^a{,}$", "aaa", true),
            (r"^a{,}$", "a{,}", false),
            (r"^a{}$", "a{}", true),
            (r"}", "}", true),
            (r"(?i)LIB", "lib/x.py", true),
            (r"(?m)a$", "a\nb", true),
            (r"a$", "a\n", true),
            (r"a$", "a\nb", false),
            (r"a\Z", "a\n", false),
            (r"\u00e9", "é.py", true),
            (r"^a++b", "aab", true),
            (r"(a)?(?(1)b|c)", "c", true),
        ] {
            let regex = compile(pattern).expect(pattern);
            assert_eq!(
                regex.is_match(text).ok(),
                Some(expected),
                "{pattern} {text:?}"
            );
        }
        assert!(compile("(").is_err());
    }
}
