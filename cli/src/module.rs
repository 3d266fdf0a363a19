//! A module's code object, read from a `.pyc` file or compiled.

use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use pycsmith_bytecode::dis::model;
use pycsmith_bytecode::pyc::{self, Header, Validation};
use pycsmith_bytecode::{CodeObject, Target};
use pycsmith_compiler::CompileOptions;

use crate::input;
use crate::message::Message;

pub struct Module {
    pub target: Target,
    pub code: Arc<CodeObject>,
    /// The source, where it is there and the very one.
    pub source: Option<String>,
}

/// Whether it is meant to be a `.pyc` file, by its name or its first bytes.
pub fn is_pyc(path: &Path, bytes: &[u8]) -> bool {
    path.extension().is_some_and(|extension| extension == "pyc") || pyc::read_header(bytes).is_ok()
}

pub fn of_pyc(path: &Path, bytes: &[u8]) -> Result<Module, Box<Message>> {
    let (header, target, code) =
        pyc::read(bytes).map_err(|error| Message::plain(path, "ValueError", error.to_string()))?;
    let source = source_of(&header, target, &code);
    Ok(Module {
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

pub fn of_source(
    path: &Path,
    bytes: &[u8],
    target: Target,
    level: u8,
) -> Result<Module, Box<Message>> {
    let options = CompileOptions {
        target,
        optimize: level,
        filename: input::filename(path),
    };
    let code = pycsmith_compiler::compile(bytes, &options)
        .map_err(|error| Message::compile(path, &error))?;
    Ok(Module {
        target,
        code: Arc::new(code),
        source: Some(text_of(bytes)),
    })
}

/// The code object of that qualified name; of several, the first.
pub fn function(
    path: &Path,
    code: &Arc<CodeObject>,
    name: &str,
) -> Result<Arc<CodeObject>, Box<Message>> {
    let codes = model::all(code);
    let found = codes
        .iter()
        .find(|code| code.qualname.as_str() == Some(name));
    found.cloned().ok_or_else(|| {
        let words = format!("no code object {name}; `pycsmith dis` without --function names all");
        Message::plain(path, "LookupError", words)
    })
}
