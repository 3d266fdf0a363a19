//! From source bytes to text, as CPython's tokenizer does for a whole file in memory (`decode_str` in
//! `Parser/tokenizer/string_tokenizer.c`, helpers in `Parser/tokenizer/helpers.c`).

mod aliases;
mod charmaps;
mod codecs;
mod utf7;

use std::borrow::Cow;

use crate::error::{ErrorType, SyntaxError};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A decoded source.
pub struct Decoded<'s> {
    /// With `\n` as its only line end; it borrows from the source for UTF-8 without `\r`.
    pub text: Cow<'s, str>,
    /// Offsets of question marks that stand for bytes which are no UTF-8. In comments these are allowed.
    pub undecoded: Vec<u32>,
}

/// Decodes a source file for a target that lets bytes that are no text stand in comments: up to 3.13 each token is
/// decoded on its own, and comments are none.
///
/// # Errors
///
/// As [`decode`], but for those bytes.
pub fn decode_tokens(source: &[u8]) -> Result<Decoded<'_>, SyntaxError> {
    let decoded = |text| Decoded {
        text,
        undecoded: Vec::new(),
    };
    let error = match decode(source) {
        Ok(text) => return Ok(decoded(text)),
        Err(error) => error,
    };
    let (mut patched, mut undecoded) = (Vec::with_capacity(source.len()), Vec::new());
    let bytes = universal_newlines(source);
    let start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    if find_cookie(&bytes[start..]).is_some_and(|cookie| cookie.encoding() != "utf-8") {
        return Err(error);
    }
    for chunk in bytes.utf8_chunks() {
        patched.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            undecoded.push(patched.len() as u32);
            patched.push(b'?');
        }
    }
    if undecoded.is_empty() {
        return Err(error);
    }
    undecoded
        .iter_mut()
        .for_each(|offset| *offset -= start as u32);
    let text = decode(&patched)?.into_owned();
    Ok(Decoded {
        text: Cow::Owned(text),
        undecoded,
    })
}

/// Decodes a source file: byte order mark, PEP 263 cookie, universal newlines. The text has `\n` as its only
/// line end; it borrows from `source` for UTF-8 without `\r`.
///
/// # Errors
///
/// Null bytes, an encoding that is unknown or contradicts the byte order mark, or bytes that are not text in it.
pub fn decode(source: &[u8]) -> Result<Cow<'_, str>, SyntaxError> {
    if memchr::memchr(0, source).is_some() {
        return Err(SyntaxError::new(
            ErrorType::SyntaxError,
            "source code string cannot contain null bytes",
        ));
    }
    let bytes = universal_newlines(source);
    let marked = bytes.starts_with(BOM);
    let start = if marked { BOM.len() } else { 0 };
    let Some(cookie) = find_cookie(&bytes[start..]) else {
        return utf8(bytes, start);
    };
    let encoding = cookie.encoding();
    if marked && encoding != "utf-8" {
        return Err(contradiction(&bytes[start..], &cookie, &encoding));
    }
    if encoding == "utf-8" {
        return utf8(bytes, start);
    }
    let text = codecs::decode(&encoding, &bytes[start..]).map_err(|msg| SyntaxError {
        // CPython quirk (3.14, `tokenizer_error`): an error of the codec is on line 0.
        lineno: Some(0),
        ..SyntaxError::new(ErrorType::SyntaxError, msg)
    })?;
    if text.as_bytes().contains(&0) {
        return Err(SyntaxError::new(
            ErrorType::SyntaxError,
            "source code string cannot contain null bytes",
        ));
    }
    Ok(Cow::Owned(text.into_owned()))
}

