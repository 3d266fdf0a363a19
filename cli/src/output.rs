//! Writing files whole or not at all.

use std::io::{Error, Write as _};
use std::path::Path;

/// Writes `bytes` to `path` through a temporary file beside it, so that nobody ever sees a part. Missing
/// folders are made. `mode` holds the Unix permission bits before the umask.
///
/// As `py_compile`, refuses to replace a symbolic link or anything that is not a regular file.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    if let Ok(existing) = path.symlink_metadata() {
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
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = match temporary(folder, mode) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::create_dir_all(folder)?;
            temporary(folder, mode)?
        }
        other => other?,
    };
    file.as_file_mut().write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn temporary(folder: &Path, mode: u32) -> Result<tempfile::NamedTempFile, Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".pycsmith-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(folder)
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
