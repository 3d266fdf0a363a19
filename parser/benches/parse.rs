//! How fast a source becomes a tree: ours (which includes ruff's parse, for now), ruff alone, RustPython's.
//!
//! `cargo bench -p pycsmith-parser`. The sources are those of `tests/python` that all three accept, many times over.

use bumpalo::Bump;
use divan::Bencher;
use divan::counter::BytesCount;
use pycsmith_bytecode::Target;
use pycsmith_parser::Interner;
use rustpython_parser::Parse as _;

fn main() {
    divan::main();
}

/// About a megabyte.
fn source() -> String {
    let mut files = Vec::new();
    collect(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/python").as_ref(),
        &mut files,
    );
    files.sort();
    let accepted: Vec<String> = files
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .filter(|text| {
            !text.contains("__future__") && by_us(text) && by_ruff(text) && by_rustpython(text)
        })
        .collect();
    let all = accepted.join("\n");
    all.repeat(1_000_000 / all.len().max(1) + 1)
}

fn collect(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => collect(&path, files),
            path if path.extension().is_some_and(|extension| extension == "py") => files.push(path),
            _ => {}
        }
    }
}

fn by_us(text: &str) -> bool {
    let arena = Bump::new();
    pycsmith_parser::parse(text.as_bytes(), &arena, &mut Interner::new(), Target::PY314).is_ok()
}

fn by_ruff(text: &str) -> bool {
    ruff_python_parser::parse_module(text).is_ok()
}

fn by_rustpython(text: &str) -> bool {
    rustpython_parser::ast::Suite::parse(text, "bench.py").is_ok()
}

fn measure(bencher: Bencher<'_, '_>, parse: fn(&str) -> bool) {
    let text = source();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| parse(&text));
}

#[divan::bench]
fn pycsmith(bencher: Bencher<'_, '_>) {
    measure(bencher, by_us);
}

#[divan::bench]
fn ruff(bencher: Bencher<'_, '_>) {
    measure(bencher, by_ruff);
}

#[divan::bench]
fn rustpython(bencher: Bencher<'_, '_>) {
    measure(bencher, by_rustpython);
}