fn universal_newlines(source: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\r', source) else {
        return Cow::Borrowed(source);
    };
    let mut out = Vec::with_capacity(source.len());
    out.extend_from_slice(&source[..first]);
    let mut rest = &source[first..];
    while let Some(at) = memchr::memchr(b'\r', rest) {
        out.extend_from_slice(&rest[..at]);
        out.push(b'\n');
        let skip = if rest.get(at + 1) == Some(&b'\n') {
            2
        } else {
            1
        };
        rest = &rest[at + skip..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

fn utf8(bytes: Cow<'_, [u8]>, start: usize) -> Result<Cow<'_, str>, SyntaxError> {
    match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(&bytes[start..]) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => Err(not_utf8(&bytes[start..], error.valid_up_to())),
        },
        Cow::Owned(mut bytes) => {
            bytes.drain(..start);
            String::from_utf8(bytes).map(Cow::Owned).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                not_utf8(error.as_bytes(), at)
            })
        }
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> SyntaxError {
    let line_start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let line_end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
    let lineno = memchr::memchr_iter(b'\n', &bytes[..at]).count() as u32 + 1;
    let before = String::from_utf8_lossy(&bytes[line_start..at]);
    let offset = before.chars().count() as u32 + 1;
    SyntaxError {
        lineno: Some(lineno),
        offset: Some(offset),
        end_lineno: Some(lineno),
        end_offset: Some(offset),
        text: Some(String::from_utf8_lossy(&bytes[line_start..line_end]).into_owned()),
        ..SyntaxError::new(
            ErrorType::SyntaxError,
            format!(
                "Non-UTF-8 code starting with '\\x{:02x}' on line {lineno}, but no encoding declared; \
                 see https://peps.python.org/pep-0263/ for details",
                bytes[at]
            ),
        )
    }
}

fn contradiction(bytes: &[u8], cookie: &Cookie<'_>, encoding: &str) -> SyntaxError {
    let line = bytes
        .split(|&byte| byte == b'\n')
        .nth(cookie.line)
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line).into_owned();
    SyntaxError {
        lineno: Some(1),
        offset: Some(0),
        end_lineno: Some(1),
        end_offset: Some(line.chars().count() as u32),
        text: Some(line),
        ..SyntaxError::new(
            ErrorType::SyntaxError,
            format!("encoding problem: {encoding} with BOM"),
        )
    }
}

/// The name in an encoding declaration, and the line (from 0) of that.
#[derive(Debug, PartialEq, Eq)]
struct Cookie<'s> {
    name: &'s str,
    line: usize,
}

impl Cookie<'_> {
    /// The declared name, with the many spellings of UTF-8 and Latin-1 made one (`get_normal_name`).
    fn encoding(&self) -> String {
        let short: String = self
            .name
            .bytes()
            .take(12)
            .map(|byte| {
                if byte == b'_' {
                    '-'
                } else {
                    byte.to_ascii_lowercase().into()
                }
            })
            .collect();
        let is = |name: &str| {
            short
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        if is("utf-8") {
            "utf-8".to_owned()
        } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
            "iso-8859-1".to_owned()
        } else {
            self.name.to_owned()
        }
    }
}

/// The declaration on the first line, or on the second if the first has nothing but a comment.
fn find_cookie(bytes: &[u8]) -> Option<Cookie<'_>> {
    let mut rest = bytes;
    for line in 0..2 {
        let end = memchr::memchr(b'\n', rest);
        let text = &rest[..end.unwrap_or(rest.len())];
        if let Some(name) = cookie_of_line(text) {
            return Some(Cookie { name, line });
        }
        let first = text
            .iter()
            .find(|byte| !matches!(byte, b' ' | b'\t' | 0x0C));
        if !matches!(first, None | Some(b'#')) {
            return None;
        }
        rest = &rest[end? + 1..];
    }
    None
}

