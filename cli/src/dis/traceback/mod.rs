//! `pycsmith dis --traceback`: the instructions at which the frames of a traceback stood.

mod locate;
mod parse;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use pycsmith_bytecode::Target;
use pycsmith_bytecode::dis::model::Listing;
use pycsmith_bytecode::dis::reading;
use pycsmith_bytecode::footprint::text_limit;
use serde::Serialize;

use crate::args::{DisArgs, MessageFormat};
use crate::message::Message;
use crate::module::{self, Module};
use crate::{FINDINGS, OK, input, output, targets};
use locate::{Found, Place, locate};
use parse::Frame;

/// Where a frame stood, for programs.
#[derive(Serialize)]
struct Shown<'a> {
    filename: &'a str,
    lineno: i32,
    name: &'a str,
    repeated: usize,
    /// Why there are no places, or only those of the line.
    note: Option<String>,
    places: Vec<ShownPlace>,
}

#[derive(Serialize)]
struct ShownPlace {
    qualname: String,
    /// In bytes.
    offsets: Vec<u32>,
}

/// `Err` for a wrong command line.
pub(super) fn run(
    arguments: &DisArgs,
    path: &Path,
    options: reading::Options<'_>,
) -> Result<u8, String> {
    let target = targets::one(&arguments.target)?;
    let text = match input::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(message) => {
            message.print(MessageFormat::Human);
            return Ok(FINDINGS);
        }
    };
    let frames = parse::frames(&text);
    if frames.is_empty() {
        let message = Message::plain(path, "ValueError", "there is no traceback in it");
        message.print(MessageFormat::Human);
        return Ok(FINDINGS);
    }
    let mut modules = Modules::new(arguments, target);
    let mut status = OK;
    let mut shown = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        let module = modules.of(&frame.file);
        let found = module.map(|module| locate(frame, module));
        let (places, note) = match &found {
            Ok(Found::At { places, exact }) => (places.as_slice(), note(places, *exact)),
            Ok(Found::Nowhere) => (&[][..], Some(nowhere(frame))),
            Ok(Found::Changed(now)) => (&[][..], Some(changed(frame, now))),
            Err(words) => (&[][..], Some((*words).to_owned())),
        };
        if places.is_empty() {
            status = FINDINGS;
        }
        if arguments.json {
            shown.push(for_programs(frame, places, note));
            continue;
        }
        let mut page = if index > 0 { "\n" } else { "" }.to_owned();
        page += &head(frame, note.as_deref(), options.color);
        if let Ok(module) = module {
            page += &listings(frame, module, places, options);
        }
        output::print(&page);
    }
    if arguments.json {
        let text = serde_json::to_string_pretty(&shown);
        output::print(&(text.expect("strings and numbers are JSON") + "\n"));
    }
    Ok(status)
}

fn for_programs<'a>(frame: &'a Frame, places: &[Place], note: Option<String>) -> Shown<'a> {
    let place = |place: &Place| ShownPlace {
        qualname: place.code.qualname.to_string_lossy().into_owned(),
        offsets: place.offsets.iter().map(|offset| offset * 2).collect(),
    };
    Shown {
        filename: &frame.file,
        lineno: frame.line,
        name: &frame.name,
        repeated: frame.repeated,
        note,
        places: places.iter().map(place).collect(),
    }
}

fn note(places: &[Place], exact: bool) -> Option<String> {
    let count: usize = places.iter().map(|place| place.offsets.len()).sum();
    match (exact, count) {
        (_, 1) => None,
        (true, count) => Some(format!("{count} instructions fit")),
        (false, count) => Some(format!("{count} instructions of the line may be meant")),
    }
}

fn nowhere(frame: &Frame) -> String {
    format!("{} has no instructions of line {}", frame.name, frame.line)
}

fn changed(frame: &Frame, now: &str) -> String {
    match now {
        "" => format!("the source has changed: it has no line {} now", frame.line),
        now => format!("the source has changed: line {} is now {now}", frame.line),
    }
}

/// The frame as the traceback has it, and what is to be said of it.
fn head(frame: &Frame, note: Option<&str>, color: bool) -> String {
    let (bold, red, end) = match color {
        true => ("\x1b[1m", "\x1b[31m", "\x1b[0m"),
        false => ("", "", ""),
    };
    let clean = |text: &str| text.replace(|c: char| c.is_control(), "\u{fffd}");
    let (file, name) = (clean(&frame.file), clean(&frame.name));
    let mut out = format!(
        "{bold}File \"{file}\", line {}, in {name}{end}\n",
        frame.line
    );
    if frame.repeated > 0 {
        let _ = writeln!(out, "  repeated {} more times", frame.repeated);
    }
    if let Some(note) = note {
        let _ = writeln!(out, "  {red}{}{end}", clean(note));
    }
    out
}

fn listings(
    frame: &Frame,
    module: &Module,
    places: &[Place],
    options: reading::Options<'_>,
) -> String {
    let lines: Option<Vec<&str>> = module.source.as_ref().map(|text| text.lines().collect());
    let mut out = String::new();
    for place in places {
        let options = reading::Options {
            lines: Some((frame.line, frame.line)),
            marked: &place.offsets,
            ..options
        };
        let listing = Listing::new(&place.code, module.target);
        let limit = text_limit(&place.code);
        out += &reading::text(&listing, lines.as_deref(), options, limit);
    }
    out
}

/// The modules of the files that are named.
struct Modules {
    target: Target,
    level: u8,
    known: HashMap<String, Result<Module, String>>,
}

impl Modules {
    /// With that of the command line, which stands for the source that it comes from.
    fn new(arguments: &DisArgs, target: Target) -> Modules {
        let mut modules = Modules {
            target,
            level: arguments.optimize,
            known: HashMap::new(),
        };
        if arguments.file.as_os_str() != "-" {
            let module = modules.read(&arguments.file);
            let name = match &module {
                Ok(module) => module.code.filename.to_string_lossy().into_owned(),
                Err(_) => input::filename(&arguments.file),
            };
            modules.known.insert(name, module);
        }
        modules
    }

    fn of(&mut self, file: &str) -> Result<&Module, &str> {
        if !self.known.contains_key(file) {
            let module = match file.starts_with('<') {
                true => Err("there is no source to compile".to_owned()),
                false => self.read(Path::new(file)),
            };
            self.known.insert(file.to_owned(), module);
        }
        match self.known.get(file) {
            Some(Ok(module)) => Ok(module),
            Some(Err(words)) => Err(words),
            None => Err("it has not been read"),
        }
    }

    fn read(&self, path: &Path) -> Result<Module, String> {
        let words = |message: Box<Message>| format!("{}: {}", message.kind, message.msg);
        let bytes = input::read(path).map_err(words)?;
        match module::is_pyc(path, &bytes) {
            true => module::of_pyc(path, &bytes).map_err(words),
            false => module::of_source(path, &bytes, self.target, self.level).map_err(words),
        }
    }
}
