//! The command line, run as people run it.

mod common;

use std::fs;

use common::{command, files, pycsmith, text, tree};

#[test]
fn compiles_beside_the_source() {
    let folder = tree(&[
        ("app/main.py", b"print(1)\n"),
        ("app/sub/x.py", b""),
        ("app/__pycache__/old.py", b"1 +"),
        ("app/note.txt", b""),
    ]);
    let output = pycsmith(folder.path(), &["compile", "app"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    let pyc =
        fs::read(folder.path().join("app/__pycache__/main.cpython-314.pyc")).expect("written");
    assert_eq!(
        &pyc[..8],
        b"\x2b\x0e\x0d\x0a\0\0\0\0",
        "3.14's magic number, timestamp mode"
    );
    assert_eq!(pyc[12..16], 9u32.to_le_bytes(), "the source's size");
    assert!(
        folder
            .path()
            .join("app/sub/__pycache__/x.cpython-314.pyc")
            .exists()
    );
    assert_eq!(
        files(folder.path()).len(),
        6,
        "nothing else is written: {:?}",
        files(folder.path())
    );

    let output = pycsmith(folder.path(), &["compile", "-O", "2", "app/main.py"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        folder
            .path()
            .join("app/__pycache__/main.cpython-314.opt-2.pyc")
            .exists()
    );
}

#[test]
fn compiles_into_a_folder() {
    let folder = tree(&[("pkg/mod.py", b"def f(): pass\n"), ("top.py", b"x = 1\n")]);
    for (arguments, expected) in [
        (
            vec!["compile", "--out-dir", "out", "pkg/mod.py"],
            vec!["out/pkg/mod.pyc"],
        ),
        (
            vec!["compile", "--out-dir", "out2", "."],
            vec!["out2/pkg/mod.pyc", "out2/top.pyc"],
        ),
        (
            vec!["compile", "--out-dir", "out3", "./pkg"],
            vec!["out3/pkg/mod.pyc"],
        ),
    ] {
        let output = pycsmith(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let written: Vec<String> = files(folder.path())
            .into_iter()
            .filter(|name| name.starts_with(&format!("{}/", arguments[2])))
            .collect();
        assert_eq!(written, expected);
    }
    let pyc = fs::read(folder.path().join("out2/pkg/mod.pyc")).expect("written");
    let at = pyc
        .windows(10)
        .position(|window| window == b"pkg/mod.py")
        .expect("co_filename");
    assert_ne!(&pyc[at - 2..at], b"./", "co_filename has no leading ./");
}

#[test]
fn up_to_date_files_are_left_alone() {
    for mode in ["timestamp", "checked-hash", "unchecked-hash"] {
        let folder = tree(&[("x.py", b"x = 1\n")]);
        let arguments = ["compile", "--invalidation-mode", mode, "x.py"];
        assert_eq!(pycsmith(folder.path(), &arguments).status.code(), Some(0));
        let pyc = folder.path().join("__pycache__/x.cpython-314.pyc");
        let mut marked = fs::read(&pyc).expect("written");
        marked.extend(b"mark");
        fs::write(&pyc, &marked).expect("writable");
        pycsmith(folder.path(), &arguments);
        assert_eq!(
            fs::read(&pyc).expect("there"),
            marked,
            "{mode}: an up-to-date file was replaced"
        );
        pycsmith(
            folder.path(),
            &["compile", "--force", "--invalidation-mode", mode, "x.py"],
        );
        assert_ne!(
            fs::read(&pyc).expect("there"),
            marked,
            "{mode}: --force did nothing"
        );
        fs::write(&pyc, &marked).expect("writable");
        fs::write(folder.path().join("x.py"), b"xyz = 2\n").expect("writable");
        pycsmith(folder.path(), &arguments);
        assert_ne!(
            fs::read(&pyc).expect("there"),
            marked,
            "{mode}: a stale file was left"
        );
    }
}

#[test]
fn source_date_epoch_means_hashes() {
    let folder = tree(&[("x.py", b"x = 1\n")]);
    let run = |arguments: &[&str]| {
        command(folder.path())
            .args(arguments)
            .args(["--target", "3.14"])
            .env("SOURCE_DATE_EPOCH", "1")
            .status()
            .expect("runs");
        fs::read(folder.path().join("__pycache__/x.cpython-314.pyc")).expect("written")[4]
    };
    assert_eq!(run(&["compile", "x.py"]), 3, "checked hash");
    assert_eq!(
        run(&["compile", "--invalidation-mode", "timestamp", "x.py"]),
        0
    );
    assert_eq!(
        run(&["compile", "--invalidation-mode", "unchecked-hash", "x.py"]),
        1
    );
}

#[cfg(unix)]
#[test]
fn mode_bits_follow_the_source() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tree(&[("x.py", b""), ("y.py", b"")]);
    for (name, bits) in [("x.py", 0o700), ("y.py", 0o440)] {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(bits))
            .expect("owner");
    }
    assert_eq!(
        pycsmith(folder.path(), &["compile", "."]).status.code(),
        Some(0)
    );
    let bits = |name: &str| {
        fs::metadata(folder.path().join("__pycache__").join(name))
            .expect("written")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(bits("x.cpython-314.pyc"), 0o600);
    assert_eq!(bits("y.cpython-314.pyc") & 0o640, 0o640);
}

#[test]
fn bad_input_is_told_and_stops_nothing() {
    let deep = [b"x = ".as_slice(), &[b'('; 10_000], &[b')'; 10_000], b"\n"].concat();
    let folder = tree(&[
        ("a_good.py", b"x = 1\n"),
        ("b_syntax.py", b"x = 1\nif x\n    pass\n"),
        ("c_not_utf8.py", b"x = '\xff'\n"),
        ("d_cookie.py", b"# coding: klingon\nx = 1\n"),
        ("e_null.py", b"x = 1\0\n"),
        ("f_empty.py", b""),
        ("g_comment.py", b"# nothing"),
        ("h_no_newline.py", b"x = 1"),
        ("i_deep.py", &deep),
        ("j.py/inside.py", b"y = 1\n"),
        ("k_latin.py", b"# -*- coding: latin-1 -*-\nx = '\xff'\n"),
        ("z_good.py", b"x = 2\n"),
    ]);
    let output = pycsmith(
        folder.path(),
        &[
            "compile",
            "--out-dir",
            "out",
            "--message-format",
            "json",
            ".",
            "missing.py",
        ],
    );
    assert_eq!(output.status.code(), Some(1));
    let messages = text(&output.stdout);
    let lines: Vec<&str> = messages.lines().collect();
    let expected = [
        ("b_syntax.py", "SyntaxError", "2"),
        ("c_not_utf8.py", "SyntaxError", "1"),
        ("d_cookie.py", "SyntaxError", ""),
        ("e_null.py", "SyntaxError", ""),
        ("i_deep.py", "SyntaxError", "1"),
        ("missing.py", "FileNotFoundError", "null"),
    ];
    assert_eq!(lines.len(), expected.len(), "{messages}");
    for (line, (path, kind, number)) in lines.iter().zip(expected) {
        let message: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(
            (message["path"].as_str(), message["type"].as_str()),
            (Some(path), Some(kind)),
            "{line}"
        );
        let lineno = message["lineno"].to_string();
        assert!(number.is_empty() || lineno == number, "{line}");
        for key in ["msg", "offset", "end_lineno", "end_offset", "text"] {
            assert!(message.get(key).is_some(), "{key} is missing: {line}");
        }
    }
    let good = [
        "a_good.pyc",
        "f_empty.pyc",
        "g_comment.pyc",
        "h_no_newline.pyc",
        "j.py/inside.pyc",
        "k_latin.pyc",
        "z_good.pyc",
    ];
    assert_eq!(files(&folder.path().join("out")), good);

    let output = pycsmith(folder.path(), &["compile", "b_syntax.py"]);
    assert!(
        text(&output.stderr).starts_with("  File \"b_syntax.py\", line 2\n    if x\n"),
        "{}",
        text(&output.stderr)
    );
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_told() {
    let folder = tree(&[("x.py", b""), ("y.py", b""), ("file", b"")]);
    let output = pycsmith(
        folder.path(),
        &["compile", "--out-dir", "file/below", "x.py"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("file/below/x.pyc"),
        "{}",
        text(&output.stderr)
    );
    std::os::unix::fs::symlink("../elsewhere", folder.path().join("link.pyc")).expect("a link");
    fs::create_dir(folder.path().join("out")).expect("a folder");
    std::os::unix::fs::symlink("../elsewhere", folder.path().join("out/x.pyc")).expect("a link");
    let output = pycsmith(
        folder.path(),
        &["compile", "--out-dir", "out", "x.py", "y.py"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("symbolic link"),
        "{}",
        text(&output.stderr)
    );
    assert!(folder.path().join("out/y.pyc").exists() && !folder.path().join("elsewhere").exists());
    let output = pycsmith(folder.path(), &["compile", "--out-dir", "out", "../x.py"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn threads_change_nothing() {
    let sources: Vec<(String, Vec<u8>)> = (0..60)
        .map(|n| {
            (
                format!("m{n:02}.py"),
                format!("def f{n}(x):\n    return [x + {n} for y in x]\n").into_bytes(),
            )
        })
        .collect();
    let sources: Vec<(&str, &[u8])> = sources
        .iter()
        .map(|(name, source)| (name.as_str(), source.as_slice()))
        .collect();
    let folder = tree(&sources);
    for (jobs, out) in [("1", "one"), ("7", "seven")] {
        assert_eq!(
            pycsmith(
                folder.path(),
                &[
                    "compile",
                    "-j",
                    jobs,
                    "--invalidation-mode",
                    "unchecked-hash",
                    "--out-dir",
                    out,
                    "."
                ]
            )
            .status
            .code(),
            Some(0)
        );
    }
    for name in files(&folder.path().join("one")) {
        assert_eq!(
            fs::read(folder.path().join("one").join(&name)).ok(),
            fs::read(folder.path().join("seven").join(&name)).ok(),
            "{name}"
        );
    }
}

#[test]
fn wrong_usage_is_status_2() {
    let folder = tree(&[]);
    for arguments in [
        &["compile"][..],
        &["compile", "-O", "3", "x.py"],
        &["compile", "--target", "2.7", "x.py"],
        &["nonsense"],
        &["compile", "-j", "0", "x.py"],
    ] {
        assert_eq!(
            pycsmith(folder.path(), arguments).status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
}

#[test]
fn ast_and_dis_read_what_they_are_given() {
    let folder = tree(&[
        ("x.py", b"def f(a):\n    return a + 1\n"),
        ("bad.py", b"def"),
        ("bad.pyc", b"nonsense"),
    ]);
    let output = pycsmith(folder.path(), &["ast", "x.py"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout)
            .starts_with("Module(\n   body=[\n      FunctionDef(\n         name='f',"),
        "{}",
        text(&output.stdout)
    );
    let from_source = pycsmith(folder.path(), &["dis", "x.py"]);
    assert_eq!(from_source.status.code(), Some(0));
    assert!(text(&from_source.stdout).contains("LOAD_FAST_BORROW"));
    pycsmith(folder.path(), &["compile", "x.py"]);
    let from_pyc = pycsmith(folder.path(), &["dis", "__pycache__/x.cpython-314.pyc"]);
    assert_eq!(text(&from_pyc.stdout), text(&from_source.stdout));
    let cpython = pycsmith(
        folder.path(),
        &["dis", "--style", "cpython", "-OPSC", "x.py"],
    );
    assert_eq!(cpython.status.code(), Some(0));
    assert!(text(&cpython.stdout).contains("CACHE                    0 (counter: 17)"));
    for arguments in [
        &["dis", "-P", "x.py"][..],
        &["dis", "--style", "cpython", "--json", "x.py"],
        &["dis", "--lines", "3-2", "x.py"],
        &[
            "dis", "--style", "cpython", "--target", "3.13", "-P", "x.py",
        ],
        &[
            "dis", "--style", "cpython", "--target", "3.12", "-O", "x.py",
        ],
    ] {
        let output = pycsmith(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{arguments:?}"
        );
    }
    for arguments in [
        ["ast", "bad.py"],
        ["dis", "bad.py"],
        ["dis", "bad.pyc"],
        ["dis", "missing.pyc"],
    ] {
        let output = pycsmith(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}
