//! Runs of `python -m compileall` and `python -m py_compile` in small trees, and what they leave: `cases.txt` describes them, the
//! tests compare ours with what CPython's have left, and `cargo xtask dropins` runs both.

mod words;

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use pycsmith_bytecode::{Target, pyc};

pub use words::words;

const CASES: &str = include_str!("cases.txt");
/// The modification time of all files of the tree, in seconds since 1970.
const MTIME: u64 = 1_600_000_000;
/// What was not written by the run is older.
const NEW: u64 = 1_700_000_000;

/// The tree that each case starts with, and the cases.
pub struct Suite {
    /// Path and contents.
    files: Vec<(String, String)>,
    pub cases: Vec<Case>,
    /// Whether what a file with the tree's place in it contains is left out, since it differs from place to place.
    pub leaves_root_out: bool,
}

/// Commands that are run in a fresh tree, one after the other.
pub struct Case {
    /// As it stands in the table.
    pub text: String,
    steps: Vec<Vec<String>>,
}

/// How to run a module: the interpreter's options and the module's name come in, the start of a command line comes out.
pub type Runner<'a> = &'a (dyn Fn(&[String], &str) -> Vec<String> + Sync);

impl Suite {
    /// The cases of the table.
    pub fn read() -> Suite {
        let mut suite = Suite {
            files: Vec::new(),
            cases: Vec::new(),
            leaves_root_out: true,
        };
        let is_text = |line: &&str| !line.is_empty() && !line.starts_with('#');
        for line in CASES.lines().filter(is_text) {
            match line.strip_prefix("file ") {
                Some(file) => {
                    let mut words = words(file).into_iter();
                    let path = words.next().expect("a path");
                    suite.files.push((path, words.next().unwrap_or_default()));
                }
                None => suite.cases.push(Case::new(line)),
            }
        }
        suite
    }

    /// Runs all cases on several threads, each in a new folder of `folder`; gives what each one printed and left, in order.
    pub fn run_all(
        &self,
        folder: &Path,
        target: Target,
        runner: Runner,
    ) -> Vec<io::Result<String>> {
        let next = AtomicUsize::new(0);
        let found = Mutex::new(BTreeMap::new());
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(case) = self.cases.get(index) else {
                            return;
                        };
                        let root = folder.join(index.to_string()).join("tree");
                        let result = self.run(case, &root, target, runner);
                        found.lock().expect("nobody panics").insert(index, result);
                    }
                });
            }
        });
        found
            .into_inner()
            .expect("nobody panics")
            .into_values()
            .collect()
    }

    /// Makes the tree in `root`, which is created, and runs the case there: what is printed, and what is left.
    pub fn run(
        &self,
        case: &Case,
        root: &Path,
        target: Target,
        runner: Runner,
    ) -> io::Result<String> {
        for (path, contents) in &self.files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            write(&path, contents)?;
        }
        let mut run = Run {
            root,
            runner,
            minor: format!("3{}", target.minor),
            umask: "022".to_owned(),
            out: String::new(),
        };
        for step in &case.steps {
            let in_case = |error| io::Error::other(format!("{}: {error}", case.text));
            run.step(step).map_err(in_case)?;
        }
        let mut out = run.out;
        out.push_str(&self.left(root, target)?);
        let name = root.to_str().expect("UTF-8");
        Ok(out.replace(name, "$ROOT").replace(&name[1..], "$ROOT"))
    }

    /// What is in the tree now and was not there at the start: mode, hash of the contents (of paths in code it depends on where the
    /// tree is), and which names are one file.
    fn left(&self, root: &Path, target: Target) -> io::Result<String> {
        let mut found = BTreeMap::new();
        collect(root, root, &mut found)?;
        let mut out = String::new();
        let mut first: BTreeMap<u64, &str> = BTreeMap::new();
        for (path, metadata) in &found {
            let contents = match metadata.is_file() {
                true => fs::read(root.join(path))?,
                false => Vec::new(),
            };
            let is_old =
                |(old, text): &(String, String)| old == path && contents == text.as_bytes();
            if self.files.iter().any(is_old) {
                continue;
            }
            let mode = metadata.permissions().mode() & 0o7777;
            let kind = metadata.file_type();
            let what = if kind.is_symlink() {
                format!("-> {}", fs::read_link(root.join(path))?.display())
            } else if kind.is_dir() {
                format!("{mode:o} folder")
            } else if !kind.is_file() {
                format!("{mode:o} special")
            } else if let Some(other) = first.get(&metadata.ino()) {
                format!("= {other}")
            } else {
                first.insert(metadata.ino(), path);
                let is_kept = metadata.modified()? < time(NEW);
                let kept = if is_kept { " kept" } else { "" };
                let name = root.as_os_str().as_encoded_bytes();
                let has_root = || contents.windows(name.len()).any(|part| part == name);
                match self.leaves_root_out && has_root() {
                    true => format!("{mode:o} with $ROOT{kept}"),
                    false => format!(
                        "{mode:o} {:016x}{kept}",
                        pyc::source_hash(target, &contents)
                    ),
                }
            };
            out.push_str(&format!("{path}: {what}\n"));
        }
        Ok(out)
    }
}

