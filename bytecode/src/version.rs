//! Target versions and the feature table: the only place where versions are compared.

/// A CPython release, always with its patch level: `--target 3.14` means the newest verified one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    pub minor: u8,
    pub patch: u8,
}

impl Target {
    /// CPython 3.14.10, the newest verified 3.14.
    pub const PY314: Target = Target { minor: 14, patch: 10 };

    /// The opcodes of this version.
    pub fn opcodes(self) -> &'static crate::opcode::OpcodeTable {
        crate::opcode::table(self.minor).expect("a target has a table")
    }
}
