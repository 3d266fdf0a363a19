//! Which release an interpreter is, told from its files; it is run only where they do not say.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A Python's version as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    minor: u32,
    /// `None` if only the series is known.
    patch: Option<u32>,
    /// An alpha, a beta or a release candidate.
    pub is_prerelease: bool,
}

impl Version {
    /// Reads `3.12`, `3.12.1`, `3.12.1+`, `3.15.0rc1`, `3.12.1.final.0`.
    pub fn parse(text: &str) -> Option<Version> {
        let (minor, rest) = number(text.strip_prefix("3.")?)?;
        let Some(rest) = rest.strip_prefix('.') else {
            return rest.is_empty().then_some(Version {
                minor,
                patch: None,
                is_prerelease: false,
            });
        };
        let (patch, rest) = number(rest)?;
        let level = rest.trim_start_matches('.');
        Some(Version {
            minor,
            patch: Some(patch),
            is_prerelease: ["a", "b", "c", "r"]
                .iter()
                .any(|level_name| level.starts_with(level_name)),
        })
    }

    /// Whether the patch release is known.
    pub fn is_release(&self) -> bool {
        self.patch.is_some()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}", self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

/// The number at the start of `text`, and the rest.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// The version of the interpreter at `path`, or of the virtual environment or installation in that folder. Only the
/// series is given where no file tells the release and the interpreter cannot be run (it may be another machine's).
pub fn version(path: &Path) -> Result<Version, String> {
    let executable = match executable(path) {
        Some(executable) => executable,
        None if path.is_dir() => {
            let nothing =
                "holds no interpreter: expected bin/python3 or Scripts/python.exe below it";
            return environment_version(path).unwrap_or_else(|| Err(nothing.to_owned()));
        }
        None => return Err("does not exist".to_owned()),
    };
    let environment = environment_of(&executable);
    let from_files = installed_version(&executable)?;
    if let Some(version) = from_files.as_ref().filter(|version| version.is_release()) {
        return Ok(version.clone());
    }
    if let Some(version) = environment.and_then(|folder| environment_version(&folder)) {
        return version;
    }
    match (ask(&executable), from_files) {
        (Ok(version), _) => Ok(version),
        (Err(Refusal::NotCPython(name)), _) => Err(name),
        (Err(Refusal::Failed(_)), Some(series)) => Ok(series),
        (Err(Refusal::Failed(words)), None) => Err(words),
    }
}

/// The interpreter that `path` is, or that is in that folder.
pub fn executable(path: &Path) -> Option<PathBuf> {
    in_folder(path).or_else(|| path.is_file().then(|| path.to_owned()))
}

/// The interpreter of a virtual environment or installation.
fn in_folder(folder: &Path) -> Option<PathBuf> {
    [
        "bin/python3",
        "bin/python",
        "Scripts/python.exe",
        "python.exe",
    ]
    .iter()
    .map(|name| folder.join(name))
    .find(|path| path.is_file())
}

/// The virtual environment that the interpreter belongs to.
fn environment_of(executable: &Path) -> Option<PathBuf> {
    let folders = executable.ancestors().skip(1).take(2);
    folders
        .map(Path::to_owned)
        .find(|folder| folder.join("pyvenv.cfg").is_file())
}

/// What `pyvenv.cfg` says: `version` (venv) or `version_info` (virtualenv, uv).
fn environment_version(folder: &Path) -> Option<Result<Version, String>> {
    let text = std::fs::read_to_string(folder.join("pyvenv.cfg")).ok()?;
    let value = |key: &str| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name.trim().eq_ignore_ascii_case(key)).then(|| value.trim())
        })
    };
    if let Some(name) = value("implementation").filter(|name| !name.eq_ignore_ascii_case("cpython"))
    {
        return Some(Err(format!("is {name}, not CPython")));
    }
    let version = value("version_info").or_else(|| value("version"))?;
    Version::parse(version).filter(Version::is_release).map(Ok)
}

