//! The `RECORD` of a wheel: a line `path,sha256=...,size` for each of its files.

use std::collections::HashSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{Archive, ArchiveError, Member};

/// The `RECORD` of the wheel, which every wheel has in its one `.dist-info` folder.
pub fn find(archive: &Archive) -> Result<&Member, ArchiveError> {
    let is_record = |member: &&Member| {
        let folder = member.name.strip_suffix("/RECORD");
        folder.is_some_and(|folder| folder.ends_with(".dist-info") && !folder.contains('/'))
    };
    let mut records = archive.members().iter().filter(is_record);
    match (records.next(), records.next()) {
        (Some(record), None) => Ok(record),
        (None, _) => Err(ArchiveError::Bad(
            "is no wheel: it has no .dist-info/RECORD".to_owned(),
        )),
        (Some(_), Some(_)) => Err(ArchiveError::Bad(
            "is no wheel: it has several .dist-info/RECORD".to_owned(),
        )),
    }
}

/// The line of a file.
pub fn line(name: &str, contents: &[u8]) -> String {
    let hash = base64url(&Sha256::digest(contents));
    format!("{},sha256={hash},{}", quoted(name), contents.len())
}

/// The text with the lines of `replaced` files left out and `lines` added, in front of its own line where that is the last.
pub fn update(text: &str, own_name: &str, replaced: &HashSet<&str>, lines: &[String]) -> String {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len() + 100 * lines.len());
    let kept: Vec<&str> = text
        .split_inclusive('\n')
        .filter(|line| !replaced.contains(&*path(line)))
        .collect();
    let own = kept.last().is_some_and(|line| path(line) == own_name);
    let (kept, last) = kept.split_at(kept.len() - usize::from(own));
    out.extend(kept.iter().copied());
    if !out.is_empty() && !out.ends_with('\n') {
        out += ending;
    }
    for line in lines {
        write!(out, "{line}{ending}").expect("a String takes everything");
    }
    out.extend(last.iter().copied());
    out
}

/// The first field of a line, as the module `csv` reads it.
fn path(line: &str) -> String {
    let Some(quoted) = line.strip_prefix('"') else {
        return line
            .split([',', '\r', '\n'])
            .next()
            .unwrap_or_default()
            .to_owned();
    };
    let mut path = String::new();
    let mut rest = quoted.chars().peekable();
    while let Some(char) = rest.next() {
        if char == '"' && rest.next_if_eq(&'"').is_none() {
            break;
        }
        path.push(char);
    }
    path
}

fn quoted(name: &str) -> String {
    match name.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => name.to_owned(),
    }
}

/// Base 64 as in URLs, without padding.
fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0u32, |group, &byte| group << 8 | u32::from(byte))
            << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            text.push(char::from(
                DIGITS[(group >> (18 - 6 * digit)) as usize & 63],
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `base64.urlsafe_b64encode(...).rstrip(b"=")`.
    #[test]
    fn hashes_are_as_in_urls() {
        let texts = [
            &b""[..],
            b"\xff",
            b"\xff\xfe",
            b"\xff\xfe\xfd",
            b"\xff\xfe\xfd\0",
        ];
        assert_eq!(texts.map(base64url), ["", "_w", "__4", "__79", "__79AA"]);
        assert_eq!(
            line("a,b.py", b"x = 1\n"),
            "\"a,b.py\",sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q,6"
        );
    }

    #[test]
    fn other_lines_stay_as_they_are() {
        let text = "a.py,sha256=x,1\r\n\"p/b,\"\"c.pyc\",sha256=y,2\r\np/d.pyc,,\r\nx.dist-info/RECORD,,\r\n";
        let replaced = HashSet::from(["p/b,\"c.pyc", "p/d.pyc"]);
        let lines = ["p/n.pyc,sha256=z,3".to_owned()];
        assert_eq!(
            update(text, "x.dist-info/RECORD", &replaced, &lines),
            "a.py,sha256=x,1\r\np/n.pyc,sha256=z,3\r\nx.dist-info/RECORD,,\r\n"
        );
        let text = "x.dist-info/RECORD,,\na.py,sha256=x,1";
        assert_eq!(
            update(text, "x.dist-info/RECORD", &replaced, &lines),
            "x.dist-info/RECORD,,\na.py,sha256=x,1\np/n.pyc,sha256=z,3\n"
        );
    }
}
