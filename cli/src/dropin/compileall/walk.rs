//! Which files a run looks at, and what it says on the way there.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;

use pycsmith_bytecode::Target;

use super::options::Options;
use crate::dropin::Python;
use crate::dropin::python::{decoded, quoted};

pub enum Step {
    /// Something to print.
    Say(String),
    File(Source),
    /// The end by this exception.
    Raise(String),
}

/// A file that was found.
pub struct Source {
    pub path: OsString,
    /// The folder of the command line that it was found in.
    pub base: Option<Arc<OsStr>>,
}

/// Walks the files and folders that the command line names, one step at a time (`main`, `compile_dir`, `_walk_dir`).
pub struct Places<'a> {
    options: &'a Options,
    target: Target,
    destinations: std::slice::Iter<'a, OsString>,
    base: Option<Arc<OsStr>>,
    /// The folders that the walk is in, outermost first.
    folders: Vec<Folder>,
}

struct Folder {
    path: OsString,
    /// What is in it and was not looked at yet.
    names: std::vec::IntoIter<OsString>,
    /// How many levels of folders in it are looked at.
    levels: i64,
}

impl<'a> Places<'a> {
    pub fn new(python: &Python, options: &'a Options) -> Places<'a> {
        Places {
            options,
            target: python.target,
            destinations: options.destinations.iter(),
            base: None,
            folders: Vec::new(),
        }
    }

    /// Goes into a folder.
    fn enter(&mut self, path: OsString, levels: i64) -> Step {
        let mut words = String::new();
        if self.options.quiet == 0 {
            words = format!("Listing {}...\n", quoted(&path, self.target));
        }
        let names = std::fs::read_dir(&path).and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.file_name()))
                .collect()
        });
        let mut names: Vec<OsString> = match names {
            Ok(names) => names,
            Err(_) => {
                if self.options.quiet < 2 {
                    words.push_str(&format!("Can't list {}\n", quoted(&path, self.target)));
                }
                Vec::new()
            }
        };
        names.sort_by_cached_key(|name| decoded(name));
        self.folders.push(Folder {
            path,
            names: names.into_iter(),
            levels,
        });
        Step::Say(words)
    }

    fn destination(&mut self) -> Option<Step> {
        let destination = self.destinations.next()?;
        if Path::new(destination).is_file() {
            return Some(Step::File(Source {
                path: destination.clone(),
                base: None,
            }));
        }
        if self.options.workers < 0 {
            let words = "ValueError: workers must be greater or equal to 0";
            return Some(Step::Raise(words.to_owned()));
        }
        self.base = Some(Arc::from(destination.as_os_str()));
        Some(self.enter(destination.clone(), self.options.levels))
    }
}

impl Iterator for Places<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while let Some(folder) = self.folders.last_mut() {
            let Some(name) = folder.names.next() else {
                self.folders.pop();
                continue;
            };
            if name == "__pycache__" {
                continue;
            }
            let path = Path::new(&folder.path).join(name);
            if !path.is_dir() {
                return Some(Step::File(Source {
                    path: path.into_os_string(),
                    base: self.base.clone(),
                }));
            }
            if folder.levels > 0 && !path.is_symlink() {
                let levels = folder.levels - 1;
                return Some(self.enter(path.into_os_string(), levels));
            }
        }
        self.destination()
    }
}
