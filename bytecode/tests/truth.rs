//! Rewrites `.pyc` files that CPython wrote: reading one keeps which objects are one object but drops all flags;
//! writing must find CPython's bytes again.
//!
//! The files are `data/example-3.14.pyc` and those of `PYCSMITH_TRUTH` (folders, separated by colons; `.pyc` files
//! of 3.14 at any depth), if it is set.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pycsmith_bytecode::constant::should_intern;
use pycsmith_bytecode::{CodeObject, Constant, PyStr, pyc};

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "pyc") {
            files.push(path);
        }
    }
}

/// What looks like an identifier is interned.
fn check_constant(value: &Constant) {
    if let Constant::Str(text) = value {
        assert!(
            text.interned || !should_intern(&text.wtf8),
            "not interned: {text:?}"
        );
    }
}

fn check_names(code: &CodeObject) {
    let always =
        |text: &Arc<PyStr>| assert!(text.interned, "a name that is not interned: {text:?}");
    code.names
        .iter()
        .chain(code.localsplusnames.iter())
        .for_each(always);
    [&code.name, &code.qualname, &code.filename]
        .into_iter()
        .for_each(always);
    for value in code.consts.iter() {
        match value {
            Constant::Code(code) => check_names(code),
            Constant::Tuple(items) | Constant::FrozenSet(items) => {
                items.iter().for_each(check_constant)
            }
            other => check_constant(other),
        }
    }
}

#[test]
fn rewriting_gives_the_same_bytes() {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/example-3.14.pyc")];
    if let Some(folders) = std::env::var_os("PYCSMITH_TRUTH") {
        std::env::split_paths(&folders).for_each(|folder| collect(&folder, &mut files));
    }
    files.sort();
    let mut wrong = 0;
    for path in &files {
        let data = std::fs::read(path).expect("a readable file");
        let (header, target, code) = match pyc::read(&data) {
            Ok(read) => read,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        check_names(&code);
        let written = pyc::write(&code, target, header.validation).expect("writable");
        if written != data {
            wrong += 1;
            if wrong < 20 {
                let at = written
                    .iter()
                    .zip(&data)
                    .position(|(a, b)| a != b)
                    .unwrap_or(data.len().min(written.len()));
                println!("{}: differs at byte {at}", path.display());
            }
        }
    }
    println!("{} files, {wrong} differ", files.len());
    assert_eq!(wrong, 0);
}
