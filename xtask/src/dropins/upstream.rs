//! CPython's own tests of the two modules, run by the reference with our command in their place (`upstream.py`).

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::reference::Reference;

const SCRIPT: &str = include_str!("upstream.py");

/// What became of a test module.
#[derive(Deserialize)]
struct Outcome {
    module: String,
    passed: usize,
    /// Test, reason.
    skipped: Vec<(String, String)>,
    /// Tests that no command line can pass, and why.
    excepted: Vec<(String, String)>,
    /// Such tests that pass: they are no exceptions.
    needless: Vec<String>,
    /// Test, traceback.
    failed: Vec<(String, String)>,
    /// How often our command was run.
    commands: usize,
}

pub fn run(reference: &Reference, pycsmith: &Path) -> Result<bool, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("upstream.py");
    std::fs::write(&script, SCRIPT)?;
    let output = Command::new(&reference.path)
        .arg(script)
        .arg(pycsmith)
        .current_dir(folder.path())
        // Tests look at the .pyc files that imports write.
        .env_remove("PYTHONDONTWRITEBYTECODE")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let mut is_good = output.status.success();
    for line in String::from_utf8(output.stdout)?.lines() {
        let outcome: Outcome = serde_json::from_str(line)?;
        is_good &= outcome.print(reference);
    }
    Ok(is_good)
}

impl Outcome {
    /// Tells whether all is well.
    fn print(&self, reference: &Reference) -> bool {
        println!(
            "{} {}: {} tests passed, {} skipped, {} failed; {} have no command line; our command ran {} times",
            reference.target,
            self.module,
            self.passed,
            self.skipped.len(),
            self.failed.len(),
            self.excepted.len(),
            self.commands
        );
        for (test, reason) in &self.excepted {
            println!("    left out: {test} {reason}");
        }
        for (test, reason) in &self.skipped {
            println!("    skipped:  {test}: {reason}");
        }
        for test in &self.needless {
            println!("    passes, though it is an exception: {test}");
        }
        for (test, text) in &self.failed {
            println!("    FAILED:   {test}\n{text}");
        }
        self.failed.is_empty() && self.needless.is_empty() && self.commands > 0 && self.passed > 0
    }
}
