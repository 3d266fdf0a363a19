//! Archives of the Python standard library's making, and those that nobody should make.

use std::io::Write as _;

use super::*;

/// `zipfile.ZipFile` of CPython 3.14 wrote it (`tests/archives/README.md` says how).
const MADE_BY_ZIPFILE: &[u8] = include_bytes!("../../../tests/archives/zipfile.zip");

fn open(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("room");
    Archive::open(file.path())
}

fn read(archive: &Archive, name: &str) -> Result<Vec<u8>, ArchiveError> {
    archive.read(archive.find(name).expect("a member"))
}

fn words(result: Result<impl Sized, ArchiveError>) -> String {
    match result {
        Ok(_) => "fine".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Stored members, with nothing that is not needed.
fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in members {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let mut common = vec![10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend([(data.len() as u32).to_le_bytes(); 2].concat());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 10]].concat());
        directory.extend((bytes.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend([b"PK\x03\x04", &common[..], name.as_bytes(), data].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// Where `part` stands for the `nth` time.
fn nth(bytes: &[u8], part: &[u8], nth: usize) -> usize {
    let mut places = bytes
        .windows(part.len())
        .enumerate()
        .filter(|(_, window)| *window == part);
    places.nth(nth).expect("it is there").0
}

#[test]
fn what_zipfile_writes_is_read() {
    let archive = open(MADE_BY_ZIPFILE).expect("an archive");
    let names: Vec<&str> = archive.members().iter().map(|m| &*m.name).collect();
    assert_eq!(
        names,
        [
            "pkg/",
            "pkg/stored.py",
            "pkg/deflated.py",
            "pkg/wide.py",
            "pkg/streamed.py",
            "pkg/größe.py"
        ]
    );
    for (name, text) in [
        ("pkg/stored.py", "stored = 1\n".to_owned()),
        ("pkg/deflated.py", "deflated = 1\n".repeat(100)),
        ("pkg/wide.py", "wide = 1\n".to_owned()),
        ("pkg/streamed.py", "streamed = 1\n".repeat(100)),
        ("pkg/größe.py", "größe = 1\n".to_owned()),
    ] {
        assert_eq!(read(&archive, name).expect(name), text.as_bytes());
    }
    assert_eq!(archive.directory.comment, b"a comment");
    assert_eq!(archive.directory.shift, 0);
}

#[test]
fn something_may_stand_in_front() {
    let bytes = [b"#!/usr/bin/env python3\n", MADE_BY_ZIPFILE].concat();
    let archive = open(&bytes).expect("an archive");
    assert_eq!(read(&archive, "pkg/wide.py").expect("read"), b"wide = 1\n");
}

#[test]
fn names_that_lead_outside_are_refused() {
    for name in [
        "../x.py",
        "a/../../x.py",
        "/x.py",
        "a\\..\\x.py",
        "C:x.py",
        "a\0.py",
        "",
    ] {
        let found = words(open(&stored(&[("ok.py", b""), (name, b"")])));
        assert!(found.ends_with("leads outside"), "{name:?}: {found}");
    }
    assert_eq!(words(open(&stored(&[("a/..b/c..py", b"")]))), "fine");
}

#[test]
fn two_members_of_one_name_are_refused() {
    let bytes = stored(&[("x.py", b"1"), ("y.py", b""), ("x.py", b"2")]);
    assert_eq!(words(open(&bytes)), "has two members named \"x.py\"");
}

#[test]
fn members_that_overlap_are_refused() {
    let mut bytes = stored(&[("x.py", b"1"), ("y.py", b"2")]);
    let entry = nth(&bytes, b"PK\x01\x02", 1);
    bytes[entry + 42..entry + 46].fill(0);
    assert!(words(open(&bytes)).ends_with("overlaps with what is behind"));
}

#[test]
fn what_is_not_what_the_directory_says_is_refused() {
    let bytes = stored(&[("x.py", b"1234")]);
    let archive = open(&bytes).expect("an archive");
    assert_eq!(read(&archive, "x.py").expect("read"), b"1234");
    let changed = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        words(open(&bytes).and_then(|archive| read(&archive, "x.py")))
    };
    let entry = nth(&bytes, b"PK\x01\x02", 0);
    assert_eq!(
        changed(34, b'9'),
        "is damaged: its data is not what was put in"
    );
    assert_eq!(changed(30, b'y'), "has two contradicting headers");
    assert_eq!(changed(entry + 8, 1), "is encrypted");
    assert!(changed(entry + 10, 12).starts_with("has two contradicting headers"));
    assert_eq!(
        changed(entry + 24, 3),
        "is damaged: its data is not what was put in"
    );
    assert_eq!(
        changed(entry + 24, 5),
        "is damaged: its data is not what was put in"
    );
    assert!(changed(entry + 27, 0x7f).starts_with("has 2130706436 bytes, more than"));
    assert_eq!(
        changed(entry + 20, 200),
        "its member \"x.py\" overlaps with what is behind"
    );
}

#[test]
fn a_member_that_inflates_to_more_is_read_no_further() {
    let bomb = {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..1024 {
            encoder.write_all(&[0; 1 << 20]).expect("room");
        }
        encoder.finish().expect("room")
    };
    let mut bytes = stored(&[("x.py", &bomb)]);
    let entry = nth(&bytes, b"PK\x01\x02", 0);
    for method in [8, entry + 10] {
        bytes[method] = DEFLATED_BYTE;
    }
    bytes[entry + 24..entry + 28].copy_from_slice(&100u32.to_le_bytes());
    let start = std::time::Instant::now();
    let found = words(open(&bytes).and_then(|archive| read(&archive, "x.py")));
    assert_eq!(found, "is damaged: its data is not what was put in");
    assert!(start.elapsed().as_secs() < 1, "a gigabyte was inflated");
}

const DEFLATED_BYTE: u8 = member::DEFLATED as u8;

#[test]
fn damaged_archives_are_refused_and_nothing_panics() {
    assert_eq!(words(open(b"")), "is not a zip file");
    assert_eq!(words(open(&[0; 100])), "is not a zip file");
    for bytes in [
        MADE_BY_ZIPFILE.to_vec(),
        stored(&[("x.py", b"1"), ("y.py", b"2")]),
    ] {
        for cut in 0..bytes.len() {
            assert!(open(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                if let Ok(archive) = open(&changed) {
                    for member in archive.members() {
                        let _ = archive.read(member);
                    }
                }
            }
        }
    }
}

#[test]
fn members_are_named_as_if_the_archive_were_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("x.zip");
    std::fs::write(&archive, stored(&[("a/b.py", b"1")])).expect("written");
    let (found, member) = split(&archive.join("a/b.py")).expect("a member");
    assert_eq!((found, &*member), (archive.clone(), "a/b.py"));
    assert_eq!(split(&archive), None);
    assert_eq!(split(&folder.path().join("a/b.py")), None);
    let read = |name: &str| words(read_path(&archive.join(name)).expect("an archive"));
    assert_eq!(read("a/b.py"), "fine");
    assert_eq!(read("a/c.py"), "has no member \"a/c.py\"");
}
