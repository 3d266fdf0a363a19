//! What `pycsmith compile` has beyond `compileall`.

mod common;

use std::fs;

use common::{files, pycsmith, text, tree};

/// The `.pyc` files below `folder`.
fn compiled(folder: &std::path::Path) -> Vec<String> {
    let mut names = files(folder);
    names.retain(|name| name.ends_with(".pyc"));
    names
}

fn co_filename(folder: &std::path::Path, pyc: &str) -> String {
    let dis = pycsmith(folder, &["dis", "--json", pyc]);
    let listing: serde_json::Value = serde_json::from_slice(&dis.stdout).expect("JSON");
    let name = listing["code"][0]["filename"].as_str().expect("a name");
    name.to_owned()
}

#[test]
fn the_summary_counts() {
    let folder = tree(&[
        ("app/a.py", b"a = 1\n"),
        ("app/b.py", b"b = 2\n"),
        ("app/bad.py", b"return\n"),
    ]);
    let summary = |arguments: &[&str]| {
        let output = pycsmith(folder.path(), arguments);
        let words = text(&output.stderr);
        let last = words.lines().last().unwrap_or_default().to_owned();
        let (before, time) = last.split_once(" in ").expect("a time");
        let rest = time.split_once(" s").expect("seconds").1;
        (output.status.code(), format!("{before}{rest}"))
    };
    let counts = |words: &str| (Some(1), words.to_owned());
    assert_eq!(
        summary(&["compile", "app"]),
        counts("3 files, 19 bytes; 1 with errors")
    );
    assert_eq!(
        summary(&["compile", "app", "gone.py"]),
        counts("4 files, 19 bytes; 2 up to date; 2 with errors")
    );
    fs::remove_file(folder.path().join("app/bad.py")).expect("removed");
    assert_eq!(
        summary(&["compile", "app/a.py"]),
        (Some(0), "1 file, 6 bytes; 1 up to date".to_owned())
    );
}

#[test]
fn quiet_and_verbose() {
    let folder = tree(&[("a.py", b"a = 1\n"), ("bad.py", b"return\n")]);
    let words = |arguments: &[&str]| text(&pycsmith(folder.path(), arguments).stderr);
    let once = words(&["compile", "-q", "a.py", "bad.py"]);
    assert!(once.starts_with("  File \"bad.py\"") && once.ends_with("outside function\n\n"));
    assert_eq!(words(&["compile", "-qq", "a.py", "bad.py"]), "");
    let json = pycsmith(
        folder.path(),
        &["compile", "-qq", "--message-format", "json", "bad.py"],
    );
    assert!(json.stdout.starts_with(b"{\"path\":\"bad.py\"") && json.stderr.is_empty());
    let verbose = words(&["compile", "-vf", "a.py"]);
    assert!(verbose.starts_with("a.py -> __pycache__/a.cpython-314.pyc\n1 file,"));
    assert!(!words(&["compile", "bad.py"]).contains('\x1b'));
    assert!(
        words(&["compile", "--color", "always", "bad.py"]).contains("\x1b[1;35mSyntaxError\x1b[0m")
    );
}

