//! From source bytes to text (`Parser/tokenizer/` in CPython).

use std::borrow::Cow;

use crate::error::SyntaxError;

/// Decodes a source file.
pub fn decode(source: &[u8]) -> Result<Cow<'_, str>, SyntaxError> {
    let source = source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source);
    let text = std::str::from_utf8(source).map_err(|_| SyntaxError::new(crate::ErrorType::SyntaxError, "not UTF-8"))?;
    if memchr::memchr(b'\r', source).is_some() {
        return Ok(Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")));
    }
    Ok(Cow::Borrowed(text))
}
