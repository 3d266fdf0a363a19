//! Reading one input.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use pycsmith_ir::CodeModule;
use pycsmith_ir::text::{self, Places};

use crate::archive;
use crate::args::MessageFormat;
use crate::message::Message;

/// The contents of `path`, which may be a member of an archive (`pkg.whl/pkg/mod.py`), or of standard input for `-`.
pub fn read(path: &Path) -> Result<Vec<u8>, Box<Message>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        return match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(Message::io(path, &error)),
        };
    }
    match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotADirectory => match archive::read_path(path) {
            Some(member) => member.map_err(|error| Message::archive(path, &error)),
            None => Err(Message::io(path, &error)),
        },
        result => result.map_err(|error| Message::io(path, &error)),
    }
}

/// IR in its text form, read.
pub struct IrText {
    pub source: String,
    pub module: CodeModule,
    pub places: Places,
}

/// The IR that `path` or standard input has; what is wrong with it is told, all of it.
pub fn ir(path: &Path) -> Option<IrText> {
    let tell = |message: Box<Message>| message.print(MessageFormat::Human);
    let bytes = read(path).map_err(tell).ok()?;
    let Ok(source) = String::from_utf8(bytes) else {
        tell(Message::plain(
            path,
            "UnicodeDecodeError",
            "IR is UTF-8 text",
        ));
        return None;
    };
    match text::parse_with_places(&source) {
        Ok((module, places)) => Some(IrText {
            source,
            module,
            places,
        }),
        Err(faults) => {
            for fault in &faults {
                eprint!("{}", fault.render(&path.display().to_string(), &source));
            }
            None
        }
    }
}

/// The `co_filename` of an input.
pub fn filename(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "<stdin>".to_owned()
    } else {
        path.to_string_lossy().into_owned()
    }
}
