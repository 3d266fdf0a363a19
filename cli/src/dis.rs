//! `pycsmith dis`.

use std::io::Write as _;

use pycsmith_bytecode::{dis, pyc};
use pycsmith_compiler::CompileOptions;

use crate::args::{DisArgs, MessageFormat};
use crate::message::Message;
use crate::{FINDINGS, OK, input};

pub fn run(arguments: &DisArgs) -> u8 {
    match listing(arguments) {
        Ok(text) => {
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            OK
        }
        Err(message) => {
            message.print(MessageFormat::Human);
            FINDINGS
        }
    }
}

fn listing(arguments: &DisArgs) -> Result<String, Box<Message>> {
    let path = &arguments.file;
    let bytes = input::read(path)?;
    if path.extension().is_some_and(|extension| extension == "pyc") {
        let (_, target, code) = pyc::read(&bytes)
            .map_err(|error| Message::plain(path, "ValueError", error.to_string()))?;
        return Ok(dis::listing(&code, target));
    }
    let options = CompileOptions {
        target: arguments.target.target,
        optimize: arguments.level.optimize,
        filename: input::filename(path),
    };
    let code = pycsmith_compiler::compile(&bytes, &options)
        .map_err(|error| Message::compile(path, &error))?;
    Ok(dis::listing(&code, options.target))
}
