//! Which sources a run compiles, under which names, and where each `.pyc` goes.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

/// A path that could not be listed.
pub struct ListError {
    pub path: PathBuf,
    pub error: std::io::Error,
}

/// What is left out of folders: patterns as in `.gitignore`.
pub struct Exclude(Gitignore);

impl Exclude {
    pub fn nothing() -> Exclude {
        Exclude(Gitignore::empty())
    }

    /// `Err` says which pattern is none.
    pub fn new(patterns: &[String]) -> Result<Exclude, String> {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder
                .add_line(None, pattern)
                .map_err(|error| format!("--exclude {pattern}: {error}"))?;
        }
        match builder.build() {
            Ok(patterns) => Ok(Exclude(patterns)),
            Err(error) => Err(format!("--exclude: {error}")),
        }
    }

    /// `path` is relative to the folder that is searched.
    fn has(&self, path: &Path, is_folder: bool) -> bool {
        self.0.matched(path, is_folder).is_ignore()
    }

    /// As [`Exclude::has`], for a file that is not come to by way of its folders.
    pub fn has_file(&self, path: &Path) -> bool {
        self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}

/// The sources that `paths` name, looked for as they are asked for: a file stands for itself, a folder for all `*.py` below it that
/// are not excluded, sorted by name with each folder's files in their place; `__pycache__` is skipped. A leading `./` is dropped.
pub fn search<'a>(
    paths: &'a [PathBuf],
    exclude: &'a Exclude,
) -> impl Iterator<Item = Result<PathBuf, ListError>> + Send + 'a {
    paths.iter().flat_map(move |path| {
        let (folder, file) = match path.is_dir() {
            true => (Some(walk(path, exclude)), None),
            false => (None, Some(Ok(without_dot(path)))),
        };
        folder.into_iter().flatten().chain(file)
    })
}

/// [`search`], all at once and without exclusions.
pub fn sources(paths: &[PathBuf]) -> Vec<Result<PathBuf, ListError>> {
    search(paths, &Exclude::nothing()).collect()
}

fn walk<'a>(
    folder: &'a Path,
    exclude: &'a Exclude,
) -> impl Iterator<Item = Result<PathBuf, ListError>> + Send + 'a {
    let is_wanted = move |entry: &DirEntry| {
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        entry.depth() == 0
            || (entry.file_name() != "__pycache__"
                && !exclude.has(below, entry.file_type().is_dir()))
    };
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_wanted)
        .filter_map(move |entry| match entry {
            Ok(entry) => is_source(&entry).then(|| Ok(without_dot(entry.path()))),
            Err(error) => {
                let path = without_dot(error.path().unwrap_or(folder));
                let error = error.into_io_error().unwrap_or_else(|| {
                    std::io::Error::other("a link leads back to its own folder")
                });
                Some(Err(ListError { path, error }))
            }
        })
}

/// A link to a source counts, a link to a folder is not followed.
fn is_source(entry: &DirEntry) -> bool {
    let is_python = entry
        .path()
        .extension()
        .is_some_and(|extension| extension == "py");
    is_python
        && (entry.file_type().is_file()
            || (entry.file_type().is_symlink() && !entry.path().is_dir()))
}

fn without_dot(path: &Path) -> PathBuf {
    path.strip_prefix(".")
        .map_or_else(|_| path.to_owned(), Path::to_owned)
}

/// `path` as a relative path with nothing that leads outside: what `--out-dir` puts below its folder.
/// `None` where `..` would leave it.
pub fn relative(path: &Path) -> Option<PathBuf> {
    let mut relative = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => relative.push(part),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            Component::ParentDir => {
                if !relative.pop() {
                    return None;
                }
            }
        }
    }
    Some(relative)
}

/// `<path>c`, as the legacy layout names a compiled file.
pub fn with_c(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("c");
    PathBuf::from(name)
}

/// `__pycache__/<stem>.<tag>[.opt-N].pyc` beside the source (`importlib.util.cache_from_source`).
pub fn cache_path(source: &Path, tag: &str, optimize: u8) -> PathBuf {
    let name = cache_name(source.file_name().unwrap_or_default(), tag, optimize.into());
    source.with_file_name("__pycache__").join(name)
}

/// `<stem>.<tag>[.opt-N].pyc`.
///
/// CPython quirk: a name without a dot has none before the tag either, and the stem of `.py` is `py`.
pub fn cache_name(file_name: &OsStr, tag: &str, optimize: u64) -> OsString {
    let bytes = file_name.as_encoded_bytes();
    let mut name = match bytes.iter().rposition(|&byte| byte == b'.') {
        None => file_name.to_owned(),
        Some(dot) => {
            let stem = match &bytes[..dot] {
                b"" => &bytes[1..],
                stem => stem,
            };
            let mut name = of_bytes(stem);
            name.push(".");
            name
        }
    };
    name.push(tag);
    if optimize > 0 {
        name.push(format!(".opt-{optimize}"));
    }
    name.push(".pyc");
    name
}

/// The text of these bytes, which are part of a path's, cut out at ASCII characters.
pub fn of_bytes(bytes: &[u8]) -> OsString {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        OsStr::from_bytes(bytes).to_owned()
    }
    #[cfg(not(unix))]
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_names() {
        let path = |source, level| cache_path(Path::new(source), "cpython-314", level);
        assert_eq!(
            path("a/b.py", 0),
            Path::new("a/__pycache__/b.cpython-314.pyc")
        );
        assert_eq!(
            path("b.py", 2),
            Path::new("__pycache__/b.cpython-314.opt-2.pyc")
        );
        assert_eq!(
            path("a.b.py", 1),
            Path::new("__pycache__/a.b.cpython-314.opt-1.pyc")
        );
        assert_eq!(
            path("script", 0),
            Path::new("__pycache__/scriptcpython-314.pyc")
        );
        assert_eq!(
            path("a/.py", 0),
            Path::new("a/__pycache__/py.cpython-314.pyc")
        );
        assert_eq!(
            path(".x.py", 0),
            Path::new("__pycache__/.x.cpython-314.pyc")
        );
    }

    #[test]
    fn relative_paths_stay_inside() {
        assert_eq!(
            relative(Path::new("/usr/lib/x.py")).as_deref(),
            Some(Path::new("usr/lib/x.py"))
        );
        assert_eq!(
            relative(Path::new("a/../b.py")).as_deref(),
            Some(Path::new("b.py"))
        );
        assert_eq!(relative(Path::new("../b.py")), None);
    }
}
