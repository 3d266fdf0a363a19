//! What an interpreter makes of a source now.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

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
        let request = serde_json::json!({ "path": source, "filename": filename, "level": level });
        running
            .requests
            .write_all(format!("{request}\n").as_bytes())?;
        running.requests.flush()?;
        let mut head = String::new();
        running.answers.read_line(&mut head)?;
        let head = head.trim_end();
        let length: usize = head
            .trim_start_matches('-')
            .parse()
            .map_err(|_| Error::new(ErrorKind::InvalidData, "the interpreter has ended"))?;
        let mut answer = Vec::new();
        let read = (&mut running.answers)
            .take(length as u64)
            .read_to_end(&mut answer)?;
        if read < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(if head.starts_with('-') {
            let words = String::from_utf8_lossy(&answer);
            Err(format!("the source does not compile: {words}"))
        } else {
            Ok(answer)
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(python: &Path) -> Result<Running, Error> {
    let mut child = Command::new(python)
        .args(["-I", "-S", "-c", SCRIPT])
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
    })
}
