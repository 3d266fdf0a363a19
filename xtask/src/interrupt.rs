//! Runs of `pycsmith compile` that end before their time, that are two at once, or have no room: whatever happens, there are only whole files
//! under their names, and the next run makes the tree what an undisturbed one does.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pycsmith_tests::checks::mutate::Random;

use crate::reference::{self, Reference};

#[derive(clap::Args)]
pub struct Args {
    /// The tree of sources, copied before use [default: the reference interpreter's standard library]
    #[arg(long)]
    root: Option<PathBuf>,
    /// How many runs to kill
    #[arg(long, default_value = "200")]
    kills: usize,
    /// Changes the moments
    #[arg(long, default_value = "1")]
    seed: u64,
}

type Faults = Vec<String>;

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let root = match &args.root {
        Some(root) => root.clone(),
        None => Reference::find(None)?.stdlib()?,
    };
    let mut tree = Tree::new(&root)?;
    println!(
        "{} sources; undisturbed: {:.2} s, {} files",
        reference::sources(&root).len(),
        tree.seconds,
        tree.expected.len()
    );
    let mut faults = tree.kills(args)?;
    faults.extend(tree.pairs()?);
    faults.extend(tree.full_disk()?);
    faults.iter().for_each(|fault| println!("  {fault}"));
    Ok(faults.is_empty())
}

/// A copy of `pycsmith`, which nobody builds anew meanwhile.
pub struct Binary {
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

/// `pycsmith`, built in the profile that this program was built in.
pub fn binary() -> Result<Binary, Box<dyn Error>> {
    let built = crate::pycsmith()?;
    let copy = tempfile::tempdir()?;
    let path = copy.path().join("pycsmith");
    std::fs::copy(built, &path)?;
    Ok(Binary {
        path,
        _folder: copy,
    })
}

/// What is in files, by their paths.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A copy of the sources, and what an undisturbed run makes of them.
struct Tree {
    binary: Binary,
    folder: tempfile::TempDir,
    expected: Files,
    seconds: f64,
}

impl Tree {
    fn new(root: &Path) -> Result<Tree, Box<dyn Error>> {
        let mut tree = Tree {
            binary: binary()?,
            folder: tempfile::tempdir()?,
            expected: BTreeMap::new(),
            seconds: 0.0,
        };
        for source in reference::sources(root) {
            let copy = tree.folder.path().join(&source);
            std::fs::create_dir_all(copy.parent().ok_or("no folder")?)?;
            std::fs::copy(root.join(&source), copy)?;
        }
        let start = Instant::now();
        tree.start(&[])?.wait()?;
        tree.seconds = start.elapsed().as_secs_f64();
        tree.expected = tree.compiled(tree.folder.path())?.0;
        Ok(tree)
    }

    fn start(&self, options: &[&str]) -> Result<Child, Box<dyn Error>> {
        let child = Command::new(&self.binary.path)
            .args(["compile", "-qq", "--target", "3.14", "."])
            .args(options)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(child)
    }

    /// The `.pyc` files below a folder, and the names of what else is there that is no source.
    fn compiled(&self, folder: &Path) -> Result<(Files, Vec<String>), Box<dyn Error>> {
        let (mut found, mut others) = (BTreeMap::new(), Vec::new());
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry?;
            let path = entry.path().strip_prefix(folder)?.to_owned();
            let extension = path.extension().and_then(|extension| extension.to_str());
            match extension {
                _ if entry.file_type().is_dir() => {}
                Some("pyc") => drop(found.insert(path, std::fs::read(entry.path())?)),
                Some("py") => {}
                _ => others.push(path.display().to_string()),
            }
        }
        Ok((found, others))
    }

    /// A tree to begin with: without `.pyc` files, or with old ones.
    fn reset(&self, with_old: bool) -> Result<(), Box<dyn Error>> {
        for path in self.expected.keys() {
            let path = self.folder.path().join(path);
            match with_old {
                true => std::fs::write(path, OLD)?,
                false => drop(std::fs::remove_dir_all(path.parent().ok_or("no folder")?)),
            }
        }
        Ok(())
    }

