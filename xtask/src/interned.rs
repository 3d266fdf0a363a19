//! Which strings an interpreter has interned before it compiles its first file (see `compiler/src/interned.rs`).

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use pycsmith_bytecode::{CodeObject, Constant};
use pycsmith_compiler::{CompileOptions, Session};

use crate::reference::{self, Reference};

#[derive(clap::Args)]
pub struct Args {
    /// The interpreter to ask [default: python3.14 of the references or of PATH]
    #[arg(long)]
    python: Option<PathBuf>,
}

const SCRIPT: &str = include_str!("interned.py");

/// Writes compiler/data/interned-3.NN.txt. Candidates are all strings in the code objects of the standard library, the
/// attributes that the script finds, and what the file had (some strings are in modules that only the executable has).
pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::find(args.python.as_deref())?;
    let stdlib = reference.stdlib()?;
    let (mut session, mut candidates) = (Session::new(), BTreeSet::new());
    for name in reference::sources(&stdlib)
        .iter()
        .filter(|name| !name.starts_with("test/"))
    {
        let options = CompileOptions {
            target: reference.target,
            optimize: 0,
            filename: name.clone(),
        };
        if let Ok(Ok(code)) =
            std::fs::read(stdlib.join(name)).map(|source| session.compile(&source, &options))
        {
            strings(&code, &mut candidates);
        }
    }
    let path = crate::workspace().join(format!(
        "compiler/data/interned-{}.txt",
        reference.target.series()
    ));
    candidates.extend(
        std::fs::read_to_string(&path)
            .unwrap_or_default()
            .lines()
            .map(str::to_owned),
    );
    let script = tempfile::Builder::new().suffix(".py").tempfile()?;
    std::fs::write(script.path(), SCRIPT)?;
    let mut child = Command::new(&reference.path)
        .args(["-I", "-S"])
        .arg(script.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let lines: Vec<String> = candidates.into_iter().collect();
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(lines.join("\n").as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err("the reference interpreter failed".into());
    }
    std::fs::write(&path, &output.stdout)?;
    println!(
        "{} strings",
        output.stdout.iter().filter(|&&byte| byte == b'\n').count()
    );
    Ok(true)
}

fn strings(code: &CodeObject, found: &mut BTreeSet<String>) {
    let names = code
        .names
        .iter()
        .chain(code.localsplusnames.iter())
        .chain([&code.name, &code.qualname]);
    found.extend(names.filter_map(|name| name.as_str()).map(str::to_owned));
    constants(&code.consts, found);
}

fn constants(items: &[Constant], found: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Constant::Str(text) => found.extend(
                text.as_str()
                    .filter(|text| !text.contains('\n'))
                    .map(str::to_owned),
            ),
            Constant::Tuple(items) | Constant::FrozenSet(items) => constants(items, found),
            Constant::Code(code) => strings(code, found),
            _ => {}
        }
    }
}
