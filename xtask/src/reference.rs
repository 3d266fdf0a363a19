//! The reference interpreters, and the truth they make.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pycsmith_bytecode::Target;
use walkdir::WalkDir;

/// A CPython to compare with.
pub struct Reference {
    pub path: PathBuf,
    pub target: Target,
    /// How people ask for it: `3.13`, or `3.13.0` where it is not the only release of its series.
    pub name: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Native,
    /// CPython for WebAssembly behind a script for node: no options, no processes, and a library that only it can see.
    Node,
}

const SCRIPT: &str = include_str!("reference.py");

/// What a node-based interpreter's library is copied with.
const COPY_LIBRARY: &str = "\
import os, py_compile, shutil, sys, zipfile
library = os.path.dirname(py_compile.__file__)
if zipfile.is_zipfile(library):
    zipfile.ZipFile(library).extractall(sys.argv[1])
else:
    shutil.copytree(library, sys.argv[1], dirs_exist_ok=True)
";

impl Reference {
    /// The interpreter at `path`; without one, `python3.14` where `PYCSMITH_REFERENCES` (default
    /// `~/.cache/pycsmith/references`) or PATH has it.
    pub fn find(path: Option<&Path>) -> Result<Reference, Box<dyn Error>> {
        match path {
            Some(path) => Reference::at(path),
            None => Reference::of(Target::PY314, true),
        }
    }

    /// The interpreter at `path`.
    pub fn at(path: &Path) -> Result<Reference, Box<dyn Error>> {
        let kind = if is_node_script(path) {
            Kind::Node
        } else {
            Kind::Native
        };
        // An interpreter that has its own modules to compile first has interned other strings than one that finds them compiled:
        // this makes it write their `.pyc` files.
        let output = command(path, kind)
            .args([
                "-c",
                "import platform, py_compile; print(platform.python_version())",
            ])
            .output();
        let output = output.map_err(|error| format!("{}: {error}", path.display()))?;
        let version = String::from_utf8(output.stdout)?;
        let target = version
            .trim()
            .parse()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Reference {
            path: path.to_owned(),
            target,
            name: name_of(path, target),
            kind,
        })
    }

    /// The reference for `target`, or for any release of its series: that of the references, else of PATH.
    pub fn of(target: Target, any_patch: bool) -> Result<Reference, Box<dyn Error>> {
        let (series, release) = (target.series(), target.to_string());
        let is_it = |reference: &Reference| any_patch || reference.target == target;
        let mut paths = Vec::new();
        if let Some(folder) = references() {
            paths.push(folder.join(format!("python{release}")));
            paths.push(folder.join(format!("python{series}")));
        }
        paths.push(PathBuf::from(format!("python{series}")));
        paths.push(PathBuf::from(format!("/usr/bin/python{series}")));
        paths
            .iter()
            .filter(|path| path.components().count() == 1 || path.exists())
            .filter_map(|path| Reference::at(path).ok())
            .find(is_it)
            .ok_or_else(|| format!("no CPython {target} among the references or on PATH").into())
    }

    /// All references there are, oldest first: those of the references' folder, and the system's.
    pub fn all() -> Vec<Reference> {
        let mut paths: Vec<PathBuf> = references()
            .and_then(|folder| std::fs::read_dir(folder).ok())
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        paths.extend(
            Target::all()
                .map(|target| PathBuf::from(format!("/usr/bin/python{}", target.series()))),
        );
        let mut found: Vec<Reference> = Vec::new();
        for path in paths.iter().filter(|path| path.exists()) {
            match Reference::at(path) {
                Ok(new) if found.iter().all(|old| old.target != new.target) => found.push(new),
                _ => {}
            }
        }
        found.sort_by_key(|reference| reference.target);
        found
    }

    /// The interpreter's standard library; a copy where only the interpreter can see its own.
    pub fn stdlib(&self) -> Result<PathBuf, Box<dyn Error>> {
        if self.kind == Kind::Node {
            let copy = crate::workspace()
                .join("target/conformance")
                .join(format!("library-{}", self.target));
            if !copy.exists() {
                std::fs::create_dir_all(&copy)?;
                let copy = copy.canonicalize()?;
                let status = self
                    .command()
                    .args(["-c", COPY_LIBRARY])
                    .arg(copy)
                    .status()?;
                if !status.success() {
                    return Err(format!("{}: {status}", self.path.display()).into());
                }
            }
            return Ok(copy.canonicalize()?);
        }
        let script = "import os; print(os.path.dirname(os.__file__))";
        let output = self.command().args(["-c", script]).output()?;
        // A WebAssembly interpreter does not follow links out of the folders it is given.
        Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim_end()).canonicalize()?)
    }

    /// Compiles `sources` (relative to `root`) at `level` into `out`.
    pub fn compile(
        &self,
        level: u8,
        root: &Path,
        sources: &[String],
        out: &Path,
    ) -> Result<(), Box<dyn Error>> {
        std::fs::create_dir_all(out)?;
        let level = level.to_string();
        let has_result = |source: &String| {
            out.join(format!("{source}c")).exists() || out.join(format!("{source}.error")).exists()
        };
        let mut rest = sources;
        loop {
            let status =
                self.run_script(SCRIPT, &[level.as_ref(), root.as_ref(), out.as_ref()], rest)?;
            // Where one process compiles all, a source that ends it must not end the rest.
            match rest.iter().position(|source| !has_result(source)) {
                Some(culprit) if self.kind == Kind::Node && !status.success() => {
                    let report = "{\"type\": \"Crash\", \"msg\": \"the interpreter died\"}";
                    let path = out.join(format!("{}.error", rest[culprit]));
                    std::fs::create_dir_all(path.parent().expect("below a folder"))?;
                    std::fs::write(path, report)?;
                    rest = &rest[culprit + 1..];
                }
                _ if status.success() => return Ok(()),
                _ => return Err(format!("the reference interpreter ended with {status}").into()),
            }
        }
    }

    /// Runs one of our scripts with `arguments` and the name of a file that lists `sources`.
    pub fn run_script(
        &self,
        script: &str,
        arguments: &[&std::ffi::OsStr],
        sources: &[String],
    ) -> Result<std::process::ExitStatus, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (path, list) = (folder.path().join("script.py"), folder.path().join("list"));
        std::fs::write(&path, script)?;
        std::fs::write(&list, sources.join("\n"))?;
        let status = self
            .command()
            .arg(path)
            .args(arguments)
            .arg(list)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        Ok(status)
    }

    /// Starts one of our scripts, kept in `folder`, with a pipe for what it prints. Strings' hashes are not randomized, so
    /// that sets have one order.
    pub fn start_script(
        &self,
        script: &str,
        folder: &Path,
        arguments: &[std::ffi::OsString],
    ) -> Result<std::process::Child, Box<dyn Error>> {
        let path = folder.join("script.py");
        std::fs::write(&path, script)?;
        let mut command = Command::new(&self.path);
        if self.kind == Kind::Native {
            command.args(["-S", "-s"]);
        }
        let child = command
            .arg(path)
            .args(arguments)
            .env("PYTHONHASHSEED", "0")
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(child)
    }

    /// Whether the interpreter can start processes.
    pub fn has_processes(&self) -> bool {
        self.kind == Kind::Native
    }

    /// A call of the interpreter, without site packages.
    pub fn command(&self) -> Command {
        command(&self.path, self.kind)
    }
}

