//! Without arguments: what is on the interpreter's path (`compile_path`).

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::options::Options;
use super::run;
use super::walk::Places;
use crate::OK;
use crate::dropin::Python;
use crate::dropin::argparse::Exit;
use crate::paths::of_bytes;

/// Tells `sys.path` but for the folder of the script, which is another one here.
const SCRIPT: &str = "import os, sys
path = sys.path if getattr(sys.flags, 'safe_path', False) else sys.path[1:]
sys.stdout.buffer.write(b'\\0'.join(map(os.fsencode, path)))";

/// Compiles the folders of the path, without those in them, up to the first one with errors.
pub fn compile(python: &Python, given: &Options) -> Result<u8, Exit> {
    let mut status = OK;
    for folder in path(python)? {
        let options = Options {
            levels: 0,
            force: given.force,
            quiet: given.quiet,
            legacy: given.legacy,
            mode: given.mode,
            destinations: vec![folder],
            ..Options::default()
        };
        status = run(python, &options, Places::new(python, &options))?;
        if status != OK {
            break;
        }
    }
    Ok(status)
}

/// `sys.path` of the interpreter that the command line names; if it names none, what the path would begin with: the current
/// folder and those of `PYTHONPATH`.
fn path(python: &Python) -> Result<Vec<OsString>, Exit> {
    let mut folders = Vec::new();
    if std::env::var_os("PYTHONSAFEPATH").is_none_or(|value| value.is_empty())
        && let Ok(current) = std::env::current_dir()
    {
        folders.push(current.into_os_string());
    }
    let Some(executable) = &python.executable else {
        let given = std::env::var_os("PYTHONPATH").unwrap_or_default();
        let mut seen: Vec<PathBuf> = Vec::new();
        for folder in std::env::split_paths(&given).filter(|_| !given.is_empty()) {
            if let Ok(folder) = std::path::absolute(&folder)
                && !seen.contains(&folder)
            {
                seen.push(folder);
            }
        }
        folders.extend(seen.into_iter().map(PathBuf::into_os_string));
        return Ok(folders);
    };
    let output = Command::new(executable)
        .args(["-c", SCRIPT])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            let parts = output.stdout.split(|&byte| byte == 0);
            folders.extend(parts.filter(|part| !part.is_empty()).map(of_bytes));
            Ok(folders)
        }
        _ => Err(Exit {
            status: crate::USAGE,
            stdout: String::new(),
            stderr: format!(
                "error: {} does not tell its sys.path\n",
                executable.display()
            ),
        }),
    }
}
