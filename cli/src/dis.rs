//! `pycsmith dis`.

use std::io::Write as _;
use std::path::Path;

use pycsmith_bytecode::{Target, dis, pyc};
use pycsmith_compiler::CompileOptions;

use crate::args::{DisArgs, MessageFormat};
use crate::message::Message;
use crate::{FINDINGS, OK, input, targets};

/// `Err` for a wrong command line.
pub fn run(arguments: &DisArgs) -> Result<u8, String> {
    let path = &arguments.file;
    let text = if path.extension().is_some_and(|extension| extension == "pyc") {
        of_pyc(path)
    } else {
        of_source(arguments, targets::one(&arguments.target)?)
    };
    Ok(match text {
        Ok(text) => {
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            OK
        }
        Err(message) => {
            message.print(MessageFormat::Human);
            FINDINGS
        }
    })
}

fn of_pyc(path: &Path) -> Result<String, Box<Message>> {
    let (_, target, code) = pyc::read(&input::read(path)?)
        .map_err(|error| Message::plain(path, "ValueError", error.to_string()))?;
    Ok(dis::listing(&code, target))
}

fn of_source(arguments: &DisArgs, target: Target) -> Result<String, Box<Message>> {
    let path = &arguments.file;
    let options = CompileOptions {
        target,
        optimize: arguments.level.optimize,
        filename: input::filename(path),
    };
    let code = pycsmith_compiler::compile(&input::read(path)?, &options)
        .map_err(|error| Message::compile(path, &error))?;
    Ok(dis::listing(&code, target))
}
