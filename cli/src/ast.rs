//! `pycsmith ast`.

use std::io::Write as _;

use crate::args::{AstArgs, MessageFormat};
use crate::message::Message;
use crate::{FINDINGS, OK, input};

pub fn run(arguments: &AstArgs) -> u8 {
    let source = match input::read(&arguments.file) {
        Ok(source) => source,
        Err(message) => {
            message.print(MessageFormat::Human);
            return FINDINGS;
        }
    };
    match pycsmith_compiler::dump_ast(&source, arguments.target.target) {
        Ok(text) => {
            let _ = writeln!(std::io::stdout().lock(), "{text}");
            OK
        }
        Err(error) => {
            Message::compile(&arguments.file, &error).print(MessageFormat::Human);
            FINDINGS
        }
    }
}
