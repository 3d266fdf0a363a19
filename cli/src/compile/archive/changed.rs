//! The archive that a run makes of another.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::super::plan::{Plan, Variant};
use super::{Pyc, destination};
use crate::archive::rewrite::{Packed, Rewriter};
use crate::archive::{Archive, ArchiveError, Member, record};
use crate::output::{Replacement, Writer};
use crate::paths;

/// The archive that takes the old one's place: first all that has nothing to do with this run, then the `.pyc` files in the order of
/// their sources, then a wheel's `.dist-info`, where archivers are to put it. So the result does not depend on what was current.
/// Nothing is written before something changes.
pub struct Changed<'a> {
    archive: &'a Archive,
    record: Option<&'a Member>,
    /// The members that the sources are compiled to, whether they are there or not.
    made: HashSet<String>,
    path: PathBuf,
    mode: u32,
    /// Those that stay, until something changes.
    staying: Vec<&'a Member>,
    output: Option<Output<'a>>,
    replaced: HashSet<&'a str>,
    lines: Vec<String>,
}

struct Output<'a> {
    rewriter: Rewriter<'a, File>,
    replacement: Replacement,
}

impl<'a> Changed<'a> {
    pub fn new(
        archive: &'a Archive,
        path: &Path,
        plan: &Plan<'_>,
        record: Option<&'a Member>,
        sources: &[&Member],
    ) -> Result<Changed<'a>, ArchiveError> {
        let names = sources.iter().flat_map(|source| {
            let name = |variant: &Variant| destination(plan, &source.name, *variant);
            plan.variants.iter().map(name)
        });
        let mut changed = Changed {
            archive,
            record,
            made: names.collect(),
            path: path.to_owned(),
            mode: mode(&path.metadata()?),
            staying: Vec::new(),
            output: None,
            replaced: HashSet::new(),
            lines: Vec::new(),
        };
        if let Some(folder) = &plan.arguments.out_dir {
            let relative = paths::relative(path).ok_or_else(|| {
                ArchiveError::Bad("the path leads outside the output folder".to_owned())
            })?;
            changed.path = folder.join(relative);
            changed.begin()?;
        }
        Ok(changed)
    }

    /// Whether a member stands at the end.
    fn is_last(&self, member: &Member) -> bool {
        self.record.is_some_and(|record| {
            let folder = record.name.trim_end_matches("RECORD");
            member.name.starts_with(folder)
        })
    }

    fn begin(&mut self) -> Result<(), ArchiveError> {
        let mut replacement = Writer::default().begin(&self.path, self.mode)?;
        let mut rewriter = Rewriter::new(self.archive, replacement.file().try_clone()?)?;
        for member in self.archive.members() {
            if !self.is_last(member) && !self.made.contains(&member.name) {
                rewriter.copy(member)?;
            }
        }
        for member in self.staying.drain(..) {
            rewriter.copy(member)?;
        }
        self.output = Some(Output {
            rewriter,
            replacement,
        });
        Ok(())
    }

    pub fn put(&mut self, source: &Member, pyc: Pyc) -> Result<(), ArchiveError> {
        let (name, packed, line) = match pyc {
            Pyc::Old(name) => return self.keep(&name),
            Pyc::New { name, packed, line } => (name, packed, line),
        };
        if self.output.is_none() {
            self.begin()?;
        }
        if let Some(output) = &mut self.output {
            output.rewriter.add(&name, source, &packed)?;
        }
        if let Some(old) = self.archive.find(&name) {
            self.replaced.insert(&old.name);
        }
        self.lines.push(line);
        Ok(())
    }

    fn keep(&mut self, name: &str) -> Result<(), ArchiveError> {
        match (self.archive.find(name), &mut self.output) {
            (Some(member), Some(output)) => output.rewriter.copy(member),
            (Some(member), None) => {
                self.staying.push(member);
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    /// Puts the archive in its place, if anything has changed. The signature that is void then, if there is one.
    pub fn finish(mut self) -> Result<Option<String>, ArchiveError> {
        let Some(mut output) = self.output.take() else {
            return Ok(None);
        };
        let is_at_end =
            |member: &&Member| self.is_last(member) && !self.made.contains(&member.name);
        let is_record =
            |member: &Member| self.record.is_some_and(|record| record.name == member.name);
        for member in self.archive.members().iter().filter(is_at_end) {
            if !is_record(member) {
                output.rewriter.copy(member)?;
            }
        }
        let mut signature = None;
        if let Some(record) = self.record {
            if self.lines.is_empty() {
                output.rewriter.copy(record)?;
            } else {
                let text = self.new_record(record)?;
                let packed = Packed::new(text.into_bytes(), record);
                output.rewriter.add(&record.name, record, &packed)?;
                signature = [".jws", ".p7s"]
                    .map(|ending| format!("{}{ending}", record.name))
                    .into_iter()
                    .find(|name| self.archive.find(name).is_some());
            }
        }
        output.rewriter.finish()?;
        output.replacement.finish()?;
        Ok(signature)
    }

    fn new_record(&self, record: &Member) -> Result<String, ArchiveError> {
        let text = String::from_utf8(self.archive.read(record)?)
            .map_err(|_| ArchiveError::Bad("has a RECORD that is not UTF-8".to_owned()))?;
        Ok(record::update(
            &text,
            &record.name,
            &self.replaced,
            &self.lines,
        ))
    }
}

/// The archive's own permission bits.
fn mode(metadata: &std::fs::Metadata) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.permissions().mode() & 0o777
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        0o666
    }
}
