//! Symbol tables and their errors against CPython's, as `tests/python/symtable/golden.py` recorded them.

use std::fs;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use pycsmith_bytecode::Target;
use pycsmith_compiler::error::{CompileError, Result};
use pycsmith_compiler::{future, symtable};
use pycsmith_parser::ast::Module;
use pycsmith_parser::{Interner, SyntaxError};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/python/symtable")
}

/// The printed symbol table of `source`, or CPython's error.
fn table(source: &str) -> std::result::Result<String, SyntaxError> {
    let arena = Bump::new();
    let mut names = Interner::new();
    let parsed = pycsmith_parser::parse(source.as_bytes(), &arena, &mut names, Target::PY314)?;
    let mut build = || -> Result<_> {
        let flags = future::future_flags(parsed.module, &names, Target::PY314)?;
        symtable::build(parsed.module, flags, &mut names, Target::PY314, 0)
    };
    match build().map_err(|error| *error) {
        Ok(table) => Ok(symtable::dump(&table, &names)),
        Err(CompileError::Syntax(error)) => Err(error),
        Err(error) => panic!("{error:?}"),
    }
}

/// Sorts the names at the end of each scope that it only passes on, as `golden.py` does.
fn sort_passed_on(table: &str) -> String {
    let mut lines: Vec<&str> = table.lines().collect();
    let passed_on = |line: &str| line.ends_with(": free") || line.ends_with(": free, free_class");
    for run in lines.chunk_by_mut(|a, b| passed_on(a) && passed_on(b)) {
        run.sort();
    }
    lines.join("\n") + "\n"
}

#[test]
fn tables_are_cpythons() {
    let mut programs = 0;
    for entry in fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        let golden = path.with_extension("symtable");
        if path.extension().is_some_and(|extension| extension == "py") && golden.exists() {
            let source = fs::read_to_string(&path).unwrap();
            let expected = fs::read_to_string(golden).unwrap();
            assert_eq!(
                sort_passed_on(&table(&source).unwrap()),
                expected,
                "{}",
                path.display()
            );
            programs += 1;
        }
    }
    assert!(programs >= 7);
}

#[test]
fn errors_are_cpythons() {
    let sources = fs::read_to_string(directory().join("errors.txt")).unwrap();
    let expected = fs::read_to_string(directory().join("errors.expected")).unwrap();
    let sources: Vec<&str> = sources.split("---\n").collect();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(sources.len(), expected.len());
    for (source, expected) in sources.into_iter().zip(expected) {
        let found = table(source).map_or_else(|error| describe(&error), |_| "none".to_owned());
        assert_eq!(found, expected, "{source}");
    }
}

/// As `golden.py` prints it. CPython's offsets count bytes here, too.
fn describe(error: &SyntaxError) -> String {
    let number = |number: Option<u32>| number.map_or("None".to_owned(), |n| n.to_string());
    format!(
        "{}:{}-{}:{} {}",
        number(error.lineno),
        number(error.offset),
        number(error.end_lineno),
        number(error.end_offset),
        error.msg
    )
}

#[test]
fn debug_is_a_constant_but_in_pattern_values() {
    let names = table("if __debug__: x = lambda: __debug__").unwrap();
    assert!(!names.contains("__debug__"));
    let names = table("match x:\n case __debug__.a: pass\n case {__debug__.b: 1}: pass").unwrap();
    assert!(names.contains("__debug__: implicit global"));
    let names = table("match x:\n case __debug__(a=1): pass").unwrap();
    assert!(!names.contains("__debug__"));
}

fn programs_in(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            programs_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            found.push(path);
        }
    }
}

/// What the parser notes of a module is what the tree says.
#[test]
fn notes_and_trees_give_the_same_tables() {
    let mut programs = Vec::new();
    programs_in(&directory().join(".."), &mut programs);
    let mut noted = 0;
    for path in programs {
        let (arena, mut names) = (Bump::new(), Interner::new());
        let source = fs::read(&path).unwrap();
        let Ok(parsed) = pycsmith_parser::parse(&source, &arena, &mut names, Target::PY314) else {
            continue;
        };
        let module = parsed.module;
        let tree = arena.alloc(Module {
            body: module.body,
            notes: None,
        });
        let mut table = |module| {
            let table = symtable::build(module, 0, &mut names, Target::PY314, 0);
            table.map(|table| symtable::dump(&table, &names)).ok()
        };
        assert_eq!(table(module), table(tree), "{}", path.display());
        noted += u32::from(module.notes.is_some());
    }
    assert!(noted > 150, "{noted}");
}