/// `get_coding_spec`: in a comment alone on its line, `coding`, then `:` or `=`, blanks, and a name.
fn cookie_of_line(line: &[u8]) -> Option<&str> {
    let start = line
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t' | 0x0C))?;
    if line[start] != b'#' {
        return None;
    }
    let comment = &line[start..];
    for at in memchr::memmem::find_iter(comment, b"coding") {
        let Some((b':' | b'=', rest)) = comment[at + 6..].split_first() else {
            continue;
        };
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let rest = &rest[blanks..];
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .count();
        if length > 0 {
            return std::str::from_utf8(&rest[..length]).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::decode;

    fn message(source: &[u8]) -> String {
        decode(source).unwrap_err().msg
    }

    #[test]
    fn utf8_is_borrowed() {
        assert!(matches!(
            decode("é = 1\n".as_bytes()),
            Ok(Cow::Borrowed("é = 1\n"))
        ));
        assert!(matches!(decode(b"\xEF\xBB\xBFx"), Ok(Cow::Borrowed("x"))));
    }

    #[test]
    fn newlines() {
        assert_eq!(decode(b"a\r\nb\rc\r\r\nd\n\r").unwrap(), "a\nb\nc\n\nd\n\n");
    }

    #[test]
    fn cookies() {
        assert_eq!(
            decode(b"# coding: latin-1\n'\xe9'").unwrap(),
            "# coding: latin-1\n'é'"
        );
        assert_eq!(
            decode(b"#!x\n# vim: fileencoding=ISO_8859-15 :\n'\xa4'")
                .unwrap()
                .chars()
                .last(),
            Some('\'')
        );
        assert!(
            decode(b"#!x\n# vim: fileencoding=ISO_8859-15 :\n'\xa4'")
                .unwrap()
                .contains('€')
        );
        assert!(decode(b"# coding: koi8-r\n\xd0").unwrap().contains('п'));
        assert!(
            decode(b"# coding: euc_jp\n\xa4\xa2")
                .unwrap()
                .contains('あ')
        );
        assert!(
            decode(b"# coding: utf-7\n+AGE-\n")
                .unwrap()
                .ends_with("\na\n")
        );
        assert!(decode("# coding: utf-8-sig\né\n".as_bytes()).is_ok());
        // Not on the third line, nor after code.
        assert!(decode(b"\n\n# coding: foo\n").is_ok());
        assert!(decode(b"a\n# coding: foo\n").is_ok());
        assert!(decode(b"'''\n# coding: foo\n'''").is_ok());
        assert_eq!(message(b"\n# coding: foo\n"), "unknown encoding: foo");
        assert_eq!(
            message(b"# coding: hex\n"),
            "'hex' is not a text encoding; use codecs.decode() to handle arbitrary codecs"
        );
    }

    #[test]
    fn contradictions() {
        assert_eq!(
            message(b"\xef\xbb\xbf# coding: latin-1\n"),
            "encoding problem: iso-8859-1 with BOM"
        );
        assert_eq!(
            message(b"\xef\xbb\xbf# coding: utf8\n"),
            "encoding problem: utf8 with BOM"
        );
        assert!(decode(b"\xef\xbb\xbf# coding: UTF_8-foo\n").is_ok());
    }

    #[test]
    fn undecodable() {
        assert_eq!(
            message(b"a\0"),
            "source code string cannot contain null bytes"
        );
        let error = decode(b"a\n\nb = '\xff'\n").unwrap_err();
        assert!(
            error
                .msg
                .starts_with("Non-UTF-8 code starting with '\\xff' on line 3, but no encoding")
        );
        assert_eq!((error.lineno, error.offset), (Some(3), Some(6)));
        assert_eq!(
            message(b"# coding: ascii\na='\xff'\n"),
            "'ascii' codec can't decode byte 0xff in position 19: ordinal not in range(128)"
        );
        assert_eq!(
            message(b"# coding: cp1252\na='\x81'\n"),
            "'charmap' codec can't decode byte 0x81 in position 20: character maps to <undefined>"
        );
        assert_eq!(
            message(b"# coding: euc-jp\n\n'\xff'"),
            "'euc_jp' codec can't decode byte 0xff in position 19: illegal multibyte sequence"
        );
    }
}
