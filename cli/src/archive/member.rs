//! One member of an archive.

use std::fs::File;
use std::io::{Error, Read};
use std::ops::Range;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::{ArchiveError, MEMBER_LIMIT};

pub const LOCAL: u32 = 0x0403_4b50;
pub const LOCAL_LEN: usize = 30;
pub const STORED: u16 = 0;
pub const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;
pub const UTF8: u16 = 1 << 11;
/// Upper byte of "made by": the attributes are Unix's.
pub const UNIX: u16 = 3 << 8;

/// A member, as the directory describes it.
#[derive(Debug)]
pub struct Member {
    pub name: String,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    /// How many bytes it holds.
    pub size: u64,
    /// Time and date as DOS has them.
    pub(super) time: u32,
    pub(super) made_by: u16,
    pub(super) attributes: u32,
    /// Its local header, data and what follows up to the next member, in the file.
    pub(super) extent: Range<u64>,
    /// Its entry, in the directory's bytes.
    pub(super) entry: Range<usize>,
    /// Where the directory has the member's offset: 4 bytes, or 8 in a zip64 field.
    pub(super) offset_at: usize,
}

impl Member {
    /// The least that its extent must have: the lengths in its local header come on top.
    pub(super) fn least_len(&self) -> u64 {
        self.compressed
            .saturating_add((LOCAL_LEN + self.name.len()) as u64)
    }

    pub(super) fn read(&self, file: &File) -> Result<Vec<u8>, ArchiveError> {
        if self.flags & ENCRYPTED != 0 {
            return Err(ArchiveError::Unsupported("is encrypted".to_owned()));
        }
        if self.size > MEMBER_LIMIT {
            return Err(ArchiveError::Unsupported(format!(
                "has {} bytes, more than the {} that are read",
                self.size, MEMBER_LIMIT
            )));
        }
        let data = Window::new(file, self.data(file)?);
        match self.method {
            STORED => self.checked(data),
            DEFLATED => self.checked(DeflateDecoder::new(data)),
            other => Err(ArchiveError::Unsupported(format!(
                "is compressed by method {other}; stored and deflated members are read"
            ))),
        }
    }

    /// Where its data is.
    fn data(&self, file: &File) -> Result<Range<u64>, ArchiveError> {
        let contradicts = || ArchiveError::Bad("has two contradicting headers".to_owned());
        let head_end = self.extent.start + (LOCAL_LEN + self.name.len()) as u64;
        let head = Window::new(file, self.extent.start..head_end).read_all()?;
        let same_name = usize::from(u16_at(&head, 26)) == self.name.len()
            && &head[LOCAL_LEN..] == self.name.as_bytes();
        if u32_at(&head, 0) != LOCAL || !same_name || u16_at(&head, 8) != self.method {
            return Err(contradicts());
        }
        let start = head_end + u64::from(u16_at(&head, 28));
        let end = start + self.compressed;
        if end > self.extent.end {
            return Err(contradicts());
        }
        Ok(start..end)
    }

    /// All that `data` gives, which must be what the directory says; no more of it is read than that.
    fn checked(&self, data: impl Read) -> Result<Vec<u8>, ArchiveError> {
        let damaged =
            || ArchiveError::Bad("is damaged: its data is not what was put in".to_owned());
        // What is said of the size is not believed before it is there.
        let mut bytes = Vec::with_capacity(self.size.min(1 << 20) as usize);
        data.take(self.size + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| damaged())?;
        let mut crc = Crc::new();
        crc.update(&bytes);
        if bytes.len() as u64 != self.size || crc.sum() != self.crc {
            return Err(damaged());
        }
        Ok(bytes)
    }
}

pub fn is_utf8(flags: u16) -> bool {
    flags & UTF8 != 0
}

/// A part of a file, read without moving the file's own position, so that threads may share it.
pub struct Window<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Window<'_> {
    pub fn new(file: &File, range: Range<u64>) -> Window<'_> {
        Window {
            file,
            at: range.start,
            end: range.end,
        }
    }

    /// All of it. It must be there, and the caller has seen that it is of a reasonable length.
    pub fn read_all(mut self) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; (self.end - self.at) as usize];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let wanted = buffer.len().min((self.end - self.at) as usize);
        let read = read_at(self.file, &mut buffer[..wanted], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> Result<usize, Error> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> Result<usize, Error> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}
