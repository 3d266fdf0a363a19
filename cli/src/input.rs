//! Reading one input.

use std::io::Read as _;
use std::path::Path;

use crate::message::Message;

/// The contents of `path`, or of standard input for `-`.
pub fn read(path: &Path) -> Result<Vec<u8>, Box<Message>> {
    let result = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    result.map_err(|error| Message::io(path, &error))
}

/// The `co_filename` of an input.
pub fn filename(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "<stdin>".to_owned()
    } else {
        path.to_string_lossy().into_owned()
    }
}
