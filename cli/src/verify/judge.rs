//! What is to be said of one `.pyc` file.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use pycsmith_bytecode::compare::{self, Difference};
use pycsmith_bytecode::pyc::{self, Pyc, PycError, Validation};
use pycsmith_bytecode::{CodeObject, Target};
use pycsmith_compiler::{CompileError, CompileOptions, Session};
use serde::Serialize;

use super::files::{Files, Source};
use super::fresh::Fresh;
use super::pairs::Pair;

/// In what a `.pyc` file relates to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The very bytes that compiling the source gives.
    Identical,
    /// The same code objects; reference flags, interning or the order of sets differ.
    Equal,
    /// Other code, or no code at all.
    Different,
    /// Its header tells of another state of the source.
    Stale,
    /// There is none.
    Missing,
    /// Of another version than it should be, of none that is known, or of no source.
    Foreign,
}

impl Status {
    pub const ALL: [Status; 6] = [
        Status::Identical,
        Status::Equal,
        Status::Different,
        Status::Stale,
        Status::Missing,
        Status::Foreign,
    ];

    pub fn is_good(self) -> bool {
        matches!(self, Status::Identical | Status::Equal)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Status::Identical => "identical",
            Status::Equal => "equal",
            Status::Different => "different",
            Status::Stale => "stale",
            Status::Missing => "missing",
            Status::Foreign => "foreign",
        })
    }
}

/// What has been found.
#[derive(Debug, Serialize)]
pub struct Verdict {
    pub source: Option<String>,
    pub pyc: String,
    pub status: Status,
    /// The release that it was compared for.
    pub target: Option<String>,
    /// The optimization level that it was compared at.
    pub level: Option<u8>,
    /// One line.
    pub reason: Option<String>,
    #[serde(serialize_with = "difference")]
    pub difference: Option<Difference>,
}

fn difference<S: serde::Serializer>(
    difference: &Option<Difference>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Shown<'a> {
        place: &'a str,
        cause: &'a str,
        source: &'a str,
        pyc: &'a str,
    }
    let shown = difference.as_ref().map(|difference| Shown {
        place: &difference.place,
        cause: &difference.cause,
        source: &difference.ours,
        pyc: &difference.theirs,
    });
    shown.serialize(serializer)
}

/// A thread's means to judge.
pub struct Judge {
    pub session: Session,
    /// The release that was asked for.
    pub target: Option<Target>,
    /// The interpreter whose output counts, instead of ours.
    pub fresh: Option<Fresh>,
    /// The release that the file before was of: those of one tree are mostly of one.
    pub last: Option<Target>,
    pub files: Files,
}

/// A status with its reason.
type Finding = (Status, String);

/// A comparison that did not find the same bytes.
enum Outcome {
    Identical,
    Equal,
    Different(Difference),
    Fails(String),
}

impl Judge {
    pub fn judge(&mut self, pair: &Pair) -> Verdict {
        let mut verdict = Verdict {
            source: pair.source.as_ref().map(|path| path.display().to_string()),
            pyc: pair.pyc.display().to_string(),
            status: Status::Identical,
            target: None,
            level: pair.level,
            reason: None,
            difference: None,
        };
        if let Err((status, reason)) = self.examine(pair, &mut verdict) {
            verdict.status = status;
            verdict.reason = Some(reason);
        }
        verdict
    }

