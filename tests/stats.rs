//! `pycsmith opt --stats`, run as people run it.

mod common;

use std::path::Path;
use std::process::Output;

use common::{command, text, tree};
use serde_json::Value;

fn stats(folder: &Path, arguments: &[&str]) -> Output {
    let output = command(folder)
        .args(["opt", "--stats"])
        .args(arguments)
        .output();
    output.expect("the command runs")
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = stats(
        folder,
        &[&["--json", "--target", "3.14"], arguments].concat(),
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn numbers(size: &Value) -> [i64; 4] {
    ["instructions", "bytes", "constants", "blocks"]
        .map(|name| size[name].as_i64().expect("a number"))
}

/// `a = (1, 2)`: two constants and BUILD_TUPLE become one constant; two instructions go. `assert` at level 1 is not there.
const TUPLE: &[u8] = b"a = (1, 2)\n";
const ASSERT: &[u8] = b"assert a\n";

#[test]
fn numbers_are_those_counted_by_hand() {
    let folder = tree(&[("x.py", TUPLE)]);
    let found = json(folder.path(), &["x.py"]);
    assert_eq!(
        (&found["target"], &found["level"]),
        (&"3.14.10".into(), &0.into())
    );
    assert_eq!((&found["sources"], &found["units"]), (&1.into(), &1.into()));
    assert_eq!(numbers(&found["generated"]), [7, 14, 3, 1]);
    assert_eq!(numbers(&found["assembled"]), [5, 10, 3, 1]);
    assert_eq!(numbers(&found["removed"]), [2, 4, 0, 0]);
    let passes = found["passes"].as_array().expect("a list");
    let pass = |name: &str| {
        passes
            .iter()
            .find(|row| row["pass"] == name)
            .expect("a row")
    };
    assert_eq!(pass("optimize_basic_blocks")["units"], 1);
    assert_eq!(
        numbers(&pass("optimize_basic_blocks")["removed"]),
        [0, 0, -1, 0]
    );
    assert_eq!(
        numbers(&pass("remove_redundant_nops_and_pairs")["removed"]),
        [2, 4, 0, 0]
    );
    assert_eq!(
        numbers(&pass("remove_unused_consts")["removed"]),
        [0, 0, 1, 0]
    );
    // What each pass leaves is what the next one finds.
    let mut before = numbers(&found["generated"]);
    for row in passes {
        let (after, removed) = (numbers(&row["after"]), numbers(&row["removed"]));
        assert_eq!([0, 1, 2, 3].map(|i| before[i] - after[i]), removed, "{row}");
        before = after;
    }
    assert_eq!(before, numbers(&found["assembled"]));
}

#[test]
fn the_level_counts() {
    let folder = tree(&[("x.py", ASSERT)]);
    let at = |level: &str| numbers(&json(folder.path(), &["-O", level, "x.py"])["generated"]);
    // RESUME, LOAD_CONST None, RETURN_VALUE, and what stands for the statement.
    assert!(
        at("0")[0] > 4 && at("1")[0] <= 4,
        "{:?} {:?}",
        at("0"),
        at("1")
    );
}

#[test]
fn sums_do_not_depend_on_threads_or_order() {
    let mut files = vec![("a.py", TUPLE), ("sub/b.py", ASSERT)];
    let names: Vec<String> = (0..40).map(|number| format!("many/m{number}.py")).collect();
    files.extend(names.iter().map(|name| (&name[..], TUPLE)));
    let folder = tree(&files);
    let one = stats(folder.path(), &["--target", "3.12", "-j", "1", "."]);
    let four = stats(
        folder.path(),
        &["--target", "3.12", "-j", "4", "sub", "many", "a.py"],
    );
    assert_eq!(one.status.code(), Some(0));
    assert_eq!(text(&one.stdout), text(&four.stdout));
    assert!(
        text(&one.stdout).contains("42 sources, 42 units"),
        "{}",
        text(&one.stdout)
    );
}

#[test]
fn a_bad_source_is_told_and_stops_nothing() {
    let folder = tree(&[("bad.py", b"x = (\n"), ("good.py", TUPLE)]);
    let output = stats(folder.path(), &["--target", "3.14", "missing.py", "."]);
    assert_eq!(output.status.code(), Some(1));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(
        err.contains("bad.py") && err.contains("missing.py"),
        "{err}"
    );
    assert!(out.contains("1 source, 1 unit\n"), "{out}");
    let found = json(folder.path(), &["missing.py", "."]);
    let failed = found["failed"].as_array().expect("a list");
    let kinds: Vec<_> = failed
        .iter()
        .filter_map(|message| message["type"].as_str())
        .collect();
    assert_eq!(kinds, ["FileNotFoundError", "SyntaxError"]);
    assert_eq!(numbers(&found["removed"]), [2, 4, 0, 0]);
}

#[test]
fn the_table_fits_and_is_plain_in_a_pipe() {
    let folder = tree(&[("x.py", TUPLE)]);
    for target in ["3.11", "3.12", "3.13", "3.14", "3.15"] {
        let table = text(&stats(folder.path(), &["--target", target, "x.py"]).stdout);
        assert!(table.lines().all(|line| line.len() <= 80), "{table}");
        assert!(table.contains("removed by the optimizer"), "{table}");
        assert!(!table.contains('\x1b'), "{table}");
    }
    let table = text(
        &stats(
            folder.path(),
            &["--target", "3.14", "--color", "always", "x.py"],
        )
        .stdout,
    );
    assert!(table.contains("\x1b["), "{table}");
}

#[test]
fn ir_is_measured_too() {
    let ir = b"target 3.14.10\n\ncode f line 1 {\nb0:\n    RESUME 0\n    NOP @1:0-1:0\n    LOAD_CONST None @1:0-1:0\n    RETURN_VALUE @1:0-1:0\n}\n";
    let folder = tree(&[("f.ir", ir), ("bad.ir", b"code"), ("x.py", TUPLE)]);
    let found = json(folder.path(), &["f.ir"]);
    assert_eq!(
        (numbers(&found["removed"]), &found["level"]),
        ([1, 2, 0, 0], &Value::Null)
    );
    let status = |arguments: &[&str]| stats(folder.path(), arguments).status.code();
    assert_eq!(status(&["bad.ir"]), Some(1));
    assert_eq!(status(&["--target", "3.13", "f.ir"]), Some(2));
    assert_eq!(status(&["f.ir", "x.py"]), Some(2));
    assert_eq!(status(&[]), Some(2));
    let without = command(folder.path())
        .args(["opt", "--target", "3.14", "f.ir"])
        .output();
    assert_eq!(without.expect("the command runs").status.code(), Some(2));
}
