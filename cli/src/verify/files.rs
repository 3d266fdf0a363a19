//! What is in files, and in members of archives.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use crate::archive::{self, Archive, ArchiveError};
use crate::pyc_file::mtime;

/// A source.
pub struct Source {
    pub text: Vec<u8>,
    /// When it was changed, in seconds since 1970; of members of archives that is not compared.
    pub mtime: Option<u32>,
}

/// Reads files; the archive that a member was read of stays open.
#[derive(Default)]
pub struct Files {
    open: Option<(PathBuf, Archive)>,
}

impl Files {
    pub fn read(&mut self, path: &Path) -> Result<Vec<u8>, Error> {
        match std::fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                self.member(path).unwrap_or(Err(error))
            }
            result => result,
        }
    }

    pub fn source(&mut self, path: &Path) -> Result<Source, Error> {
        let mtime = std::fs::metadata(path).ok().map(|data| mtime(&data));
        let text = self.read(path)?;
        Ok(Source { text, mtime })
    }

    fn member(&mut self, path: &Path) -> Option<Result<Vec<u8>, Error>> {
        let (file, name) = archive::split(path)?;
        Some(self.of_archive(file, name).map_err(|error| match error {
            ArchiveError::Io(error) => error,
            ArchiveError::NoMember(_) => Error::new(ErrorKind::NotFound, error.to_string()),
            error => Error::other(error.to_string()),
        }))
    }

    fn of_archive(&mut self, file: PathBuf, name: String) -> Result<Vec<u8>, ArchiveError> {
        let (_, archive) = match self.open.take() {
            Some(open) if open.0 == file => self.open.insert(open),
            _ => {
                let archive = Archive::open(&file)?;
                self.open.insert((file, archive))
            }
        };
        let member = archive.find(&name).ok_or(ArchiveError::NoMember(name))?;
        archive.read(member)
    }
}
