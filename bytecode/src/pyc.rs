//! The header of `.pyc` files (PEP 552; CPython's `Lib/importlib/_bootstrap_external.py`), for 3.7 and later, and
//! the older form of 3.6 for reading.

use std::hash::Hasher;
use std::sync::Arc;

use siphasher::sip::SipHasher13;

use crate::code::CodeObject;
use crate::magic;
use crate::marshal::{self, MarshalError};
use crate::version::Target;

/// Length of the header in bytes, from 3.7 on.
pub const HEADER_LEN: usize = 16;

/// How the import system tells whether a `.pyc` file is up to date (`py_compile.PycInvalidationMode`), with what the
/// header keeps for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// Modification time of the source in seconds since 1970 and its size in bytes, both modulo 2³².
    Timestamp { mtime: u32, size: u32 },
    /// [`source_hash`], compared at import.
    CheckedHash(u64),
    /// [`source_hash`], not compared.
    UncheckedHash(u64),
}

/// What the first bytes of a `.pyc` file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Minor version of the CPython that wrote it (14 for 3.14).
    pub minor: u8,
    pub validation: Validation,
    /// Where the marshalled code object starts, in bytes.
    pub len: usize,
}

/// Why a file is no `.pyc` that we can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PycError {
    /// Shorter than its header.
    Truncated,
    /// The first four bytes are not a magic number.
    NotPyc,
    /// A magic number of no final release from 3.6 to 3.15.
    UnknownMagic(u16),
    /// A known version whose code objects we cannot read.
    UnsupportedVersion(u8),
    /// Bits that PEP 552 does not define.
    BadFlags(u32),
    Marshal(MarshalError),
}