    /// What is wrong with the tree during a run: files that are neither what they were nor what they become.
    fn partial(&self, moment: &str, faults: &mut Faults) -> Result<usize, Box<dyn Error>> {
        let (found, others) = self.compiled(self.folder.path())?;
        let is_whole = |path: &PathBuf, bytes: &[u8]| {
            bytes == OLD || self.expected.get(path).is_some_and(|whole| whole == bytes)
        };
        for (path, bytes) in &found {
            if !is_whole(path, bytes) {
                faults.push(format!(
                    "{moment}: {} has {} bytes",
                    path.display(),
                    bytes.len()
                ));
            }
        }
        let is_temporary =
            |name: &&String| name.contains("__pycache__/.pycsmith-") && name.ends_with(".tmp");
        let (temporary, strange): (Vec<_>, Vec<_>) = others.iter().partition(is_temporary);
        faults.extend(
            strange
                .iter()
                .map(|name| format!("{moment}: there is {name}")),
        );
        Ok(temporary.len())
    }

    /// What is wrong with the tree behind a run.
    fn unfinished(&self, moment: &str, faults: &mut Faults) -> Result<(), Box<dyn Error>> {
        let (found, others) = self.compiled(self.folder.path())?;
        if found != self.expected {
            faults.push(format!(
                "{moment}: the tree is not what an undisturbed run makes"
            ));
        }
        faults.extend(
            others
                .iter()
                .map(|name| format!("{moment}: {name} was left")),
        );
        Ok(())
    }

    fn kills(&mut self, args: &Args) -> Result<Faults, Box<dyn Error>> {
        let mut faults = Vec::new();
        let (mut killed, mut left) = (0, 0);
        for index in 0..args.kills {
            self.reset(index % 2 == 1)?;
            let mut child = self.start(&[])?;
            let mut random = Random::new(args.seed, index as u64);
            let share = random.below(1 << 20) as f64 / (1 << 20) as f64;
            std::thread::sleep(Duration::from_secs_f64(share * self.seconds));
            child.kill()?;
            killed += usize::from(child.wait()?.code().is_none());
            left += self.partial(&format!("kill {index}"), &mut faults)?;
            self.start(&[])?.wait()?;
            self.unfinished(&format!("behind kill {index}"), &mut faults)?;
        }
        println!(
            "{} runs, {killed} killed before their end: {left} temporary files left, all removed by the next run; {} faults",
            args.kills,
            faults.len()
        );
        Ok(faults)
    }

    /// Two runs at once.
    fn pairs(&self) -> Result<Faults, Box<dyn Error>> {
        const PAIRS: usize = 10;
        let mut faults = Vec::new();
        for index in 0..PAIRS {
            self.reset(index % 2 == 1)?;
            let (mut one, mut other) = (self.start(&[])?, self.start(&["--force"])?);
            let statuses = [one.wait()?.code(), other.wait()?.code()];
            // The library has sources that are none.
            if statuses.iter().any(|status| !matches!(status, Some(0 | 1))) {
                faults.push(format!("pair {index}: exit statuses {statuses:?}"));
            }
            self.unfinished(&format!("behind pair {index}"), &mut faults)?;
        }
        println!("{PAIRS} times two runs at once: {} faults", faults.len());
        Ok(faults)
    }

    /// A run into a file system that is too small.
    fn full_disk(&self) -> Result<Faults, Box<dyn Error>> {
        let disk = tempfile::tempdir()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "none"])
            .arg(disk.path())
            .stderr(Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            println!("no small disk can be mounted here");
            return Ok(Vec::new());
        }
        let result = self.fill(disk.path());
        Command::new("umount").arg(disk.path()).status()?;
        result
    }

    fn fill(&self, disk: &Path) -> Result<Faults, Box<dyn Error>> {
        let out_dir = disk.to_str().ok_or("no text")?;
        let mut faults = Vec::new();
        let output = Command::new(&self.binary.path)
            .args(["compile", "--target", "3.14", "--out-dir", out_dir, "."])
            .current_dir(self.folder.path())
            .output()?;
        let words = String::from_utf8_lossy(&output.stderr);
        let complaints = words.matches("No space left").count();
        // Each thread may meet it once.
        if output.status.code() != Some(1) || !(1..=64).contains(&complaints) {
            faults.push(format!(
                "full disk: {}, {complaints} complaints",
                output.status
            ));
        }
        let (found, others) = self.compiled(disk)?;
        for (path, bytes) in &found {
            let reread = pycsmith_bytecode::pyc::read_whole(bytes);
            if reread.is_err() {
                faults.push(format!("full disk: {} is cut off", path.display()));
            }
        }
        faults.extend(
            others
                .iter()
                .map(|name| format!("full disk: {name} was left")),
        );
        println!(
            "full disk: {} whole files, the error told {complaints} times, {} faults",
            found.len(),
            faults.len()
        );
        Ok(faults)
    }
}

/// What stands for an old `.pyc` file.
const OLD: &[u8] = b"old";
