//! `pycsmith asm`: IR in, a `.pyc` file out.

use std::io::Write as _;
use std::path::Path;

use pycsmith_compiler::assemble::{self, AssembleError};
use pycsmith_ir::text::Diagnostic;

use crate::args::{AsmArgs, MessageFormat};
use crate::input::{self, IrText};
use crate::message::Message;
use crate::{FINDINGS, OK, output};

/// Permission bits of the file, before the umask.
const MODE: u32 = 0o666;

pub fn run(arguments: &AsmArgs) -> u8 {
    let Some(text) = input::ir(&arguments.file) else {
        return FINDINGS;
    };
    let bytes = match assemble::to_pyc(&text.module) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprint!("{}", told(&arguments.file, &text, &error));
            return FINDINGS;
        }
    };
    let path = &arguments.output;
    let written = match path.as_os_str() == "-" {
        true => std::io::stdout().lock().write_all(&bytes),
        false => output::write_atomic(path, &bytes, MODE),
    };
    match written {
        Ok(()) => OK,
        Err(error) => {
            Message::io(path, &error).print(MessageFormat::Human);
            FINDINGS
        }
    }
}

/// The error with its place in the text, where it has one.
fn told(path: &Path, text: &IrText, error: &AssembleError) -> String {
    let (file, message) = (path.display().to_string(), &error.message);
    let place = error
        .unit
        .and_then(|unit| text.places.find(unit, error.instr));
    match place {
        Some(span) => Diagnostic::new(span, message).render(&file, &text.source),
        None => format!("{file}: {message}\n"),
    }
}
