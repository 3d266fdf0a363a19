//! Random programs by `pysource-codegen`, a package of the Python index that runs on CPython 3.13 or older.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// A Python that has pysource-codegen
    #[arg(long)]
    python: PathBuf,
    /// How many programs
    #[arg(long, default_value = "2000")]
    seeds: u32,
    /// The folder that gets them
    #[arg(long)]
    out: PathBuf,
}

const SCRIPT: &str = "\
import sys, signal, pathlib
from pysource_codegen import generate
out = pathlib.Path(sys.argv[1]); out.mkdir(parents=True, exist_ok=True)
def late(*_): raise TimeoutError
signal.signal(signal.SIGALRM, late)
sys.setrecursionlimit(20000)
written = 0
for seed in range(int(sys.argv[2])):
    path = out / f'{seed:05}.py'
    if path.exists(): written += 1; continue
    signal.alarm(60)
    try: source = generate(seed, node_limit=1000)
    except Exception as error: print(seed, repr(error)); continue
    finally: signal.alarm(0)
    path.write_text(source, encoding='utf-8', errors='surrogatepass'); written += 1
print(written, 'programs')
";

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let status = Command::new(&args.python)
        .args(["-c", SCRIPT])
        .arg(&args.out)
        .arg(args.seeds.to_string())
        .status()?;
    Ok(status.success())
}
