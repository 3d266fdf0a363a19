//! Times the parser over folders or files, or compares dumps.
//!
//! `parse_tree PATH...` prints how many files and bytes were parsed, and how fast.
//! `parse_tree --dump FILE` prints the tree as `python -m ast -a FILE` does.
//! `parse_tree --ruff PATH...` times `ruff_python_parser` alone.
//! `parse_tree --compare PATH...` parses with our own parser and the other one; where they differ, it says so.
//! `parse_tree --errors PATH...` prints each rejected file with its error.
//! `parse_tree --verdicts TARGET PATH...` prints for each file whether our own parser (O), and the other one (R),
//! accept it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use bumpalo::Bump;
use pycsmith_bytecode::Target;
use pycsmith_parser::{Interner, dump, parse, parse_both_ways};

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        entries.sort();
        for entry in entries {
            collect(&entry, files);
        }
    } else if path.extension().is_some_and(|extension| extension == "py") {
        files.push(path.to_owned());
    }
}

fn compare(files: &[PathBuf]) {
    let (mut same, mut left, mut differ) = (0, 0, 0);
    for file in files {
        let source = std::fs::read(file).unwrap_or_default();
        let (arena, mut names) = (Bump::new(), Interner::new());
        let options = dump::DumpOptions::default();
        match parse_both_ways(&source, &arena, &mut names, Target::PY314) {
            None | Some((None, None)) => {}
            Some((None, Some(_))) => {
                left += 1;
                println!("left to the other: {}", file.display());
            }
            Some((Some(ours), other)) => {
                let ours = dump::dump(ours, &names, options);
                if other.is_some_and(|other| dump::dump(other, &names, options) == ours) {
                    same += 1;
                } else {
                    differ += 1;
                    println!("different: {}", file.display());
                }
            }
        }
    }
    println!("same {same}, left to the other {left}, different {differ}");
}

fn verdicts(files: &[PathBuf], target: Target) {
    for file in files {
        let source = std::fs::read(file).unwrap_or_default();
        let (arena, mut names) = (Bump::new(), Interner::new());
        let trees = parse_both_ways(&source, &arena, &mut names, target);
        let (ours, other) = trees.unwrap_or_default();
        let letter = |yes: bool, letter| if yes { letter } else { '-' };
        println!(
            "{}{} {}",
            letter(ours.is_some(), 'O'),
            letter(other.is_some(), 'R'),
            file.display()
        );
    }
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mode = match arguments.first() {
        Some(first) if first.starts_with("--") => arguments.remove(0),
        _ => String::new(),
    };
    let target = if mode == "--verdicts" {
        arguments.remove(0).parse().unwrap_or(Target::PY314)
    } else {
        Target::PY314
    };
    let mut files = Vec::new();
    for argument in &arguments {
        collect(Path::new(argument), &mut files);
    }
    if mode == "--dump" {
        for file in &files {
            if files.len() > 1 {
                println!("=== {}", file.display());
            }
            let source = std::fs::read(file).unwrap_or_default();
            let (arena, mut names) = (Bump::new(), Interner::new());
            match parse(&source, &arena, &mut names, Target::PY314) {
                Ok(parsed) => {
                    let options = dump::DumpOptions {
                        ..Default::default()
                    };
                    println!("{}", dump::dump(parsed.module, &names, options));
                }
                Err(error) => println!("{error:?}"),
            }
        }
        return;
    }
    if mode == "--verdicts" {
        verdicts(&files, target);
        return;
    }
    if mode == "--compare" {
        compare(&files);
        return;
    }
    let sources: Vec<Vec<u8>> = files
        .iter()
        .map(|file| std::fs::read(file).unwrap_or_default())
        .collect();
    let bytes: usize = sources.iter().map(Vec::len).sum();
    let start = Instant::now();
    let mut rejected = 0;
    let mut arena = Bump::new();
    for (file, source) in files.iter().zip(&sources) {
        if mode == "--ruff" {
            if let Ok(text) = std::str::from_utf8(source) {
                let options =
                    ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Module);
                rejected += usize::from(
                    !ruff_python_parser::parse_unchecked(text, options)
                        .errors()
                        .is_empty(),
                );
            }
            continue;
        }
        arena.reset();
        let mut names = Interner::new();
        if let Err(error) = parse(source, &arena, &mut names, Target::PY314) {
            rejected += 1;
            if mode == "--errors" {
                println!(
                    "{}\t{:?}\t{}\t{:?}\t{:?}",
                    file.display(),
                    error.kind,
                    error.msg,
                    error.lineno,
                    error.offset
                );
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let rate = bytes as f64 / 1e6 / seconds;
    eprintln!(
        "{} files, {rejected} rejected, {bytes} bytes, {seconds:.3} s, {rate:.1} MB/s",
        files.len()
    );
}
