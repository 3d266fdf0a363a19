//! A source file with all its mutants.

use super::{Mutant, Place, Span};

/// A file's new text, and in which of its lines (from 1, the last one excluded) each mutant stands.
pub struct Rewritten {
    pub text: String,
    pub lines: Vec<(std::ops::Range<usize>, usize)>,
    /// Mutants that cannot be chosen at run time: in constants and `const` functions, and where bodies would have types of their own.
    pub not_tried: Vec<usize>,
}

/// Gives each function of `text` a body for each of its mutants, by their numbers.
pub fn rewrite(text: &str, mutants: &[(usize, &Mutant)]) -> Rewritten {
    let offsets = Offsets::of(text);
    let mut out = Rewritten {
        text: String::with_capacity(text.len() * 2),
        lines: Vec::new(),
        not_tried: Vec::new(),
    };
    let mut done = 0;
    for (function, own) in functions(mutants, &mut out.not_tried) {
        let (start, end) = offsets.range(function);
        let whole = &text[start..end];
        let Some(open) = whole.find('{').filter(|_| start >= done) else {
            out.not_tried.extend(own.iter().map(|(number, _)| number));
            continue;
        };
        let signature = &whole[..open];
        if signature.contains("const fn") || signature.contains("-> impl") {
            out.not_tried.extend(own.iter().map(|(number, _)| number));
            continue;
        }
        // Between the braces.
        let body = (start + open + 1, end - 1);
        out.text += &text[done..body.0];
        out.text += "\nmatch crate::mutants::active() {\n";
        for &(number, mutant) in &own {
            let first = out.text.matches('\n').count() + 1;
            let (from, to) = offsets.range(mutant.span);
            out.text += &format!("{number} => {{\n");
            out.text += &text[body.0..from];
            out.text += &mutant.replacement;
            out.text += &text[to..body.1];
            out.text += "\n}\n";
            let behind = out.text.matches('\n').count() + 1;
            out.lines.push((first..behind, number));
        }
        out.text += "_ => {\n";
        out.text += &text[body.0..body.1];
        out.text += "\n}\n}\n}";
        done = end;
    }
    out.text += &text[done..];
    out
}

/// The functions that are in no other one, in order, with the mutants in them.
fn functions<'m>(
    mutants: &[(usize, &'m Mutant)],
    not_tried: &mut Vec<usize>,
) -> Vec<(Span, Vec<(usize, &'m Mutant)>)> {
    let mut spans: Vec<Span> = Vec::new();
    for (number, mutant) in mutants {
        match &mutant.function {
            Some(function) => spans.push(function.span),
            None => not_tried.push(*number),
        }
    }
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans.dedup_by(|inner, outer| inner.end <= outer.end);
    let within = |span: &Span, mutant: &Mutant| {
        mutant.function.is_some() && span.start <= mutant.span.start && mutant.span.end <= span.end
    };
    let own = |span: Span| {
        let own = mutants.iter().filter(|(_, mutant)| within(&span, mutant));
        (span, own.copied().collect())
    };
    spans.into_iter().map(own).collect()
}

/// Where lines begin.
struct Offsets<'t> {
    text: &'t str,
    lines: Vec<usize>,
}

impl Offsets<'_> {
    fn of(text: &str) -> Offsets<'_> {
        let behind = text.match_indices('\n').map(|(at, _)| at + 1);
        Offsets {
            text,
            lines: std::iter::once(0).chain(behind).collect(),
        }
    }

    fn range(&self, span: Span) -> (usize, usize) {
        (self.offset(span.start), self.offset(span.end))
    }

    fn offset(&self, place: Place) -> usize {
        let line = self.lines.get(place.line - 1).copied();
        let line = line.unwrap_or(self.text.len());
        let rest = &self.text[line..];
        let column = rest.char_indices().nth(place.column - 1);
        line + column.map_or(rest.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(function: [usize; 4], span: [usize; 4], replacement: &str) -> Mutant {
        let json = |[line, column, end_line, end_column]: [usize; 4]| {
            serde_json::json!({
                "start": { "line": line, "column": column },
                "end": { "line": end_line, "column": end_column },
            })
        };
        let mutant = serde_json::json!({
            "name": "m", "file": "a.rs", "replacement": replacement,
            "function": { "span": json(function) }, "span": json(span),
        });
        serde_json::from_value(mutant).expect("a mutant")
    }

    #[test]
    fn each_mutant_has_a_body() {
        let text = "fn f(a: u8) -> bool {\n    a == 1\n}\n\nconst fn g() -> u8 {\n    1 + 1\n}\n";
        let f = [1, 1, 3, 2];
        let (other, value) = (
            mutant(f, [2, 7, 2, 9], "!="),
            mutant(f, [2, 5, 2, 11], "true"),
        );
        let of_const = mutant([5, 1, 7, 2], [6, 7, 6, 8], "-");
        let found = rewrite(text, &[(1, &other), (2, &value), (3, &of_const)]);
        let expected = "fn f(a: u8) -> bool {\nmatch crate::mutants::active() {\n1 => {\n\n    a != 1\n\n}\n2 => {\n\n    true\n\n}\n_ => {\n\n    a == 1\n\n}\n}\n}\n\nconst fn g() -> u8 {\n    1 + 1\n}\n";
        assert_eq!(found.text, expected);
        assert_eq!(found.not_tried, [3]);
        let (lines, number) = &found.lines[1];
        assert_eq!(*number, 2);
        assert!(found.text.lines().nth(lines.start - 1) == Some("2 => {"));
        assert!(found.text.lines().nth(lines.end - 1) == Some("_ => {"));
    }
}
