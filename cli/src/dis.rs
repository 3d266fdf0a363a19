//! `pycsmith dis`.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use pycsmith_bytecode::dis::{self, cpython};
use pycsmith_bytecode::{CodeObject, Target, pyc};
use pycsmith_compiler::CompileOptions;

use crate::args::{CPythonDisArgs, DisArgs, DisStyle, MessageFormat};
use crate::message::Message;
use crate::{FINDINGS, OK, input, targets};

/// `Err` for a wrong command line.
pub fn run(arguments: &DisArgs) -> Result<u8, String> {
    let path = &arguments.file;
    let read = if path.extension().is_some_and(|extension| extension == "pyc") {
        of_pyc(path)
    } else {
        of_source(arguments, targets::one(&arguments.target)?)
    };
    let (target, code) = match read {
        Ok(read) => read,
        Err(message) => {
            message.print(MessageFormat::Human);
            return Ok(FINDINGS);
        }
    };
    let options = cpython_options(arguments, target)?;
    let text = match arguments.style {
        DisStyle::Plain => dis::listing(&code, target),
        DisStyle::Cpython => cpython::listing(&code, target, options),
    };
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(OK)
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

type Read = Result<(Target, Arc<CodeObject>), Box<Message>>;

fn of_pyc(path: &Path) -> Read {
    let (_, target, code) = pyc::read(&input::read(path)?)
        .map_err(|error| Message::plain(path, "ValueError", error.to_string()))?;
    Ok((target, code))
}

fn of_source(arguments: &DisArgs, target: Target) -> Read {
    let path = &arguments.file;
    let options = CompileOptions {
        target,
        optimize: arguments.optimize,
        filename: input::filename(path),
    };
    let code = pycsmith_compiler::compile(&input::read(path)?, &options)
        .map_err(|error| Message::compile(path, &error))?;
    Ok((target, Arc::new(code)))
}