/// What the installation around the interpreter tells: the header `patchlevel.h`, the name of its folder, its own name.
fn installed_version(executable: &Path) -> Result<Option<Version>, String> {
    let Ok(real) = executable.canonicalize() else {
        return Ok(None);
    };
    let name = |path: &Path| {
        path.file_stem()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let (real_name, own_name) = (name_of(&real), name_of(executable));
    if name(&real).is_some_and(|name| name.starts_with("pypy")) {
        return Err("is PyPy, not CPython".to_owned());
    }
    let Some(folder) = real.parent() else {
        return Ok(None);
    };
    // `<prefix>/bin/python3.12`, on Windows `<prefix>/python.exe`.
    let prefix = match folder.file_name() {
        Some(name) if name == "bin" => folder.parent().unwrap_or(folder),
        _ => folder,
    };
    let is_python = real_name.starts_with("python");
    let series = series_of_name(&real_name)
        .or_else(|| series_of_name(&own_name))
        .or_else(|| series_of_library(prefix).filter(|_| is_python));
    let Some(series) = series else {
        return Ok(None);
    };
    Ok(Some(
        from_header(prefix, &series)
            .or_else(|| from_folder_names(prefix, &series))
            .unwrap_or(series),
    ))
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// `python3.12`, `python3.13t`, `libpython3.12.so.1.0`: 3.12.
fn series_of_name(name: &str) -> Option<Version> {
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let name = name.strip_prefix("lib").unwrap_or(name);
    let (minor, rest) = number(name.strip_prefix("python3.")?)?;
    let rest = rest.trim_start_matches(['t', 'd']);
    (rest.is_empty() || rest.starts_with('.')).then_some(Version {
        minor,
        patch: None,
        is_prerelease: false,
    })
}

/// The series of `lib/python3.12` or `lib/libpython3.12.so`, if there is only one.
fn series_of_library(prefix: &Path) -> Option<Version> {
    let mut found: Vec<Version> = Vec::new();
    for library in ["lib", "lib64"] {
        for entry in std::fs::read_dir(prefix.join(library))
            .into_iter()
            .flatten()
            .flatten()
        {
            match series_of_name(&entry.file_name().to_string_lossy()) {
                Some(version) if !found.contains(&version) => found.push(version),
                _ => {}
            }
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

/// `PY_VERSION` in the installation's `patchlevel.h`.
fn from_header(prefix: &Path, series: &Version) -> Option<Version> {
    let include = prefix.join("include");
    let places = [
        format!("python{series}"),
        format!("python{series}t"),
        format!("python{series}d"),
        String::new(),
    ];
    places.iter().find_map(|place| {
        let text = std::fs::read_to_string(include.join(place).join("patchlevel.h")).ok()?;
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("#define PY_VERSION "))?;
        of_series(Version::parse(line.trim().trim_matches('"'))?, series)
    })
}

/// The release in the name of the installation's folder: `versions/3.12.1` (pyenv), `cpython-3.12.1-linux-x86_64-gnu` (uv),
/// `Python/3.12.1/x64`, `python3-3.12.1`.
fn from_folder_names(prefix: &Path, series: &Version) -> Option<Version> {
    prefix.ancestors().take(2).find_map(|folder| {
        let name = name_of(folder);
        let text = ["cpython-", "python-", "python3-", ""]
            .iter()
            .find_map(|start| name.strip_prefix(start))?;
        let text = text.split(['-', '_', '+']).next()?;
        of_series(Version::parse(text)?, series)
    })
}

/// `version` if it is a release of `series`.
fn of_series(version: Version, series: &Version) -> Option<Version> {
    let same = Version {
        patch: None,
        is_prerelease: false,
        ..version
    };
    (version.is_release() && same == *series).then_some(version)
}

/// Why an interpreter did not tell its version.
enum Refusal {
    NotCPython(String),
    Failed(String),
}

/// Runs the interpreter.
fn ask(executable: &Path) -> Result<Version, Refusal> {
    let script =
        "import sys; v = sys.version_info; print(sys.implementation.name, '%d.%d.%d.%s' % v[:4])";
    let output = Command::new(executable)
        .args(["-I", "-S", "-c", script])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|error| Refusal::Failed(format!("cannot be run: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.trim().split_once(' ') {
        Some(("cpython", version)) => Version::parse(version)
            .ok_or_else(|| Refusal::NotCPython(format!("is CPython {version}, not CPython 3"))),
        Some((name, _)) if output.status.success() => {
            Err(Refusal::NotCPython(format!("is {name}, not CPython")))
        }
        _ => Err(Refusal::Failed("does not tell its version".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        for (text, shown, is_prerelease) in [
            ("3.12", "3.12", false),
            ("3.12.1", "3.12.1", false),
            ("3.12.1+", "3.12.1", false),
            ("3.12.1.final.0", "3.12.1", false),
            ("3.15.0rc1", "3.15.0", true),
            ("3.15.0.alpha.3", "3.15.0", true),
            ("3.15.0.candidate.1", "3.15.0", true),
        ] {
            let version = Version::parse(text).expect(text);
            assert_eq!(
                (version.to_string().as_str(), version.is_prerelease),
                (shown, is_prerelease),
                "{text}"
            );
        }
        for text in [
            "",
            "3",
            "2.7.1",
            "3.x",
            "3.12-1",
            "x3.12",
            "3.12.",
            "3.99999999999",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_tell_the_series() {
        for (name, series) in [
            ("python3.12", Some("3.12")),
            ("python3.13t", Some("3.13")),
            ("python3.12.exe", Some("3.12")),
            ("libpython3.12.so.1.0", Some("3.12")),
            ("python3", None),
            ("python3.12-config", None),
        ] {
            let found = series_of_name(name).map(|version| version.to_string());
            assert_eq!(found.as_deref(), series, "{name}");
        }
    }

    /// A folder with files of these contents; `->` at the start of one makes it a link.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, contents) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            match contents.strip_prefix("->") {
                #[cfg(unix)]
                Some(to) => std::os::unix::fs::symlink(to, &path).expect("a link"),
                _ => std::fs::write(&path, contents).expect("a file"),
            }
        }
        folder
    }

    fn found(files: &[(&str, &str)], path: &str) -> Result<String, String> {
        let folder = tree(files);
        version(&folder.path().join(path)).map(|version| version.to_string())
    }

    /// The interpreters here are empty files, which cannot be run.
    #[cfg(unix)]
    #[test]
    fn files_tell_the_release() {
        let header = "#define PY_MAJOR_VERSION 3\n#define PY_VERSION      \"3.12.1+\"\n";
        let is = |files: &[(&str, &str)], path: &str, expected: &str| {
            assert_eq!(
                found(files, path).as_deref(),
                Ok(expected),
                "{path} in {files:?}"
            );
        };
        let installed = [
            ("py/bin/python3.12", ""),
            ("py/bin/python3", "->python3.12"),
            ("py/include/python3.12/patchlevel.h", header),
        ];
        is(&installed, "py/bin/python3.12", "3.12.1");
        is(&installed, "py/bin/python3", "3.12.1");
        is(&installed, "py", "3.12.1");
        // By the library, where the name does not tell.
        is(
            &[
                ("py/bin/python3", ""),
                ("py/lib/python3.12/os.py", ""),
                ("py/include/python3.12/patchlevel.h", header),
            ],
            "py",
            "3.12.1",
        );
        is(
            &[
                ("py/bin/python3", ""),
                ("py/lib/libpython3.12.so.1.0", ""),
                ("py/include/python3.12/patchlevel.h", header),
            ],
            "py",
            "3.12.1",
        );
        // By the folder's name.
        is(
            &[("versions/3.12.4/bin/python3.12", "")],
            "versions/3.12.4/bin/python3.12",
            "3.12.4",
        );
        is(
            &[("cpython-3.13.0-linux-x86_64-gnu/bin/python3.13", "")],
            "cpython-3.13.0-linux-x86_64-gnu/bin/python3.13",
            "3.13.0",
        );
        is(
            &[
                ("Python/3.11.9/x64/bin/python3.11", ""),
                ("Python/3.11.9/x64/bin/python3", "->python3.11"),
            ],
            "Python/3.11.9/x64",
            "3.11.9",
        );
        // Not a Python's version.
        is(
            &[("app/3.7.2/bin/python3.12", "")],
            "app/3.7.2/bin/python3.12",
            "3.12",
        );
        // The series at least.
        is(&[("bin/python3.14", "")], "bin/python3.14", "3.14");
    }

    #[cfg(unix)]
    #[test]
    fn environments_tell_the_release() {
        let is = |files: &[(&str, &str)], expected: &str| {
            for path in ["venv", "venv/bin/python"] {
                assert_eq!(
                    found(files, path).as_deref(),
                    Ok(expected),
                    "{path} in {files:?}"
                );
            }
        };
        is(
            &[
                ("venv/pyvenv.cfg", "home = /nowhere\nversion = 3.12.1\n"),
                ("venv/bin/python", ""),
            ],
            "3.12.1",
        );
        is(
            &[
                (
                    "venv/pyvenv.cfg",
                    "version_info = 3.12.1.final.0\nversion = 20.1\n",
                ),
                ("venv/bin/python", ""),
            ],
            "3.12.1",
        );
        is(
            &[
                ("venv/pyvenv.cfg", "Version_Info=3.12.1"),
                ("venv/bin/python", ""),
            ],
            "3.12.1",
        );
        // The interpreter that it stands on has been replaced by a newer one.
        let header = "#define PY_VERSION \"3.12.4\"";
        is(
            &[
                ("base/bin/python3.12", ""),
                ("base/include/python3.12/patchlevel.h", header),
                ("venv/pyvenv.cfg", "version = 3.12.1"),
                ("venv/bin/python", "->../../base/bin/python3.12"),
            ],
            "3.12.4",
        );
        let pypy = [
            (
                "venv/pyvenv.cfg",
                "implementation = PyPy\nversion_info = 3.10.14",
            ),
            ("venv/bin/python", ""),
        ];
        assert_eq!(found(&pypy, "venv"), Err("is PyPy, not CPython".to_owned()));
        let without_interpreter = [("venv/pyvenv.cfg", "version = 3.13.5")];
        assert_eq!(found(&without_interpreter, "venv").as_deref(), Ok("3.13.5"));
        assert!(found(&[("venv/pyvenv.cfg", "home = x")], "venv").is_err());
    }
}
