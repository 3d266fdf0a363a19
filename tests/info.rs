//! `pycsmith info`.

mod common;

use std::path::{Path, PathBuf};
use std::process::Output;

use common::{command, pycsmith, text, tree};
use serde_json::Value;

/// What CPython says of itself: attributes by `record.py` there, and `.pyc` files of `x = 1` by the `py_compile` of old versions.
fn truth(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/info");
    folder.join(name)
}

fn info(folder: &Path, arguments: &[&str]) -> Output {
    command(folder)
        .arg("info")
        .args(arguments)
        .output()
        .expect("the command runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn attributes_are_cpythons() {
    let source = std::fs::read(truth("program.py")).expect("a program");
    let folder = tree(&[("program.py", &source)]);
    for release in ["3.11.7", "3.12.1", "3.13.18", "3.14.10", "3.15.2"] {
        let recorded = std::fs::read(truth(&format!("{release}.json"))).expect("a record");
        let recorded: Vec<Value> = serde_json::from_slice(&recorded).expect("JSON");
        let arguments = [
            "compile",
            "--target",
            release,
            "--force",
            "--out-dir",
            "build",
            "program.py",
        ];
        assert_eq!(pycsmith(folder.path(), &arguments).status.code(), Some(0));
        let output = info(folder.path(), &["--json", "build/program.pyc"]);
        assert_eq!(output.status.code(), Some(0));
        let found = json(&output);
        let (series, _) = release.rsplit_once('.').expect("a patch level");
        assert_eq!(found["version"], series);
        assert_eq!(
            (&found["levels"], &found["level_by"]),
            (&serde_json::json!([0]), &"asserts".into())
        );
        let codes = found["code"].as_array().expect("code objects");
        assert_eq!(codes.len(), recorded.len(), "{release}");
        for (code, recorded) in codes.iter().zip(&recorded) {
            same_attributes(code, recorded, release);
        }
    }
}

fn same_attributes(code: &Value, recorded: &Value, series: &str) {
    for (name, value) in recorded.as_object().expect("attributes") {
        let place = format!("{series}: {name} of {}", recorded["qualname"]);
        if name != "consts" {
            assert_eq!(&code[name], value, "{place}");
            continue;
        }
        let (ours, theirs) = (
            code[name].as_array().expect("a list"),
            value.as_array().expect("a list"),
        );
        assert_eq!(ours.len(), theirs.len(), "{place}");
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert!(
                theirs.is_null() || ours == theirs,
                "{place}: {ours} {theirs}"
            );
        }
    }
}

#[test]
fn files_of_old_versions_show_their_header() {
    // `importlib.util.source_hash(b"x = 1\n")`, whose bytes are the number's, the lowest first.
    for (series, magic, mode, hash) in [
        ("3.6", 3379, "timestamp", None),
        ("3.7", 3394, "checked-hash", Some("ea27b20d819d3220")),
        ("3.8", 3413, "unchecked-hash", Some("f33fbf328ff00615")),
        ("3.9", 3425, "timestamp", None),
        ("3.10", 3439, "checked-hash", Some("bfbe8c8ce2ad4ad9")),
    ] {
        let file = truth(&format!("{series}.pyc"));
        let file = file.to_str().expect("a path");
        let output = info(Path::new("."), &["--json", file]);
        assert_eq!(output.status.code(), Some(0));
        let found = json(&output);
        assert_eq!(found["version"], series);
        assert_eq!(found["magic_number"], magic);
        assert_eq!(found["mode"], mode);
        assert_eq!(found["source_hash"].as_str(), hash);
        let time = (mode == "timestamp").then_some((1_700_000_000, 6));
        let said = found["source_mtime"]
            .as_u64()
            .zip(found["source_size"].as_u64());
        assert_eq!(said, time);
        let page = text(&info(Path::new("."), &[file]).stdout);
        assert!(
            page.contains(&format!("CPython {series}, magic number {magic}\n")),
            "{page}"
        );
        assert!(page.contains("only 3.11 and later can be read"), "{page}");
    }
}

