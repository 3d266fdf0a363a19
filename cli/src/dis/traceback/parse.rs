//! The frames that a traceback names.

/// A place where a function stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub file: String,
    pub line: i32,
    /// `co_name`.
    pub name: String,
    /// The lines of the source, as far as they are shown.
    pub shown: Vec<Shown>,
    /// How often it is repeated after that.
    pub repeated: usize,
    /// Whether it called the next one.
    pub calls: bool,
}

/// A line of the source, without the blanks that all of them begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub text: String,
    /// From the first to behind the last of the `~` and `^` below it, in columns.
    pub carets: Option<(usize, usize)>,
}

/// The frames in a text that has tracebacks, in their order: those of chained exceptions and of the parts of groups as well.
pub fn frames(text: &str) -> Vec<Frame> {
    let mut found: Vec<Frame> = Vec::new();
    // Columns before `File` of the frame whose lines are being read.
    let mut margin = None;
    for line in text.lines() {
        if let Some((columns, frame)) = head(line) {
            if let (Some(_), Some(last)) = (margin, found.last_mut()) {
                last.calls = true;
            }
            margin = Some(columns);
            found.push(frame);
            continue;
        }
        let Some((columns, frame)) = margin.zip(found.last_mut()) else {
            continue;
        };
        if let Some(times) = repeated(line, columns) {
            frame.repeated = times;
        } else if let Some(rest) = behind(line, columns + 2) {
            source_line(frame, rest);
        } else {
            margin = None;
        }
    }
    found
}

/// `  File "x.py", line 3, in f`, perhaps behind the margin of a group. The place of a syntax error has no `in`: it is no frame.
fn head(line: &str) -> Option<(usize, Frame)> {
    let (before, rest) = line.split_once("File \"")?;
    if !is_margin(before) {
        return None;
    }
    let (file, rest) = rest.split_once("\", line ")?;
    let (number, name) = rest.split_once(", in ")?;
    let frame = Frame {
        file: file.to_owned(),
        line: number.parse().ok()?,
        name: name.trim_end().to_owned(),
        ..Frame::default()
    };
    Some((before.len(), frame))
}

fn is_margin(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'|'))
}

/// What stands behind a margin of so many columns.
fn behind(line: &str, columns: usize) -> Option<&str> {
    let (before, rest) = line.split_at_checked(columns)?;
    is_margin(before).then_some(rest)
}

/// `[Previous line repeated 4 more times]`
fn repeated(line: &str, columns: usize) -> Option<usize> {
    let rest = behind(line, columns)?.strip_prefix("[Previous line repeated ")?;
    rest.split(' ').next()?.parse().ok()
}

fn source_line(frame: &mut Frame, text: &str) {
    let is_mark = |c: char| matches!(c, '~' | '^');
    let marks = text.trim();
    if !marks.is_empty() && marks.chars().all(|c| is_mark(c) || c == ' ') {
        if let Some(last) = frame.shown.last_mut() {
            let start = text.find(is_mark).unwrap_or(0);
            last.carets = Some((start, text.trim_end().len()));
        }
    } else if !(marks.starts_with("...<") && marks.ends_with(">...")) {
        frame.shown.push(Shown {
            text: text.to_owned(),
            carets: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_groups_and_chains() {
        // As 3.14 prints it.
        let text = "  + Exception Group Traceback (most recent call last):
  |   File \"a.py\", line 9, in f
  |     g(
  |     ~^
  |         1)
  |         ^^
  | ExceptionGroup: outer (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File \"a \\\"b\\\".py\", line 3, in <module>
    |     x
    |   [Previous line repeated 4 more times]
    |   File \"c.py\", line 4, in h
    | KeyError: 'x'
    +------------------------------------
";
        let found = frames(text);
        assert_eq!(found.len(), 3);
        let shown = |text: &str, carets| Shown {
            text: text.to_owned(),
            carets,
        };
        assert_eq!(
            found[0].shown,
            [shown("g(", Some((0, 2))), shown("    1)", Some((4, 6)))]
        );
        assert!(!found[0].calls);
        assert_eq!(found[1].shown, [shown("x", None)]);
        assert_eq!((found[1].repeated, found[1].calls), (4, true));
        assert_eq!((found[2].file.as_str(), found[2].line), ("c.py", 4));
        assert_eq!((found[2].name.as_str(), found[2].calls), ("h", false));
    }

    #[test]
    fn other_text_has_no_frames() {
        let text = "Traceback (most recent call last):\n  File \"x.py\", line 1\n    x y\nSyntaxError: invalid syntax\n";
        assert_eq!(frames(text), []);
        assert_eq!(frames("see File \"x\", line 1, in f\n"), []);
        assert_eq!(frames("File \"\", line -, in"), []);
    }
}
