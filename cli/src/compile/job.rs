//! Compiling one source for all that the run makes of it.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileOptions, Session};

use super::plan::{Plan, Variant};
use crate::args::InvalidationMode;
use crate::message::Message;
use crate::{output, pyc_file};

/// What a thread keeps from source to source.
#[derive(Default)]
pub struct Worker {
    pub session: Session,
    writer: output::Writer,
    /// Memory for a source and a `.pyc` file; empty between them.
    source: Vec<u8>,
    pyc: Vec<u8>,
}

/// Most bytes of a source or `.pyc` file whose memory is kept.
const KEPT: usize = 4 << 20;

/// Empties the memory of a file, to be used again.
fn emptied(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.clear();
    bytes.shrink_to(KEPT);
    bytes
}

/// What has become of one source.
#[derive(Default)]
pub struct Outcome {
    /// What is wrong; what is wrong for several targets is told once.
    pub messages: Vec<Message>,
    /// The source's length.
    pub bytes: u64,
    /// What was written, for `--verbose`.
    pub written: Vec<PathBuf>,
    /// Nothing had to be written.
    pub is_current: bool,
    /// Nothing more can be written.
    pub is_full: bool,
}

impl Outcome {
    pub fn failed(message: Message) -> Outcome {
        Outcome {
            messages: vec![message],
            ..Outcome::default()
        }
    }
}

/// One source to compile.
pub struct Job<'a> {
    pub plan: &'a Plan<'a>,
    pub source: &'a Path,
}

/// What a source is read for once.
struct Input {
    metadata: Metadata,
    /// Unread while all that is known to be asked for is up to date.
    bytes: Option<Vec<u8>>,
}

/// What a source has become for one target and level.
enum Made {
    Current,
    Written(PathBuf),
}

/// Why not.
struct Failure {
    message: Box<Message>,
    is_full: bool,
}

impl From<Box<Message>> for Failure {
    fn from(message: Box<Message>) -> Failure {
        Failure {
            message,
            is_full: false,
        }
    }
}

impl Job<'_> {
    pub fn run(&self, worker: &mut Worker) -> Outcome {
        let mut input = match self.open() {
            Ok(input) => input,
            Err(message) => return Outcome::failed(*message),
        };
        let mut outcome = Outcome {
            bytes: input.metadata.len(),
            is_current: true,
            ..Outcome::default()
        };
        let mut found = Found::default();
        for &variant in &self.plan.variants {
            let made = self.make(worker, &mut input, variant);
            outcome.is_current &= matches!(made, Ok(Made::Current));
            match made {
                Ok(Made::Current) => {}
                Ok(Made::Written(path)) => outcome.written.push(path),
                Err(failure) => {
                    outcome.is_full |= failure.is_full;
                    found.add(*failure.message, variant);
                }
            }
        }
        outcome.messages = found.messages(self.plan);
        if let Some(bytes) = input.bytes {
            worker.source = emptied(bytes);
        }
        outcome
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

    fn make(
        &self,
        worker: &mut Worker,
        input: &mut Input,
        variant: Variant,
    ) -> Result<Made, Failure> {
        let destination = self.plan.destination(self.source, variant)?;
        let timestamp = pyc_file::timestamp(&input.metadata);
        let mode = self.plan.mode;
        if mode == InvalidationMode::Timestamp && self.is_current(&destination, variant, timestamp)
        {
            return Ok(Made::Current);
        }
        let source = match &input.bytes {
            Some(bytes) => bytes,
            None => {
                let mut bytes = std::mem::take(&mut worker.source);
                pyc_file::read(self.source, &input.metadata, &mut bytes)
                    .map_err(|error| Message::io(self.source, &error))?;
                input.bytes.insert(bytes)
            }
        };
        let validation = pyc_file::validation(mode, &input.metadata, source, variant.target);
        if mode != InvalidationMode::Timestamp && self.is_current(&destination, variant, validation)
        {
            return Ok(Made::Current);
        }
        let options = CompileOptions {
            target: variant.target,
            optimize: variant.level,
            filename: self.plan.filename(self.source)?,
        };
        let mut bytes = emptied(std::mem::take(&mut worker.pyc));
        pyc_file::append(
            &mut worker.session,
            source,
            &options,
            validation,
            &mut bytes,
        )
        .map_err(|error| Message::compile(self.source, &error))?;
        let bits = output::pyc_mode(&input.metadata);
        let written = worker.writer.write(&destination, &bytes, bits);
        worker.pyc = bytes;
        match written {
            Ok(()) => Ok(Made::Written(destination)),
            Err(error) => Err(Failure {
                message: Message::io(&destination, &error),
                is_full: is_full(error.kind()),
            }),
        }
    }

    fn is_current(&self, destination: &Path, variant: Variant, validation: Validation) -> bool {
        !self.plan.arguments.force
            && pyc_file::head(destination) == Some(pyc::header(variant.target, validation))
    }
}

/// Whether what follows cannot be written either.
pub fn is_full(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem
    )
}

/// What is wrong with a source, and for which targets.
#[derive(Default)]
pub struct Found(Vec<(Message, Vec<String>)>);

impl Found {
    pub fn add(&mut self, message: Message, variant: Variant) {
        let target = variant.target.to_string();
        match self.0.iter_mut().find(|(other, _)| *other == message) {
            Some((_, targets)) if targets.contains(&target) => {}
            Some((_, targets)) => targets.push(target),
            None => self.0.push((message, vec![target])),
        }
    }

    /// With their targets in a run for several.
    pub fn messages(self, plan: &Plan<'_>) -> Vec<Message> {
        let first = plan.variants[0].target;
        let several = plan.variants.iter().any(|other| other.target != first);
        let with_targets = |(mut message, targets): (Message, _)| {
            if several {
                message.targets = targets;
            }
            message
        };
        self.0.into_iter().map(with_targets).collect()
    }
}