impl std::fmt::Display for PycError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PycError::Truncated => f.write_str("reached end of file while reading the .pyc header"),
            PycError::NotPyc => f.write_str("not a .pyc file (no magic number)"),
            PycError::UnknownMagic(number) => match magic::writer(*number) {
                Some(writer) => write!(f, "magic number {number} is of {writer}"),
                None => write!(f, "magic number {number} is of no CPython 3.6 to 3.15"),
            },
            PycError::UnsupportedVersion(minor) => {
                write!(
                    f,
                    "written by CPython 3.{minor}: only 3.11 and later can be read"
                )
            }
            PycError::BadFlags(flags) => write!(f, "invalid flags {flags:#x} in the .pyc header"),
            PycError::Marshal(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PycError {}

impl From<MarshalError> for PycError {
    fn from(error: MarshalError) -> PycError {
        PycError::Marshal(error)
    }
}

/// `_imp.source_hash`: SipHash-1-3 of the source bytes, keyed with the target's magic number.
pub fn source_hash(target: Target, source: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(u64::from(magic_word(target)), 0);
    hasher.write(source);
    hasher.finish()
}

/// The first four bytes as a number (`_RAW_MAGIC_NUMBER`).
fn magic_word(target: Target) -> u32 {
    u32::from(target.magic_number()) | u32::from(b'\r') << 16 | u32::from(b'\n') << 24
}

/// The header's bytes.
pub fn header(target: Target, validation: Validation) -> [u8; HEADER_LEN] {
    let (flags, rest) = match validation {
        Validation::Timestamp { mtime, size } => (0, u64::from(mtime) | u64::from(size) << 32),
        Validation::UncheckedHash(hash) => (0b01u32, hash),
        Validation::CheckedHash(hash) => (0b11, hash),
    };
    let mut bytes = [0; HEADER_LEN];
    bytes[..4].copy_from_slice(&magic_word(target).to_le_bytes());
    bytes[4..8].copy_from_slice(&flags.to_le_bytes());
    bytes[8..].copy_from_slice(&rest.to_le_bytes());
    bytes
}

/// A whole `.pyc` file.
///
/// # Errors
/// If `code` is too deep or too large for marshal.
pub fn write(
    code: &CodeObject,
    target: Target,
    validation: Validation,
) -> Result<Vec<u8>, MarshalError> {
    let mut out = Vec::new();
    append(code, target, validation, &mut out)?;
    Ok(out)
}

/// [`write`] behind what `out` holds.
///
/// # Errors
/// Those of [`write`]; `out` holds a part then.
pub fn append(
    code: &CodeObject,
    target: Target,
    validation: Validation,
    out: &mut Vec<u8>,
) -> Result<(), MarshalError> {
    out.extend_from_slice(&header(target, validation));
    marshal::write(code, target, out)
}

/// Reads the header of a `.pyc` file.
///
/// # Errors
/// If `data` does not start with the header of a final release from 3.6 to 3.15.
pub fn read_header(data: &[u8]) -> Result<Header, PycError> {
    let number = read_magic(data)?;
    let minor = Target::minor_of_magic(number).ok_or(PycError::UnknownMagic(number))?;
    let (validation, len) = read_validation(data, number)?;
    Ok(Header {
        minor,
        validation,
        len,
    })
}

/// The magic number that a `.pyc` file begins with, of whatever version.
///
/// # Errors
/// If these bytes are none.
pub fn read_magic(data: &[u8]) -> Result<u16, PycError> {
    let magic = word(data, 0).ok_or(PycError::Truncated)?;
    if magic >> 16 != u32::from_le_bytes([b'\r', b'\n', 0, 0]) {
        return Err(PycError::NotPyc);
    }
    Ok(magic as u16)
}

/// What the header behind a magic number of 3.6 or later says, and where it ends.
///
/// # Errors
/// If it is cut off, or has flags that nobody knows.
pub fn read_validation(data: &[u8], magic: u16) -> Result<(Validation, usize), PycError> {
    if !magic::has_flags(magic) {
        let (mtime, size) = word(data, 4)
            .zip(word(data, 8))
            .ok_or(PycError::Truncated)?;
        return Ok((Validation::Timestamp { mtime, size }, 12));
    }
    let flags = word(data, 4).ok_or(PycError::Truncated)?;
    let (first, second) = word(data, 8)
        .zip(word(data, 12))
        .ok_or(PycError::Truncated)?;
    let hash = u64::from(first) | u64::from(second) << 32;
    let validation = match flags {
        0 => Validation::Timestamp {
            mtime: first,
            size: second,
        },
        0b01 => Validation::UncheckedHash(hash),
        0b11 => Validation::CheckedHash(hash),
        _ => return Err(PycError::BadFlags(flags)),
    };
    Ok((validation, HEADER_LEN))
}

fn word(data: &[u8], index: usize) -> Option<u32> {
    let bytes = data.get(index..index + 4)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// Reads a `.pyc` file of any version whose code objects we know (3.11 and later). What stands behind the code object is
/// left alone, as the import system does.
///
/// # Errors
/// For anything else, hostile input included.
pub fn read(data: &[u8]) -> Result<(Header, Target, Arc<CodeObject>), PycError> {
    let pyc = read_whole(data)?;
    Ok((pyc.header, pyc.target, pyc.code))
}

/// A `.pyc` file and what is left of it.
#[derive(Clone, Debug)]
pub struct Pyc<'a> {
    pub header: Header,
    /// The newest verified release of the series that wrote it.
    pub target: Target,
    pub code: Arc<CodeObject>,
    /// Behind the code object, where nothing should be.
    pub rest: &'a [u8],
}

/// [`read`], with what stands behind the code object.
///
/// # Errors
/// Those of [`read`].
pub fn read_whole(data: &[u8]) -> Result<Pyc<'_>, PycError> {
    let header = read_header(data)?;
    let target = Target::newest(header.minor).ok_or(PycError::UnsupportedVersion(header.minor))?;
    let marshalled = data.get(header.len..).ok_or(PycError::Truncated)?;
    let (code, len) = marshal::read_code(marshalled, target)?;
    Ok(Pyc {
        header,
        target,
        code,
        rest: &marshalled[len..],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_hashes_are_cpythons() {
        // `_imp.source_hash(importlib.util._RAW_MAGIC_NUMBER, b"hello")` of 3.11.7, 3.13.18, 3.14.10 and 3.15.2.
        for (minor, hash) in [
            (11, 0xaaa2b78be50b367c_u64),
            (13, 0x0dcf97b268994daa),
            (14, 0x476dfbb7fd97e384),
            (15, 0xb55f4a4c341cbc11),
        ] {
            assert_eq!(
                source_hash(Target::newest(minor).unwrap(), b"hello"),
                hash,
                "3.{minor}"
            );
        }
    }

    #[test]
    fn headers_round_trip() {
        for validation in [
            Validation::Timestamp {
                mtime: 1_700_000_000,
                size: 77,
            },
            Validation::CheckedHash(0x0123_4567_89ab_cdef),
            Validation::UncheckedHash(u64::MAX),
        ] {
            let bytes = header(Target::PY314, validation);
            assert_eq!(
                read_header(&bytes),
                Ok(Header {
                    minor: 14,
                    validation,
                    len: 16
                })
            );
            for len in 0..16 {
                assert_eq!(read_header(&bytes[..len]), Err(PycError::Truncated));
            }
        }
    }

    #[test]
    fn other_headers() {
        assert_eq!(read_header(b"\x7fELF"), Err(PycError::NotPyc));
        assert_eq!(read_header(b"\x01\x00\r\n"), Err(PycError::UnknownMagic(1)));
        assert_eq!(
            read_header(b"+\x0e\r\n\x04\0\0\0\0\0\0\0\0\0\0\0"),
            Err(PycError::BadFlags(4))
        );
        let old = read_header(b"3\r\r\n\x01\0\0\0\x02\0\0\0").unwrap();
        assert_eq!((old.minor, old.len), (6, 12));
        assert_eq!(
            read(b"3\r\r\n\x01\0\0\0\x02\0\0\0").unwrap_err(),
            PycError::UnsupportedVersion(6)
        );
    }
}
