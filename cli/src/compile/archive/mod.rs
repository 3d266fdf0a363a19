//! Compiling the sources in a wheel or zip file: a new archive with the `.pyc` files in it takes the old one's place.

mod changed;

use std::ops::ControlFlow;
use std::path::Path;

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::CompileOptions;

use super::job::{Found, Outcome, Worker, is_full};
use super::plan::{Place, Plan, Variant};
use super::report::Report;
use crate::archive::rewrite::Packed;
use crate::archive::{Archive, ArchiveError, Member, record};
use crate::args::InvalidationMode;
use crate::message::Message;
use crate::paths::Exclude;
use crate::{interrupt, parallel, pyc_file};
use changed::Changed;

/// Whether an archive of this name is a wheel: those have their `.pyc` files where they are to be installed, and a `RECORD`.
pub fn place(path: &Path) -> Place {
    match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("whl") => Place::Wheel,
        _ => Place::Zip,
    }
}

/// Compiles the archive at `path`. Breaks when nothing more can be written.
pub fn run(
    path: &Path,
    exclude: &Exclude,
    plan: &Plan<'_>,
    report: &mut Report<'_>,
) -> ControlFlow<()> {
    let failure = match attempt(path, exclude, plan, report) {
        Ok(()) => return ControlFlow::Continue(()),
        Err(error) => error,
    };
    report.message(&Message::archive(path, &failure));
    match failure {
        ArchiveError::Io(error) if is_full(error.kind()) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}

fn attempt(
    path: &Path,
    exclude: &Exclude,
    plan: &Plan<'_>,
    report: &mut Report<'_>,
) -> Result<(), ArchiveError> {
    let archive = Archive::open(path)?;
    let record = match place(path) {
        Place::Wheel => Some(record::find(&archive)?),
        _ => None,
    };
    let sources: Vec<&Member> = archive
        .members()
        .iter()
        .filter(|member| is_source(member, record) && !exclude.has_file(Path::new(&member.name)))
        .collect();
    let mut changed = Changed::new(&archive, path, plan, record, &sources)?;
    let mut result = Ok(());
    let until_interrupted = |_: &_| interrupt::status().is_none();
    parallel::in_order(
        sources.iter().copied().take_while(until_interrupted),
        plan.arguments.jobs,
        Worker::default,
        |worker, source| {
            let job = Job {
                archive: &archive,
                path,
                source,
                plan,
            };
            (source, job.run(worker))
        },
        |(source, (outcome, made))| {
            report.tell(&path.join(&source.name), &outcome);
            for pyc in made {
                if let Err(error) = changed.put(source, pyc) {
                    result = Err(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        },
    );
    result?;
    if interrupt::status().is_some() {
        return Ok(());
    }
    if let Some(signature) = changed.finish()? {
        report.note(&format!(
            "note: {}: {signature} signs the RECORD that was and is void now",
            path.display()
        ));
    }
    Ok(())
}

/// The names of the sources that are compiled in an archive.
pub fn sources(archive: &Archive) -> Vec<&str> {
    let is_record = |member: &&Member| member.name.ends_with(".dist-info/RECORD");
    let record = archive.members().iter().find(is_record);
    let sources = archive.members().iter().filter(|it| is_source(it, record));
    sources.map(|member| &*member.name).collect()
}

/// Sources that are imported where they are: not the scripts and data that a wheel installs elsewhere.
fn is_source(member: &Member, record: Option<&Member>) -> bool {
    let name = &*member.name;
    let is_installed_elsewhere = || {
        let mut parts = name.split('/');
        parts.next().is_some_and(|part| part.ends_with(".data"))
            && !matches!(parts.next(), Some("purelib" | "platlib"))
    };
    name.ends_with(".py")
        && !name.split('/').any(|part| part == "__pycache__")
        && !(record.is_some() && is_installed_elsewhere())
}

/// The path of a source below the folder that is on `sys.path`.
fn installed_name(name: &str, place: Place) -> &str {
    let mut parts = name.splitn(3, '/');
    match (place, parts.next(), parts.next(), parts.next()) {
        (Place::Wheel, Some(data), Some("purelib" | "platlib"), Some(rest))
            if data.ends_with(".data") =>
        {
            rest
        }
        _ => name,
    }
}

/// The member that a source is compiled to.
fn destination(plan: &Plan<'_>, source: &str, variant: Variant) -> String {
    let path = plan.beside(Path::new(source), variant);
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// One source in an archive.
struct Job<'a> {
    archive: &'a Archive,
    /// The archive.
    path: &'a Path,
    source: &'a Member,
    plan: &'a Plan<'a>,
}

/// What is to be in the archive for one source, target and level.
enum Pyc {
    /// The member that is there, current or of a source that does not compile.
    Old(String),
    New {
        name: String,
        packed: Packed,
        /// Of the `RECORD`.
        line: String,
    },
}

impl Job<'_> {
    fn run(&self, worker: &mut Worker) -> (Outcome, Vec<Pyc>) {
        let shown = self.path.join(&self.source.name);
        let name = |variant: &Variant| destination(self.plan, &self.source.name, *variant);
        let source = match self.archive.read(self.source) {
            Ok(source) => source,
            Err(error) => {
                let old = self.plan.variants.iter().map(name).map(Pyc::Old).collect();
                return (Outcome::failed(*Message::archive(&shown, &error)), old);
            }
        };
        let mut outcome = Outcome {
            bytes: source.len() as u64,
            is_current: true,
            ..Outcome::default()
        };
        let mut found = Found::default();
        let mut made = Vec::new();
        for variant in &self.plan.variants {
            let name = name(variant);
            let validation = self.validation(&source, *variant);
            if self.is_current(&name, *variant, validation) {
                made.push(Pyc::Old(name));
                continue;
            }
            outcome.is_current = false;
            match self.compile(worker, &source, *variant, validation, &shown) {
                Ok(bytes) => {
                    outcome.written.push(self.path.join(&name));
                    let line = record::line(&name, &bytes);
                    let packed = Packed::new(bytes, self.source);
                    made.push(Pyc::New { name, packed, line });
                }
                Err(message) => {
                    found.add(*message, *variant);
                    made.push(Pyc::Old(name));
                }
            }
        }
        outcome.messages = found.messages(self.plan);
        (outcome, made)
    }

    fn validation(&self, source: &[u8], variant: Variant) -> Validation {
        let hash = pyc::source_hash(variant.target, source);
        match self.plan.mode {
            InvalidationMode::CheckedHash => Validation::CheckedHash(hash),
            // The plan has refused time stamps.
            InvalidationMode::UncheckedHash | InvalidationMode::Timestamp => {
                Validation::UncheckedHash(hash)
            }
        }
    }

    fn is_current(&self, name: &str, variant: Variant, validation: Validation) -> bool {
        let header = pyc::header(variant.target, validation);
        let member = self.archive.find(name);
        !self.plan.arguments.force
            && member
                .and_then(|member| self.archive.read(member).ok())
                .is_some_and(|pyc| pyc.starts_with(&header))
    }

    fn compile(
        &self,
        worker: &mut Worker,
        source: &[u8],
        variant: Variant,
        validation: Validation,
        shown: &Path,
    ) -> Result<Vec<u8>, Box<Message>> {
        let name = installed_name(&self.source.name, place(self.path));
        let options = CompileOptions {
            target: variant.target,
            optimize: variant.level,
            filename: self.plan.filename(Path::new(name))?,
        };
        pyc_file::bytes(&mut worker.session, source, &options, validation)
            .map_err(|error| Message::compile(shown, &error))
    }
}

#[cfg(test)]
mod tests;
