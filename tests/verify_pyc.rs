//! `pycsmith verify`: files that come from their sources, and files that do not.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use common::{command, files, pycsmith, text, tree};
use pycsmith_tests::checks::alter::alter_some;
use pycsmith_tests::checks::mutate;
use tempfile::TempDir;

const SOURCE: &[u8] = b"'''doc'''\nimport sys\nLIMIT = 1000\nNAMES = ('a', 'b')\ndef f(x):\n    assert x in {1, 2, 'three'}\n    return x + LIMIT\n";

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    command(folder)
        .arg("verify")
        .args(arguments)
        .output()
        .expect("the command runs")
}

/// A folder with `app/m0.py` and so on, compiled.
fn compiled(count: usize, arguments: &[&str]) -> TempDir {
    let names: Vec<String> = (0..count).map(|index| format!("app/m{index}.py")).collect();
    let sources: Vec<_> = names.iter().map(|name| (name.as_str(), SOURCE)).collect();
    let folder = tree(&sources);
    let output = pycsmith(folder.path(), &[&["compile", "app"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    folder
}

fn pyc(folder: &TempDir, index: usize) -> std::path::PathBuf {
    folder
        .path()
        .join(format!("app/__pycache__/m{index}.cpython-314.pyc"))
}

/// Changes the bytes of a file.
fn alter(path: &Path, change: impl Fn(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).expect("a file");
    change(&mut bytes);
    fs::write(path, bytes).expect("the file is writable");
}

fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let at = bytes
        .windows(old.len())
        .position(|window| window == old)
        .expect("the bytes are there");
    bytes[at..at + new.len()].copy_from_slice(new);
}

#[test]
fn a_fresh_tree_is_identical() {
    let folder = compiled(3, &[]);
    let before = files(folder.path());
    let output = verify(folder.path(), &["app"]);
    assert_eq!(text(&output.stdout), "3 files: 3 identical\n");
    assert_eq!(files(folder.path()), before, "nothing is written");
    assert_eq!(output.status.code(), Some(0));
    let output = verify(folder.path(), &["--message-format", "json", "app/m1.py"]);
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(line["status"], "identical");
    assert_eq!(line["target"], "3.14.10");
    assert_eq!(line["level"], 0);
}

#[test]
fn every_alteration_is_found() {
    let folder = compiled(12, &[]);
    alter(&pyc(&folder, 1), |bytes| {
        replace(bytes, b"\xe8\x03\0\0", b"\xe9\x03\0\0")
    });
    alter(&pyc(&folder, 2), |bytes| replace(bytes, b"LIMIT", b"LEMIT"));
    alter(&pyc(&folder, 3), |bytes| bytes.truncate(bytes.len() - 1));
    alter(&pyc(&folder, 4), |bytes| bytes.truncate(10));
    alter(&pyc(&folder, 5), |bytes| bytes.push(b'N'));
    // The reference flag of the module's code object.
    alter(&pyc(&folder, 6), |bytes| bytes[16] ^= 0x80);
    alter(&pyc(&folder, 7), |bytes| bytes[8] ^= 1);
    alter(&pyc(&folder, 8), |bytes| {
        bytes[..2].copy_from_slice(&3571u16.to_le_bytes())
    });
    alter(&pyc(&folder, 9), |bytes| {
        bytes[..4].copy_from_slice(b"\x7fELF")
    });
    fs::remove_file(pyc(&folder, 10)).expect("the file is there");
    fs::remove_file(folder.path().join("app/m11.py")).expect("the file is there");
    let output = verify(folder.path(), &["--target", "3.14", "app"]);
    assert_eq!(output.status.code(), Some(1));
    let found = text(&output.stdout);
    let statuses: Vec<(&str, &str)> = found
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| {
            let (status, rest) = line.split_once(char::is_whitespace)?;
            Some((status, rest.trim_start().strip_prefix("app/__pycache__/")?))
        })
        .collect();
    let expected = [
        ("foreign", "m11.cpython-314.pyc: has no source"),
        (
            "different",
            "m1.cpython-314.pyc: <module> (line 1): constant int against int",
        ),
        ("missing", "m10.cpython-314.pyc: there is no such file"),
        ("different", "m2.cpython-314.pyc: f (line 5): names differ"),
        ("different", "m3.cpython-314.pyc: cannot be read: "),
        ("different", "m4.cpython-314.pyc: cannot be read: "),
        (
            "different",
            "m5.cpython-314.pyc: 1 bytes stand behind its code",
        ),
        // Its references are counted otherwise, so that they lead elsewhere.
        ("different", "m6.cpython-314.pyc: "),
        ("stale", "m7.cpython-314.pyc: its source was changed at "),
        (
            "foreign",
            "m8.cpython-314.pyc: was written by CPython 3.13, not by 3.14",
        ),
        ("foreign", "m9.cpython-314.pyc: not a .pyc file"),
    ];
    assert_eq!(statuses.len(), expected.len(), "{found}");
    for ((status, line), (wanted, start)) in statuses.iter().zip(expected) {
        assert!(
            *status == wanted && line.starts_with(start),
            "{status} {line}\n{found}"
        );
    }
    assert!(
        found.ends_with("12 files: 1 identical, 6 different, 1 stale, 1 missing, 3 foreign\n"),
        "{found}"
    );
}

#[test]
fn interning_leaves_it_equal() {
    let folder = compiled(1, &[]);
    alter(&pyc(&folder, 0), |bytes| {
        replace(bytes, b"\xda\x05LIMIT", b"\xfa\x05LIMIT")
    });
    let output = verify(folder.path(), &["-v", "app"]);
    assert_eq!(
        text(&output.stdout),
        "equal      app/__pycache__/m0.cpython-314.pyc: reference flags, interning or the order of sets differ\n1 file: 1 equal\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn levels_and_releases_are_told() {
    let folder = compiled(1, &["-O", "2"]);
    let cache = folder.path().join("app/__pycache__");
    fs::rename(cache.join("m0.cpython-314.opt-2.pyc"), pyc(&folder, 0)).expect("renamed");
    let output = verify(folder.path(), &["app"]);
    assert!(
        text(&output.stdout).contains("it is what level 2 gives, not level 0"),
        "{}",
        text(&output.stdout)
    );
    // A name that tells nothing: any level will do.
    fs::rename(pyc(&folder, 0), folder.path().join("m.pyc")).expect("renamed");
    let output = verify(folder.path(), &["-v", "app/m0.py", "m.pyc"]);
    assert_eq!(
        text(&output.stdout),
        "identical  m.pyc\n1 file: 1 identical\n"
    );
    // A release that writes other bytes than the newest of its series.
    let folder = tree(&[("g.py", b"x = list(a for a in b)\n")]);
    let output = pycsmith(folder.path(), &["compile", "--target", "3.13.0", "g.py"]);
    assert_eq!(output.status.code(), Some(0));
    let output = verify(folder.path(), &["--message-format", "json", "g.py"]);
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&line["status"], &line["target"]),
        (&"identical".into(), &"3.13.0".into())
    );
    let output = verify(folder.path(), &["--target", "3.13", "g.py"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_poisoned_unchecked_file_is_found() {
    let folder = compiled(1, &["--invalidation-mode", "unchecked-hash"]);
    assert_eq!(verify(folder.path(), &["app"]).status.code(), Some(0));
    alter(&pyc(&folder, 0), |bytes| replace(bytes, b"three", b"seven"));
    let output = verify(folder.path(), &["app"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout)
            .starts_with("different  app/__pycache__/m0.cpython-314.pyc: f (line 5)")
    );
    // The source changes, which the import system would not see.
    fs::write(folder.path().join("app/m0.py"), "x = 1\n").expect("written");
    let output = verify(folder.path(), &["app"]);
    assert!(text(&output.stdout).starts_with("stale "));
}

#[test]
fn folders_of_one_layout() {
    let folder = tree(&[("src/a/b.py", b"x = 1\n"), ("src/c.py", b"y = 2\n")]);
    let output = pycsmith(folder.path(), &["compile", "--out-dir", "build", "src"]);
    assert_eq!(output.status.code(), Some(0));
    let output = verify(folder.path(), &["src", "build/src"]);
    assert_eq!(text(&output.stdout), "2 files: 2 identical\n");
    fs::remove_file(folder.path().join("build/src/c.pyc")).expect("removed");
    let output = verify(folder.path(), &["src", "build/src"]);
    assert_eq!(
        text(&output.stdout),
        "missing    build/src/c.pyc: there is no such file\n2 files: 1 identical, 1 missing\n"
    );
    let output = verify(folder.path(), &["src", "build/src/a/b.pyc"]);
    assert_eq!(output.status.code(), Some(2));
    let output = verify(folder.path(), &["nowhere"]);
    assert_eq!(output.status.code(), Some(1));
}

/// Each of our programs with its `.pyc` file, 20 of them altered in as many ways: these are found, and no others.
#[test]
fn alterations_of_a_tree_are_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/python");
    let programs = mutate::files(&root, "py").expect("programs");
    let folder = tempfile::tempdir().expect("a folder");
    for (index, program) in programs.iter().enumerate() {
        fs::write(folder.path().join(format!("p{index}.py")), program).expect("a file");
    }
    pycsmith(folder.path(), &["compile", "."]);
    let pair = |index: usize| {
        let pyc = format!("__pycache__/p{index}.cpython-314.pyc");
        let source = folder.path().join(format!("p{index}.py"));
        (source, folder.path().join(pyc))
    };
    let pairs = (0..programs.len()).map(pair);
    let pairs = pairs.filter(|(_, pyc)| pyc.exists()).collect();
    let altered = alter_some(pairs, &mut mutate::Random::new(3, 0)).expect("enough files");
    let output = verify(
        folder.path(),
        &["--target", "3.14", "--message-format", "json", "."],
    );
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for line in text(&output.stdout).lines() {
        let verdict: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let member = |name: &str| verdict[name].as_str().unwrap_or("").to_owned();
        if !["identical", "equal"].contains(&member("status").as_str()) {
            found.insert(member("pyc"), member("status"));
        }
    }
    for altered in altered {
        let path = altered.pyc.strip_prefix(folder.path()).expect("below it");
        let status = found.remove(path.to_str().expect("a name"));
        assert_eq!(status.as_deref(), Some(altered.status), "{altered:?}");
    }
    // Programs of other versions do not compile for 3.14.
    found.retain(|_, status| status != "missing");
    assert_eq!(found, BTreeMap::new());
}

#[test]
fn archives_and_their_members() {
    let archives = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/archives");
    let wheel = fs::read(archives.join("app-1.0-py3-none-any.whl")).expect("a wheel");
    let folder = tree(&[("app.whl", &wheel)]);
    // Its two files are no .pyc files, and a source has none; another does not compile.
    let output = verify(folder.path(), &["app.whl"]);
    assert_eq!(output.status.code(), Some(1));
    let found = text(&output.stdout);
    assert!(
        found.ends_with("4 files: 2 missing, 2 foreign\n"),
        "{found}"
    );
    assert!(
        found.contains("missing    app.whl/app/__pycache__/mod.*.pyc: "),
        "{found}"
    );
    pycsmith(folder.path(), &["compile", "app.whl"]);
    let output = verify(folder.path(), &["-v", "app.whl"]);
    let found = text(&output.stdout);
    for name in ["__init__", "mod"] {
        let line = format!("identical  app.whl/app/__pycache__/{name}.cpython-314.pyc\n");
        assert!(found.contains(&line), "{found}");
    }
    let pyc = "app.whl/app/__pycache__/mod.cpython-314.pyc";
    let output = verify(folder.path(), &["app.whl/app/mod.py", pyc]);
    assert_eq!(text(&output.stdout), "1 file: 1 identical\n");
    let output = verify(folder.path(), &["app.whl/app/__init__.py", pyc]);
    assert_eq!(output.status.code(), Some(1));
    // The other commands read members too.
    for arguments in [["dis", pyc], ["info", pyc]] {
        let output = pycsmith(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
    let arguments = ["diff", "--target", "3.14", "app.whl/app/mod.py", pyc];
    let output = pycsmith(folder.path(), &arguments);
    let found = text(&output.stdout);
    // The source's name in the file is that of the installed module.
    assert_eq!((output.status.code(), found.as_str()), (Some(0), ""));
}
