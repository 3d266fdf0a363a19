//! A wheel and zip files, compiled.

use std::path::PathBuf;

use clap::Parser as _;
use tempfile::TempDir;

use crate::archive::Archive;
use crate::args::{Cli, Command};
use crate::compile;

/// `tests/archives/README.md` says how CPython 3.14 wrote it, and what its `.pyc` files are to be.
const WHEEL: &[u8] = include_bytes!("../../../../tests/archives/app-1.0-py3-none-any.whl");
const RECORD: &str = "app-1.0.dist-info/RECORD";
const LINES: [&str; 3] = [
    "app/__pycache__/__init__.cpython-314.pyc,sha256=RRcdbmy8b9WrkOysnUOagUSeGIyv9wr_9CUDR0PO4tE,166",
    "app/__pycache__/mod.cpython-314.pyc,sha256=-vKlhvKbkXrLaZQWdZYwXaI34CONhogxCE4ObLjKW74,229",
    "app-1.0.data/purelib/__pycache__/extra.cpython-314.pyc,sha256=Kqp9ybTWwslmq7M1-dMbRyP5JZ1oHyWLAQWIKOyeXuk,125",
];

/// An archive in a folder of its own.
struct Case {
    folder: TempDir,
    path: PathBuf,
}

impl Case {
    fn new(name: &str, bytes: &[u8]) -> Case {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        Case { folder, path }
    }

    fn compile(&self, options: &[&str]) -> Result<u8, String> {
        let path = self.path.to_str().expect("UTF-8");
        let start = ["pycsmith", "compile", "-qq", "--target", "3.14"];
        let words = [&start[..], options, &[path]].concat();
        match Cli::try_parse_from(words).expect("a command line").command {
            Command::Compile(arguments) => compile::run(&arguments),
            _ => unreachable!("it is compile"),
        }
    }

    fn names(&self) -> Vec<String> {
        let archive = Archive::open(&self.path).expect("an archive");
        archive.members().iter().map(|m| m.name.clone()).collect()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        let archive = Archive::open(&self.path).expect("an archive");
        let member = archive.find(name).expect("a member");
        archive.read(member).expect("contents")
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("a file")
    }
}

#[test]
fn a_wheel_gets_what_cpython_would_write_and_lines_for_it() {
    let case = Case::new("app-1.0-py3-none-any.whl", WHEEL);
    let old = Case::new("app-1.0-py3-none-any.whl", WHEEL);
    assert_eq!(case.compile(&[]), Ok(1), "bad.py is none");
    let names = case.names();
    assert_eq!(
        names[names.len() - 8..],
        [
            "app/__pycache__/__init__.cpython-314.pyc",
            "app/__pycache__/mod.cpython-314.pyc",
            "app/__pycache__/bad.cpython-314.pyc",
            "app-1.0.data/purelib/__pycache__/extra.cpython-314.pyc",
            "app-1.0.dist-info/METADATA",
            "app-1.0.dist-info/WHEEL",
            "app-1.0.dist-info/RECORD.jws",
            RECORD,
        ]
    );
    let text = |case: &Case| String::from_utf8(case.read(RECORD)).expect("UTF-8");
    let mut expected: Vec<String> = text(&old).lines().map(str::to_owned).collect();
    expected.retain(|line| !line.starts_with("app/__pycache__/__init__"));
    let own = expected.pop().expect("its own line");
    expected.extend(LINES.map(str::to_owned));
    expected.push(own);
    assert_eq!(text(&case).lines().collect::<Vec<_>>(), expected);
    for name in old.names() {
        if name != RECORD && name != "app/__pycache__/__init__.cpython-314.pyc" {
            assert_eq!(case.read(&name), old.read(&name), "{name}");
        }
    }
}

/// Local header, name and data of a member, up to what is next.
fn raw<'a>(bytes: &'a [u8], name: &str) -> &'a [u8] {
    let local = |at: &usize| {
        bytes[*at..].starts_with(b"PK\x03\x04") && bytes[at + 30..].starts_with(name.as_bytes())
    };
    let start = (0..bytes.len() - 30).find(local).expect("a local header");
    let rest = &bytes[start + 4..];
    let end = rest
        .windows(3)
        .position(|next| matches!(next, b"PK\x03" | b"PK\x01"));
    &bytes[start..start + 4 + end.expect("a directory")]
}

#[test]
fn what_does_not_change_stays_byte_for_byte() {
    let case = Case::new("app-1.0-py3-none-any.whl", WHEEL);
    case.compile(&[]).expect("compiled");
    let bytes = case.bytes();
    for name in [
        "app/__init__.py",
        "app/data.txt",
        "app-1.0.dist-info/METADATA",
    ] {
        assert_eq!(raw(&bytes, name), raw(WHEEL, name), "{name}");
    }
    case.compile(&[]).expect("compiled");
    assert!(case.bytes() == bytes, "nothing was left to do");
    case.compile(&["--force", "-j", "1"]).expect("compiled");
    assert!(case.bytes() == bytes, "the same again");
    assert_eq!(
        std::fs::read_dir(&case.folder).expect("a folder").count(),
        1
    );
}

#[test]
fn a_copy_goes_below_the_output_folder() {
    let case = Case::new("app-1.0-py3-none-any.whl", WHEEL);
    let out = case.folder.path().join("out");
    let out_dir = out.to_str().expect("UTF-8");
    case.compile(&["--out-dir", out_dir]).expect("compiled");
    assert!(case.bytes() == WHEEL);
    let copy = out.join(case.path.strip_prefix("/").expect("absolute"));
    case.compile(&[]).expect("compiled");
    assert!(std::fs::read(copy).expect("a copy") == case.bytes());
}

#[test]
fn zip_files_have_them_beside_the_sources() {
    let prefixed = [b"#!/usr/bin/env python3\n", WHEEL].concat();
    let case = Case::new("app.pyz", &prefixed);
    assert_eq!(
        case.compile(&["--exclude", "*.data/", "--exclude", "bad.py"]),
        Ok(0)
    );
    let new: Vec<String> = case.names().into_iter().skip(12).collect();
    assert_eq!(new, ["app/__init__.pyc", "app/mod.pyc"]);
    assert_eq!(case.read("app/mod.pyc")[4], 1, "an unchecked hash");
    assert!(
        case.bytes()
            .starts_with(b"#!/usr/bin/env python3\nPK\x03\x04")
    );
    assert_eq!(case.read(RECORD), Case::new("x.zip", WHEEL).read(RECORD));
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is() {
    let case = Case::new("app.zip", WHEEL);
    for options in [&["-O", "0,1"][..], &["--invalidation-mode", "timestamp"]] {
        assert!(case.compile(options).is_err(), "{options:?}");
    }
    let wheel = Case::new("app.whl", b"no wheel");
    assert_eq!(wheel.compile(&[]), Ok(1));
    assert!(case.bytes() == WHEEL && wheel.bytes() == b"no wheel");
}
