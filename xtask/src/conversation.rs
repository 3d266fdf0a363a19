//! A reference interpreter that runs a script of ours, which asks or answers on standard input and output.

use std::error::Error;
use std::ffi::OsStr;
use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::reference::Reference;

/// The process and the pipes to it.
pub struct Conversation {
    child: Child,
    to: ChildStdin,
    /// What it says.
    pub from: BufReader<ChildStdout>,
}

impl Conversation {
    /// Starts the script with arguments.
    pub fn start(
        reference: &Reference,
        script: &Path,
        arguments: &[&OsStr],
    ) -> Result<Conversation, Box<dyn Error>> {
        let mut child = reference
            .command()
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("no pipes to the interpreter".into());
        };
        Ok(Conversation {
            child,
            to,
            from: BufReader::new(from),
        })
    }

    /// Says something, at once.
    pub fn say(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.to.write_all(bytes)?;
        self.to.flush()
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        // It may be in an endless loop of its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
