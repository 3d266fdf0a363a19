//! Which CPython a magic number is of, development versions included.

use crate::version::Target;

/// The CPython that wrote a `.pyc` file, as far as its magic number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writer {
    /// The minor version, 14 for 3.14.
    pub minor: u8,
    /// The first pre-release that had the number, where it is known: `a6`. The numbers between two pre-releases, which only
    /// builds of the development branch had, count as the later one's.
    pub tag: Option<&'static str>,
    /// Whether the final releases have the number.
    pub is_final: bool,
}

/// Numbers from a first to a last one, with the minor version and the pre-release that they are of
/// (`Include/internal/pycore_magic_number.h`, before 3.14 `Lib/importlib/_bootstrap_external.py`). The last of each minor version is
/// that of its final releases.
const NUMBERS: &[(u16, u16, u8, Option<&str>)] = &[
    (3360, 3360, 6, Some("a0")),
    (3361, 3361, 6, Some("a1")),
    (3370, 3372, 6, Some("a2")),
    (3373, 3373, 6, Some("b1")),
    (3375, 3377, 6, Some("b1")),
    (3378, 3378, 6, Some("b2")),
    (3379, 3379, 6, Some("rc1")),
    (3390, 3390, 7, Some("a1")),
    (3391, 3391, 7, Some("a2")),
    (3392, 3392, 7, Some("a4")),
    (3393, 3393, 7, Some("b1")),
    (3394, 3394, 7, Some("b5")),
    (3400, 3401, 8, Some("a1")),
    (3410, 3410, 8, Some("a1")),
    (3411, 3412, 8, Some("b2")),
    (3413, 3413, 8, Some("b4")),
    (3420, 3422, 9, Some("a0")),
    (3423, 3425, 9, Some("a2")),
    (3430, 3431, 10, Some("a1")),
    (3432, 3433, 10, Some("a2")),
    (3434, 3434, 10, Some("a6")),
    (3435, 3435, 10, Some("a7")),
    (3436, 3439, 10, Some("b1")),
    (3450, 3461, 11, Some("a1")),
    (3462, 3462, 11, Some("a2")),
    (3463, 3465, 11, Some("a3")),
    (3466, 3474, 11, Some("a4")),
    (3475, 3485, 11, Some("a5")),
    (3486, 3491, 11, Some("a6")),
    (3492, 3494, 11, Some("a7")),
    (3495, 3495, 11, Some("b4")),
    (3500, 3509, 12, Some("a1")),
    (3510, 3512, 12, Some("a2")),
    (3513, 3514, 12, Some("a4")),
    (3515, 3517, 12, Some("a5")),
    (3518, 3520, 12, Some("a6")),
    (3521, 3524, 12, Some("a7")),
    (3525, 3531, 12, Some("b1")),
    (3550, 3568, 13, Some("a1")),
    (3569, 3569, 13, Some("a5")),
    (3570, 3570, 13, Some("a6")),
    (3571, 3571, 13, Some("b1")),
    (3600, 3608, 14, Some("a1")),
    (3609, 3609, 14, Some("a2")),
    (3610, 3613, 14, Some("a4")),
    (3614, 3616, 14, Some("a5")),
    (3617, 3620, 14, Some("a6")),
    (3621, 3623, 14, Some("a7")),
    (3624, 3624, 14, Some("b1")),
    (3625, 3625, 14, Some("b3")),
    (3626, 3626, 14, Some("rc2")),
    (3627, 3627, 14, Some("rc3")),
    (3650, 3650, 15, Some("a0")),
    (3651, 3656, 15, Some("a1")),
    (3657, 3666, 15, None),
];

/// The writer of files with this magic number; `None` if no CPython from 3.6 to 3.15 has it.
pub fn writer(magic: u16) -> Option<Writer> {
    let &(_, _, minor, tag) = NUMBERS
        .iter()
        .find(|(first, last, ..)| (*first..=*last).contains(&magic))?;
    Some(Writer {
        minor,
        tag,
        is_final: Target::minor_of_magic(magic).is_some(),
    })
}

/// Whether the header of files with this number has the flags word of PEP 552.
pub fn has_flags(magic: u16) -> bool {
    /// "PEP 552: Deterministic pycs", in the course of 3.7's development.
    const SINCE: u16 = 3392;
    magic >= SINCE
}

impl std::fmt::Display for Writer {
    /// `CPython 3.14`, `CPython 3.14a6 (a pre-release)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CPython 3.{}", self.minor)?;
        match (self.is_final, self.tag) {
            (true, _) => Ok(()),
            (false, Some(tag)) => write!(f, "{tag} (a pre-release)"),
            (false, None) => f.write_str(" (a pre-release)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_of_a_minor_version_is_that_of_its_releases() {
        for (index, &(first, last, minor, _)) in NUMBERS.iter().enumerate() {
            assert!(first <= last, "{first}");
            let next = NUMBERS.get(index + 1);
            assert!(next.is_none_or(|next| last < next.0), "{last}");
            let of_release = next.is_none_or(|next| next.2 != minor).then_some(minor);
            assert_eq!(Target::minor_of_magic(last), of_release, "{last}");
        }
    }

    #[test]
    fn writers_are_named() {
        let name = |magic| writer(magic).map(|writer| writer.to_string());
        assert_eq!(name(3627).as_deref(), Some("CPython 3.14"));
        assert_eq!(
            name(3619).as_deref(),
            Some("CPython 3.14a6 (a pre-release)")
        );
        assert_eq!(name(3660).as_deref(), Some("CPython 3.15 (a pre-release)"));
        assert_eq!(name(3379).as_deref(), Some("CPython 3.6"));
        assert_eq!(name(3374), None);
    }
}
