//! Filling lines as Python's `textwrap` does.

/// `textwrap.wrap(text, width)`. Of its rules, that for dashes between words is left out: no text here has any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut chunks = chunks(text);
    // The next chunk is the last one.
    chunks.reverse();
    while !chunks.is_empty() {
        let line = line(&mut chunks, width, !lines.is_empty());
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// Takes the chunks of one line.
fn line(chunks: &mut Vec<&str>, width: usize, is_later: bool) -> String {
    if is_later && chunks.last() == Some(&" ") {
        chunks.pop();
    }
    let mut line: Vec<&str> = Vec::new();
    let mut length = 0;
    while let Some(&chunk) = chunks.last()
        && length + chunk.len() <= width
    {
        length += chunk.len();
        line.push(chunk);
        chunks.pop();
    }
    if let Some(&chunk) = chunks.last()
        && chunk.len() > width
        && length < width
    {
        let left = width - length;
        let end = match chunk[..left].rfind('-') {
            Some(hyphen) if chunk[..hyphen].contains(|char| char != '-') => hyphen + 1,
            _ => left,
        };
        chunks.pop();
        chunks.push(&chunk[end..]);
        line.push(&chunk[..end]);
    }
    if line.last() == Some(&" ") {
        line.pop();
    }
    line.concat()
}

/// Words, pieces of hyphenated words, and the blanks between. The text is ASCII.
fn chunks(text: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            chunks.push(" ");
        }
        let mut start = 0;
        for at in 0..word.len() {
            if breaks_behind(word.as_bytes(), at) {
                chunks.push(&word[start..=at]);
                start = at + 1;
            }
        }
        if start < word.len() {
            chunks.push(&word[start..]);
        }
    }
    chunks
}

/// Whether `word[at]` is the hyphen of a hyphenated word: letters before it, and letters behind.
fn breaks_behind(word: &[u8], at: usize) -> bool {
    let letter = |index: usize| word.get(index).is_some_and(u8::is_ascii_alphabetic);
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_!\"'&.,?".contains(&byte);
    if word[at] != b'-' || at < 2 {
        return false;
    }
    let before = (letter(at - 1) && letter(at - 2))
        || (in_word(word[at - 1]) && word[at - 2] == b'-' && at >= 3 && letter(at - 3));
    let behind =
        letter(at + 1) && (letter(at + 2) || (word.get(at + 2) == Some(&b'-') && letter(at + 3)));
    before && behind
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `textwrap.wrap`, CPython 3.14.
    #[test]
    fn lines_break_at_blanks_and_hyphens() {
        let text = "part of path to left-strip from `-qq` SOURCE_DATE_EPOCH";
        assert_eq!(
            wrap(text, 11),
            [
                "part of",
                "path to",
                "left-strip",
                "from `-qq`",
                "SOURCE_DATE",
                "_EPOCH"
            ]
        );
        assert_eq!(
            wrap(text, 21),
            [
                "part of path to left-",
                "strip from `-qq`",
                "SOURCE_DATE_EPOCH"
            ]
        );
    }
}
