//! Compiles sources for the newest target: `compile_one [-O N] [--root DIR] [--out DIR] FILE...`.
//!
//! `co_filename` is the path relative to the root, and `OUT/<that path>c` what is written (hash-based and
//! unchecked, so that the bytes depend on the source alone). Without `--out` the code's constants are printed.

use pycsmith_bytecode::{Target, pyc};
use pycsmith_compiler::{CompileOptions, Session};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut level, mut root, mut out) = (0, PathBuf::new(), None);
    let mut files = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "-O" => level = value()?.parse()?,
            "--root" => root = value()?.into(),
            "--out" => out = Some(PathBuf::from(value()?)),
            _ => files.push(arg),
        }
    }
    let mut session = Session::new();
    let target = Target::PY314;
    for file in files {
        let source = std::fs::read(&file)?;
        let relative = Path::new(&file)
            .strip_prefix(&root)
            .unwrap_or(Path::new(&file));
        let filename = relative.to_string_lossy().into_owned();
        let code = match session.compile(
            &source,
            &CompileOptions {
                target,
                optimize: level,
                filename,
            },
        ) {
            Ok(code) => code,
            Err(error) => {
                println!("{file}: {error:?}");
                continue;
            }
        };
        let Some(out) = &out else {
            println!("{:#?}", code.consts);
            continue;
        };
        let validation = pyc::Validation::UncheckedHash(pyc::source_hash(target, &source));
        let mut path = out.join(relative).into_os_string();
        path.push("c");
        let path = PathBuf::from(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, pyc::write(&code, target, validation)?)?;
    }
    Ok(())
}
