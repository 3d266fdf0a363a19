//! The nodes of a source and where they stand, from the dump of its tree.

use std::ops::Range;

use pycsmith_bytecode::Target;

/// A node that has a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    pub class: String,
    /// Nodes around it.
    pub depth: usize,
    /// It is a statement of a body.
    pub statement: bool,
    /// In bytes of the source.
    pub range: Range<usize>,
}

/// The nodes of `source`, outer ones first; none if it is not Python.
pub fn outline(source: &str, target: Target) -> Vec<Node> {
    match pycsmith_compiler::dump_ast(source.as_bytes(), target) {
        Ok(dump) => of_dump(&dump, source),
        Err(_) => Vec::new(),
    }
}

/// Something open in the dump.
enum Open {
    /// With its class, index in the result, and line, column, end line and end column.
    Node(usize, [usize; 4]),
    /// With the name of its field.
    List(String),
}

const PLACES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

fn of_dump(dump: &str, source: &str) -> Vec<Node> {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(source.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let (mut open, mut nodes): (Vec<Open>, Vec<Node>) = (Vec::new(), Vec::new());
    for line in dump.lines() {
        let text = line.trim_start().trim_end_matches(',');
        let (field, value) = match text.split_once('=') {
            Some((field, value)) if field.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => {
                (field, value)
            }
            _ => ("", text),
        };
        if let Some(class) = value.strip_suffix('(') {
            let bodies = ["body", "orelse", "finalbody"];
            nodes.push(Node {
                class: class.to_owned(),
                depth: open.len(),
                statement: matches!(open.last(), Some(Open::List(name)) if bodies.contains(&&name[..])),
                range: 0..0,
            });
            open.push(Open::Node(nodes.len() - 1, [0; 4]));
            continue;
        }
        if value == "[" {
            open.push(Open::List(field.to_owned()));
            continue;
        }
        let (value, closed) = closers(value);
        if let (Some(at), Some(Open::Node(_, place))) = (
            PLACES.iter().position(|name| *name == field),
            open.last_mut(),
        ) {
            place[at] = value.parse().unwrap_or(0);
        }
        for _ in 0..closed {
            if let Some(Open::Node(index, place)) = open.pop() {
                nodes[index].range = range(place, &starts);
            }
        }
    }
    nodes.retain(|node| !node.range.is_empty() && source.get(node.range.clone()).is_some());
    nodes
}

/// A value without the brackets behind it that close what is around, and their number.
fn closers(value: &str) -> (&str, usize) {
    let bare = value.trim_end_matches([')', ']']);
    let own = usize::from(bare.ends_with(['(', '[']) && bare.len() < value.len());
    let end = bare.len() + own;
    (&value[..end], value.len() - end)
}

fn range([line, col, end_line, end_col]: [usize; 4], starts: &[usize]) -> Range<usize> {
    let at = |line: usize, col: usize| Some(starts.get(line.checked_sub(1)?)? + col);
    match (at(line, col), at(end_line, end_col)) {
        (Some(start), Some(end)) => start..end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stand_where_they_are() {
        let source = "if a:\n    f(b, 'x)')\n";
        let found: Vec<(String, &str, bool)> = outline(source, Target::PY314)
            .into_iter()
            .map(|node| (node.class, &source[node.range], node.statement))
            .collect();
        let node = |class: &str, text, statement| (class.to_owned(), text, statement);
        assert_eq!(
            found,
            [
                node("If", "if a:\n    f(b, 'x)')", true),
                node("Name", "a", false),
                node("Expr", "f(b, 'x)')", true),
                node("Call", "f(b, 'x)')", false),
                node("Name", "f", false),
                node("Name", "b", false),
                node("Constant", "'x)'", false),
            ]
        );
    }

    #[test]
    fn what_is_not_python_has_no_nodes() {
        assert!(outline("if", Target::PY314).is_empty());
    }
}
