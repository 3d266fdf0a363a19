//! Colours, of the sixteen that terminals have on light and on dark grounds alike.

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Title,
    Dim,
    Label,
    Jump,
    Handler,
    Mark,
    Removed,
    Added,
    Source,
}

/// Whether there are colours.
#[derive(Clone, Copy)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    pub(crate) fn text(self, style: Style, text: &str) -> String {
        let code = match style {
            _ if !self.0 || text.trim().is_empty() => return text.to_owned(),
            Style::Plain | Style::Source => return text.to_owned(),
            Style::Title => "1",
            Style::Dim => "2",
            Style::Label => "1",
            Style::Jump => "35",
            Style::Handler | Style::Removed => "31",
            Style::Mark | Style::Added => "32",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// The name of an operation, and in the usual colour what its operand stands for.
    pub(crate) fn operation(self, style: Style, text: &str) -> String {
        let name = match style {
            Style::Plain => Style::Label,
            other => other,
        };
        match text.split_once(' ') {
            Some((operation, operand)) => format!("{} {operand}", self.text(name, operation)),
            None => self.text(name, text),
        }
    }
}

/// Columns of a text; wide characters count as one.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}

/// At most `columns` of a text, with an ellipsis where some is cut off; characters that would move the cursor are
/// replaced.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let clean = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let text: String = text.chars().map(clean).collect();
    if width(&text) <= columns {
        return text;
    }
    let mut cut: String = text.chars().take(columns.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