impl Case {
    /// A case's line: steps with `;` between them.
    pub fn new(text: &str) -> Case {
        let words = words(text);
        let steps = words.split(|word| word == ";").map(<[String]>::to_vec);
        Case {
            text: text.to_owned(),
            steps: steps.collect(),
        }
    }
}

/// Where what CPython's modules did is kept.
pub fn golden(target: Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("goldens/dropins/{target}.txt"))
}

/// The text of a golden.
pub fn to_golden(cases: &[Case], results: &[String]) -> String {
    let record = |(case, result): (&Case, &String)| format!("== {}\n{result}", case.text);
    cases.iter().zip(results).map(record).collect()
}

/// What a golden says of each case.
pub fn of_golden(text: &str) -> BTreeMap<&str, &str> {
    let records = text.split("== ").filter(|record| !record.is_empty());
    records
        .map(|record| record.split_once('\n').unwrap_or((record, "")))
        .collect()
}

struct Run<'a> {
    root: &'a Path,
    runner: Runner<'a>,
    minor: String,
    umask: String,
    out: String,
}

impl Run<'_> {
    fn step(&mut self, words: &[String]) -> io::Result<()> {
        let root = self.root.to_str().expect("UTF-8");
        let filled_in = |word: &String| word.replace("$ROOT", root).replace("$MINOR", &self.minor);
        let words: Vec<String> = words.iter().map(filled_in).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let at = |path: &str| self.root.join(path);
        match words[..] {
            ["touch", path, seconds] => {
                let seconds = seconds.parse().expect("seconds");
                File::options()
                    .append(true)
                    .open(at(path))?
                    .set_modified(time(seconds))?;
            }
            ["write", path, text] => write(&at(path), text)?,
            ["cut", path, length] => {
                let length = length.parse().expect("a length");
                File::options()
                    .append(true)
                    .open(at(path))?
                    .set_len(length)?;
            }
            ["link", target, path] => std::os::unix::fs::symlink(target, at(path))?,
            ["fifo", path] => {
                let status = Command::new("mkfifo").arg(at(path)).status()?;
                assert!(status.success(), "mkfifo");
            }
            ["chmod", mode, path] => {
                let mode = u32::from_str_radix(mode, 8).expect("a mode");
                fs::set_permissions(at(path), fs::Permissions::from_mode(mode))?;
            }
            ["mkdir", path] => fs::create_dir_all(at(path))?,
            ["umask", mask] => self.umask = mask.to_owned(),
            _ => self.command(&words)?,
        }
        Ok(())
    }

    /// `NAME=VALUE... -O... MODULE ARGUMENTS... << INPUT`
    fn command(&mut self, words: &[&str]) -> io::Result<()> {
        let (words, input) = match words {
            [words @ .., "<<", input] => (words, *input),
            words => (words, ""),
        };
        let is_variable = |word: &&&str| word.contains('=') && !word.starts_with('-');
        let variables = words.iter().take_while(is_variable).count();
        let (variables, words) = words.split_at(variables);
        let is_option = |word: &&&str| word.starts_with('-');
        let options = words.iter().take_while(is_option).count();
        let (options, words) = words.split_at(options);
        let (module, arguments) = words.split_first().expect("a module");
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        let mut command = Command::new("sh");
        command
            .args(["-c", "umask \"$1\"; shift; exec \"$@\"", "sh", &self.umask])
            .args((self.runner)(&options, module))
            .args(arguments)
            .current_dir(self.root)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("COLUMNS", "80")
            // The interpreter's own modules stay out of the tree.
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for variable in variables {
            let (name, value) = variable.split_once('=').expect("NAME=VALUE");
            command.env(name, value);
        }
        let mut child = command.spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            // Who does not read it need not.
            let _ = pipe.write_all(input.as_bytes());
        }
        let output = child.wait_with_output()?;
        self.tell(&output, is_parallel(arguments));
        Ok(())
    }

    fn tell(&mut self, output: &Output, is_parallel: bool) {
        let status = output
            .status
            .code()
            .map_or("none".to_owned(), |code| code.to_string());
        self.out.push_str(&format!("status {status}\n"));
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        if is_parallel {
            // Several processes print them in any order.
            lines.sort_unstable();
        }
        for line in lines {
            self.line("1|", line);
        }
        let text = String::from_utf8_lossy(&output.stderr);
        for line in without_frames(&text) {
            self.line("2|", line);
        }
    }

    fn line(&mut self, stream: &str, line: &str) {
        let line = without_number(line);
        let end = if line.ends_with('\n') { "" } else { "\\\n" };
        self.out.push_str(&format!("{stream}{line}{end}"));
    }
}

