//! Docstrings as CPython 3.14 cleans them (`_PyCompile_CleanDoc`); the expected texts are what it gave.

use pycsmith_bytecode::Constant;
use pycsmith_compiler::CompileError;
use pycsmith_compiler::codegen::docstring::clean_docstring;

fn clean(text: &str) -> String {
    match clean_docstring(text.as_bytes()) {
        Ok(Constant::Str(text)) => text.as_str().expect("no surrogates").to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn margins_and_tabs() {
    for (text, expected) in CASES {
        assert_eq!(clean(text), *expected, "{text:?}");
    }
}

#[test]
fn surrogates_are_an_error() {
    for (wtf8, expected) in [
        (&b"a\xed\xb2\x80"[..], "character '\\udc80' in position 1"),
        (
            &b"\xc3\xa9\xed\xa0\x80\xed\xb0\x80b\xed\xb0\x80"[..],
            "characters in position 1-2",
        ),
    ] {
        let Err(error) = clean_docstring(wtf8) else {
            panic!("no error")
        };
        let CompileError::Syntax(error) = *error else {
            panic!("{error:?}")
        };
        let expected = format!("'utf-8' codec can't encode {expected}: surrogates not allowed");
        assert_eq!(error.msg, expected);
    }
}

const CASES: &[(&str, &str)] = &[
    ("", ""),
    ("a", "a"),
    ("  a", "a"),
    ("a\n", "a\n"),
    ("a\n  b\n  c", "a\nb\nc"),
    ("a\n  b\n    c\n  ", "a\nb\n  c\n"),
    ("a\n\tb\n        c", "a\nb\nc"),
    ("  a\n b\n\n   c\n", "a\nb\n\n  c\n"),
    ("a\n   \n  b", "a\n \nb"),
    ("a\n b\n  \n", "a\nb\n \n"),
    ("\n    a\n    b\n    ", "\na\nb\n"),
    ("x\ty\n\tz", "x       y\nz"),
    ("\té\tq", "é       q"),
    ("a\r\n  b\r  c", "a\r\nb\r  c"),
    ("  ", ""),
    ("\n", "\n"),
    ("   \n  ", "\n  "),
    ("a\n  b\n c", "a\n b\nc"),
    ("a\n\0\n  b", "a\n\0\n  b"),
    (" a\n  b\\\n", "a\nb\\\n"),
    ("a\n\n\n", "a\n\n\n"),
    ("\n\n  a", "\n\na"),
];
