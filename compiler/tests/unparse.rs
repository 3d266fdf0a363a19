//! Annotations as CPython 3.14 turns them into text. `data/unparse.txt` has pairs of lines, an expression and
//! the text that `from __future__ import annotations` makes of it, as CPython gave it.

use bumpalo::Bump;
use pycsmith_bytecode::{Constant, Target};
use pycsmith_compiler::unparse::unparse;
use pycsmith_parser::Interner;
use pycsmith_parser::ast::StmtKind;

#[test]
fn texts_are_those_of_cpython() {
    let cases = include_str!("data/unparse.txt").split("\n\n");
    let mut count = 0;
    for case in cases {
        let (expression, expected) = case.trim_end().split_once('\n').expect("two lines");
        let source = format!("x: {expression}\n");
        let arena = Bump::new();
        let mut names = Interner::new();
        let parsed = pycsmith_parser::parse(source.as_bytes(), &arena, &mut names, Target::PY314);
        let parsed = parsed.unwrap_or_else(|error| panic!("{source}: {error:?}"));
        let StmtKind::AnnAssign(assign) = parsed.module.body[0].kind else {
            panic!("{source} is no annotated assignment");
        };
        let Constant::Str(text) = unparse(&names, &assign.annotation, Target::PY314) else {
            panic!("a text that is no string");
        };
        assert_eq!(text.as_str(), Some(expected), "{expression}");
        count += 1;
    }
    assert!(count > 90);
}
