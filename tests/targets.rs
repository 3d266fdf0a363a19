//! `--target` and `--python`, and what is taken without them.
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use common::{command, files, pycsmith, text, tree};
use tempfile::TempDir;

/// A folder with `x.py` and, in each of `interpreters`, a `bin/python3` that says it is that version.
fn with_interpreters(interpreters: &[(&str, &str)]) -> TempDir {
    let folder = tree(&[("x.py", b"x = 1\n")]);
    for (name, version) in interpreters {
        let bin = folder.path().join(name).join("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let script = format!("#!/bin/sh\necho cpython {version}.final.0\n");
        fs::write(bin.join("python3"), script).expect("a file");
        fs::set_permissions(bin.join("python3"), fs::Permissions::from_mode(0o755)).expect("ours");
    }
    folder
}

/// What `pycsmith ast x.py` says on standard error, and its status. Releases newer than the verified ones are named in a note, so
/// they show which interpreter was taken.
fn told(folder: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> (Option<i32>, String) {
    let output = command(folder)
        .args(["ast", "x.py"])
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .expect("the command runs");
    (output.status.code(), text(&output.stderr))
}

fn note(version: &str) -> String {
    format!("note: CPython {version} is newer than 3.14.10,")
}

#[test]
fn newer_patch_releases_are_as_the_newest_verified() {
    let folder = with_interpreters(&[]);
    let (status, words) = told(folder.path(), &["--target", "3.14.99"], &[]);
    assert_eq!(status, Some(0));
    assert!(
        words.starts_with(&note("3.14.99")) && words.contains("compiling as for 3.14.10"),
        "{words}"
    );
    let (status, words) = told(folder.path(), &["--target", "3.14.2"], &[]);
    assert_eq!((status, words.as_str()), (Some(0), ""));
}

#[test]
fn python_is_an_interpreter_or_an_environment() {
    let folder = with_interpreters(&[("a", "3.14.91"), ("old", "3.9.18"), ("new", "3.16.0")]);
    for path in ["a", "a/bin/python3"] {
        let (status, words) = told(folder.path(), &["--python", path], &[]);
        assert_eq!(status, Some(0), "{words}");
        assert!(words.starts_with(&note("3.14.91")), "{words}");
    }
    for (path, expected) in [
        (
            "old",
            "--python old is CPython 3.9.18, which is no target; name a CPython with --target",
        ),
        (
            "new",
            "--python new is CPython 3.16.0, which is no target; name a CPython with --target",
        ),
        ("nothing", "--python nothing does not exist"),
        ("x.py", "--python x.py cannot be run"),
        (".", "--python . holds no interpreter"),
    ] {
        let (status, words) = told(folder.path(), &["--python", path], &[]);
        assert_eq!(status, Some(2), "{path}");
        assert!(words.starts_with(&format!("error: {expected}")), "{words}");
    }
}

#[test]
fn without_a_target_the_environment_decides() {
    let folder = with_interpreters(&[("path", "3.14.92"), ("old", "3.9.18")]);
    let venv = folder.path().join("venv");
    fs::create_dir(&venv).expect("a folder");
    fs::write(
        venv.join("pyvenv.cfg"),
        "home = /nowhere\nversion = 3.14.93\n",
    )
    .expect("a file");
    let (path, old) = (
        folder.path().join("path/bin"),
        folder.path().join("old/bin"),
    );
    let both: &[(&str, &Path)] = &[("VIRTUAL_ENV", &venv), ("PATH", &path)];

    let (_, words) = told(folder.path(), &[], both);
    assert!(words.starts_with(&note("3.14.93")), "{words}");
    let (_, words) = told(folder.path(), &[], &both[1..]);
    assert!(words.starts_with(&note("3.14.92")), "{words}");
    let gone = folder.path().join("gone");
    let (_, words) = told(
        folder.path(),
        &[],
        &[("VIRTUAL_ENV", &gone), ("PATH", &path)],
    );
    assert!(words.starts_with(&note("3.14.92")), "{words}");
    let (status, words) = told(folder.path(), &[], &[]);
    assert_eq!((status, words.as_str()), (Some(0), ""), "none: the newest");
    let (status, words) = told(folder.path(), &[], &[("PATH", &old)]);
    assert_eq!(status, Some(2));
    let expected = format!(
        "error: the python3 on PATH ({}) is CPython 3.9.18, which is no target; name a CPython with --target",
        old.join("python3").display()
    );
    assert!(words.starts_with(&expected), "{words}");
    let (status, words) = told(folder.path(), &["--target", "3.14"], &[("PATH", &old)]);
    assert_eq!((status, words.as_str()), (Some(0), ""), "not asked for");
}

#[test]
fn a_pyc_needs_no_target() {
    let folder = with_interpreters(&[("old", "3.9.18")]);
    assert_eq!(
        pycsmith(folder.path(), &["compile", "x.py"]).status.code(),
        Some(0)
    );
    let output = command(folder.path())
        .args(["dis", "__pycache__/x.cpython-314.pyc"])
        .env("PATH", folder.path().join("old/bin"))
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn several_targets() {
    let folder = tree(&[("x.py", b"x = 1\n"), ("bad.py", b"return 1\n")]);
    let compile = |arguments: &[&str]| {
        command(folder.path())
            .args([
                "compile", "-q", "--target", "3.14", "--target", "3.13", "--target", "3.14",
            ])
            .args(arguments)
            .env("PYCSMITH_UNFINISHED", "1")
            .output()
            .expect("the command runs")
    };
    let output = compile(&["bad.py"]);
    assert_eq!(
        text(&output.stderr),
        "  File \"bad.py\", line 1\n    return 1\n    ^^^^^^^^\nSyntaxError: 'return' outside function (for 3.14.10, 3.13.18)\n\n"
    );
    let output = compile(&["--message-format", "json", "bad.py"]);
    let message: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("one line of JSON");
    assert_eq!(
        message["targets"],
        serde_json::json!(["3.14.10", "3.13.18"])
    );

    compile(&["x.py"]);
    compile(&["--out-dir", "out", "x.py"]);
    let written = files(folder.path());
    for name in ["__pycache__/x.cpython-314.pyc", "out/cpython-314/x.pyc"] {
        assert!(
            written.iter().any(|other| other == name),
            "{name}: {written:?}"
        );
    }

    let output = compile(&["--target", "3.14.2", "x.py"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("3.14.10 and 3.14.2 have the same file names (cpython-314)")
    );
}
