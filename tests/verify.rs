//! The verifier between all passes, over `tests/python` for every target.

use std::path::Path;

use pycsmith_bytecode::Target;
use pycsmith_compiler::{CompileError, CompileOptions, stages};

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            found.push(path);
        }
    }
}

fn verify(minor: u8) {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    sources(&folder, &mut found);
    for target in Target::all().filter(|target| target.minor == minor) {
        let mut units = 0;
        for path in &found {
            let source = std::fs::read(path).expect("a source");
            let options = CompileOptions {
                target,
                optimize: 0,
                filename: "a.py".to_owned(),
            };
            match stages::verified_stages(&source, &options) {
                Ok((seen, _)) => units += seen.len(),
                Err(CompileError::Bug(what)) => panic!("{}, {target}: {what}", path.display()),
                // Sources that are to be rejected, or not for this target.
                Err(_) => {}
            }
        }
        assert!(units > 500, "only {units} units for {target}");
    }
}

#[test]
fn of_3_11() {
    verify(11);
}

#[test]
fn of_3_12() {
    verify(12);
}

#[test]
fn of_3_13() {
    verify(13);
}

#[test]
fn of_3_14() {
    verify(14);
}

#[test]
fn of_3_15() {
    verify(15);
}
