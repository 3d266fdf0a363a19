//! Identity with CPython over `tests/python`, whose hashes the real interpreter made (`cargo xtask goldens`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileOptions, Session};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Compiles on a thread with a stack as deep as the command's workers have.
fn on_worker(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(1 << 30)
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("the checks passed");
}

fn check(target: &'static str) {
    on_worker(move || {
        let target: Target = target.parse().expect("a version");
        if !target.is_finished() && std::env::var_os("PYCSMITH_UNFINISHED").is_none() {
            eprintln!("{target} is unfinished: not compared");
            return;
        }
        let goldens = std::fs::read_to_string(folder().join(format!("goldens/{target}.txt")))
            .expect("goldens");
        let mut session = Session::new();
        let (mut checked, mut wrong, mut seen) = (0, Vec::new(), BTreeSet::new());
        for line in goldens.lines().filter(|line| !line.starts_with('#')) {
            let [level, hash, name] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
                panic!("golden line: {line}")
            };
            let source = std::fs::read(folder().join("python").join(name))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let options = CompileOptions {
                target,
                optimize: level.parse().expect("a level"),
                filename: name.to_owned(),
            };
            let validation = Validation::UncheckedHash(pyc::source_hash(target, &source));
            let ours = match session.compile(&source, &options) {
                Ok(code) => match pyc::write(&code, target, validation) {
                    Ok(bytes) => format!("{:016x}", pyc::source_hash(target, &bytes)),
                    Err(error) => error.to_string(),
                },
                Err(pycsmith_compiler::CompileError::Syntax(_)) => "rejected".to_owned(),
                Err(other) => format!("{other:?}"),
            };
            if ours != hash && hash != "failed" {
                wrong.push(format!("{name} at level {level}: {ours}, CPython {hash}"));
            }
            checked += 1;
            seen.insert(name.to_owned());
        }
        assert!(
            wrong.is_empty(),
            "{} of {checked} differ from CPython {target}:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        assert!(checked > 100, "only {checked} goldens");
        let mut present = BTreeSet::new();
        list(&folder().join("python"), "", &mut present);
        assert_eq!(
            present, seen,
            "sources without goldens, or goldens without sources: run `cargo xtask goldens`"
        );
    });
}

fn list(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry"))
    {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), found);
        } else if name.ends_with(".py") {
            found.insert(name);
        }
    }
}

macro_rules! identical {
    ($($name:ident: $release:literal;)+) => { $(#[test] fn $name() { check($release); })+ };
}

identical! {
    identical_to_cpython_3_11_2: "3.11.2";
    identical_to_cpython_3_11_7: "3.11.7";
    identical_to_cpython_3_12_1: "3.12.1";
    identical_to_cpython_3_12_7: "3.12.7";
    identical_to_cpython_3_13_0: "3.13.0";
    identical_to_cpython_3_13_18: "3.13.18";
    identical_to_cpython_3_14_2: "3.14.2";
    identical_to_cpython_3_14_10: "3.14.10";
    identical_to_cpython_3_15_2: "3.15.2";
}

#[test]
fn every_golden_is_compared() {
    let goldens = std::fs::read_dir(folder().join("goldens")).expect("goldens");
    let this = include_str!("conformance.rs");
    let goldens = goldens.map(|entry| entry.expect("an entry").path());
    for golden in goldens.filter(|golden| golden.is_file()) {
        let release = golden.file_stem().expect("a name").to_string_lossy();
        assert!(
            this.contains(&format!(": \"{release}\";")),
            "{release} has no test"
        );
    }
}
