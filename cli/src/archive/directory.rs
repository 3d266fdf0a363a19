//! The central directory: which members an archive has, and where.

use std::fs::File;
use std::ops::Range;

use super::ArchiveError;
use super::member::{Member, Window, is_utf8, u16_at, u32_at, u64_at};

const END: u32 = 0x0605_4b50;
const END_LEN: usize = 22;
const END64: u32 = 0x0606_4b50;
const END64_LEN: usize = 56;
const LOCATOR64: u32 = 0x0706_4b50;
const LOCATOR64_LEN: u64 = 20;
pub const ENTRY: u32 = 0x0201_4b50;
pub const ENTRY_LEN: usize = 46;
/// An archive's comment has a length of 16 bits.
const COMMENT_LIMIT: u64 = u16::MAX as u64;
/// The directory is held in memory; an archive of a million files has about 100 MB.
const DIRECTORY_LIMIT: u64 = 512 << 20;
/// In a field of 32 bits: the value is in the zip64 extra field.
pub const IN_ZIP64: u32 = u32::MAX;

/// A central directory.
#[derive(Debug)]
pub struct Directory {
    pub members: Vec<Member>,
    /// All entries, as they are in the file; [`Member::entry`] points into it.
    pub bytes: Vec<u8>,
    /// Where the members end: where the directory begins.
    pub start: u64,
    /// What is to be added to offsets: something may have been put in front of the archive afterwards.
    pub shift: u64,
    pub comment: Vec<u8>,
}

/// What the records at the end of an archive tell.
struct End {
    count: u64,
    len: u64,
    offset: u64,
    /// Where the directory ends.
    at: u64,
    comment: Vec<u8>,
}

impl Directory {
    pub fn read(file: &File) -> Result<Directory, ArchiveError> {
        let end = End::read(file)?;
        let start = end
            .at
            .checked_sub(end.len)
            .ok_or_else(|| bad("its directory is longer than the file"))?;
        let shift = start
            .checked_sub(end.offset)
            .ok_or_else(|| bad("its directory is not where it should be"))?;
        if end.len > DIRECTORY_LIMIT {
            return Err(ArchiveError::Unsupported(
                "its directory is larger than 512 MiB".to_owned(),
            ));
        }
        let bytes = Window::new(file, start..end.at).read_all()?;
        let mut directory = Directory {
            members: Vec::new(),
            bytes,
            start,
            shift,
            comment: end.comment,
        };
        directory.read_entries()?;
        if directory.members.len() as u64 != end.count {
            return Err(bad(
                "its directory has another number of members than it says",
            ));
        }
        directory.find_extents()?;
        Ok(directory)
    }

    fn read_entries(&mut self) -> Result<(), ArchiveError> {
        let mut at = 0;
        while at < self.bytes.len() {
            let (member, end) = entry(&self.bytes, at, self.shift)?;
            self.members.push(member);
            at = end;
        }
        Ok(())
    }

    /// Gives each member the bytes up to the next one, and sees that none lies in another: that is how a small file
    /// holds more than it can (and how two readers come to see two files).
    fn find_extents(&mut self) -> Result<(), ArchiveError> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by_key(|&index| self.members[index].extent.start);
        let mut end = self.start;
        for &index in order.iter().rev() {
            let member = &mut self.members[index];
            if member.extent.start.saturating_add(member.least_len()) > end {
                return Err(ArchiveError::Bad(format!(
                    "its member {:?} overlaps with what is behind",
                    member.name
                )));
            }
            member.extent.end = end;
            end = member.extent.start;
        }
        Ok(())
    }

    /// Where the first member begins: in front may be a `#!` line.
    pub fn first_member(&self) -> u64 {
        let starts = self.members.iter().map(|member| member.extent.start);
        starts.min().unwrap_or(self.start)
    }
}

impl End {
    fn read(file: &File) -> Result<End, ArchiveError> {
        let len = file.metadata()?.len();
        let from = len.saturating_sub(END_LEN as u64 + COMMENT_LIMIT);
        let tail = Window::new(file, from..len).read_all()?;
        // The last signature whose comment reaches to the end of the file.
        let at = (0..=tail.len().saturating_sub(END_LEN))
            .rev()
            .find(|&at| {
                tail.len() >= at + END_LEN
                    && u32_at(&tail, at) == END
                    && at + END_LEN + usize::from(u16_at(&tail, at + 20)) == tail.len()
            })
            .ok_or_else(|| bad("is not a zip file"))?;
        let record = &tail[at..];
        if u16_at(record, 4) != u16_at(record, 6) || u16_at(record, 8) != u16_at(record, 10) {
            return Err(several_disks());
        }
        let end = End {
            count: u16_at(record, 10).into(),
            len: u32_at(record, 12).into(),
            offset: u32_at(record, 16).into(),
            at: from + at as u64,
            comment: record[END_LEN..].to_vec(),
        };
        end.or_zip64(file)
    }

