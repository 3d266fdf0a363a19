//! Peak memory of `pycsmith compile` over trees of many files: it may not grow with their number.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use crate::interrupt::binary;

#[derive(clap::Args)]
pub struct Args {
    /// Files of the smaller tree; the larger one has ten times as many
    #[arg(long, default_value = "6000")]
    files: usize,
}

/// More is growth.
const TOLERANCE: f64 = 1.1;
const FILES_A_FOLDER: usize = 100;

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let binary = binary()?;
    let mut peaks = Vec::new();
    for files in [args.files, 10 * args.files] {
        let folder = tempfile::tempdir()?;
        make(folder.path(), files)?;
        for (what, options) in [
            ("compiled", &[][..]),
            ("up to date", &[]),
            ("with errors", &["-O", "1"]),
        ] {
            // An error in each file: nothing that is told may pile up.
            if what == "with errors" {
                spoil(folder.path(), files)?;
            }
            let (seconds, peak) = measure(&binary.path, folder.path(), options)?;
            println!(
                "{files} files, {what}: {seconds:.1} s of CPU time, peak memory {:.1} MB",
                peak / 1e6
            );
            peaks.push(peak);
        }
    }
    let (small, large) = peaks.split_at(peaks.len() / 2);
    Ok(small
        .iter()
        .zip(large)
        .all(|(small, large)| *large <= TOLERANCE * small))
}

fn path(folder: &Path, index: usize) -> std::path::PathBuf {
    let group = index / FILES_A_FOLDER;
    folder.join(format!("p{}/q{group}/m{index}.py", group / FILES_A_FOLDER))
}

fn make(folder: &Path, files: usize) -> Result<(), Box<dyn Error>> {
    for index in 0..files {
        let path = path(folder, index);
        std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        let function = |name: usize| {
            format!(
                "def f{name}(x, y={index}):\n    '''Doc {name}.'''\n    return [x + i for i in range(y)]\n"
            )
        };
        std::fs::write(path, (0..20).map(function).collect::<String>())?;
    }
    Ok(())
}

fn spoil(folder: &Path, files: usize) -> Result<(), Box<dyn Error>> {
    for index in 0..files {
        std::fs::write(path(folder, index), "return\n")?;
    }
    Ok(())
}

/// CPU time in seconds and peak memory in bytes.
fn measure(binary: &Path, folder: &Path, options: &[&str]) -> Result<(f64, f64), Box<dyn Error>> {
    let mut command = Command::new(binary);
    command
        .args(["compile", "--target", "3.14", "."])
        .args(options);
    let (seconds, peak) = crate::bench::measure(&mut command, folder)?;
    Ok((seconds, peak as f64))
}
