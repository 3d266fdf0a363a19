//! `pycsmith compile`.

use std::fs::Metadata;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileOptions, Session};

use crate::args::{CompileArgs, InvalidationMode};
use crate::message::Message;
use crate::{FINDINGS, OK, output, parallel, paths, pyc_file};

pub fn run(arguments: &CompileArgs, targets: &[Target]) -> u8 {
    let sources = paths::sources(&arguments.paths);
    let mode = arguments
        .invalidation_mode
        .unwrap_or_else(pyc_file::default_mode);
    let mut status = OK;
    parallel::in_order(
        sources.iter(),
        arguments.jobs,
        Session::new,
        |session, source| match source {
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
            ControlFlow::Continue(())
        },
    );
    status
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
        let timestamp = pyc_file::timestamp(&input.metadata);
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
        let validation = pyc_file::validation(self.mode, &input.metadata, source, target);
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
        let bytes = pyc_file::bytes(session, source, &options, validation)
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
        !self.arguments.force
            && pyc_file::head(destination) == Some(pyc::header(target, validation))
    }
}

fn forward_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