fn command(path: &Path, kind: Kind) -> Command {
    let mut command = Command::new(path);
    if kind == Kind::Native {
        command.args(["-I", "-S"]);
    }
    command
}

fn is_node_script(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|text| {
        text.starts_with(b"#!") && text.windows(10).any(|window| window == b"exec node ")
    })
}

/// `3.13` for `.../python3.13`, unless that is not a reference: then its release.
fn name_of(path: &Path, target: Target) -> String {
    let name = path.file_name().and_then(|name| name.to_str());
    match (
        name.and_then(|name| name.strip_prefix("python")),
        references(),
    ) {
        (Some(name), Some(folder)) if path.parent() == Some(&folder) => name.to_owned(),
        _ => target.to_string(),
    }
}

/// The folder of the reference interpreters.
fn references() -> Option<PathBuf> {
    std::env::var_os("PYCSMITH_REFERENCES")
        .map(PathBuf::from)
        .or_else(|| {
            std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/pycsmith/references"))
        })
        .map(|folder| folder.join("bin"))
}

/// All `*.py` below `root`, relative, with forward slashes, sorted; `__pycache__` is skipped, and so are packages that
/// somebody has installed into a standard library.
pub fn sources(root: &Path) -> Vec<String> {
    let entries = WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            let name = entry.file_name();
            let foreign = name == "site-packages" || name == "dist-packages";
            name != "__pycache__" && !(foreign && entry.depth() == 1)
        });
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
        .filter(|name| !name.contains('\n'))
        .collect();
    sources.sort();
    sources
}