#[test]
fn patterns_leave_out_what_gitignore_would() {
    let folder = tree(&[
        ("app/a.py", b""),
        ("app/b_test.py", b""),
        ("app/setup.py", b""),
        ("app/sub/setup.py", b""),
        ("app/sub/keep_test.py", b""),
        ("app/tests/x.py", b""),
        ("app/sub/tests/x.py", b""),
    ]);
    let patterns = ["tests/", "/setup.py", "*_test.py", "!keep_test.py"];
    let mut arguments = vec!["compile", "--out-dir", "out", "app"];
    for pattern in &patterns {
        arguments.extend(["--exclude", pattern]);
    }
    let output = pycsmith(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        compiled(folder.path()),
        [
            "out/app/a.pyc",
            "out/app/sub/keep_test.pyc",
            "out/app/sub/setup.pyc"
        ]
    );
    let output = pycsmith(folder.path(), &["compile", "--exclude", "a[z-a]", "app"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--exclude a[z-a]: "));
}

#[test]
fn several_levels_and_targets() {
    let folder = tree(&[("a.py", b"'''Doc.'''\nassert a\n"), ("bad.py", b"return\n")]);
    let run = |arguments: &[&str]| pycsmith(folder.path(), arguments);
    let output = run(&[
        "compile",
        "-q",
        "-O",
        "2,0",
        "--target",
        "3.13,3.14",
        "a.py",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let names = [
        "__pycache__/a.cpython-313.opt-2.pyc",
        "__pycache__/a.cpython-313.pyc",
        "__pycache__/a.cpython-314.opt-2.pyc",
        "__pycache__/a.cpython-314.pyc",
    ];
    assert_eq!(compiled(folder.path()), names);
    for name in names {
        let level = if name.contains("opt-2") { "2" } else { "0" };
        let verified = run(&["verify", "-O", level, "a.py", name]);
        assert_eq!(text(&verified.stdout), "1 file: 1 identical\n", "{name}");
    }
    run(&[
        "compile",
        "-q",
        "-O",
        "0,1",
        "--target",
        "3.13,3.14",
        "--out-dir",
        "out",
        "a.py",
    ]);
    assert_eq!(
        compiled(&folder.path().join("out")),
        [
            "cpython-313.opt-1/a.pyc",
            "cpython-313/a.pyc",
            "cpython-314.opt-1/a.pyc",
            "cpython-314/a.pyc"
        ]
    );
    run(&[
        "compile",
        "-q",
        "-O",
        "0,1",
        "--layout",
        "pycache",
        "--out-dir",
        "cached",
        "a.py",
    ]);
    assert_eq!(
        compiled(&folder.path().join("cached")),
        [
            "__pycache__/a.cpython-314.opt-1.pyc",
            "__pycache__/a.cpython-314.pyc"
        ]
    );
    run(&["compile", "-q", "--layout", "beside", "a.py"]);
    assert!(folder.path().join("a.pyc").exists());
    let output = run(&["compile", "--layout", "beside", "-O", "0,1", "a.py"]);
    assert_eq!(output.status.code(), Some(2));
    let output = run(&["compile", "-q", "-O", "0,1,2", "bad.py"]);
    assert_eq!(text(&output.stderr).matches("SyntaxError").count(), 1);
}

#[test]
fn prefixes_change_the_file_name() {
    let folder = tree(&[("image/opt/app/a.py", b"a = 1\n"), ("other.py", b"")]);
    let root = folder.path().join("image");
    let root = root.to_str().expect("UTF-8");
    let source = format!("{root}/opt/app/a.py");
    let pyc = "image/opt/app/__pycache__/a.cpython-314.pyc";
    let name = |arguments: &[&str]| {
        let output = pycsmith(folder.path(), &[&["compile", "-qf"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        co_filename(folder.path(), pyc)
    };
    assert_eq!(name(&["--strip-prefix", root, &source]), "opt/app/a.py");
    assert_eq!(
        name(&["--strip-prefix", root, "--prepend-prefix", "/", &source]),
        "/opt/app/a.py"
    );
    assert_eq!(
        name(&["--prepend-prefix", "/srv", "image/opt/app/a.py"]),
        "/srv/image/opt/app/a.py"
    );
    assert_eq!(
        name(&["--prepend-prefix", "/srv", &source]),
        format!("/srv{source}")
    );
    let output = pycsmith(
        folder.path(),
        &["compile", "--strip-prefix", "image", "other.py"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("does not begin with --strip-prefix image"));
    assert!(!folder.path().join("__pycache__").exists());
}

/// A tree whose compilation takes a while.
#[cfg(unix)]
fn long_work() -> tempfile::TempDir {
    let source: String = (0..2000)
        .map(|n| format!("def f{n}(a, b):\n    return [a + {n}, b, 'text {n}']\n"))
        .collect();
    let names: Vec<_> = (0..100).map(|n| format!("app/m{n:03}.py")).collect();
    let files: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), source.as_bytes()))
        .collect();
    tree(&files)
}

#[cfg(unix)]
fn temporaries(folder: &std::path::Path) -> Vec<String> {
    let mut names = files(folder);
    names.retain(|name| name.contains(".pycsmith-"));
    names
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_after_the_files_in_hand() {
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let folder = long_work();
        let cache = folder.path().join("app/__pycache__");
        let mut run = common::command(folder.path());
        run.args(["compile", "--target", "3.14", "-j1", "app"]);
        let child = run.stderr(std::process::Stdio::piped()).spawn();
        let child = child.expect("it runs");
        while !cache.is_dir() || compiled(&cache).is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let kill = format!("kill -{signal} {}", child.id());
        let sent = std::process::Command::new("bash")
            .args(["-c", &kill])
            .status();
        assert!(sent.expect("bash").success());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(status), "{signal}");
        let words = text(&output.stderr);
        assert!(words.starts_with("interrupted: "), "{words}");
        assert_eq!(temporaries(folder.path()), [""; 0]);
        let done = compiled(folder.path()).len();
        assert!((1..100).contains(&done), "{done} files");
        // What there is is whole: the next run leaves it alone, and does the rest.
        let again = pycsmith(folder.path(), &["compile", "app"]);
        let words = text(&again.stderr);
        assert!(words.contains(&format!("; {done} up to date")), "{words}");
        assert_eq!(compiled(folder.path()).len(), 100);
        let verified = pycsmith(folder.path(), &["verify", "app"]);
        assert!(verified.status.success(), "{}", text(&verified.stdout));
    }
}

#[cfg(unix)]
#[test]
fn a_file_beyond_the_limit_is_an_error_of_that_file() {
    let large: String = (0..2000).map(|n| format!("x = 'text {n}'\n")).collect();
    let folder = tree(&[
        ("app/a.py", b"a = 1\n"),
        ("app/b.py", large.as_bytes()),
        ("app/c.py", b"c = 1\n"),
    ]);
    // In units of 1024 bytes.
    let script = "ulimit -f 4; exec \"$0\" compile --target 3.14 app";
    let output = std::process::Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_pycsmith")])
        .current_dir(folder.path())
        .output()
        .expect("bash");
    let words = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(
        words.contains(
            "File \"app/__pycache__/b.cpython-314.pyc\"\nOSError: [Errno 27] File too large\n"
        ),
        "{words}"
    );
    assert_eq!(
        compiled(folder.path()),
        [
            "app/__pycache__/a.cpython-314.pyc",
            "app/__pycache__/c.cpython-314.pyc"
        ]
    );
    assert_eq!(temporaries(folder.path()), [""; 0]);
}

/// As `marshal.dumps` refuses it: CPython's words, and no file.
#[test]
fn code_nested_too_deep_for_marshal_is_a_value_error() {
    let nested = |count: usize| format!("x = {}y\n", "lambda: ".repeat(count)).into_bytes();
    let folder = tree(&[("deep.py", &nested(1500)), ("good.py", &nested(500))]);
    let output = pycsmith(folder.path(), &["compile", "deep.py", "good.py"]);
    assert_eq!(output.status.code(), Some(1));
    let words = text(&output.stderr);
    let raised = "ValueError: object too deeply nested to marshal";
    assert!(words.contains(raised), "{words}");
    assert_eq!(
        compiled(folder.path()),
        ["__pycache__/good.cpython-314.pyc"]
    );
}
