//! The binary that is distributed: optimized with a profile of its own work, as CPython's distributed binaries are.
//!
//! The profile comes from compiling what is in the repository (`tests/python`, `examples`) for all targets at all levels.
//! It says which way branches go and which code is hot; the `.pyc` files do not depend on it.

use std::error::Error;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pycsmith_bytecode::Target;

use crate::{reference, workspace};

#[derive(clap::Args)]
pub struct Args {}

/// jemalloc's options: memory is not given back before the end, and a thread keeps what a file of some size frees for the next one.
const ALLOCATOR: &str = "dirty_decay_ms:-1,muzzy_decay_ms:-1,tcache_nslots_small_max:2000";

/// What is compiled for the profile.
const TRAINING: [&str; 2] = ["tests/python", "examples"];

pub fn run(_: &Args) -> Result<bool, Box<dyn Error>> {
    let toolchain = Toolchain::find()?;
    println!("{}", build(&toolchain)?.display());
    Ok(true)
}

/// What of the installed Rust is asked for.
pub struct Toolchain {
    /// Its triple.
    host: String,
    rustc: PathBuf,
    profdata: PathBuf,
}

impl Toolchain {
    /// # Errors
    /// The component `llvm-tools` is not installed.
    pub fn find() -> Result<Toolchain, Box<dyn Error>> {
        let host = host()?;
        let sysroot = rustc(&["--print", "sysroot"])?;
        let sysroot = Path::new(sysroot.trim());
        let profdata = sysroot
            .join("lib/rustlib")
            .join(&host)
            .join("bin")
            .join(format!("llvm-profdata{}", std::env::consts::EXE_SUFFIX));
        if !profdata.exists() {
            return Err(format!(
                "there is no {}: `rustup component add llvm-tools` installs it",
                profdata.display()
            )
            .into());
        }
        Ok(Toolchain {
            rustc: sysroot.join("bin/rustc"),
            host,
            profdata,
        })
    }
}

/// The triple for which the installed `rustc` compiles.
///
/// # Errors
/// It does not say.
pub fn host() -> Result<String, Box<dyn Error>> {
    let version = rustc(&["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not tell its host")?.to_owned())
}

/// What `rustc` prints.
fn rustc(arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(arguments).output()?;
    Ok(String::from_utf8(output.stdout)?)
}

/// Builds the binary and gives its path. What has not changed since the last time is not done again.
///
/// # Errors
/// A build or the training fails.
pub fn build(toolchain: &Toolchain) -> Result<PathBuf, Box<dyn Error>> {
    let folder = workspace().join("target/pgo");
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let raw = folder.join("raw");
    let generate = format!("-Cprofile-generate={}", raw.display());
    let instrumented = cargo(toolchain, &folder.join("instrumented"), &generate)?;
    // Cargo looks at flags, not at the files that they name: another profile has another name.
    let profile = folder.join(format!("{:016x}.profdata", fingerprint(&instrumented)?));
    if !profile.exists() {
        train(&instrumented, &raw)?;
        let merged = Command::new(&toolchain.profdata)
            .arg("merge")
            .arg("-o")
            .args([&profile, &raw])
            .status()?;
        if !merged.success() {
            return Err("llvm-profdata fails".into());
        }
    }
    let profile_use = format!("-Cprofile-use={}", profile.display());
    cargo(toolchain, &folder.join("optimized"), &profile_use)
}

/// Builds `pycsmith` with a flag more, which build scripts do not get, in a target folder of its own. The binary needs no
/// library of the system where that can be (`crt-static`).
fn cargo(toolchain: &Toolchain, target: &Path, flag: &str) -> Result<PathBuf, Box<dyn Error>> {
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    let flags = format!("{given} -Ctarget-feature=+crt-static {flag}");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "pycsmith"])
        .args(["--target", &toolchain.host])
        .args(["--features", "jemalloc"])
        .env("JEMALLOC_SYS_WITH_MALLOC_CONF", ALLOCATOR)
        .env("CARGO_TARGET_DIR", target)
        // One compiler for all: what rustup takes for `rustc` depends on the crate's folder.
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTFLAGS", flags)
        .current_dir(workspace())
        .status()?;
    if !built.success() {
        return Err("pycsmith does not build".into());
    }
    let binary = format!("pycsmith{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join(&toolchain.host).join("release").join(binary))
}

/// Of the instrumented binary and of what it compiles.
fn fingerprint(binary: &Path) -> Result<u64, Box<dyn Error>> {
    let mut state = DefaultHasher::new();
    std::fs::read(binary)?.hash(&mut state);
    for root in TRAINING {
        let root = workspace().join(root);
        for source in reference::sources(&root) {
            std::fs::read(root.join(&source))?.hash(&mut state);
        }
    }
    Ok(state.finish())
}

/// Lets the instrumented binary work; it writes what it counts into `raw`.
fn train(binary: &Path, raw: &Path) -> Result<(), Box<dyn Error>> {
    if raw.exists() {
        std::fs::remove_dir_all(raw)?;
    }
    let out = tempfile::tempdir()?;
    for target in Target::all() {
        for level in ["0", "1", "2"] {
            let status = Command::new(binary)
                .args(["compile", "-j", "1", "--force", "-O", level])
                .args(["--target", &target.to_string()])
                .arg("--out-dir")
                .arg(out.path())
                .args(TRAINING)
                .current_dir(workspace())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()?;
            // 1: some of the programs are of newer versions.
            if !matches!(status.code(), Some(0 | 1)) {
                return Err(format!("the instrumented pycsmith fails: {status}").into());
            }
        }
    }
    Ok(())
}
