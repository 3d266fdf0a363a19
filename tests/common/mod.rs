//! What the tests of the command share; none needs all of it.

#![allow(dead_code)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// The command in `folder`, as if this machine had no Python.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pycsmith"));
    command
        .current_dir(folder)
        .env("PATH", "")
        .env_remove("VIRTUAL_ENV")
        .env_remove("SOURCE_DATE_EPOCH");
    command
}

/// Runs the command for 3.14, unless `arguments` name another target.
pub fn pycsmith(folder: &Path, arguments: &[&str]) -> Output {
    let (name, rest) = arguments.split_first().expect("a command's name");
    let target: &[&str] = match *name {
        "compile" | "ast" | "dis" if !rest.contains(&"--target") => &["--target", "3.14"],
        _ => &[],
    };
    command(folder)
        .arg(name)
        .args(target)
        .args(rest)
        .output()
        .expect("the command runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn tree(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, contents) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, contents).expect("a file");
    }
    folder
}

/// Every file below `folder`, relative, sorted.
pub fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry"))
        {
            if entry.path().is_dir() {
                walk(&entry.path(), root, found);
            } else {
                found.push(
                    entry
                        .path()
                        .strip_prefix(root)
                        .expect("below the root")
                        .to_string_lossy()
                        .into_owned(),
                );
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
