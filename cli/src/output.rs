//! Writing files whole or not at all.
//!
//! What is written goes to a temporary file beside its place first, `.pycsmith-<process>-<random>.tmp`, which is renamed when it is
//! complete: under the real name there is the old file or the new one, whatever happens. The temporary is created by this process
//! alone (`O_EXCL`) and goes when writing fails or is interrupted. Only a process that is killed leaves one behind;
//! the next that writes into the folder takes it away. That need not be sure that the process is gone: one whose temporary
//! vanishes begins again.

use std::fs::File;
use std::io::{Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

const PREFIX: &str = ".pycsmith-";
const SUFFIX: &str = ".tmp";
/// A temporary that nothing was written to for so long is nobody's, whoever has the number of its process now.
const ABANDONED: Duration = Duration::from_secs(3600);
/// How often a file is begun again whose temporary has vanished.
const ATTEMPTS: usize = 5;

/// Writes `bytes` to `path` so that nobody ever sees a part. Missing folders are made. `mode` holds the Unix permission bits
/// before the umask.
///
/// As `py_compile`, refuses to replace a symbolic link or anything that is not a regular file.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    Writer::default().write(path, bytes, mode)
}

/// Writes many files: [`write_atomic`], with one look for abandoned temporaries a folder.
#[derive(Default)]
pub struct Writer {
    /// The folder that was looked through last.
    swept: PathBuf,
}

impl Writer {
    pub fn write(&mut self, path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
        let mut attempts = 1;
        loop {
            let mut replacement = self.begin(path, mode)?;
            replacement.file().write_all(bytes)?;
            match replacement.finish() {
                Err(error) if error.kind() == ErrorKind::NotFound && attempts < ATTEMPTS => {
                    attempts += 1;
                }
                result => return result,
            }
        }
    }

    /// Begins a file that is written piece by piece.
    pub fn begin(&mut self, path: &Path, mode: u32) -> Result<Replacement, Error> {
        refuse_special(path)?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if self.swept != folder {
            sweep(folder);
            self.swept = folder.to_owned();
        }
        let temporary = match temporary(folder, mode) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                match std::fs::create_dir_all(folder) {
                    // A link to nowhere has the folder's name.
                    Err(other) if other.kind() == ErrorKind::AlreadyExists => return Err(error),
                    other => other?,
                }
                temporary(folder, mode)?
            }
            other => other?,
        };
        Ok(Replacement {
            temporary,
            path: path.to_owned(),
        })
    }
}

/// A file that is not yet in its place. Without [`Replacement::finish`] it leaves nothing.
pub struct Replacement {
    temporary: NamedTempFile,
    path: PathBuf,
}

impl Replacement {
    pub fn file(&mut self) -> &mut File {
        self.temporary.as_file_mut()
    }

    pub fn finish(self) -> Result<(), Error> {
        match self.temporary.persist(&self.path) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.error),
        }
    }
}

fn refuse_special(path: &Path) -> Result<(), Error> {
    let Ok(existing) = path.symlink_metadata() else {
        return Ok(());
    };
    if existing.file_type().is_symlink() {
        return Err(Error::other(
            "is a symbolic link and would be replaced by a regular file",
        ));
    }
    if !existing.is_file() {
        return Err(Error::other(
            "is not a regular file and would be replaced by one",
        ));
    }
    Ok(())
}

fn temporary(folder: &Path, mode: u32) -> Result<NamedTempFile, Error> {
    let prefix = format!("{PREFIX}{}-", std::process::id());
    let mut builder = tempfile::Builder::new();
    let open = |path: &Path| {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        options.open(path)
    };
    builder.prefix(&prefix).suffix(SUFFIX).make_in(folder, open)
}

/// Takes away what processes that are gone have left in the folder. What cannot be listed or removed is left.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if let Some(process) = name.to_str().and_then(process_of)
            && (!may_be_alive(process) || is_old(&entry))
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The process that a temporary of this name belongs to.
fn process_of(name: &str) -> Option<u32> {
    let name = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    name.split_once('-')?.0.parse().ok()
}

#[cfg(unix)]
fn may_be_alive(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn may_be_alive(_process: u32) -> bool {
    true
}

fn is_old(entry: &std::fs::DirEntry) -> bool {
    let written = entry.metadata().and_then(|metadata| metadata.modified());
    written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > ABANDONED))
}

/// The permission bits of a `.pyc` (`importlib._bootstrap_external._calc_mode`, then `_write_atomic`): the
/// source's read and write bits, and always writable for the owner.
pub fn pyc_mode(source: &std::fs::Metadata) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        (source.permissions().mode() | 0o200) & 0o666
    }
    #[cfg(not(unix))]
    {
        let _ = source;
        0o666
    }
}

/// Prints on standard output; a closed pipe is nobody's error.
pub fn print(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_a_killed_process_left_is_taken_away() {
        let mut child = std::process::Command::new("true").spawn().expect("runs");
        let gone = child.id();
        child.wait().expect("ends");
        let folder = tempfile::tempdir().expect("a folder");
        let create = |name: String| {
            let file = File::create(folder.path().join(&name)).expect("a file");
            (name, file)
        };
        let (left, _) = create(format!("{PREFIX}{gone}-abc{SUFFIX}"));
        let (alive, _) = create(format!("{PREFIX}{}-abc{SUFFIX}", std::process::id()));
        let (old, file) = create(format!("{PREFIX}{}-def{SUFFIX}", std::process::id()));
        let long_ago = std::time::SystemTime::now() - 2 * ABANDONED;
        file.set_modified(long_ago).expect("a time");
        let (other, _) = create(format!("{PREFIX}{gone}-abc.txt"));
        write_atomic(&folder.path().join("x"), b"x", 0o666).expect("written");
        let is_there = |name: &String| folder.path().join(name).exists();
        assert!(!is_there(&left) && !is_there(&old));
        assert!(is_there(&alive) && is_there(&other));
    }
}
