//! `pycsmith ast`.

use std::io::Write as _;

use pycsmith_bytecode::Target;

use crate::args::{AstArgs, MessageFormat};
use crate::message::Message;
use crate::{FINDINGS, OK, input};

pub fn run(arguments: &AstArgs, target: Target) -> u8 {
    let source = match input::read(&arguments.file) {
        Ok(source) => source,
        Err(message) => {
            message.print(MessageFormat::Human);
            return FINDINGS;
        }
    };
    match pycsmith_compiler::dump_ast(&source, target) {
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
