//! Which `.pyc` file belongs to which source.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;

use crate::paths::{self, ListError};

/// A source and a `.pyc` file that should come from it.
#[derive(Debug)]
pub struct Pair {
    /// `None` for a file in `__pycache__` whose source is gone.
    pub source: Option<PathBuf>,
    /// Where it is, or should be.
    pub pyc: PathBuf,
    /// The minor version that its name tells.
    pub minor: Option<u8>,
    /// The level that its name or the command line tells.
    pub level: Option<u8>,
}

/// What the command line asks for.
#[derive(Clone, Copy)]
pub struct Wanted {
    pub target: Option<Target>,
    pub level: Option<u8>,
}

/// The pairs of `path` (a source, or a folder of them) with `pyc` (a file, or a folder with the same layout), or with what lies in
/// `__pycache__`. `Err` for a wrong command line.
pub fn find(
    path: &Path,
    pyc: Option<&Path>,
    wanted: Wanted,
) -> Result<Vec<Result<Pair, ListError>>, String> {
    match (path.is_dir(), pyc) {
        (true, Some(folder)) if folder.is_dir() => Ok(of_folders(path, folder, wanted)),
        (true, Some(file)) => Err(format!(
            "{} is a folder, and {} is not",
            path.display(),
            file.display()
        )),
        (false, Some(file)) => Ok(vec![Ok(named(Some(path), file, wanted))]),
        (_, None) => Ok(in_caches(path, wanted)),
    }
}

/// `folder/<path below root>c` for each source below `root`.
fn of_folders(root: &Path, folder: &Path, wanted: Wanted) -> Vec<Result<Pair, ListError>> {
    let sources = paths::sources(&[root.to_owned()]);
    let pair = |source: PathBuf| {
        let below = source.strip_prefix(root).unwrap_or(&source);
        let pyc = folder.join(paths::with_c(below));
        named(Some(&source), &pyc, wanted)
    };
    sources.into_iter().map(|source| source.map(pair)).collect()
}

fn named(source: Option<&Path>, pyc: &Path, wanted: Wanted) -> Pair {
    let name = pyc.file_name().and_then(CacheName::parse);
    Pair {
        source: source.map(Path::to_owned),
        pyc: pyc.to_owned(),
        minor: wanted
            .target
            .map(|target| target.minor)
            .or(name.as_ref().and_then(|name| minor_of(name.tag))),
        level: wanted.level.or(name.map(|name| name.level)),
    }
}

/// A name in `__pycache__`: `<stem>.cpython-314.opt-2.pyc`.
struct CacheName<'a> {
    stem: &'a str,
    /// `cpython-314`
    tag: &'a str,
    level: u8,
}

impl<'a> CacheName<'a> {
    fn parse(name: &'a OsStr) -> Option<CacheName<'a>> {
        let name = name.to_str()?.strip_suffix(".pyc")?;
        let (name, level) = match name.rsplit_once(".opt-") {
            Some((name, level)) => (name, level.parse().ok().filter(|level| *level <= 2)?),
            None => (name, 0),
        };
        let (stem, tag) = name.rsplit_once('.')?;
        minor_of(tag)?;
        Some(CacheName { stem, tag, level })
    }
}

/// 14 for `cpython-314`.
fn minor_of(tag: &str) -> Option<u8> {
    tag.strip_prefix("cpython-3")?.parse().ok()
}

/// For each source the files in its `__pycache__`, or the one that is missing; for each folder those without a source.
fn in_caches(path: &Path, wanted: Wanted) -> Vec<Result<Pair, ListError>> {
    let mut found = Vec::new();
    let mut listed: HashMap<PathBuf, Option<Vec<PathBuf>>> = HashMap::new();
    for source in paths::sources(&[path.to_owned()]) {
        let source = match source {
            Ok(source) => source,
            Err(error) => {
                found.push(Err(error));
                continue;
            }
        };
        // Each folder is listed once; of one that cannot be, nothing more is said.
        let names = match listed.entry(source.with_file_name("__pycache__")) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let names = names_in(new.key())
                    .map_err(|error| found.push(Err(error)))
                    .ok();
                if let Some(names) = names.as_deref().filter(|_| path.is_dir()) {
                    found.extend(without_source(names, new.key(), wanted).map(Ok));
                }
                new.insert(names)
            }
        };
        if let Some(names) = names {
            found.extend(of_source(&source, names, wanted).into_iter().map(Ok));
        }
    }
    found
}

/// The names in a `__pycache__`, sorted.
fn names_in(cache: &Path) -> Result<Vec<PathBuf>, ListError> {
    let failure = |error| ListError {
        path: cache.to_owned(),
        error,
    };
    let entries = match std::fs::read_dir(cache) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failure)?,
    };
    let mut names = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failure)?;
    names.sort();
    Ok(names)
}

fn is_wanted(name: &CacheName<'_>, wanted: Wanted) -> bool {
    wanted
        .target
        .is_none_or(|target| target.cache_tag() == name.tag)
        && wanted.level.is_none_or(|level| level == name.level)
}

/// The files of `source` among `names`, or the one that is missing.
fn of_source(source: &Path, names: &[PathBuf], wanted: Wanted) -> Vec<Pair> {
    let stem = source.file_stem();
    let belongs = |path: &&PathBuf| {
        path.file_name()
            .and_then(CacheName::parse)
            .is_some_and(|name| Some(OsStr::new(name.stem)) == stem && is_wanted(&name, wanted))
    };
    let pairs: Vec<_> = names
        .iter()
        .filter(belongs)
        .map(|pyc| named(Some(source), pyc, wanted))
        .collect();
    if !pairs.is_empty() {
        return pairs;
    }
    let pyc = match wanted.target {
        Some(target) => paths::cache_path(source, &target.cache_tag(), wanted.level.unwrap_or(0)),
        None => {
            let stem = stem.unwrap_or_default().to_string_lossy();
            source
                .with_file_name("__pycache__")
                .join(format!("{stem}.*.pyc"))
        }
    };
    vec![Pair {
        source: Some(source.to_owned()),
        pyc,
        minor: wanted.target.map(|target| target.minor),
        level: wanted.level,
    }]
}

fn without_source<'a>(
    names: &'a [PathBuf],
    cache: &'a Path,
    wanted: Wanted,
) -> impl Iterator<Item = Pair> + 'a {
    let folder = cache.parent().unwrap_or(Path::new(""));
    let is_alone = move |path: &&PathBuf| {
        path.file_name()
            .and_then(CacheName::parse)
            .is_some_and(|name| {
                is_wanted(&name, wanted) && !folder.join(format!("{}.py", name.stem)).exists()
            })
    };
    names
        .iter()
        .filter(is_alone)
        .map(move |pyc| named(None, pyc, wanted))
}