    fn examine(&mut self, pair: &Pair, verdict: &mut Verdict) -> Result<(), Finding> {
        let bytes = match self.files.read(&pair.pyc) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err((Status::Missing, "there is no such file".to_owned()));
            }
            Err(error) => return Err((Status::Different, error.to_string())),
        };
        let header = pyc::read_header(&bytes).map_err(unreadable)?;
        if let Some(minor) = pair.minor.filter(|minor| *minor != header.minor) {
            let reason = format!(
                "was written by CPython 3.{}, not by 3.{minor}",
                header.minor
            );
            return Err((Status::Foreign, reason));
        }
        let Some(source) = &pair.source else {
            return Err((Status::Foreign, "has no source".to_owned()));
        };
        let opened = self.files.source(source).map_err(|error| {
            (
                Status::Foreign,
                format!("its source cannot be read: {error}"),
            )
        })?;
        let pyc = pyc::read_whole(&bytes).map_err(unreadable)?;
        let stale = staleness(&pyc, &opened);
        let result = self.compare(source, &opened.text, pair, &pyc, &bytes, verdict);
        match (stale, result) {
            (None, result) => result,
            (Some(reason), Ok(())) => Err((
                Status::Stale,
                format!("{reason}; its code is that of the source"),
            )),
            (Some(reason), Err(_)) => {
                verdict.difference = None;
                Err((Status::Stale, reason))
            }
        }
    }

    /// The code against that of the source, for each release and level that it may be of.
    fn compare(
        &mut self,
        source: &Path,
        text: &[u8],
        pair: &Pair,
        pyc: &Pyc<'_>,
        bytes: &[u8],
        verdict: &mut Verdict,
    ) -> Result<(), Finding> {
        if !pyc.rest.is_empty() {
            let reason = format!("{} bytes stand behind its code", pyc.rest.len());
            return Err((Status::Different, reason));
        }
        let Some(filename) = pyc.code.filename.as_str() else {
            return Err((Status::Different, "its file name is no text".to_owned()));
        };
        let mut first = None;
        for (target, level) in self.candidates(pyc.target, pair.level) {
            let expected = Options {
                target,
                level,
                filename,
                source,
            };
            let outcome = self.attempt(text, &expected, pyc, bytes);
            if matches!(outcome, Outcome::Identical | Outcome::Equal) {
                self.last = Some(target);
                verdict.target = Some(target.to_string());
                verdict.level = Some(level);
                if matches!(outcome, Outcome::Equal) {
                    verdict.status = Status::Equal;
                    verdict.reason =
                        Some("reference flags, interning or the order of sets differ".to_owned());
                }
                return Ok(());
            }
            first.get_or_insert((target, level, outcome));
        }
        let Some((target, level, outcome)) = first else {
            return Err((Status::Foreign, "is of no known release".to_owned()));
        };
        verdict.target = Some(target.to_string());
        verdict.level = Some(level);
        let mut reason = match outcome {
            Outcome::Fails(reason) => reason,
            Outcome::Different(difference) => {
                let reason = format!("{}: {}", difference.place, difference.cause);
                verdict.difference = Some(difference);
                reason
            }
            Outcome::Identical | Outcome::Equal => unreachable!("those have been returned"),
        };
        let others = (0..=2).filter(|other| pair.level.is_some_and(|level| level != *other));
        for other in others {
            let expected = Options {
                target,
                level: other,
                filename,
                source,
            };
            if let Outcome::Identical | Outcome::Equal = self.attempt(text, &expected, pyc, bytes) {
                verdict.difference = None;
                reason = format!("it is what level {other} gives, not level {level}");
                break;
            }
        }
        Err((Status::Different, reason))
    }

    /// Releases and levels, the most probable ones first.
    fn candidates(&self, of_magic: Target, level: Option<u8>) -> Vec<(Target, u8)> {
        let mut releases: Vec<Target> = match self.target {
            Some(target) => vec![target],
            None => Target::verified(of_magic.minor).collect(),
        };
        if let Some(last) = self.last
            && let Some(index) = releases.iter().position(|release| *release == last)
        {
            releases[..=index].rotate_right(1);
        }
        let levels = match level {
            Some(level) => level..=level,
            None => 0..=2,
        };
        levels
            .flat_map(|level| releases.iter().map(move |&release| (release, level)))
            .collect()
    }

    fn attempt(
        &mut self,
        text: &[u8],
        options: &Options<'_>,
        pyc: &Pyc<'_>,
        bytes: &[u8],
    ) -> Outcome {
        let expected = match &mut self.fresh {
            Some(fresh) => fresh.compile(options.source, options.filename, options.level),
            None => compile(&mut self.session, text, options),
        };
        let mut ours = match expected {
            Ok(marshalled) => marshalled,
            Err(reason) => return Outcome::Fails(reason),
        };
        if ours == bytes[pyc.header.len..] {
            return Outcome::Identical;
        }
        // Both sides as the reader gives them.
        ours.splice(0..0, pyc::header(options.target, pyc.header.validation));
        match pyc::read(&ours) {
            Ok((_, _, code)) => of_code(&code, &pyc.code, options.target),
            Err(error) => Outcome::Fails(error.to_string()),
        }
    }
}

/// What the source is compiled for.
struct Options<'a> {
    target: Target,
    level: u8,
    filename: &'a str,
    source: &'a Path,
}

fn of_code(ours: &CodeObject, theirs: &CodeObject, target: Target) -> Outcome {
    match compare::first_difference_in_effect(ours, theirs, target) {
        Some(difference) => Outcome::Different(difference),
        None => Outcome::Equal,
    }
}

/// The marshalled code of a source.
fn compile(session: &mut Session, text: &[u8], options: &Options<'_>) -> Result<Vec<u8>, String> {
    let compile_options = CompileOptions {
        target: options.target,
        optimize: options.level,
        filename: options.filename.to_owned(),
    };
    let result = catch_unwind(AssertUnwindSafe(|| -> Result<_, CompileError> {
        let code = session.compile(text, &compile_options)?;
        let mut bytes = Vec::new();
        pycsmith_bytecode::marshal::write(&code, options.target, &mut bytes)
            .map_err(CompileError::from)?;
        Ok(bytes)
    }));
    match result {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(format!("the source does not compile: {error}")),
        Err(_) => {
            *session = Session::new();
            Err("a bug in pycsmith, please report it: the compiler panicked".to_owned())
        }
    }
}

fn unreadable(error: PycError) -> Finding {
    match error {
        PycError::NotPyc | PycError::UnknownMagic(_) | PycError::UnsupportedVersion(_) => {
            (Status::Foreign, error.to_string())
        }
        PycError::Truncated | PycError::BadFlags(_) | PycError::Marshal(_) => {
            (Status::Different, format!("cannot be read: {error}"))
        }
    }
}

/// Why the header is not that of the source as it is now.
fn staleness(pyc: &Pyc<'_>, source: &Source) -> Option<String> {
    match pyc.header.validation {
        Validation::Timestamp { mtime: time, size } => {
            if size != source.text.len() as u32 {
                return Some(format!(
                    "its source had {size} bytes, now it has {}",
                    source.text.len()
                ));
            }
            let now = source.mtime?;
            (time != now)
                .then(|| format!("its source was changed at {time}, as it knows, and at {now}"))
        }
        Validation::CheckedHash(hash) | Validation::UncheckedHash(hash) => {
            let now = pyc::source_hash(pyc.target, &source.text);
            (hash != now).then(|| format!("its source had the hash {hash:016x}, now {now:016x}"))
        }
    }
}
