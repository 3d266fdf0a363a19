//! Bytes of which there are few as a rule.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use crate::constant::short;

/// Up to this many need no memory of their own.
const INLINE: usize = 24;

/// Bytes; up to 24 of them need no memory of their own.
#[derive(Clone)]
pub struct SmallBytes(Bytes);

/// Tags and lengths of a byte would be copied in pieces other than those that were written.
#[derive(Clone)]
#[repr(u32)]
enum Bytes {
    /// With zeros behind them.
    Short {
        len: u32,
        bytes: [u8; INLINE],
    },
    Long(Arc<[u8]>),
}

impl SmallBytes {
    /// All bytes and zeros behind them, if they need no memory of their own.
    #[inline]
    pub fn inline(&self) -> Option<&[u8; INLINE]> {
        match &self.0 {
            Bytes::Short { bytes, .. } => Some(bytes),
            Bytes::Long(_) => None,
        }
    }

    /// The first `len` bytes of `bits`; the others must be zeros.
    #[inline]
    pub(crate) fn of_piece(bits: u128, len: usize) -> SmallBytes {
        let mut bytes = [0; INLINE];
        bytes[..size_of::<u128>()].copy_from_slice(&bits.to_le_bytes());
        let len = len as u32;
        SmallBytes(Bytes::Short { len, bytes })
    }

    /// The first `len` of these bytes; the others must be zeros. They are copied faster if there are 24 and more.
    #[inline]
    pub fn padded(bytes: &[u8], len: usize) -> SmallBytes {
        debug_assert!(bytes[len..].iter().all(|&byte| byte == 0));
        match bytes.first_chunk() {
            Some(&bytes) if len <= INLINE => {
                let len = len as u32;
                SmallBytes(Bytes::Short { len, bytes })
            }
            _ => bytes[..len.min(bytes.len())].into(),
        }
    }

    fn short(from: &[u8]) -> Option<SmallBytes> {
        if let Some(bits) = short(from) {
            return Some(SmallBytes::of_piece(bits, from.len()));
        }
        // Pieces of always the same length are copied faster, though they overlap.
        let (first, last) = (from.first_chunk::<16>()?, from.last_chunk::<8>()?);
        let mut bytes = [0; INLINE];
        bytes[..16].copy_from_slice(first);
        bytes
            .get_mut(from.len() - 8..from.len())?
            .copy_from_slice(last);
        let len = from.len() as u32;
        Some(SmallBytes(Bytes::Short { len, bytes }))
    }
}

impl From<&[u8]> for SmallBytes {
    fn from(bytes: &[u8]) -> SmallBytes {
        SmallBytes::short(bytes).unwrap_or_else(|| SmallBytes(Bytes::Long(bytes.into())))
    }
}

impl From<Arc<[u8]>> for SmallBytes {
    fn from(bytes: Arc<[u8]>) -> SmallBytes {
        SmallBytes::short(&bytes).unwrap_or(SmallBytes(Bytes::Long(bytes)))
    }
}

impl FromIterator<u8> for SmallBytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> SmallBytes {
        bytes.into_iter().collect::<Vec<u8>>()[..].into()
    }
}

impl Deref for SmallBytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short { len, bytes } => bytes.get(..*len as usize).unwrap_or_default(),
            Bytes::Long(bytes) => bytes,
        }
    }
}

impl PartialEq for SmallBytes {
    #[inline]
    fn eq(&self, other: &SmallBytes) -> bool {
        match (&self.0, &other.0) {
            (
                Bytes::Short { len, bytes },
                Bytes::Short {
                    len: other_len,
                    bytes: others,
                },
            ) => (len == other_len) & (bytes == others),
            _ => **self == **other,
        }
    }
}

impl Eq for SmallBytes {}

impl Hash for SmallBytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for SmallBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lengths() {
        let bytes: Vec<u8> = (1..=60).collect();
        for len in 0..bytes.len() {
            let own = SmallBytes::from(&bytes[..len]);
            assert_eq!(own[..], bytes[..len]);
            let padded = [&bytes[..len], &[0; INLINE]].concat();
            assert_eq!(own, SmallBytes::padded(&padded, len));
            assert_eq!(own, SmallBytes::padded(&bytes[..len], len));
            assert_ne!(own, SmallBytes::from(&bytes[..len + 1]));
            assert_eq!(own, SmallBytes::from(Arc::from(&bytes[..len])));
            let piece = own
                .inline()
                .map(|piece| piece[len..].iter().all(|&byte| byte == 0));
            assert_eq!(piece, (len <= INLINE).then_some(true));
        }
    }
}
