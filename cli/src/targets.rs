//! Which CPythons a run compiles for.

use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;

use crate::args::{TargetArg, TargetArgs};
use crate::interpreter;

/// The targets of a run, each once, in the order they are named.
pub fn all(arguments: &TargetArgs) -> Result<Vec<Target>, String> {
    let mut targets: Vec<Target> = Vec::new();
    let named = arguments
        .target
        .iter()
        .map(|&target| checked(target, &format!("CPython {target}")));
    let found = arguments.python.iter().map(|path| of_python(path));
    for target in named.chain(found) {
        let target = target?;
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    if targets.is_empty() {
        targets.push(default()?);
    }
    for (index, target) in targets.iter().enumerate() {
        let tag = target.cache_tag();
        if let Some(other) = targets[..index]
            .iter()
            .find(|other| other.cache_tag() == tag)
        {
            return Err(format!(
                "{other} and {target} have the same file names ({tag}): compile for each in a run of its own, with an --out-dir of its own"
            ));
        }
    }
    Ok(targets)
}

/// The target of a command that has only one.
pub fn one(arguments: &TargetArg) -> Result<Target, String> {
    asked_for(arguments)?.map_or_else(default, Ok)
}

/// The target that the command line names.
pub fn asked_for(arguments: &TargetArg) -> Result<Option<Target>, String> {
    match (arguments.target, &arguments.python) {
        (Some(target), _) => checked(target, &format!("CPython {target}")).map(Some),
        (None, Some(path)) => of_python(path).map(Some),
        (None, None) => Ok(None),
    }
}

fn of_python(path: &Path) -> Result<Target, String> {
    let named = format!("--python {}", path.display());
    of_interpreter(path, &named)
}

/// The target that the environment names.
const VARIABLE: &str = "PYCSMITH_TARGET";

/// That of `PYCSMITH_TARGET`, else the active virtual environment's, else that of the `python3` on PATH, else the newest.
fn default() -> Result<Target, String> {
    if let Some(value) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let value = value.to_string_lossy();
        let target: Target = value
            .parse()
            .map_err(|error| format!("{VARIABLE}: {error}"))?;
        return checked(target, &format!("{VARIABLE}: CPython {target}"));
    }
    let environment = std::env::var_os("VIRTUAL_ENV")
        .map(PathBuf::from)
        .filter(|folder| folder.join("pyvenv.cfg").is_file());
    if let Some(folder) = environment {
        let named = format!("the active virtual environment ({})", folder.display());
        return of_interpreter(&folder, &named);
    }
    match on_path() {
        // One that does not tell what it is says nothing about what is wanted.
        Some(path) if interpreter::version(&path).is_ok() => {
            of_interpreter(&path, &format!("the python3 on PATH ({})", path.display()))
        }
        _ => Target::all()
            .filter(|target| target.is_finished())
            .last()
            .ok_or_else(|| "there is no target".to_owned()),
    }
}

fn on_path() -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) {
        &["python3.exe", "python.exe"]
    } else {
        &["python3"]
    };
    std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        path.metadata()
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// The target that an interpreter or environment is; `named` says how it came up.
fn of_interpreter(path: &Path, named: &str) -> Result<Target, String> {
    let version = interpreter::version(path).map_err(|error| format!("{named} {error}"))?;
    if version.is_prerelease {
        return Err(format!(
            "{named} is a pre-release of CPython {version}; {}",
            what_to_do()
        ));
    }
    let target: Target = version.to_string().parse().map_err(|_| {
        format!(
            "{named} is CPython {version}, which is no target; {}",
            what_to_do()
        )
    })?;
    if !version.is_release() {
        eprintln!(
            "note: {named} does not tell its patch release: compiling as for {target}, the newest verified {version}"
        );
    }
    checked(target, &format!("{named} is CPython {target}, which"))
}

/// Refuses what is not finished; takes the newest verified release for those that are newer.
fn checked(target: Target, subject: &str) -> Result<Target, String> {
    // For us, while a series is being made.
    if !target.is_finished() && std::env::var_os("PYCSMITH_UNFINISHED").is_none() {
        return Err(format!("{subject} is not a target yet; {}", what_to_do()));
    }
    let verified = target.or_newest_verified();
    if verified != target {
        eprintln!(
            "note: CPython {target} is newer than {verified}, the newest release of its series that this pycsmith is verified against: compiling as for {verified}"
        );
    }
    Ok(verified)
}

fn what_to_do() -> String {
    let finished: Vec<String> = Target::all()
        .filter(|target| target.is_finished())
        .map(Target::series)
        .collect();
    format!(
        "name a CPython with --target (so far: {}) or --python",
        finished.join(", ")
    )
}
