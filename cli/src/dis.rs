//! `pycsmith dis`.

mod json;
mod traceback;

use std::io::Write as _;
use std::sync::Arc;

use pycsmith_bytecode::dis::{self, cpython, reading};
use pycsmith_bytecode::{CodeObject, Target};

use crate::args::{CPythonDisArgs, DisArgs, DisStyle, MessageFormat};
use crate::changes::Paint;
use crate::message::Message;
use crate::module::{self, Module};
use crate::{FINDINGS, OK, input, targets, terminal};

/// `Err` for a wrong command line.
pub fn run(arguments: &DisArgs) -> Result<u8, String> {
    if let Some(path) = &arguments.traceback {
        return traceback::run(arguments, path, reading_options(arguments));
    }
    let path = &arguments.file;
    let done = match input::read(path) {
        Ok(bytes) if module::is_pyc(path, &bytes) => module::of_pyc(path, &bytes),
        Ok(bytes) => {
            let target = targets::one(&arguments.target)?;
            module::of_source(path, &bytes, target, arguments.optimize)
        }
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

enum Failure {
    /// A wrong command line.
    Usage(String),
    Found(Box<Message>),
}

fn listing(arguments: &DisArgs, read: &Module) -> Result<String, Failure> {
    let options = cpython_options(arguments, read.target).map_err(Failure::Usage)?;
    let reads = arguments.style == DisStyle::Reading;
    if !reads && (arguments.lines.is_some() || arguments.stack || arguments.json) {
        let words = "--lines, --stack and --json go with the style reading";
        return Err(Failure::Usage(words.to_owned()));
    }
    let code = match &arguments.function {
        Some(name) => {
            module::function(&arguments.file, &read.code, name).map_err(Failure::Found)?
        }
        None => read.code.clone(),
    };
    match arguments.style {
        DisStyle::Reading => for_reading(arguments, read, &code),
        DisStyle::Plain => Ok(dis::listing(&code, read.target)),
        DisStyle::Cpython => Ok(cpython::listing(&code, read.target, options)),
    }
}

fn for_reading(
    arguments: &DisArgs,
    read: &Module,
    code: &Arc<CodeObject>,
) -> Result<String, Failure> {
    if arguments.json {
        return json::text(code, read.target, arguments.lines)
            .map_err(|words| Failure::Found(Message::plain(&arguments.file, "ValueError", words)));
    }
    let options = reading_options(arguments);
    let lines: Option<Vec<&str>> = read.source.as_ref().map(|text| text.lines().collect());
    Ok(reading::listing(
        code,
        read.target,
        lines.as_deref(),
        options,
    ))
}

fn reading_options(arguments: &DisArgs) -> reading::Options<'static> {
    reading::Options {
        width: arguments.width.map_or_else(terminal::width, usize::from),
        color: Paint::for_stdout(arguments.color).is_on(),
        stack: arguments.stack,
        lines: arguments.lines,
        marked: &[],
    }
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
