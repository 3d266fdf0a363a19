//! `pycsmith asm`, and `pycsmith ir` of `.pyc` files, run as people run them.

mod common;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use common::{command, files, pycsmith, text, tree};

fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    // A command that does not read its input may end first.
    let _ = child.stdin.take().expect("piped").write_all(input);
    child.wait_with_output().expect("the command ends")
}

/// The standard output of a command that succeeds and says nothing else.
fn good(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = run(folder, arguments, input);
    assert_eq!(
        (output.status.code(), text(&output.stderr).as_str()),
        (Some(0), ""),
        "{arguments:?}"
    );
    output.stdout
}

const SOURCE: &[u8] = b"class C:\n    'doc'\n    def f(self, a):\n        return {x: 1 for x in a if x in {'r', 'w'}}\n";

#[test]
fn by_way_of_text_comes_what_compile_writes() {
    let folder = tree(&[("m.py", SOURCE)]);
    let path = folder.path();
    for target in ["3.11", "3.12", "3.13", "3.14", "3.15"] {
        let arguments = [
            "compile",
            "--target",
            target,
            "--out-dir",
            "out",
            "--force",
            "m.py",
        ];
        assert_eq!(pycsmith(path, &arguments).status.code(), Some(0));
        let compiled = fs::read(path.join("out/m.pyc")).expect("a file");
        let generated = good(path, &["ir", "--target", target, "m.py"], b"");
        let optimized = good(path, &["opt", "-"], &generated);
        let assembled = good(path, &["asm", "-", "-o", "-"], &optimized);
        assert_eq!(assembled, compiled, "{target}: in steps");

        let lifted = good(path, &["ir", "out/m.pyc"], b"");
        assert!(
            text(&lifted).contains("\nfile 'm.py'\npyc mtime="),
            "{}",
            text(&lifted)
        );
        good(path, &["asm", "-", "-o", "deep/er/m.pyc"], &lifted);
        assert_eq!(
            fs::read(path.join("deep/er/m.pyc")).expect("a file"),
            compiled,
            "{target}: lifted"
        );
    }
}

#[test]
fn a_module_written_by_hand() {
    let folder = tree(&[]);
    let by_hand = b"target 3.14
code '<module>' line 1 {
b0:
    RESUME 0
    LOAD_NAME print
    PUSH_NULL
    LOAD_CONST 'hello'
    CALL 1
    POP_TOP
    LOAD_CONST None
    RETURN_VALUE
}
";
    let assembled = good(folder.path(), &["asm", "-", "-o", "-"], by_hand);
    // Never compared with a source.
    assert_eq!(assembled[4..16], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    fs::write(folder.path().join("hand.pyc"), &assembled).expect("a file");
    let listing = text(&good(
        folder.path(),
        &["dis", "--style", "plain", "hand.pyc"],
        b"",
    ));
    assert!(
        listing.contains("stacksize 3, ") && listing.contains("of <ir>"),
        "{listing}"
    );
    let one = good(
        folder.path(),
        &["ir", "hand.pyc", "--function", "<module>"],
        b"",
    );
    assert!(
        text(&one).starts_with("target 3.14.10\n\ncode '<module>' line 1 {\n"),
        "{}",
        text(&one)
    );
}

/// What is said about the lines of a unit, with the place.
fn fault(lines: &str) -> String {
    let folder = tree(&[("x.ir", format!("target 3.14\n{lines}").as_bytes())]);
    let output = run(folder.path(), &["asm", "x.ir", "-o", "x.pyc"], b"");
    assert_eq!(output.status.code(), Some(1), "{lines}");
    assert_eq!(files(folder.path()), ["x.ir"]);
    text(&output.stderr).lines().next().unwrap_or("").to_owned()
}

#[test]
fn faults_have_their_places() {
    let unit = |lines: &str| fault(&format!("code f line 1 {{\n{lines}}}\n"));
    assert_eq!(
        unit("b0:\n  SETUP_FINALLY b1\n  RETURN_VALUE\nb1:\n  RERAISE 0\n"),
        "x.ir:4:3: SETUP_FINALLY is a pseudo-instruction: run pycsmith opt over the text first"
    );
    assert_eq!(
        unit("b0:\n  LOAD_CONST const.4\n  RETURN_VALUE\n"),
        "x.ir:4:3: LOAD_CONST has the index 4, but there are 0 constants"
    );
    assert_eq!(
        unit("b0:\n  LOAD_CONST code(g)\n  RETURN_VALUE\n"),
        "x.ir:2:1: there is no unit g"
    );
    assert_eq!(
        unit("b0:\n  LOAD_CONST code(f)\n  RETURN_VALUE\n"),
        "x.ir:2:1: unit f has itself as a constant"
    );
    assert_eq!(
        unit("b0:\n  NOP\n  POP_TOP\n  RETURN_VALUE\n"),
        "x.ir:5:3: POP_TOP takes more than there is on the stack"
    );
    assert_eq!(unit("b0:\n  NOP\n"), "x.ir:2:1: control runs off the end");
    assert_eq!(
        unit("b0:\n  .unwind b1\n  LOAD_CONST None\n  RETURN_VALUE\nb1: handler\n  RERAISE 0\n"),
        "x.ir:5:3: its handler b1 must say how deep the stack is there, what was raised included, at least \"b1: depth=1\""
    );
    assert_eq!(
        unit("  .cells a\nb0:\n  LOAD_DEREF a\n  RETURN_VALUE\n"),
        "x.ir:2:1: its cells have no slots yet: run pycsmith opt over it, or say .state localsplus"
    );
    assert_eq!(
        fault("pyc mtime=1\n"),
        "x.ir:2:1: a header is \"pyc mtime=N size=N\", \"pyc checked hash=0xN\" or \"pyc unchecked hash=0xN\""
    );
    assert_eq!(fault(""), "x.ir: the module has no unit");
}

#[test]
fn wrong_command_lines_and_files() {
    let folder = tree(&[("bad.pyc", b"\x2b\x0e\r\n1234"), ("no.pyc", b"")]);
    let path = folder.path();
    assert_eq!(run(path, &["asm", "x.ir"], b"").status.code(), Some(2));
    assert_eq!(
        run(path, &["ir", "bad.pyc", "--after", "check_cfg"], b"")
            .status
            .code(),
        Some(2)
    );
    for (file, words) in [
        ("bad.pyc", "reached end of file"),
        ("no.pyc", "reached end of file"),
        ("none.pyc", "FileNotFoundError"),
    ] {
        let output = run(path, &["ir", file], b"");
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(
            text(&output.stderr).contains(words),
            "{}",
            text(&output.stderr)
        );
    }
    good(
        path,
        &["asm", "-", "-o", "one.pyc"],
        b"target 3.13\ncode f line 1 {\nb0:\n  RETURN_CONST 1\n}\n",
    );
    let output = run(path, &["ir", "--target", "3.14", "one.pyc"], b"");
    assert!(text(&output.stderr).contains("a file of 3.13, not of 3.14.10"));
}

#[test]
fn deviations_are_told() {
    let folder = tree(&[]);
    let path = folder.path();
    let by_hand = b"target 3.14\ncode f line 1 {\nb0:\n  LOAD_CONST None\n  RETURN_VALUE\n}\n";
    let mut bytes = good(path, &["asm", "-", "-o", "-"], by_hand);
    bytes.extend_from_slice(b"more");
    fs::write(path.join("longer.pyc"), bytes).expect("a file");
    let output = run(path, &["ir", "longer.pyc"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stderr).starts_with("note: longer.pyc: "),
        "{}",
        text(&output.stderr)
    );
}
