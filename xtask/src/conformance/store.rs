//! Where the sources to compile and CPython's files are kept.

use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;

use crate::reference::Reference;

/// A folder with, for a reference NAME (`3.13`, `3.13.0`, ...) and a series 3.X:
///
/// | sources | what CPython makes of them |
/// | --- | --- |
/// | NAME's own library | `stdlib-NAME/O0`, `O1`, `O2`; syntax trees, hashed: `ast-NAME.txt` |
/// | 3.X's library | `cross-3.X-NAME/O0` |
/// | `snippets-3.X` | `snip-NAME/O0` |
/// | `progsrc-3.X` | `programs-NAME/O0` |
/// | `pkgsrc` | `pkg-NAME/O0` |
pub struct Store {
    base: PathBuf,
}

impl Store {
    pub fn new(base: Option<&Path>) -> Store {
        let base = base.map_or_else(
            || crate::workspace().join("target/conformance"),
            Path::to_owned,
        );
        Store { base }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.base.join(name)
    }

    /// Where CPython's files for `tree` go.
    pub fn truth(&self, tree: &str, reference: &Reference, level: u8) -> PathBuf {
        self.path(&format!("{tree}-{}/O{level}", reference.name))
    }

    /// The tree `<kind>-3.X` for this series, or with `or_older` for the newest series before it that has one.
    pub fn sources(&self, kind: &str, target: Target, or_older: bool) -> Option<PathBuf> {
        let mut series: Vec<Target> = Target::all()
            .filter(|other| other.minor == target.minor || (or_older && other.minor < target.minor))
            .collect();
        series.reverse();
        series
            .iter()
            .map(|series| self.path(&format!("{kind}-{}", series.series())))
            .find(|path| std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()))
            .and_then(|path| path.canonicalize().ok())
    }

    /// Where CPython's files for a tree that has no name here go.
    pub fn of_tree(&self, reference: &Reference, root: &Path, level: u8) -> PathBuf {
        let is_plain = |c: char| c.is_alphanumeric() || c == '.';
        let place = root.to_string_lossy().replace(|c| !is_plain(c), "-");
        self.path(&reference.target.to_string())
            .join(place)
            .join(format!("O{level}"))
    }
}
