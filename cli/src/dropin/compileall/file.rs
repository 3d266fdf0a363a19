//! Compiling one file with all that the options ask for (`compile_file`).

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use pycsmith_bytecode::pyc;
use pycsmith_bytecode::pyc::Validation;

use super::options::Options;
use super::walk::Source;
use crate::dropin::py_compile::{Failure, Request, Worker};
use crate::dropin::python::{OsError, quoted};
use crate::dropin::{Python, split_path};
use crate::{paths, pyc_file};

/// What a step did.
pub struct Outcome {
    /// What it prints.
    pub words: String,
    pub is_good: bool,
    /// The exception that ends the run.
    pub raised: Option<String>,
}

impl Outcome {
    pub fn good(words: String) -> Outcome {
        Outcome {
            words,
            is_good: true,
            raised: None,
        }
    }

    pub fn raised(words: String, exception: impl Into<String>) -> Outcome {
        Outcome {
            words,
            is_good: false,
            raised: Some(exception.into()),
        }
    }
}

/// Bytes of a header that come before the source's size.
const WITHOUT_SIZE: usize = 12;

/// A level and its file.
type Product = (i64, PathBuf);

impl Python {
    pub fn compile_file(&self, worker: &mut Worker, options: &Options, source: &Source) -> Outcome {
        let mut words = String::new();
        let filename = match self.filename(options, source, &mut words) {
            Ok(filename) => filename,
            Err(exception) => return Outcome::raised(words, exception),
        };
        if options.hardlink_dupes && options.optimize.len() < 2 {
            return Outcome::raised(
                words,
                "ValueError: Hardlinking of duplicated bytecode makes sense only for more than one optimization level",
            );
        }
        match is_skipped(options, source) {
            Ok(true) => return Outcome::good(words),
            Ok(false) => {}
            Err(exception) => return Outcome::raised(words, exception),
        }
        let path = &source.path;
        if !path.as_encoded_bytes().ends_with(b".py") || !Path::new(path).is_file() {
            return Outcome::good(words);
        }
        let products = self.products(options, path);
        if !options.force && self.are_current(path, &products) {
            return Outcome::good(words);
        }
        if options.quiet == 0 {
            words.push_str(&format!("Compiling {}...\n", quoted(path, self.target)));
        }
        let result = self.compile_levels(worker, options, path, filename.as_deref(), &products);
        if let Err(failure) = &result {
            self.tell(&mut words, options, path, failure);
        }
        Outcome {
            words,
            is_good: result.is_ok(),
            raised: None,
        }
    }

    /// The file name that goes into the code, if it is not the path.
    fn filename(
        &self,
        options: &Options,
        source: &Source,
        words: &mut String,
    ) -> Result<Option<OsString>, String> {
        let path = &source.path;
        let (strip, prepend) = match (&options.folder, &source.base) {
            (Some(folder), None) => {
                let name = split_path(path).1;
                return Ok(Some(Path::new(folder).join(name).into_os_string()));
            }
            (Some(folder), Some(base)) => (Some(&**base), Some(folder.as_os_str())),
            (None, _) => (options.strip.as_deref(), options.prepend.as_deref()),
        };
        let stripped = match strip {
            Some(strip) => self.stripped(path, strip, options.quiet, words)?,
            None => None,
        };
        Ok(match prepend {
            Some(prepend) => {
                let rest = stripped.unwrap_or_else(|| path.clone());
                Some(Path::new(prepend).join(rest).into_os_string())
            }
            None => stripped,
        })
    }

    /// The path without `strip`, part by part.
    fn stripped(
        &self,
        path: &OsStr,
        strip: &OsStr,
        quiet: u32,
        words: &mut String,
    ) -> Result<Option<OsString>, String> {
        let separator = std::path::MAIN_SEPARATOR as u8;
        let parts = |text: &OsStr| -> Vec<OsString> {
            let parts = text.as_encoded_bytes().split(|&byte| byte == separator);
            parts.map(paths::of_bytes).collect()
        };
        let (mut path_parts, strip_parts) = (parts(path), parts(strip));
        if !self.target.strips_prefixes_only() {
            // CPython quirk (up to 3.12): of the parts that agree, the first that are equal to them go.
            let agreeing: Vec<OsString> = strip_parts
                .into_iter()
                .zip(&path_parts)
                .filter_map(|(strip, part)| (strip == *part).then_some(strip))
                .collect();
            for part in agreeing {
                if let Some(at) = path_parts.iter().position(|other| *other == part) {
                    path_parts.remove(at);
                }
            }
        } else if path_parts.starts_with(&strip_parts) {
            path_parts.drain(..strip_parts.len());
        } else {
            if quiet < 2 {
                words.push_str(&format!(
                    "The stripdir path {} is not a valid prefix for source path {}; ignoring\n",
                    quoted(strip, self.target),
                    quoted(path, self.target)
                ));
            }
            return Ok(None);
        }
        let mut parts = path_parts.into_iter();
        let Some(first) = parts.next() else {
            return Err("TypeError: join() missing 1 required positional argument: 'a'".to_owned());
        };
        let join = |path: PathBuf, part| path.join(part);
        Ok(Some(
            parts.fold(PathBuf::from(first), join).into_os_string(),
        ))
    }

