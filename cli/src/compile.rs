//! `pycsmith compile`.

use std::fs::Metadata;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pycsmith_bytecode::Target;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileError, CompileOptions, Session};

use crate::args::{CompileArgs, InvalidationMode};
use crate::message::Message;
use crate::{FINDINGS, OK, output, parallel, paths};

pub fn run(arguments: &CompileArgs, targets: &[Target]) -> u8 {
    let sources = paths::sources(&arguments.paths);
    let mode = arguments.invalidation_mode.unwrap_or_else(default_mode);
    let mut status = OK;
    parallel::in_order(
        sources.len(),
        arguments.jobs,
        Session::new,
        |session, index| match &sources[index] {
            Ok(source) => Job {
                arguments,
                targets,
                mode,
                source,
            }
            .run(session),
            Err(failure) => vec![*Message::io(&failure.path, &failure.error)],
        },
        |found| {
            for message in found {
                message.print(arguments.message_format);
                status = FINDINGS;
            }
        },
    );
    status
}

/// `py_compile`'s default: reproducible builds want hashes.
fn default_mode() -> InvalidationMode {
    match std::env::var_os("SOURCE_DATE_EPOCH") {
        Some(value) if !value.is_empty() => InvalidationMode::CheckedHash,
        _ => InvalidationMode::Timestamp,
    }
}

/// One source to compile, for all targets.
struct Job<'a> {
    arguments: &'a CompileArgs,
    targets: &'a [Target],
    mode: InvalidationMode,
    source: &'a Path,
}

/// What a source is read for once.
struct Input {
    metadata: Metadata,
    /// Unread while all that is known to be asked for is up to date.
    bytes: Option<Vec<u8>>,
}

impl Job<'_> {
    /// What is wrong; what is wrong for several targets is told once.
    fn run(&self, session: &mut Session) -> Vec<Message> {
        let mut input = match self.open() {
            Ok(input) => input,
            Err(message) => return vec![*message],
        };
        let mut found: Vec<(Message, Vec<String>)> = Vec::new();
        for &target in self.targets {
            if let Err(message) = self.compile(session, &mut input, target) {
                match found.iter_mut().find(|(other, _)| *other == *message) {
                    Some((_, targets)) => targets.push(target.to_string()),
                    None => found.push((*message, vec![target.to_string()])),
                }
            }
        }
        let several = self.targets.len() > 1;
        let with_targets = |(mut message, targets): (Message, _)| {
            if several {
                message.targets = targets;
            }
            message
        };
        found.into_iter().map(with_targets).collect()
    }

    fn open(&self) -> Result<Input, Box<Message>> {
        let metadata =
            std::fs::metadata(self.source).map_err(|error| Message::io(self.source, &error))?;
        if metadata.is_dir() {
            return Err(Message::plain(
                self.source,
                "IsADirectoryError",
                "is a folder",
            ));
        }
        Ok(Input {
            metadata,
            bytes: None,
        })
    }

    fn compile(
        &self,
        session: &mut Session,
        input: &mut Input,
        target: Target,
    ) -> Result<(), Box<Message>> {
        let (destination, filename) = self.destination(target)?;
        let timestamp = timestamp(&input.metadata);
        if self.mode == InvalidationMode::Timestamp
            && self.is_current(&destination, target, timestamp)
        {
            return Ok(());
        }
        let source = match &input.bytes {
            Some(bytes) => bytes,
            None => input.bytes.insert(
                std::fs::read(self.source).map_err(|error| Message::io(self.source, &error))?,
            ),
        };
        let validation = validation(self.mode, &input.metadata, source, target);
        if self.mode != InvalidationMode::Timestamp
            && self.is_current(&destination, target, validation)
        {
            return Ok(());
        }
        let options = CompileOptions {
            target,
            optimize: self.arguments.level.optimize,
            filename,
        };
        let bytes = catch_unwind(AssertUnwindSafe(|| {
            let code = session.compile(source, &options)?;
            pyc::write(&code, target, validation)
                .map_err(|error| CompileError::Bug(error.to_string()))
        }))
        .unwrap_or_else(|_| {
            *session = Session::new();
            Err(CompileError::Bug("the compiler panicked".to_owned()))
        })
        .map_err(|error| Message::compile(self.source, &error))?;
        output::write_atomic(&destination, &bytes, output::pyc_mode(&input.metadata))
            .map_err(|error| Message::io(&destination, &error))
    }

    /// Where the `.pyc` goes and what `co_filename` is.
    fn destination(&self, target: Target) -> Result<(PathBuf, String), Box<Message>> {
        let tag = target.cache_tag();
        match &self.arguments.out_dir {
            Some(folder) => {
                let Some(relative) = paths::relative(self.source) else {
                    return Err(Message::plain(
                        self.source,
                        "ValueError",
                        "the path leads outside the output folder",
                    ));
                };
                let filename = forward_slashes(&relative);
                let folder = match self.targets {
                    [_] => folder.to_owned(),
                    _ => folder.join(tag),
                };
                Ok((folder.join(paths::with_c(&relative)), filename))
            }
            None => {
                let destination =
                    paths::cache_path(self.source, &tag, self.arguments.level.optimize);
                Ok((destination, self.source.to_string_lossy().into_owned()))
            }
        }
    }

    fn is_current(&self, destination: &Path, target: Target, validation: Validation) -> bool {
        !self.arguments.force && head(destination) == Some(pyc::header(target, validation))
    }
}

/// The header that [`run`] gives a file without being told which.
pub fn default_validation(path: &Path, source: &[u8], target: Target) -> Option<Validation> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(validation(default_mode(), &metadata, source, target))
}

fn validation(
    mode: InvalidationMode,
    metadata: &Metadata,
    source: &[u8],
    target: Target,
) -> Validation {
    let hash = || pyc::source_hash(target, source);
    match mode {
        InvalidationMode::Timestamp => timestamp(metadata),
        InvalidationMode::CheckedHash => Validation::CheckedHash(hash()),
        InvalidationMode::UncheckedHash => Validation::UncheckedHash(hash()),
    }
}

fn timestamp(metadata: &Metadata) -> Validation {
    Validation::Timestamp {
        mtime: mtime(metadata),
        size: metadata.len() as u32,
    }
}

/// The bytes of a file where a `.pyc` has its header, if it has them.
fn head(path: &Path) -> Option<[u8; pyc::HEADER_LEN]> {
    use std::io::Read as _;
    let mut head = [0; pyc::HEADER_LEN];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    Some(head)
}

fn forward_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Seconds since 1970, modulo 2**32 as the header holds them; times before 1970 wrap.
pub fn mtime(metadata: &Metadata) -> u32 {
    match metadata.modified() {
        Ok(time) => match time.duration_since(UNIX_EPOCH) {
            Ok(since) => since.as_secs() as u32,
            Err(before) => (before.duration().as_secs_f64().ceil() as u64).wrapping_neg() as u32,
        },
        Err(_) => 0,
    }
}
