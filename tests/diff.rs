//! `pycsmith diff`.

mod common;

use std::path::Path;
use std::process::Output;

use common::{command, pycsmith, text, tree};
use serde_json::{Value, json};

fn diff(folder: &Path, arguments: &[&str]) -> Output {
    command(folder)
        .arg("diff")
        .args(arguments)
        .output()
        .expect("the command runs")
}

fn json_of(folder: &Path, arguments: &[&str]) -> Value {
    let output = diff(folder, &[&["--json"], arguments].concat());
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The diff of two sources for 3.14.
fn of_sources(one: &str, other: &str) -> Value {
    let folder = tree(&[("a.py", one.as_bytes()), ("b.py", other.as_bytes())]);
    json_of(folder.path(), &["--target", "3.14", "a.py", "b.py"])
}

#[test]
fn equal_modules_say_nothing() {
    let folder = tree(&[("a.py", b"def f(x):\n    return x\n")]);
    let output = pycsmith(folder.path(), &["compile", "--out-dir", "out", "a.py"]);
    assert_eq!(output.status.code(), Some(0));
    for arguments in [
        ["--target", "3.14", "a.py", "out/a.pyc"],
        ["--target", "3.14", "out/a.pyc", "a.py"],
        ["--target", "3.14", "a.py", "a.py"],
    ] {
        let output = diff(folder.path(), &arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    }
    assert_eq!(
        json_of(folder.path(), &["out/a.pyc", "out/a.pyc"]),
        json!({
            "a": {"path": "out/a.pyc", "target": "3.14.10", "level": null},
            "b": {"path": "out/a.pyc", "target": "3.14.10", "level": null},
            "equal": true, "removed": [], "added": [], "changed": [],
        })
    );
}

#[test]
fn a_shifted_offset_is_no_difference() {
    let program = |more: &str| {
        format!(
            "def f(x):\n    while x:\n        x -= 1{more}\n        if x:\n            break\n    return x\n"
        )
    };
    let found = of_sources(&program(""), &program("; g()"));
    let function = &found["changed"][0];
    assert_eq!(function["qualname"], "f");
    let operations: Vec<&str> = function["instructions"]
        .as_array()
        .expect("instructions")
        .iter()
        .map(|instr| {
            assert_eq!(instr["side"], "b");
            instr["operation"].as_str().expect("text")
        })
        .collect();
    let call = ["LOAD_GLOBAL g + NULL", "CALL 0", "POP_TOP"];
    assert_eq!(operations, call);
}

#[test]
fn a_jump_to_another_place_is_a_difference() {
    let program = |last: &str| {
        format!(
            "def f(x):\n    while x:\n        while x():\n            if x:\n                {last}\n            x(x)\n        x(1)\n"
        )
    };
    let found = of_sources(&program("break"), &program("continue"));
    let instructions = found["changed"][0]["instructions"].to_string();
    assert!(instructions.contains("JUMP"), "{instructions}");
    assert!(!instructions.contains("CALL"), "{instructions}");
}

#[test]
fn every_part_of_a_code_object_counts() {
    let changes = |one: &str, other: &str| of_sources(one, other)["changed"][0].clone();
    let found = changes("x = 1.5\n", "x = 2.5\n");
    assert_eq!(
        found["consts"],
        json!({"removed": ["1.5"], "added": ["2.5"], "reordered": false})
    );
    // Equal in Python, but not the same.
    for (one, other) in [("1.0", "True"), ("0.0", "-0.0"), ("(1, 2)", "(1, 2.0)")] {
        let found = changes(&format!("x = {one}\n"), &format!("x = {other}\n"));
        assert!(
            !found["instructions"].as_array().expect("a list").is_empty(),
            "{one} {other}"
        );
    }
    let found = changes("x = y\n", "x = z\n");
    assert_eq!(
        found["names"],
        json!({"removed": ["y"], "added": ["z"], "reordered": false})
    );
    let found = of_sources("f = lambda a: 1\n", "f = lambda *a: 1\n")["changed"][1].clone();
    assert_eq!(
        found["attributes"],
        json!({"argcount": ["1", "0"], "flags": ["OPTIMIZED|NEWLOCALS", "OPTIMIZED|NEWLOCALS|VARARGS"]})
    );
    assert_eq!(
        found["localsplus"]["added"],
        json!(["a (positional variadic local)"])
    );
    let found = changes(
        "try: f()\nexcept A: pass\n",
        "try: f()\nexcept A: pass\nfinally: g()\n",
    );
    assert!(
        !found["handlers"]["added"]
            .as_array()
            .expect("a list")
            .is_empty()
    );
    let found = changes("x = (1 if a else 2)\n", "x = (1 if a else\n 2)\n");
    assert_eq!(found["instructions"], json!([]));
    assert_eq!(found["locations"][0]["a"], json!([0, 0, 17, 18]));
    assert_eq!(found["locations"][0]["b"], json!([1, 1, 1, 2]));
    let found = of_sources(
        "def f(): pass\ndef g(): pass\n",
        "def f(): pass\ndef h(): pass\n",
    );
    assert_eq!(
        (&found["removed"], &found["added"]),
        (&json!(["g"]), &json!(["h"]))
    );
}

#[test]
fn functions_further_down_do_not_differ() {
    let found = of_sources("def f():\n    return x\n", "\n\n\ndef f():\n    return x\n");
    let function = &found["changed"][1];
    assert_eq!(function["attributes"], json!({"firstlineno": ["1", "4"]}));
    assert_eq!(function["locations"], json!([]));
}

#[test]
fn one_source_in_two_ways() {
    let source = b"'''doc'''\nassert x\n";
    let folder = tree(&[("a.py", source)]);
    let output = diff(folder.path(), &["--target", "3.14", "-O", "0,2", "a.py"]);
    assert_eq!(output.status.code(), Some(1));
    let page = text(&output.stdout);
    assert!(
        page.starts_with("--- a.py (CPython 3.14.10, level 0)\n+++ a.py (CPython 3.14.10, level 2)\n<module>, line 1\n"),
        "{page}"
    );
    assert!(page.contains("\n  - __doc__\n"), "{page}");
    let found = json_of(folder.path(), &["--target", "3.13,3.14", "a.py"]);
    assert_eq!(
        (&found["a"]["target"], &found["b"]["target"]),
        (&json!("3.13.18"), &json!("3.14.10"))
    );
    let coloured = diff(
        folder.path(),
        &["--color", "always", "--target", "3.14", "-O", "0,2", "a.py"],
    );
    assert!(text(&coloured.stdout).contains("\x1b[31m  - __doc__\x1b[0m\n"));
}

/// How many instructions a round of the loop takes, counted by CPython: `opcode` events of `sys.settrace` of a call with one number
/// more, where it is 0 and where it is 1.
#[test]
fn rounds_are_what_cpython_counts() {
    let source = b"def total(numbers):\n    result = 0\n    for number in numbers:\n        if number:\n            result += abs(number)\n    return result\n\ndef local(numbers, abs=abs):\n    result = 0\n    for number in numbers:\n        result = result + abs(number)\n    return result\n\ndef append(ns):\n    out = []\n    for n in ns:\n        out.append(n * n)\n    return out\n\ndef build(ns):\n    return [n * n for n in ns]\n";
    let folder = tree(&[("loops.py", source)]);
    for (target, total, local, append, build) in [
        ("3.11.7", (5, 12), 11, 11, None),
        ("3.12.1", (5, 11), 10, 10, Some(7)),
        ("3.13.18", (6, 12), 9, 9, Some(6)),
        ("3.14.10", (7, 12), 9, 9, Some(6)),
        ("3.15.2", (7, 12), 9, 9, Some(6)),
    ] {
        let rounds = |one, other| -> Vec<Option<(u64, u64)>> {
            let found = json_of(
                folder.path(),
                &["--target", target, "--functions", one, other, "loops.py"],
            );
            let round = |function: &Value| {
                let first = function["loops"].get(0)?;
                first["shortest_round"]
                    .as_u64()
                    .zip(first["longest_round"].as_u64())
            };
            found.as_array().expect("two").iter().map(round).collect()
        };
        assert_eq!(
            rounds("total", "local"),
            [Some(total), Some((local, local))],
            "{target}"
        );
        let build = build.map(|build| (build, build));
        assert_eq!(
            rounds("append", "build"),
            [Some((append, append)), build],
            "{target}"
        );
    }
    let output = diff(
        folder.path(),
        &[
            "--target",
            "3.14",
            "--functions",
            "append",
            "build",
            "loops.py",
        ],
    );
    assert_eq!(output.status.code(), Some(0));
    let page = text(&output.stdout);
    assert!(
        page.contains("A round of the loop takes 9 instructions in append, 6 in build.\n"),
        "{page}"
    );
}

#[test]
fn errors_are_2_as_with_diff() {
    let folder = tree(&[
        ("a.py", b"x = 1\n"),
        ("bad.py", b"x = \n"),
        ("bad.pyc", b"??"),
    ]);
    let output = pycsmith(folder.path(), &["compile", "--out-dir", "out", "a.py"]);
    assert_eq!(output.status.code(), Some(0));
    for arguments in [
        &["a.py"][..],
        &["a.py", "nowhere.py"],
        &["a.py", "bad.py"],
        &["a.py", "bad.pyc"],
        &["-O", "0,1,2", "a.py"],
        &["-O", "0,2", "out/a.pyc"],
        &["--functions", "f", "g", "a.py"],
    ] {
        let output = diff(folder.path(), &[&["--target", "3.14"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}
