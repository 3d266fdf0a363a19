//! Making `.pyc` files of sources: what all commands that write them share.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use pycsmith_bytecode::Target;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileError, CompileOptions, Session};

use crate::args::InvalidationMode;
use crate::session::guarded;

/// `py_compile`'s default: reproducible builds want hashes.
pub fn default_mode() -> InvalidationMode {
    match std::env::var_os("SOURCE_DATE_EPOCH") {
        Some(value) if !value.is_empty() => InvalidationMode::CheckedHash,
        _ => InvalidationMode::Timestamp,
    }
}

/// What a header keeps of the source `path` where no mode is asked for.
pub fn default_validation(path: &Path, source: &[u8], target: Target) -> Option<Validation> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(validation(default_mode(), &metadata, source, target))
}

/// What the header keeps of the source in that mode.
pub fn validation(
    mode: InvalidationMode,
    metadata: &Metadata,
    source: &[u8],
    target: Target,
) -> Validation {
    let hash = || pyc::source_hash(target, source);
    match mode {
        InvalidationMode::Timestamp => timestamp(metadata),
        InvalidationMode::CheckedHash => Validation::CheckedHash(hash()),
        InvalidationMode::UncheckedHash => Validation::UncheckedHash(hash()),
    }
}

/// What the header keeps of the source in the mode `timestamp`.
pub fn timestamp(metadata: &Metadata) -> Validation {
    Validation::Timestamp {
        mtime: mtime(metadata),
        size: metadata.len() as u32,
    }
}

/// Seconds since 1970, modulo 2**32 as the header holds them.
pub fn mtime(metadata: &Metadata) -> u32 {
    let Ok(time) = metadata.modified() else {
        return 0;
    };
    let (seconds, nanoseconds) = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
        // As the system counts: whole seconds back, then forward.
        Err(before) => match before.duration() {
            span if span.subsec_nanos() == 0 => (-(span.as_secs() as i64), 0),
            span => (
                -(span.as_secs() as i64) - 1,
                1_000_000_000 - span.subsec_nanos(),
            ),
        },
    };
    whole_seconds(seconds, nanoseconds) as u32
}

/// `int(os.stat(path).st_mtime)`.
///
/// CPython quirk: `st_mtime` is a float, too coarse for the last nanoseconds of a second, which count as the next one; and
/// `int` rounds towards 1970.
fn whole_seconds(seconds: i64, nanoseconds: u32) -> i64 {
    (seconds as f64 + 1e-9 * f64::from(nanoseconds)) as i64
}

/// The bytes of a file where a `.pyc` has its header, if it has them.
pub fn head<const LENGTH: usize>(path: &Path) -> Option<[u8; LENGTH]> {
    use std::io::Read as _;
    let mut head = [0; LENGTH];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    Some(head)
}

/// The `.pyc` file that `source` compiles to.
pub fn bytes(
    session: &mut Session,
    source: &[u8],
    options: &CompileOptions,
    validation: Validation,
) -> Result<Vec<u8>, CompileError> {
    let mut out = Vec::new();
    append(session, source, options, validation, &mut out)?;
    Ok(out)
}

/// [`bytes`] behind what `out` holds; where that fails, it may hold a part.
pub fn append(
    session: &mut Session,
    source: &[u8],
    options: &CompileOptions,
    validation: Validation,
    out: &mut Vec<u8>,
) -> Result<(), CompileError> {
    guarded(session, |session| {
        let code = session.compile(source, options)?;
        pyc::append(&code, options.target, validation, out).map_err(CompileError::from)
    })
}

/// What a file holds, behind what stands in `out`. `metadata` are the file's: as much as they say is room made for, and of a regular
/// file no more is read.
///
/// # Errors
/// The file cannot be read.
pub fn read(path: &Path, metadata: &Metadata, out: &mut Vec<u8>) -> std::io::Result<()> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path)?;
    match usize::try_from(metadata.len()) {
        Ok(len) if metadata.is_file() && len > 0 => {
            out.reserve_exact(len);
            file.take(metadata.len()).read_to_end(out)?;
        }
        // Not even that is known of what the system makes while it is read.
        _ => {
            file.read_to_end(out)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `int(os.stat(path).st_mtime)` behind `os.utime(path, ns=(0, ns))`, CPython 3.14.
    #[test]
    fn seconds_are_a_float_cut_off() {
        assert_eq!(whole_seconds(1_700_000_000, 999_999_000), 1_700_000_000);
        assert_eq!(whole_seconds(1_700_000_000, 999_999_999), 1_700_000_001);
        assert_eq!(whole_seconds(-2, 500_000_000), -1);
        assert_eq!(whole_seconds(-1, 500_000_000), 0);
    }
}
