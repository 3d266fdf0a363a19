//! `pycsmith verify` over a tree of CPython's own files, 20 of them altered: it must find these, each with its status.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use pycsmith_tests::checks::alter::{Altered, alter_some};
use pycsmith_tests::checks::mutate::Random;

use crate::reference::{self, Reference};

#[derive(clap::Args)]
pub struct Args {
    /// The reference interpreter, whose standard library is taken and which compiles it
    #[arg(long)]
    python: Option<PathBuf>,
    /// Most files
    #[arg(long, default_value = "1710")]
    count: usize,
    /// Alters other files
    #[arg(long, default_value = "1")]
    seed: u64,
    /// The command [default: that of the folder of this one]
    #[arg(long)]
    pycsmith: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::find(args.python.as_deref())?;
    let folder = tempfile::tempdir()?;
    let sources = copy(&reference, folder.path(), args.count)?;
    // Files that CPython's own tests have to be refused are refused here too.
    reference
        .command()
        .args(["-m", "compileall", "-qq", "-o", "0", "."])
        .current_dir(folder.path())
        .status()?;
    let tag = reference.target.cache_tag();
    let pairs: Vec<(PathBuf, PathBuf)> = sources
        .iter()
        .map(|source| (source.clone(), cached(source, &tag)))
        .filter(|(_, pyc)| pyc.exists())
        .collect();
    let count = pairs.len();
    let altered = alter_some(pairs, &mut Random::new(args.seed, 0))?;
    let start = Instant::now();
    let found = verify(args, folder.path())?;
    let seconds = start.elapsed().as_secs_f64();
    let faults = faults(&altered, found, folder.path(), &tag);
    println!(
        "{count} files of CPython {}, {} of them altered, verified in {seconds:.1} s: {} faults",
        reference.target,
        altered.len(),
        faults.len()
    );
    for fault in &faults {
        println!("  {fault}");
    }
    Ok(faults.is_empty())
}

/// Sources that compile, but for a few that do not, below `folder`.
fn copy(
    reference: &Reference,
    folder: &Path,
    count: usize,
) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let root = reference.stdlib()?;
    let mut copied = Vec::new();
    for name in reference::sources(&root) {
        if copied.len() >= count {
            break;
        }
        let path = folder.join(&name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::copy(root.join(&name), &path)?;
        copied.push(path);
    }
    Ok(copied)
}

fn cached(source: &Path, tag: &str) -> PathBuf {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}.{tag}.pyc");
    source.with_file_name("__pycache__").join(name)
}

/// The status of each `.pyc` file.
fn verify(args: &Args, folder: &Path) -> Result<BTreeMap<PathBuf, String>, Box<dyn Error>> {
    let command = match &args.pycsmith {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("pycsmith"),
    };
    let output = Command::new(command.canonicalize()?)
        .args(["verify", "--message-format", "json", "."])
        .current_dir(folder)
        .output()?;
    let mut found = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let verdict: serde_json::Value = serde_json::from_str(line)?;
        let text = |name: &str| verdict[name].as_str().unwrap_or("").to_owned();
        found.insert(PathBuf::from(text("pyc")), text("status"));
    }
    Ok(found)
}

/// Where what was found is not what was done.
fn faults(
    altered: &[Altered],
    mut found: BTreeMap<PathBuf, String>,
    folder: &Path,
    tag: &str,
) -> Vec<String> {
    let mut faults = Vec::new();
    for Altered { pyc, name, status } in altered {
        let path = pyc.strip_prefix(folder).unwrap_or(pyc);
        // Of what is missing no version is known.
        let of_any = path.to_string_lossy().replace(&format!(".{tag}."), ".*.");
        let said = found
            .remove(path)
            .or_else(|| found.remove(Path::new(&of_any)));
        if said.as_deref() != Some(status) {
            faults.push(format!(
                "{}: {name}: {said:?}, not {status}",
                path.display()
            ));
        }
    }
    // A source that CPython refuses has no file.
    found.retain(|path, status| {
        let is_refused = status == "missing" && path.to_string_lossy().ends_with(".*.pyc");
        !(is_refused || status == "identical" || status == "equal")
    });
    for (path, status) in found {
        faults.push(format!(
            "{}: {status}, though it was not altered",
            path.display()
        ));
    }
    faults
}
