//! `pycsmith dis`.

mod json;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use pycsmith_bytecode::dis::model::{self, Listing};
use pycsmith_bytecode::dis::{self, cpython, reading};
use pycsmith_bytecode::pyc::{self, Header, Validation};
use pycsmith_bytecode::{CodeObject, Target};
use pycsmith_compiler::CompileOptions;

use crate::args::{CPythonDisArgs, DisArgs, DisStyle, MessageFormat};
use crate::changes::Paint;
use crate::message::Message;
use crate::{FINDINGS, OK, input, targets, terminal};

/// `Err` for a wrong command line.
pub fn run(arguments: &DisArgs) -> Result<u8, String> {
    let done = match input::read(&arguments.file) {
        Ok(bytes) if is_pyc(&arguments.file, &bytes) => of_pyc(&arguments.file, &bytes),
        Ok(bytes) => of_source(arguments, targets::one(&arguments.target)?, bytes),
        Err(message) => Err(message),
    };
    match done.map(|read| listing(arguments, &read)) {
        Ok(Ok(text)) => {
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            Ok(OK)
        }
        Ok(Err(Failure::Usage(words))) => Err(words),
        Ok(Err(Failure::Found(message))) | Err(message) => {
            message.print(MessageFormat::Human);
            Ok(FINDINGS)
        }
    }
}

/// What there is to list.
struct Read {
    target: Target,
    code: Arc<CodeObject>,
    /// The source, where it is there and the very one.
    source: Option<String>,
}

enum Failure {
    /// A wrong command line.
    Usage(String),
    Found(Box<Message>),
}

fn listing(arguments: &DisArgs, read: &Read) -> Result<String, Failure> {
    let options = cpython_options(arguments, read.target).map_err(Failure::Usage)?;
    let reads = arguments.style == DisStyle::Reading;
    if !reads && (arguments.lines.is_some() || arguments.stack || arguments.json) {
        let words = "--lines, --stack and --json go with the style reading";
        return Err(Failure::Usage(words.to_owned()));
    }
    let code = match &arguments.function {
        Some(name) => function(arguments, &read.code, name).map_err(Failure::Found)?,
        None => read.code.clone(),
    };
    match arguments.style {
        DisStyle::Reading => for_reading(arguments, read, &code),
        DisStyle::Plain => Ok(dis::listing(&code, read.target)),
        DisStyle::Cpython => Ok(cpython::listing(&code, read.target, options)),
    }
}

/// The code object of that qualified name; of several, the first.
fn function(
    arguments: &DisArgs,
    code: &Arc<CodeObject>,
    name: &str,
) -> Result<Arc<CodeObject>, Box<Message>> {
    let codes = model::all(code);
    let found = codes
        .iter()
        .find(|code| code.qualname.as_str() == Some(name));
    found.cloned().ok_or_else(|| {
        let words = format!("no code object {name}; `pycsmith dis` without --function names all");
        Message::plain(&arguments.file, "LookupError", words)
    })
}

fn for_reading(
    arguments: &DisArgs,
    read: &Read,
    code: &Arc<CodeObject>,
) -> Result<String, Failure> {
    let codes = model::all(code);
    let listings: Vec<Listing<'_>> = codes
        .iter()
        .map(|code| Listing::new(code, read.target))
        .filter(|listing| arguments.lines.is_none_or(|lines| listing.has_lines(lines)))
        .collect();
    if arguments.json {
        return json::text(&listings, read.target, arguments.lines).map_err(|error| {
            Failure::Found(Message::plain(
                &arguments.file,
                "ValueError",
                error.to_string(),
            ))
        });
    }
    let options = reading::Options {
        width: arguments.width.map_or_else(terminal::width, usize::from),
        color: Paint::for_stdout(arguments.color).is_on(),
        stack: arguments.stack,
        lines: arguments.lines,
    };
    let lines: Option<Vec<&str>> = read.source.as_ref().map(|text| text.lines().collect());
    let texts = listings
        .iter()
        .map(|listing| reading::text(listing, lines.as_deref(), options));
    Ok(texts.collect::<Vec<_>>().join("\n"))
}

/// The options of `python -m dis`, if the target's has them.
fn cpython_options(arguments: &DisArgs, target: Target) -> Result<cpython::Options, String> {
    let CPythonDisArgs {
        show_caches,
        show_offsets,
        show_positions,
        specialized,
    } = arguments.cpython;
    let (caches, positions) = (target.dis_shows_caches(), target.dis_shows_positions());
    for (given, name, exists) in [
        (show_caches, "--show-caches", caches),
        (show_offsets, "--show-offsets", caches),
        (show_positions, "--show-positions", positions),
        (specialized, "--specialized", positions),
    ] {
        if given && arguments.style != DisStyle::Cpython {
            return Err(format!("{name} is an option for --style cpython"));
        }
        if given && !exists {
            let series = target.series();
            return Err(format!("{name}: python{series} -m dis has no such option"));
        }
    }
    Ok(cpython::Options {
        show_caches,
        show_offsets,
        show_positions,
        specialized,
    })
}

/// Whether it is meant to be a `.pyc` file, by its name or its first bytes.
fn is_pyc(path: &Path, bytes: &[u8]) -> bool {
    path.extension().is_some_and(|extension| extension == "pyc") || pyc::read_header(bytes).is_ok()
}

fn of_pyc(path: &Path, bytes: &[u8]) -> Result<Read, Box<Message>> {
    let (header, target, code) =
        pyc::read(bytes).map_err(|error| Message::plain(path, "ValueError", error.to_string()))?;
    let source = source_of(&header, target, &code);
    Ok(Read {
        target,
        code,
        source,
    })
}

/// The source that the `.pyc` names, if it is the one that the header tells of.
fn source_of(header: &Header, target: Target, code: &CodeObject) -> Option<String> {
    let path = Path::new(code.filename.as_str()?);
    let bytes = std::fs::read(path).ok()?;
    let is_it = match header.validation {
        Validation::CheckedHash(hash) | Validation::UncheckedHash(hash) => {
            hash == pyc::source_hash(target, &bytes)
        }
        Validation::Timestamp { mtime, size } => {
            let modified = std::fs::metadata(path).ok()?.modified().ok()?;
            let seconds = modified.duration_since(UNIX_EPOCH).ok()?.as_secs();
            seconds as u32 == mtime && bytes.len() as u32 == size
        }
    };
    is_it.then(|| text_of(&bytes))
}

/// A source for showing; columns are right where it is UTF-8.
fn text_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
}

fn of_source(arguments: &DisArgs, target: Target, bytes: Vec<u8>) -> Result<Read, Box<Message>> {
    let path = &arguments.file;
    let options = CompileOptions {
        target,
        optimize: arguments.optimize,
        filename: input::filename(path),
    };
    let code = pycsmith_compiler::compile(&bytes, &options)
        .map_err(|error| Message::compile(path, &error))?;
    Ok(Read {
        target,
        code: Arc::new(code),
        source: Some(text_of(&bytes)),
    })
}
