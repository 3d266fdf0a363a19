//! Smaller by nodes of the tree: statements go or give way to their bodies, expressions become `0` or one of their parts.

use std::ops::Range;

use pycsmith_bytecode::Target;

use super::outline::{Node, outline};

/// Makes nodes smaller, big ones first, as long as `keeps` holds.
pub fn smaller(source: &str, target: Target, mut keeps: impl FnMut(&[u8]) -> bool) -> String {
    let mut source = source.to_owned();
    let mut nodes = by_size(&source, target);
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        let next = candidates(&source, node, &nodes)
            .into_iter()
            .find(|candidate| candidate.len() < source.len() && keeps(candidate.as_bytes()));
        match next {
            Some(next) => {
                source = next;
                // What stood before is as it was; what stood behind may be elsewhere.
                nodes = by_size(&source, target);
            }
            None => at += 1,
        }
    }
    source
}

fn by_size(source: &str, target: Target) -> Vec<Node> {
    let mut nodes = outline(source, target);
    nodes.sort_by_key(|node| std::cmp::Reverse(node.range.len()));
    nodes
}

/// The source with something smaller in the place of `node`.
fn candidates(source: &str, node: &Node, nodes: &[Node]) -> Vec<String> {
    let replaced = |range: &Range<usize>, text: &str| {
        [&source[..range.start], text, &source[range.end..]].concat()
    };
    let parts = nodes.iter().filter(|part| {
        part.depth > node.depth
            && node.range.start <= part.range.start
            && part.range.end <= node.range.end
    });
    let mut all = Vec::new();
    if node.statement {
        all.push(replaced(&node.range, "pass"));
        let body = parts.clone().filter(|part| part.statement);
        for part in body {
            all.push(replaced(&node.range, &dedented(source, node, part)));
        }
        return all;
    }
    all.push(replaced(&with_comma(source, &node.range), ""));
    all.push(replaced(&node.range, "0"));
    for part in parts.filter(|part| !part.statement) {
        all.push(replaced(&node.range, &source[part.range.clone()]));
    }
    all
}

/// The text of `part`, as far to the left as `node`.
fn dedented(source: &str, node: &Node, part: &Node) -> String {
    let column = |at: usize| at - source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let more = column(part.range.start).saturating_sub(column(node.range.start));
    let mut lines = source[part.range.clone()].split_inclusive('\n');
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let spaces = line
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        out += &line[spaces.min(more)..];
    }
    out
}

/// The range with the comma that parts it from a neighbour.
fn with_comma(source: &str, range: &Range<usize>) -> Range<usize> {
    let behind = source[range.end..].trim_start();
    if let Some(rest) = behind.strip_prefix(',') {
        return range.start..source.len() - rest.trim_start_matches(' ').len();
    }
    let before = source[..range.start].trim_end();
    before.strip_suffix(',').map_or(range.start, str::len)..range.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(source: &str, needed: &[&str]) -> String {
        let keeps = |candidate: &[u8]| {
            let text = String::from_utf8_lossy(candidate);
            needed.iter().all(|word| text.contains(word))
                && pycsmith_compiler::dump_ast(candidate, Target::PY314).is_ok()
        };
        smaller(source, Target::PY314, keeps)
    }

    #[test]
    fn statements_give_way_to_their_bodies() {
        let source =
            "class C:\n    if x:\n        for y in z:\n            wanted()\n    other()\n";
        assert_eq!(reduced(source, &["wanted"]), "wanted\n");
    }

    #[test]
    fn elements_go_with_their_commas() {
        assert_eq!(
            reduced("f(1, a + wanted, *b, c=d)\n", &["f(", "wanted"]),
            "f(wanted)\n"
        );
    }
}