#[test]
fn levels_are_told_by_names_or_guessed() {
    let documented: &[u8] = b"def f():\n    'doc'\n";
    let files: &[(&str, &[u8])] = &[
        ("tests.py", b"assert x\n"),
        ("class.py", b"class C:\n    'doc'\n"),
        ("function.py", documented),
        ("module.py", b"'doc'\n"),
        ("nothing.py", b"def f():\n    return 'no doc'\n"),
    ];
    let folder = tree(files);
    for series in ["3.11", "3.12", "3.13", "3.14", "3.15"] {
        let pages = |level: &str| -> Vec<String> {
            let options = [
                "compile",
                "--target",
                series,
                "-O",
                level,
                "--force",
                "--out-dir",
                "out",
                ".",
            ];
            assert_eq!(pycsmith(folder.path(), &options).status.code(), Some(0));
            let level = |(name, _): &(&str, &[u8])| {
                let output = info(folder.path(), &[&format!("out/{name}c")]);
                let page = text(&output.stdout);
                let line = page.lines().find(|line| line.starts_with("  level"));
                line.expect("a level")[22..].to_owned()
            };
            files.iter().map(level).collect()
        };
        let asserts = "0, a guess: there are assert statements";
        let docstrings = "0 or 1, a guess: docstrings, but no assert statements";
        let unknown = "unknown: no docstring and no assert statement";
        assert_eq!(
            pages("0"),
            [asserts, docstrings, docstrings, docstrings, unknown],
            "{series}"
        );
        assert_eq!(
            pages("1"),
            [unknown, docstrings, docstrings, docstrings, unknown],
            "{series}"
        );
        assert_eq!(pages("2"), [unknown; 5], "{series}");
    }
    for (level, name) in [
        ("0", "tests.cpython-314.pyc"),
        ("2", "tests.cpython-314.opt-2.pyc"),
    ] {
        let output = pycsmith(folder.path(), &["compile", "-O", level, "tests.py"]);
        assert_eq!(output.status.code(), Some(0));
        let found = json(&info(
            folder.path(),
            &["--json", &format!("__pycache__/{name}")],
        ));
        let level: u8 = level.parse().expect("a number");
        assert_eq!(
            (&found["levels"], &found["level_by"]),
            (&serde_json::json!([level]), &"name".into())
        );
    }
}

#[test]
fn pages_fit_the_terminal() {
    let names: Vec<String> = (0..200)
        .map(|index| format!("a_long_name_{index}"))
        .collect();
    let source = format!(
        "def f({}):\n    return {:?}, '{}'\n",
        names.join(", "),
        names,
        "x".repeat(300)
    );
    let folder = tree(&[("wide.py", source.as_bytes())]);
    let output = pycsmith(folder.path(), &["compile", "--out-dir", ".", "wide.py"]);
    assert_eq!(output.status.code(), Some(0));
    for width in [60, 80, 120] {
        let output = info(folder.path(), &["--width", &width.to_string(), "wide.pyc"]);
        let page = text(&output.stdout);
        for line in page.lines().skip_while(|line| !line.is_empty()) {
            assert!(line.chars().count() <= width, "{line}");
        }
        assert!(page.contains("a_long_name_199"), "nothing is left out");
    }
    let output = info(folder.path(), &["--summary", "wide.pyc"]);
    assert!(!text(&output.stdout).contains("co_names"));
}

#[test]
fn what_is_no_pyc_file_is_told() {
    let folder = tree(&[
        ("a.pyc", b"\x7fELF, not Python"),
        ("b.pyc", b"\x30\x0e\r\n"),
        ("c.pyc", b"\x2b\x0e\r\n\0\0\0\0\0\0\0\0\0\0\0\0N"),
        // 3.14a6
        ("d.pyc", b"\x23\x0e\r\n\0\0\0\0\0\0\0\0\0\0\0\0\xe3"),
    ]);
    let output = info(folder.path(), &["a.pyc", "b.pyc", "c.pyc", "d.pyc"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    assert!(
        errors.contains("File \"a.pyc\"\nValueError: not a .pyc file"),
        "{errors}"
    );
    assert!(
        errors.contains("File \"b.pyc\"\nValueError: magic number 3632"),
        "{errors}"
    );
    let pages = text(&output.stdout);
    assert!(pages.contains("not a code object"), "{pages}");
    assert!(
        pages.contains("CPython 3.14a6 (a pre-release), magic number 3619"),
        "{pages}"
    );
    let output = info(folder.path(), &["d.pyc"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "nothing is wrong with a pre-release's file"
    );
}

/// By references a file of a thousand bytes has constants whose texts would take a gigabyte.
#[test]
fn texts_end_somewhere() {
    let file = truth("../fuzz/pyc/constants_shared_by_many");
    let file = file.to_str().expect("a path");
    let output = info(Path::new("."), &["--json", file]);
    let found = json(&output);
    assert_eq!(found["error"], "there is too much to list");
    assert_eq!(found["code"], serde_json::json!([]));
    let arguments = ["dis", "--json", file];
    let output = command(Path::new(".")).args(arguments).output();
    let output = output.expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is too much to list"));
}
