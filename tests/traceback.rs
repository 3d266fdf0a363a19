//! `pycsmith dis --traceback`, against the offsets that CPython recorded beside each traceback (`tests/traceback/record.py`).

mod common;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use common::{command, pycsmith, text, tree};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/traceback")
}

/// The output for a traceback on standard input.
fn dis(folder: &Path, target: &str, options: &[&str], traceback: &str) -> Output {
    let mut child = command(folder)
        .args(["dis", "--target", target, "--traceback", "-"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(traceback.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

/// How many frames there are, and how many for which only the right instruction is found.
fn score(release: &str) -> (usize, usize) {
    let recorded = fs::read(folder().join(format!("{release}.json"))).expect("a record");
    let cases: Vec<Value> = serde_json::from_slice(&recorded).expect("JSON");
    let (mut frames, mut single) = (0, 0);
    for case in &cases {
        let traceback = case["text"].as_str().expect("text");
        let output = dis(&folder(), release, &["--json"], traceback);
        let found: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
        // Those of the standard library are not compiled here.
        let found: Vec<&Value> = found
            .iter()
            .filter(|frame| frame["filename"] == "program.py")
            .collect();
        let truth = case["frames"].as_array().expect("frames");
        assert_eq!(found.len(), truth.len(), "{release} {}", case["case"]);
        for (frame, truth) in found.iter().zip(truth) {
            let (is_there, count) = compare(frame, truth);
            assert!(is_there, "{release} {}: {frame} {truth}", case["case"]);
            frames += 1;
            single += usize::from(count == 1);
        }
    }
    (frames, single)
}

/// Whether the right instruction has been found, and how many have been. A frame that waits for a call may point at the caches behind the
/// instruction.
fn compare(frame: &Value, truth: &Value) -> (bool, usize) {
    let lasti = truth["lasti"].as_u64().expect("an offset");
    let (mut is_there, mut count) = (false, 0);
    for place in frame["places"].as_array().expect("places") {
        for offset in place["offsets"].as_array().expect("offsets") {
            let offset = offset.as_u64().expect("an offset");
            let caches = 2 * 4;
            count += 1;
            is_there |= place["qualname"] == truth["qualname"]
                && (offset..=offset + caches).contains(&lasti);
        }
    }
    (is_there, count)
}

#[test]
fn the_instruction_of_each_frame_is_found() {
    for (release, frames, least) in [
        ("3.11.7", 93, 79),
        ("3.12.1", 91, 78),
        ("3.13.18", 91, 80),
        ("3.14.10", 91, 80),
        ("3.15.2", 91, 80),
    ] {
        let (all, single) = score(release);
        assert_eq!(all, frames, "{release}");
        assert!(single >= least, "{release}: {single}");
    }
}

const SOURCE: &str = "def f(x):\n    return g(x) + 1\n\ndef g(x):\n    return x.a.b\n\nf(1)\n";
/// As 3.14 prints it.
const TRACEBACK: &str = "Traceback (most recent call last):
  File \"m.py\", line 7, in <module>
    f(1)
    ~^^^
  File \"m.py\", line 2, in f
    return g(x) + 1
           ~^^^
  File \"m.py\", line 5, in g
    return x.a.b
           ^^^
AttributeError: 'int' object has no attribute 'a'
";

#[test]
fn frames_are_pointed_at() {
    let folder = tree(&[("m.py", SOURCE.as_bytes())]);
    let output = dis(folder.path(), "3.14", &[], TRACEBACK);
    assert_eq!(output.status.code(), Some(0));
    let page = text(&output.stdout);
    let pointed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("--> "))
        .map(|line| line.split('│').next().unwrap_or("").trim())
        .collect();
    assert_eq!(pointed.len(), 3, "{page}");
    for (line, operation) in pointed.iter().zip(["CALL 1", "CALL 1", "LOAD_ATTR a"]) {
        assert!(line.contains(operation), "{page}");
    }
}

#[test]
fn what_does_not_fit_is_told() {
    let folder = tree(&[("m.py", SOURCE.replace("x.a.b", "x.c").as_bytes())]);
    let output = dis(folder.path(), "3.14", &[], TRACEBACK);
    assert_eq!(output.status.code(), Some(1));
    let page = text(&output.stdout);
    assert!(
        page.contains("  the source has changed: line 5 is now return x.c\n"),
        "{page}"
    );
    assert_eq!(page.matches("--> ").count(), 2, "{page}");
    // Without carets (-X no_debug_ranges) the line alone tells.
    let without: String = TRACEBACK
        .lines()
        .filter(|line| !line.contains('^'))
        .map(|line| format!("{line}\n"))
        .collect();
    let page = text(&dis(folder.path(), "3.14", &[], &without).stdout);
    assert!(
        page.contains("instructions fit\n") || page.contains("may be meant\n"),
        "{page}"
    );
    let other = TRACEBACK.replace("m.py", "nowhere.py");
    let page = text(&dis(folder.path(), "3.14", &[], &other).stdout);
    assert!(page.contains("  FileNotFoundError: "), "{page}");
    let output = dis(folder.path(), "3.14", &[], "nothing\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no traceback in it"));
}

#[test]
fn a_pyc_file_stands_for_its_source() {
    let folder = tree(&[("m.py", SOURCE.as_bytes())]);
    let output = pycsmith(folder.path(), &["compile", "--out-dir", "out", "m.py"]);
    assert_eq!(output.status.code(), Some(0));
    fs::remove_file(folder.path().join("m.py")).expect("the file is there");
    let output = dis(folder.path(), "3.14", &["--json", "out/m.pyc"], TRACEBACK);
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found.len(), 3);
    // Without the source columns mean nothing, and line 5 has two instructions that can fail.
    let notes = [
        Value::Null,
        "2 instructions of the line may be meant".into(),
    ];
    assert_eq!(
        [&found[0]["note"], &found[2]["note"]],
        [&notes[0], &notes[1]]
    );
}
