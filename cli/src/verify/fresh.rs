//! What an interpreter makes of a source now.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use pycsmith_bytecode::pyc::HEADER_LEN;
use tempfile::TempDir;

const SCRIPT: &str = include_str!("fresh.py");

/// An interpreter that compiles on request; it is started with the first one.
pub struct Fresh {
    python: PathBuf,
    running: Option<Running>,
}

struct Running {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Where it writes.
    folder: TempDir,
}

impl Fresh {
    pub fn new(python: &Path) -> Fresh {
        Fresh {
            python: python.to_owned(),
            running: None,
        }
    }

    /// The marshalled code, or what is wrong.
    pub fn compile(&mut self, source: &Path, filename: &str, level: u8) -> Result<Vec<u8>, String> {
        let answer = self.ask(source, filename, level);
        if answer.is_err() {
            // It cannot go on behind half an answer.
            self.running = None;
        }
        answer.unwrap_or_else(|error| Err(format!("{}: {error}", self.python.display())))
    }

    fn ask(
        &mut self,
        source: &Path,
        filename: &str,
        level: u8,
    ) -> Result<Result<Vec<u8>, String>, Error> {
        let running = match &mut self.running {
            Some(running) => running,
            None => self.running.insert(start(&self.python)?),
        };
        let path = hexadecimal(source.as_os_str().as_encoded_bytes());
        let filename = hexadecimal(filename.as_bytes());
        let request = format!("{path}\n{filename}\n{level}\n");
        running.requests.write_all(request.as_bytes())?;
        running.requests.flush()?;
        let mut answer = String::new();
        running.answers.read_line(&mut answer)?;
        match answer.strip_suffix('\n') {
            None => Err(Error::new(
                ErrorKind::InvalidData,
                "the interpreter has ended",
            )),
            Some("") => {
                let mut bytes = std::fs::read(running.folder.path().join(OUTPUT))?;
                bytes.drain(..HEADER_LEN.min(bytes.len()));
                Ok(Ok(bytes))
            }
            Some(words) => Ok(Err(format!("the source does not compile: {words}"))),
        }
    }
}

const OUTPUT: &str = "fresh.pyc";

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(python: &Path) -> Result<Running, Error> {
    let folder = tempfile::tempdir()?;
    let mut child = Command::new(python)
        .args(["-I", "-S", "-c", SCRIPT])
        .arg(folder.path().join(OUTPUT))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Error::other("no pipe to the interpreter"));
    };
    Ok(Running {
        child,
        requests,
        answers: BufReader::new(answers),
        folder,
    })
}
