//! Zip files and wheels: reading members, and writing the file anew with some replaced or added.
//!
//! **A member is named as `zipimport` and tracebacks name it**: `pkg.whl/pkg/mod.pyc`, the archive as if it were a folder. A regular
//! file has nothing below it, so the name cannot mean anything else; [`split`] finds where the archive ends, [`read_path`] reads the
//! member. [`crate::input::read`] calls it, so a command that reads its input there takes members already. Several members of
//! one archive are cheaper by [`Archive::open`], [`Archive::members`] and [`Archive::read`], which threads may share.
//!
//! The container is read and written here and not by a crate, since members that do not change must stay byte for byte what they are
//! (local header, extra fields, data descriptor, what stands in front of the first one), and since files that readers disagree about are to be
//! refused: two members of one name, members that overlap, a local header that contradicts the directory.
//!
//! **Nothing here trusts the file.** Memory is bounded by the directory's own length and, for a member, by [`MEMBER_LIMIT`]; what
//! inflates to more or less than the directory says is an error. Names that lead outside (`..`, `/`) are refused, as are encrypted
//! members and methods other than stored and deflated (what CPython can always read).

mod directory;
mod member;
pub mod record;
pub mod rewrite;

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use directory::Directory;
pub use member::Member;

/// The most bytes that a member may have when it is read: more than any source.
pub const MEMBER_LIMIT: u64 = 256 << 20;

/// Why an archive or a member cannot be read or written.
#[derive(Debug)]
pub enum ArchiveError {
    Io(std::io::Error),
    /// No zip file, one that is damaged, or one that says two things at once.
    Bad(String),
    /// Of a kind that is not read: encrypted, of another method, on several disks.
    Unsupported(String),
    NoMember(String),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::Io(error) => error.fmt(f),
            ArchiveError::Bad(words) | ArchiveError::Unsupported(words) => f.write_str(words),
            ArchiveError::NoMember(name) => write!(f, "has no member {name:?}"),
        }
    }
}

impl From<std::io::Error> for ArchiveError {
    fn from(error: std::io::Error) -> ArchiveError {
        ArchiveError::Io(error)
    }
}

/// An open archive. Reading a member needs no exclusive access.
#[derive(Debug)]
pub struct Archive {
    file: File,
    directory: Directory,
    by_name: HashMap<String, usize>,
}

impl Archive {
    pub fn open(path: &Path) -> Result<Archive, ArchiveError> {
        let file = File::open(path)?;
        let directory = Directory::read(&file)?;
        let mut by_name = HashMap::with_capacity(directory.members.len());
        for (index, member) in directory.members.iter().enumerate() {
            if by_name.insert(member.name.clone(), index).is_some() {
                return Err(ArchiveError::Bad(format!(
                    "has two members named {:?}",
                    member.name
                )));
            }
        }
        Ok(Archive {
            file,
            directory,
            by_name,
        })
    }

    /// The members, folders among them, in the directory's order.
    pub fn members(&self) -> &[Member] {
        &self.directory.members
    }

    /// The member of this name (`pkg/mod.py`).
    pub fn find(&self, name: &str) -> Option<&Member> {
        self.by_name.get(name).map(|&index| &self.members()[index])
    }

    /// What a member holds, checked against its size and sum.
    pub fn read(&self, member: &Member) -> Result<Vec<u8>, ArchiveError> {
        member.read(&self.file)
    }
}

/// Whether a file of this name is taken for an archive of sources.
pub fn is_archive(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        ["whl", "zip", "pyz", "egg"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// The archive and the member that a path such as `pkg.whl/pkg/mod.py` names; `None` where no part in front is a file.
pub fn split(path: &Path) -> Option<(PathBuf, String)> {
    let archive = path.ancestors().skip(1).find(|part| part.is_file())?;
    let member: Vec<&str> = path
        .strip_prefix(archive)
        .ok()?
        .iter()
        .map(|part| part.to_str())
        .collect::<Option<_>>()?;
    Some((archive.to_owned(), member.join("/")))
}

/// What the member that `path` names holds; `None` where it names none.
pub fn read_path(path: &Path) -> Option<Result<Vec<u8>, ArchiveError>> {
    let (archive, name) = split(path)?;
    let read = || {
        let archive = Archive::open(&archive)?;
        let member = archive.find(&name).ok_or(ArchiveError::NoMember(name))?;
        archive.read(member)
    };
    Some(read())
}

#[cfg(test)]
mod tests;