    /// The files of all levels.
    fn products(&self, options: &Options, path: &OsStr) -> Vec<Product> {
        let product = |&level: &i64| {
            let file = if options.legacy {
                paths::with_c(Path::new(path))
            } else {
                self.cache_from_source(path, u64::try_from(level).unwrap_or(self.optimize))
            };
            (level, file)
        };
        options.optimize.iter().map(product).collect()
    }

    /// Whether all files tell the source's time; in what mode is not asked.
    fn are_current(&self, path: &OsStr, products: &[Product]) -> bool {
        let Ok(metadata) = std::fs::metadata(path) else {
            return false;
        };
        let mtime = pyc_file::mtime(&metadata);
        let expected = pyc::header(self.target, Validation::Timestamp { mtime, size: 0 });
        let is_current = |file: &Path| {
            let head = pyc_file::head::<WITHOUT_SIZE>(file);
            head.is_some_and(|head| expected.starts_with(&head))
        };
        products.iter().all(|(_, file)| is_current(file))
    }

    fn compile_levels(
        &self,
        worker: &mut Worker,
        options: &Options,
        path: &OsStr,
        filename: Option<&OsStr>,
        products: &[Product],
    ) -> Result<(), Failure> {
        let mut previous: Option<&Path> = None;
        for (level, file) in products {
            let request = Request {
                source: path,
                destination: file,
                filename,
                level: *level,
                mode: options.mode,
            };
            self.compile(worker, &request)?;
            if let Some(previous) = previous.filter(|_| options.hardlink_dupes) {
                self.link_if_equal(previous, file)?;
            }
            previous = Some(file);
        }
        Ok(())
    }

    fn link_if_equal(&self, previous: &Path, file: &Path) -> Result<(), Failure> {
        let os_error =
            |error, path: &Path| Failure::Os(OsError::new(&error, path.as_os_str(), self.target));
        let bytes = std::fs::read(file).map_err(|error| os_error(error, file))?;
        if bytes != std::fs::read(previous).map_err(|error| os_error(error, previous))? {
            return Ok(());
        }
        std::fs::remove_file(file).map_err(|error| os_error(error, file))?;
        std::fs::hard_link(previous, file)
            .map_err(|error| Failure::Os(OsError::of_two(&error, previous, file, self.target)))
    }

    fn tell(&self, words: &mut String, options: &Options, path: &OsStr, failure: &Failure) {
        match options.quiet {
            0 => words.push_str("*** "),
            1 => words.push_str(&format!(
                "*** Error compiling {}...\n",
                quoted(path, self.target)
            )),
            _ => return,
        }
        match failure {
            Failure::Compile(text) => words.push_str(&format!("{text}\n")),
            Failure::Os(error) => words.push_str(&format!("{}: {error}\n", error.class)),
        }
    }
}

/// Whether `-x` or `-e` leave the file out.
fn is_skipped(options: &Options, source: &Source) -> Result<bool, String> {
    if let Some(skip) = &options.skip {
        let skip = skip.as_ref().map_err(ToString::to_string)?;
        let is_match = skip.is_match(&source.path.to_string_lossy());
        if is_match.map_err(|error| format!("RuntimeError: {error}"))? {
            return Ok(true);
        }
    }
    let path = Path::new(&source.path);
    Ok(match &options.limit {
        Some(limit) if path.is_symlink() => {
            let (limit, path) = (resolved(Path::new(limit)), resolved(path));
            path == limit || !path.starts_with(&limit)
        }
        _ => false,
    })
}

/// Links that are followed before they count as leading back to themselves.
const MOST_LINKS: usize = 40;

/// `Path.resolve()`: absolute, without links and `..`, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut resolved = std::env::current_dir().unwrap_or_default();
    // What is still to be looked at, the next part last.
    let mut rest: Vec<OsString> = path.iter().rev().map(OsStr::to_owned).collect();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        match Path::new(&part).components().next() {
            Some(Component::ParentDir) => {
                resolved.pop();
            }
            Some(Component::CurDir) | None => {}
            _ => {
                resolved.push(&part);
                if let Ok(link) = resolved.read_link()
                    && links < MOST_LINKS
                {
                    links += 1;
                    resolved.pop();
                    rest.extend(link.iter().rev().map(OsStr::to_owned));
                }
            }
        }
    }
    resolved
}
