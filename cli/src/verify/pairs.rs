//! Which `.pyc` file belongs to which source.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;

use crate::archive::{self, Archive};
use crate::cache_name::{CacheName, minor_of};
use crate::compile::archive as compile_archive;
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
        (_, None) if archive::is_archive(path) && path.is_file() => of_archive(path, wanted),
        (_, None) => Ok(in_caches(path, wanted)),
    }
}

/// For each source of an archive the files beside it and in its `__pycache__`, or the one that is missing; and those without a source.
fn of_archive(path: &Path, wanted: Wanted) -> Result<Vec<Result<Pair, ListError>>, String> {
    let archive = Archive::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut files: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for member in archive.members() {
        let file = Path::new(&member.name);
        if let Some(source) = source_of(file, wanted) {
            files.entry(source).or_default().push(file.to_owned());
        }
    }
    let mut found = Vec::new();
    for source in compile_archive::sources(&archive) {
        let source = Path::new(source);
        match files.remove(source) {
            Some(of_source) => found.extend(
                of_source
                    .iter()
                    .map(|pyc| named(Some(&path.join(source)), &path.join(pyc), wanted)),
            ),
            None => found.push(missing(&path.join(source), wanted)),
        }
    }
    let alone = files.into_values().flatten();
    found.extend(alone.map(|pyc| named(None, &path.join(pyc), wanted)));
    Ok(found.into_iter().map(Ok).collect())
}

/// The source that a wanted `.pyc` file should come from.
fn source_of(pyc: &Path, wanted: Wanted) -> Option<PathBuf> {
    let folder = pyc.parent()?;
    if folder.file_name() != Some(OsStr::new("__pycache__")) {
        return (pyc.extension() == Some(OsStr::new("pyc"))).then(|| pyc.with_extension("py"));
    }
    let name = CacheName::parse(pyc.file_name()?).filter(|name| is_wanted(name, wanted))?;
    Some(folder.with_file_name(format!("{}.py", name.stem)))
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

/// For each source the files in its `__pycache__`, or the one that is missing; for each folder those without a source.
fn in_caches(path: &Path, wanted: Wanted) -> Vec<Result<Pair, ListError>> {
    let mut found = Vec::new();
    let mut listed: HashMap<PathBuf, Option<Cache>> = HashMap::new();
    for source in paths::sources(&[path.to_owned()]) {
        let source = match source {
            Ok(source) => source,
            Err(error) => {
                found.push(Err(error));
                continue;
            }
        };
        // Each folder is listed once; of one that cannot be, nothing more is said.
        let cache = match listed.entry(source.with_file_name("__pycache__")) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let cache = Cache::list(new.key(), wanted)
                    .map_err(|error| found.push(Err(error)))
                    .ok();
                if let Some(cache) = cache.as_ref().filter(|_| path.is_dir()) {
                    found.extend(cache.without_source(new.key(), wanted).map(Ok));
                }
                new.insert(cache)
            }
        };
        if let Some(cache) = cache {
            found.extend(cache.of_source(&source, wanted).into_iter().map(Ok));
        }
    }
    found
}

/// The wanted files of a `__pycache__` by the names of their sources without `.py`, sorted.
struct Cache(BTreeMap<OsString, Vec<PathBuf>>);

impl Cache {
    fn list(folder: &Path, wanted: Wanted) -> Result<Cache, ListError> {
        let failure = |error| ListError {
            path: folder.to_owned(),
            error,
        };
        let mut files: BTreeMap<OsString, Vec<PathBuf>> = BTreeMap::new();
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Cache(files)),
            entries => entries.map_err(failure)?,
        };
        for entry in entries {
            let file_name = entry.map_err(failure)?.file_name();
            let name = CacheName::parse(&file_name).filter(|name| is_wanted(name, wanted));
            if let Some(name) = name {
                let of_stem = files.entry(name.stem.into()).or_default();
                of_stem.push(folder.join(&file_name));
            }
        }
        files.values_mut().for_each(|of_stem| of_stem.sort());
        Ok(Cache(files))
    }

    /// The files of `source`, or the one that is missing.
    fn of_source(&self, source: &Path, wanted: Wanted) -> Vec<Pair> {
        let stem = source.file_stem().unwrap_or_default();
        if let Some(files) = self.0.get(stem) {
            let pair = |pyc: &PathBuf| named(Some(source), pyc, wanted);
            return files.iter().map(pair).collect();
        }
        vec![missing(source, wanted)]
    }

    fn without_source(&self, folder: &Path, wanted: Wanted) -> impl Iterator<Item = Pair> {
        let sources = folder.parent().unwrap_or(Path::new(""));
        let is_alone = move |(stem, _): &(&OsString, &Vec<PathBuf>)| {
            let mut source = (*stem).clone();
            source.push(".py");
            !sources.join(source).exists()
        };
        let alone = self.0.iter().filter(is_alone);
        alone.flat_map(move |(_, files)| files.iter().map(move |pyc| named(None, pyc, wanted)))
    }
}

/// The file that `source` should have.
fn missing(source: &Path, wanted: Wanted) -> Pair {
    let stem = source.file_stem().unwrap_or_default();
    let pyc = match wanted.target {
        Some(target) => paths::cache_path(source, &target.cache_tag(), wanted.level.unwrap_or(0)),
        None => {
            let any = format!("{}.*.pyc", stem.to_string_lossy());
            source.with_file_name("__pycache__").join(any)
        }
    };
    Pair {
        source: Some(source.to_owned()),
        pyc,
        minor: wanted.target.map(|target| target.minor),
        level: wanted.level,
    }
}

fn is_wanted(name: &CacheName<'_>, wanted: Wanted) -> bool {
    wanted
        .target
        .is_none_or(|target| target.cache_tag() == name.tag)
        && wanted.level.is_none_or(|level| level == name.level)
}
