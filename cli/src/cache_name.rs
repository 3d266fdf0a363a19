//! The names of `.pyc` files in `__pycache__`.

use std::ffi::OsStr;

/// A name in `__pycache__`: `<stem>.cpython-314.opt-2.pyc`.
pub struct CacheName<'a> {
    pub stem: &'a str,
    /// `cpython-314`
    pub tag: &'a str,
    /// 0 to 2.
    pub level: u8,
}

impl<'a> CacheName<'a> {
    /// `None` for a name of another form, or of another implementation.
    pub fn parse(name: &'a OsStr) -> Option<CacheName<'a>> {
        let name = name.to_str()?.strip_suffix(".pyc")?;
        let (name, level) = match name.rsplit_once(".opt-") {
            Some((name, level)) => (name, level.parse().ok().filter(|level| *level <= 2)?),
            None => (name, 0),
        };
        let (stem, tag) = name.rsplit_once('.')?;
        minor_of(tag)?;
        Some(CacheName { stem, tag, level })
    }
}

/// 14 for `cpython-314`.
pub fn minor_of(tag: &str) -> Option<u8> {
    tag.strip_prefix("cpython-3")?.parse().ok()
}