    /// The record for what does not fit, where there is one in front.
    fn or_zip64(self, file: &File) -> Result<End, ArchiveError> {
        let Some(locator_at) = self.at.checked_sub(LOCATOR64_LEN) else {
            return Ok(self);
        };
        let locator = Window::new(file, locator_at..self.at).read_all()?;
        if u32_at(&locator, 0) != LOCATOR64 {
            return Ok(self);
        }
        // Where it says that the record is counts from the archive's start, which may have been moved: the record has this length and stands
        // just in front, which is where `zipfile` looks too.
        let at = locator_at
            .checked_sub(END64_LEN as u64)
            .ok_or_else(|| bad("its zip64 records are cut off"))?;
        let record = Window::new(file, at..locator_at).read_all()?;
        if u32_at(&record, 0) != END64 {
            return Err(bad("its zip64 records are not where they should be"));
        }
        if u32_at(&record, 16) != u32_at(&record, 20) || u64_at(&record, 24) != u64_at(&record, 32)
        {
            return Err(several_disks());
        }
        Ok(End {
            count: u64_at(&record, 32),
            len: u64_at(&record, 40),
            offset: u64_at(&record, 48),
            at,
            comment: self.comment,
        })
    }
}

/// The entry at `at`, and where it ends.
fn entry(bytes: &[u8], at: usize, shift: u64) -> Result<(Member, usize), ArchiveError> {
    let cut = || bad("its directory is cut off");
    let fixed = bytes.get(at..at + ENTRY_LEN).ok_or_else(cut)?;
    if u32_at(fixed, 0) != ENTRY {
        return Err(bad("its directory is damaged"));
    }
    let name_end = at + ENTRY_LEN + usize::from(u16_at(fixed, 28));
    let extra_end = name_end + usize::from(u16_at(fixed, 30));
    let end = extra_end + usize::from(u16_at(fixed, 32));
    let name = bytes.get(at + ENTRY_LEN..name_end).ok_or_else(cut)?;
    let extra = bytes.get(name_end..extra_end).ok_or_else(cut)?;
    if end > bytes.len() {
        return Err(cut());
    }
    let flags = u16_at(fixed, 8);
    let mut wide = Wide::find(extra, name_end);
    let size = wide.value(bytes, u32_at(fixed, 24))?;
    let compressed = wide.value(bytes, u32_at(fixed, 20))?;
    let offset_at = wide.place(u32_at(fixed, 42)).unwrap_or(at + 42);
    let offset = wide.value(bytes, u32_at(fixed, 42))?;
    let start = offset
        .checked_add(shift)
        .ok_or_else(|| bad("its directory is damaged"))?;
    let member = Member {
        name: checked_name(name, flags)?,
        flags,
        method: u16_at(fixed, 10),
        crc: u32_at(fixed, 16),
        compressed,
        size,
        time: u32_at(fixed, 12),
        made_by: u16_at(fixed, 4),
        attributes: u32_at(fixed, 38),
        extent: start..start,
        entry: at..end,
        offset_at,
    };
    Ok((member, end))
}

/// The values of a zip64 extra field: only those that do not fit elsewhere are there, in a fixed order.
struct Wide {
    rest: Range<usize>,
}

impl Wide {
    /// `at` is where `extra` begins in the directory.
    fn find(extra: &[u8], at: usize) -> Wide {
        let mut from = 0;
        while let Some(head) = extra.get(from..from + 4) {
            let body = from + 4;
            let end = (body + usize::from(u16_at(head, 2))).min(extra.len());
            if u16_at(head, 0) == 1 {
                return Wide {
                    rest: at + body..at + end,
                };
            }
            from = end;
        }
        Wide { rest: 0..0 }
    }

    /// Where the next value stands, if `narrow` says that it is here.
    fn place(&self, narrow: u32) -> Option<usize> {
        (narrow == IN_ZIP64).then_some(self.rest.start)
    }

    fn value(&mut self, bytes: &[u8], narrow: u32) -> Result<u64, ArchiveError> {
        let Some(at) = self.place(narrow) else {
            return Ok(narrow.into());
        };
        if self.rest.len() < 8 {
            return Err(bad("its zip64 sizes are missing"));
        }
        self.rest.start += 8;
        Ok(u64_at(bytes, at))
    }
}

/// A member's name, if it leads nowhere else.
fn checked_name(name: &[u8], flags: u16) -> Result<String, ArchiveError> {
    let shown = || String::from_utf8_lossy(name).into_owned();
    if !name.is_ascii() && !is_utf8(flags) {
        return Err(ArchiveError::Unsupported(format!(
            "its member {:?} has a name in an unknown encoding",
            shown()
        )));
    }
    let Ok(text) = std::str::from_utf8(name) else {
        return Err(ArchiveError::Bad(format!(
            "its member {:?} has a name that is not UTF-8",
            shown()
        )));
    };
    // Windows' tools separate by either.
    let leads_outside = text.starts_with(['/', '\\'])
        || text.split(['/', '\\']).any(|part| part == "..")
        || text.as_bytes().get(1) == Some(&b':');
    if text.is_empty() || text.contains('\0') || leads_outside {
        return Err(ArchiveError::Bad(format!(
            "its member {text:?} has a name that leads outside"
        )));
    }
    Ok(text.to_owned())
}

fn bad(words: &str) -> ArchiveError {
    ArchiveError::Bad(words.to_owned())
}

fn several_disks() -> ArchiveError {
    ArchiveError::Unsupported("is one part of several".to_owned())
}
