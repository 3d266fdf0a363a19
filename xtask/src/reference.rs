//! The reference interpreters, and the truth they make.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pycsmith_bytecode::Target;
use walkdir::WalkDir;

/// A CPython to compare with.
pub struct Reference {
    pub path: PathBuf,
    pub target: Target,
}

const SCRIPT: &str = include_str!("reference.py");

impl Reference {
    /// The interpreter at `path`; without one, `python3.14` where `PYCSMITH_REFERENCES` (default
    /// `~/.cache/pycsmith/references`) or PATH has it.
    pub fn find(path: Option<&Path>) -> Result<Reference, Box<dyn Error>> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => default_interpreter(),
        };
        let output = Command::new(&path)
            .args([
                "-I",
                "-S",
                "-c",
                // An interpreter that has its own modules to compile first has interned other strings than one that finds them compiled:
                // this makes it write their `.pyc` files.
                "import platform, py_compile; print(platform.python_version())",
            ])
            .output();
        let output = output.map_err(|error| format!("{}: {error}", path.display()))?;
        let version = String::from_utf8(output.stdout)?;
        let target = version
            .trim()
            .parse()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Reference { path, target })
    }

    /// The interpreter's standard library.
    pub fn stdlib(&self) -> Result<PathBuf, Box<dyn Error>> {
        let script = "import os; print(os.path.dirname(os.__file__))";
        let output = Command::new(&self.path)
            .args(["-I", "-S", "-c", script])
            .output()?;
        Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim_end()))
    }

    /// Compiles `sources` (relative to `root`) at `level` into `out`.
    pub fn compile(
        &self,
        level: u8,
        root: &Path,
        sources: &[String],
        out: &Path,
    ) -> Result<(), Box<dyn Error>> {
        let script = tempfile::Builder::new().suffix(".py").tempfile()?;
        std::fs::write(script.path(), SCRIPT)?;
        std::fs::create_dir_all(out)?;
        let mut child = Command::new(&self.path)
            .args(["-I", "-S"])
            .arg(script.path())
            .arg(level.to_string())
            .args([root, out])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        child
            .stdin
            .take()
            .expect("piped")
            .write_all(sources.join("\n").as_bytes())?;
        match child.wait()? {
            status if status.success() => Ok(()),
            status => Err(format!("the reference interpreter ended with {status}").into()),
        }
    }
}

fn default_interpreter() -> PathBuf {
    let cache = std::env::var_os("PYCSMITH_REFERENCES")
        .map(PathBuf::from)
        .or_else(|| {
            std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/pycsmith/references"))
        });
    match cache.map(|cache| cache.join("bin/python3.14")) {
        Some(path) if path.exists() => path,
        _ => PathBuf::from("python3.14"),
    }
}

/// All `*.py` below `root`, relative, with forward slashes, sorted; `__pycache__` is skipped.
pub fn sources(root: &Path) -> Vec<String> {
    let entries = WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "__pycache__");
    let mut sources: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| {
            entry.path().is_file()
                && entry
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == "py")
        })
        .filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.to_str()?.to_owned()))
        .collect();
    sources.sort();
    sources
}
