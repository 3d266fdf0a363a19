//! Writing an archive anew: members of the old one as they are, and new ones.

use std::fs::File;
use std::io::{BufWriter, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::directory::{ENTRY, ENTRY_LEN, IN_ZIP64};
use super::member::{DEFLATED, LOCAL, LOCAL_LEN, Member, UNIX, UTF8, Window};
use super::{Archive, ArchiveError};

const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const END64_LEN: u64 = 56;
const LOCATOR64: u32 = 0x0706_4b50;
/// The version of the format that has folders and deflated members, and the one that has zip64 records.
const VERSION: u16 = 20;
const VERSION_ZIP64: u16 = 45;

/// The contents of a new member, ready to be written.
pub struct Packed {
    method: u16,
    crc: u32,
    size: usize,
    data: Vec<u8>,
}

impl Packed {
    /// Packs `bytes` as the member `like` is packed.
    pub fn new(bytes: Vec<u8>, like: &Member) -> Packed {
        let mut crc = Crc::new();
        crc.update(&bytes);
        let size = bytes.len();
        let data = match like.method {
            DEFLATED => deflated(&bytes),
            _ => bytes,
        };
        Packed {
            method: like.method,
            crc: crc.sum(),
            size,
            data,
        }
    }
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("a Vec takes everything")
}

/// An archive that is being written.
pub struct Rewriter<'a, W: Write> {
    old: &'a Archive,
    out: BufWriter<W>,
    /// How much has been written.
    at: u64,
    directory: Vec<u8>,
    count: u64,
}

impl<'a, W: Write> Rewriter<'a, W> {
    /// Begins with what stands in front of the first member.
    pub fn new(old: &'a Archive, out: W) -> Result<Rewriter<'a, W>, ArchiveError> {
        let mut rewriter = Rewriter {
            old,
            out: BufWriter::with_capacity(1 << 18, out),
            at: 0,
            directory: Vec::new(),
            count: 0,
        };
        rewriter.copy_bytes(&old.file, 0..old.directory.first_member())?;
        Ok(rewriter)
    }

    /// Takes a member of the old archive over, byte for byte.
    pub fn copy(&mut self, member: &Member) -> Result<(), ArchiveError> {
        let offset = self.offset()?;
        let entry = self.directory.len();
        let old = &self.old.directory.bytes;
        self.directory.extend(&old[member.entry.clone()]);
        let place = entry + member.offset_at - member.entry.start;
        match member.offset_at == member.entry.start + 42 {
            true => self.directory[place..place + 4].copy_from_slice(&offset.to_le_bytes()),
            false => {
                self.directory[place..place + 8].copy_from_slice(&u64::from(offset).to_le_bytes())
            }
        }
        self.count += 1;
        self.copy_bytes(&self.old.file, member.extent.clone())
    }

    /// Adds a member with the time and the permission bits of `like`.
    pub fn add(&mut self, name: &str, like: &Member, packed: &Packed) -> Result<(), ArchiveError> {
        let offset = self.offset()?;
        let length = |length: usize| u32::try_from(length).map_err(|_| too_large());
        let name_length = u16::try_from(name.len()).map_err(|_| too_large())?;
        let flags = if name.is_ascii() { 0 } else { UTF8 };
        let mut common = Vec::with_capacity(26);
        common.extend(VERSION.to_le_bytes());
        common.extend(flags.to_le_bytes());
        common.extend(packed.method.to_le_bytes());
        common.extend(like.time.to_le_bytes());
        common.extend(packed.crc.to_le_bytes());
        common.extend(length(packed.data.len())?.to_le_bytes());
        common.extend(length(packed.size)?.to_le_bytes());
        common.extend(name_length.to_le_bytes());
        common.extend([0; 2]); // no extra field

        let mut local = Vec::with_capacity(LOCAL_LEN + name.len());
        local.extend(LOCAL.to_le_bytes());
        local.extend(&common);
        local.extend(name.as_bytes());
        self.write(&local)?;
        self.write(&packed.data)?;

        self.directory.reserve(ENTRY_LEN + name.len());
        self.directory.extend(ENTRY.to_le_bytes());
        self.directory.extend((UNIX | VERSION).to_le_bytes());
        self.directory.extend(&common);
        self.directory.extend([0; 6]); // no comment, the first disk, not text
        self.directory.extend((mode(like) << 16).to_le_bytes());
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
        Ok(())
    }

    /// Writes the directory and the comment.
    pub fn finish(mut self) -> Result<(), ArchiveError> {
        let start = self.offset()?;
        let length = u32::try_from(self.directory.len()).map_err(|_| too_large())?;
        let directory = std::mem::take(&mut self.directory);
        self.write(&directory)?;
        let count = match u16::try_from(self.count) {
            Ok(count) if count < u16::MAX => count,
            _ => {
                self.write_zip64_end(start, length)?;
                u16::MAX
            }
        };
        let old = self.old;
        let comment = &old.directory.comment;
        let mut end = END.to_le_bytes().to_vec();
        end.extend([0; 4]); // one disk
        end.extend(count.to_le_bytes());
        end.extend(count.to_le_bytes());
        end.extend(length.to_le_bytes());
        end.extend(start.to_le_bytes());
        end.extend((comment.len() as u16).to_le_bytes());
        end.extend(comment);
        self.write(&end)?;
        self.out.flush()?;
        Ok(())
    }

    /// The record for more members than 16 bits count, and where it is.
    fn write_zip64_end(&mut self, start: u32, length: u32) -> Result<(), ArchiveError> {
        let at = self.at - self.old.directory.shift;
        let mut end = END64.to_le_bytes().to_vec();
        end.extend((END64_LEN - 12).to_le_bytes());
        end.extend((UNIX | VERSION_ZIP64).to_le_bytes());
        end.extend(VERSION_ZIP64.to_le_bytes());
        end.extend([0; 8]); // one disk
        end.extend(self.count.to_le_bytes());
        end.extend(self.count.to_le_bytes());
        end.extend(u64::from(length).to_le_bytes());
        end.extend(u64::from(start).to_le_bytes());
        end.extend(LOCATOR64.to_le_bytes());
        end.extend([0; 4]);
        end.extend(at.to_le_bytes());
        end.extend(1u32.to_le_bytes());
        self.write(&end)
    }

    /// Where the next thing is written, as the directory counts.
    fn offset(&self) -> Result<u32, ArchiveError> {
        match u32::try_from(self.at - self.old.directory.shift) {
            Ok(offset) if offset < IN_ZIP64 => Ok(offset),
            _ => Err(too_large()),
        }
    }

    fn copy_bytes(&mut self, file: &File, range: std::ops::Range<u64>) -> Result<(), ArchiveError> {
        let expected = range.end - range.start;
        let copied = std::io::copy(&mut Window::new(file, range), &mut self.out)?;
        self.at += copied;
        match copied == expected {
            true => Ok(()),
            false => Err(ArchiveError::Bad("has changed meanwhile".to_owned())),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

/// The Unix mode of a `.pyc` whose source is `like`, by the rule for files ([`crate::output::pyc_mode`]).
fn mode(like: &Member) -> u32 {
    const REGULAR: u32 = 0o100_000;
    let bits = (like.attributes >> 16) & 0o666;
    match like.made_by & 0xff00 == UNIX && bits != 0 {
        true => REGULAR | bits | 0o200,
        false => REGULAR | 0o644,
    }
}

fn too_large() -> ArchiveError {
    ArchiveError::Unsupported("would be 4 GiB or larger, which is not written".to_owned())
}
