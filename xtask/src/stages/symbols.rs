//! The stage before all others: the symbol table, which every CPython shows (`_symtable.symtable`, what `symtable` is made of).
//!
//! It is compared as text: each scope with its kind, name, line and parameters, and below it each name with how it is bound and
//! what is known of it. CPython's is that of the tree as it was parsed.

use pycsmith_compiler::dump_symbols;

use super::check::{Checker, Report};
use super::difference::{self, Difference, Stage};
use crate::oracle::Refusal;

impl Checker<'_> {
    /// Compares the tables of a source, which count as one unit.
    pub(super) fn symbols(&self, name: &str, source: &[u8], report: &mut Report) {
        let found = self.oracle.symbols(source, name).and_then(|theirs| {
            let ours = dump_symbols(source, self.target());
            let ours = ours.map_err(|error| Refusal::Ours(error.to_string()))?;
            Ok(of_tables(&ours, &theirs))
        });
        report.note(Stage::Symbols, name, found);
    }
}

/// Compares two tables as text.
fn of_tables(ours: &str, theirs: &str) -> Option<Difference> {
    let (ours, theirs) = (comparable(ours), comparable(theirs));
    if ours == theirs {
        return None;
    }
    let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let line = |side: &[String]| {
        side.get(at)
            .map_or("nothing", |line| line.trim())
            .to_owned()
    };
    // The scope that the line is in.
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines = if at < ours.len() { &ours } else { &theirs };
    let own = indent(&lines[at]);
    let scope = lines[..at].iter().rev().find(|line| indent(line) < own);
    let text = |side: &[String]| side.join("\n") + "\n";
    Some(Difference {
        stage: Stage::Symbols,
        unit: scope.map_or("", |line| line.trim()).to_owned(),
        place: None,
        what: format!("\"{}\" instead of \"{}\"", line(&ours), line(&theirs)),
        text: difference::diff(&text(&theirs), &text(&ours)),
    })
}

/// The lines that are compared: CPython has the names that a scope only passes on in the order of a set; and that `__debug__` is a
/// constant it only sees later.
fn comparable(table: &str) -> Vec<String> {
    let is_debug = |line: &str| line.trim_start().starts_with("__debug__:");
    let lines = table.lines().filter(|line| !is_debug(line));
    let mut lines: Vec<String> = lines.map(str::to_owned).collect();
    let passed_on =
        |line: &String| line.ends_with(": free") || line.ends_with(": free, free_class");
    for run in lines.chunk_by_mut(|a, b| passed_on(a) && passed_on(b)) {
        run.sort();
    }
    lines
}

#[cfg(test)]
mod tests {
    use pycsmith_bytecode::Target;

    use super::*;

    const SOURCE: &[u8] = b"def f(a):\n    def g(): return a, __debug__\n    return g\n";

    #[test]
    fn a_name_that_is_bound_otherwise_is_found() {
        let table = dump_symbols(SOURCE, Target::PY314).expect("it compiles");
        assert!(of_tables(&table, &table).is_none());
        let broken = table.replace("a: cell", "a: local");
        assert_ne!(broken, table);
        let difference = of_tables(&broken, &table)
            .expect("a difference")
            .to_string();
        let first = difference.lines().next().expect("a line");
        assert_eq!(
            first,
            "symbol table: unit function f, line 1 (a): \"a: local, param\" instead of \"a: cell, param\""
        );
        assert!(
            difference.contains("-        a: cell, param"),
            "{difference}"
        );
    }

    #[test]
    fn a_scope_that_is_missing_is_found() {
        let table = dump_symbols(SOURCE, Target::PY314).expect("it compiles");
        let lines: Vec<&str> = table.lines().collect();
        let shorter = lines[..lines.len() - 1].join("\n");
        let difference = of_tables(&shorter, &table).expect("a difference");
        assert!(
            difference.what.starts_with("\"nothing\" instead of"),
            "{difference}"
        );
        assert!(difference.unit.starts_with("function g"), "{difference}");
    }

    #[test]
    fn what_no_order_is_known_of_does_not_count() {
        let table = "function f, line 1\n    b: free\n    a: free, free_class\n";
        let other = "function f, line 1\n    a: free, free_class\n    b: free\n    __debug__: implicit global, used\n";
        assert!(of_tables(table, other).is_none());
    }
}
