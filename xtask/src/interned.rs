//! Which strings an interpreter has interned before it compiles its first file (see `compiler/src/interned.rs`).

use std::error::Error;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::reference::Reference;

#[derive(clap::Args)]
pub struct Args {
    /// The interpreter to ask [default: python3.14 of the references or of PATH]
    #[arg(long)]
    python: Option<PathBuf>,
}

const CANDIDATES: &str = include_str!("interned_candidates.py");
const SCRIPT: &str = include_str!("interned.py");

/// Writes compiler/data/interned-3.NN.N.txt. Candidates are all strings in the code objects of the standard library, the
/// attributes that the script finds, and what the files of all releases had (some strings are in modules that only the
/// executable has).
pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::find(args.python.as_deref())?;
    let mut candidates = ask(&reference, CANDIDATES, &[reference.stdlib()?.as_ref()], &[])?;
    let data = crate::workspace().join("compiler/data");
    for entry in std::fs::read_dir(&data)? {
        candidates.extend(std::fs::read(entry?.path())?);
    }
    let found = ask(&reference, SCRIPT, &[], &candidates)?;
    std::fs::write(
        data.join(format!("interned-{}.txt", reference.target)),
        &found,
    )?;
    println!(
        "{} strings",
        found.iter().filter(|&&byte| byte == b'\n').count()
    );
    Ok(true)
}

/// What a script prints that gets `input`.
fn ask(
    reference: &Reference,
    script: &str,
    arguments: &[&OsStr],
    input: &[u8],
) -> Result<Vec<u8>, Box<dyn Error>> {
    let file = tempfile::Builder::new().suffix(".py").tempfile()?;
    std::fs::write(file.path(), script)?;
    let mut child = Command::new(&reference.path)
        .args(["-I", "-S"])
        .arg(file.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().expect("piped");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output()
    })?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err("the reference interpreter failed".into()),
    }
}
