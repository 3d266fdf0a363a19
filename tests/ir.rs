//! `pycsmith ir` and `pycsmith opt`, run as people run them.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn pycsmith(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pycsmith"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    // A command that does not read its input may end first.
    let _ = child
        .stdin
        .take()
        .expect("piped")
        .write_all(input.as_bytes());
    child.wait_with_output().expect("the command ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const SOURCE: &str = "def f(a):\n    return a + 1 * 2\n\nclass C:\n    f = [x for x in 'ab']\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("m.py"), SOURCE).expect("a file");
    folder
}

#[test]
fn ir_of_a_source() {
    let folder = folder();
    let ir = |arguments: &[&str]| {
        let arguments = [&["ir", "--target", "3.14", "m.py"], arguments].concat();
        pycsmith(folder.path(), &arguments, "")
    };
    let generated = stdout(&ir(&["--function", "f"]));
    assert!(
        generated.starts_with("target 3.14.10\n\ncode f line 1 args [a] {\n"),
        "{generated}"
    );
    assert!(generated.contains("BINARY_OP                  * "));
    let folded = stdout(&ir(&[
        "--function",
        "f",
        "--after",
        "optimize_basic_blocks",
    ]));
    assert!(folded.contains("LOAD_SMALL_INT             2 "), "{folded}");
    let all = stdout(&ir(&[]));
    assert!(all.contains("code C line 4 {") && all.contains("code '<module>' line 1 {"));

    let changed = stdout(&ir(&["--print-changed", "--color", "always"]));
    assert!(changed.contains("# check_cfg: no change\n"));
    assert!(
        changed.contains("\x1b[31m-    LOAD_CONST                 2"),
        "{changed}"
    );

    let wrong = ir(&["--after", "fold_everything"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("has no pass fold_everything; it has: mark_except_handlers, "));
    let missing = ir(&["--function", "g"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("there is no code object g"));
}

#[test]
fn passes_over_text_are_the_passes_of_the_compiler() {
    let folder = folder();
    let generated = stdout(&pycsmith(
        folder.path(),
        &["ir", "--target", "3.14", "m.py"],
        "",
    ));
    let last = "optimize_load_fast";
    let behind = ["ir", "--target", "3.14", "m.py", "--after", last];
    let behind = stdout(&pycsmith(folder.path(), &behind, ""));
    let output = pycsmith(folder.path(), &["opt", "-", "--verify"], &generated);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), behind);

    let half = pycsmith(
        folder.path(),
        &["opt", "-", "--stop-after", "optimize_basic_blocks"],
        &generated,
    );
    let rest = stdout(&pycsmith(
        folder.path(),
        &["opt", "--list", "--pipeline", "3.14"],
        "",
    ));
    let names: Vec<&str> = rest
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let at = names
        .iter()
        .position(|name| *name == "optimize_basic_blocks")
        .expect("a pass");
    let rest = names[at + 1..].join(",");
    let output = pycsmith(
        folder.path(),
        &["opt", "-", "--passes", &rest],
        &stdout(&half),
    );
    assert_eq!(stdout(&output), behind, "in two steps");
}

#[test]
fn the_list_of_passes() {
    let folder = folder();
    let list = |arguments: &[&str]| {
        let output = pycsmith(folder.path(), &[&["opt", "--list"], arguments].concat(), "");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    let all = list(&[]);
    for target in ["3.11: ", "3.12: ", "3.13: ", "3.14, 3.15: "] {
        assert!(all.contains(&format!("# CPython {target}")), "{target}");
    }
    let one = list(&["--pipeline", "3.12"]);
    assert!(
        one.starts_with("# CPython 3.12.7: 20 passes\n\n# _PyCfg_OptimizeCodeUnit\n"),
        "{one}"
    );
    let twice = "\ninline_small_exit_blocks                           inline_small_exit_blocks\n    \
                 Replaces a jump to a short exit by a copy of the exit.\n";
    let why = "    Why again: threading has led more jumps to exits.\n";
    assert_eq!(one.matches(twice).count(), 2, "{one}");
    assert!(one.contains(&format!("{twice}{why}")), "{one}");
}

#[test]
fn opt_tells_times_and_faults() {
    let folder = folder();
    let text = "target 3.14\ncode f line 1 {\nb0:\n  LOAD_CONST (1,)\n  RETURN_VALUE\n}\n";
    let output = pycsmith(folder.path(), &["opt", "-", "--time"], text);
    assert!(
        stderr(&output).contains("optimize_basic_blocks"),
        "{}",
        stderr(&output)
    );
    let output = pycsmith(
        folder.path(),
        &["opt", "-", "--disable", "check_cfg", "--passes", "no_such"],
        text,
    );
    assert_eq!(output.status.code(), Some(2));
    let underflow = "target 3.14\ncode f line 1 {\nb0:\n  POP_TOP\n  RETURN_VALUE\n}\n";
    let output = pycsmith(folder.path(), &["opt", "-"], underflow);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "-:4:3: POP_TOP takes more than there is on the stack\n    POP_TOP\n    ^^^^^^^\n"
    );
    let wrong = "target 3.14\ncode f line 1 {\nb0:\n  FOO\n  JUMP b1\n}\n";
    let output = pycsmith(folder.path(), &["opt", "-"], wrong);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "-:4:3: FOO is no opcode of any version\n    FOO\n    ^^^\n-:5:8: there is no block b1\n    JUMP b1\n         ^^\n"
    );
    let output = pycsmith(folder.path(), &["opt"], "");
    assert_eq!(output.status.code(), Some(2));
}
