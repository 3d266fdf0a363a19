//! What a run makes of each source: for which targets and levels, and where it goes.

use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;

use super::arguments::{CompileArgs, Layout};
use crate::args::InvalidationMode;
use crate::message::Message;
use crate::{paths, pyc_file};

/// One of the files that a source is compiled to.
#[derive(Clone, Copy)]
pub struct Variant {
    pub target: Target,
    pub level: u8,
}

/// What is made of the sources of one place: of the file system, or of an archive.
pub struct Plan<'a> {
    pub arguments: &'a CompileArgs,
    pub variants: Vec<Variant>,
    pub mode: InvalidationMode,
    layout: Layout,
    out_dir: Option<&'a Path>,
}

/// Where the sources are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Files,
    Wheel,
    Zip,
}

impl<'a> Plan<'a> {
    /// `Err` for a wrong command line.
    pub fn new(
        arguments: &'a CompileArgs,
        targets: &[Target],
        place: Place,
    ) -> Result<Plan<'a>, String> {
        let out_dir = match place {
            Place::Files => arguments.out_dir.as_deref(),
            Place::Wheel | Place::Zip => None,
        };
        let usual_layout = match (place, out_dir) {
            (Place::Files, Some(_)) | (Place::Zip, _) => Layout::Beside,
            (Place::Files, None) | (Place::Wheel, _) => Layout::Pycache,
        };
        let plan = Plan {
            arguments,
            variants: variants(targets, &arguments.optimize),
            mode: mode(arguments, place)?,
            layout: arguments.layout.unwrap_or(usual_layout),
            out_dir,
        };
        if plan.layout == Layout::Beside && out_dir.is_none() && plan.variants.len() > 1 {
            return Err(format!(
                "there is one place beside a source{}: name one target and one level, or --layout pycache",
                if place == Place::Zip {
                    ", which is where zipimport looks"
                } else {
                    ""
                }
            ));
        }
        Ok(plan)
    }

    /// Where the `.pyc` goes.
    pub fn destination(&self, source: &Path, variant: Variant) -> Result<PathBuf, Box<Message>> {
        let Some(folder) = self.out_dir else {
            return Ok(self.beside(source, variant));
        };
        let relative = self.relative(source)?;
        Ok(match self.layout {
            Layout::Beside if self.variants.len() > 1 => {
                folder.join(variant.tag()).join(paths::with_c(&relative))
            }
            _ => folder.join(self.beside(&relative, variant)),
        })
    }

    /// The place of a `.pyc` relative to its source.
    pub fn beside(&self, source: &Path, variant: Variant) -> PathBuf {
        match self.layout {
            Layout::Beside => paths::with_c(source),
            Layout::Pycache => {
                paths::cache_path(source, &variant.target.cache_tag(), variant.level)
            }
        }
    }

    /// What `co_filename` is.
    pub fn filename(&self, source: &Path) -> Result<String, Box<Message>> {
        let relative;
        let mut path = match self.out_dir {
            Some(_) => {
                relative = forward_slashes(&self.relative(source)?);
                Path::new(&relative)
            }
            None => source,
        };
        if let Some(prefix) = &self.arguments.strip_prefix {
            path = path.strip_prefix(prefix).map_err(|_| {
                let words = format!("does not begin with --strip-prefix {}", prefix.display());
                Message::plain(source, "ValueError", words)
            })?;
        }
        let Some(prefix) = &self.arguments.prepend_prefix else {
            return Ok(path.to_string_lossy().into_owned());
        };
        let below = path.strip_prefix("/").unwrap_or(path);
        Ok(prefix.join(below).to_string_lossy().into_owned())
    }

    fn relative(&self, source: &Path) -> Result<PathBuf, Box<Message>> {
        paths::relative(source).ok_or_else(|| {
            let words = "the path leads outside the output folder";
            Message::plain(source, "ValueError", words)
        })
    }
}

impl Variant {
    /// `cpython-314.opt-2`, as names in `__pycache__` have it.
    fn tag(self) -> String {
        let tag = self.target.cache_tag();
        match self.level {
            0 => tag,
            level => format!("{tag}.opt-{level}"),
        }
    }
}

/// Each target with each level, once.
fn variants(targets: &[Target], levels: &[u8]) -> Vec<Variant> {
    let mut levels = levels.to_vec();
    levels.sort_unstable();
    levels.dedup();
    let of_target = |&target| levels.iter().map(move |&level| Variant { target, level });
    targets.iter().flat_map(of_target).collect()
}

/// In a zip file `zipimport` compares with the member's time in the local time zone, and what is installed from a wheel has the
/// time of its installation: neither is known here.
fn mode(arguments: &CompileArgs, place: Place) -> Result<InvalidationMode, String> {
    match (place, arguments.invalidation_mode) {
        (Place::Files, mode) => Ok(mode.unwrap_or_else(pyc_file::default_mode)),
        (_, Some(InvalidationMode::Timestamp)) => Err(
            "in an archive a time stamp is compared with one that is not known yet: use a hash"
                .to_owned(),
        ),
        (_, Some(mode)) => Ok(mode),
        (Place::Wheel, None) => Ok(InvalidationMode::CheckedHash),
        (Place::Zip, None) => Ok(InvalidationMode::UncheckedHash),
    }
}

fn forward_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
