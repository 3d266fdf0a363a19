//! Reads the `.pyc` files below the given folders, then times reading and writing them all again:
//! `cargo run --release --example throughput -- DIR...`

use std::path::{Path, PathBuf};
use std::time::Instant;

use pycsmith_bytecode::{marshal, pyc};

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "pyc") {
            files.push(path);
        }
    }
}

fn main() {
    let mut files = Vec::new();
    std::env::args_os()
        .skip(1)
        .for_each(|dir| collect(Path::new(&dir), &mut files));
    let data: Vec<Vec<u8>> = files
        .iter()
        .filter_map(|path| std::fs::read(path).ok())
        .collect();
    let bytes: usize = data.iter().map(Vec::len).sum();
    let start = Instant::now();
    let codes: Vec<_> = data
        .iter()
        .filter_map(|data| pyc::read(data).ok())
        .collect();
    let read = start.elapsed();
    let mut out = Vec::new();
    let start = Instant::now();
    for _ in 0..10 {
        for (_, target, code) in &codes {
            out.clear();
            let _ = marshal::write(code, *target, &mut out);
        }
    }
    let write = start.elapsed() / 10;
    println!(
        "{} files, {} KB: read {read:?}, write {write:?}",
        codes.len(),
        bytes / 1024
    );
}