/// Whether several processes share the work.
fn is_parallel(arguments: &[&str]) -> bool {
    let is_jobs = |argument: &&str| argument.starts_with("-j") || argument.starts_with("--w");
    arguments.iter().any(is_jobs)
}

/// A text without the frames of tracebacks, and without all that is above the last one.
fn without_frames(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_head = |line: &&str| line.starts_with("Traceback ");
    let Some(head) = lines.iter().rposition(is_head) else {
        return lines;
    };
    let is_frame = |line: &&&str| line.starts_with(' ');
    let rest = lines[head + 1..].iter().skip_while(is_frame);
    [lines[head]].into_iter().chain(rest.copied()).collect()
}

/// A line without the number that the name of CPython's temporary files ends in.
fn without_number(line: &str) -> String {
    let Some((before, behind)) = line.split_once(".pyc.") else {
        return line.to_owned();
    };
    let rest = behind.trim_start_matches(|char: char| char.is_ascii_digit());
    format!("{before}.pyc{rest}")
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.set_modified(time(MTIME))
}

fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn collect(folder: &Path, root: &Path, found: &mut BTreeMap<String, Metadata>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        let metadata = path.symlink_metadata()?;
        let name = path.strip_prefix(root).expect("below");
        let is_folder = metadata.is_dir();
        let is_mirror = || {
            // Of the folders of a cache elsewhere, those above the tree are called otherwise each time.
            let below = root.strip_prefix("/").unwrap_or(root);
            name.strip_prefix("pp")
                .is_ok_and(|name| name.starts_with(below))
        };
        let is_made = name.ends_with("__pycache__") || is_mirror();
        if !is_folder || is_made {
            found.insert(name.to_string_lossy().into_owned(), metadata);
        }
        if is_folder {
            collect(&path, root, found)?;
        }
    }
    Ok(())
}
