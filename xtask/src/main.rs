//! The developers' own tools: `cargo xtask --help`.

mod bench;
mod bisect;
mod branches;
mod conformance;
mod conversation;
mod direct;
mod dis;
mod dropins;
mod fuzzcorpus;
mod goldens;
mod interned;
mod interrupt;
mod irtext;
mod judge;
mod lift;
mod mutants;
mod mutated;
mod oracle;
mod packages;
mod programs;
mod quirks;
mod reduce;
mod reference;
mod release;
mod robust;
mod scale;
mod selftest;
mod snippets;
mod stages;
mod verifytree;
mod wire;
mod workers;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "The developers' own tools")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compare whole trees with a CPython's own .pyc files, byte for byte, and group the differences by cause
    Conformance(conformance::Args),
    /// CPU time and memory against `python -m compileall`, in the same run
    Bench(bench::Args),
    /// Say which branches a processor guesses wrong, by a model of its predictor (needs valgrind and binutils)
    Branches(branches::Args),
    /// Build the binary that is distributed, with a profile of its own work (needs the component llvm-tools)
    Release(release::Args),
    /// Cut every source of a tree at random places: no crash, no hang, no stack overflow
    Robust(robust::Args),
    /// Kill runs of `compile` at random moments, run two at once, and one on a full disk: only whole files, and the same tree in the end
    Interrupt(interrupt::Args),
    /// Peak memory of `compile` over 6,000 and 60,000 files: it may not grow
    Scale(scale::Args),
    /// Record what CPython compiles tests/python to (needs the reference interpreter)
    Goldens(goldens::Args),
    /// Write random programs with pysource-codegen (PyPI) for `conformance`
    Programs(programs::Args),
    /// Record the sources that CPython's own tests hand to compile(), for `conformance`
    Snippets(snippets::Args),
    /// Fetch packages of the Python index for `conformance`
    Packages(packages::Args),
    /// Record which strings the interpreter has interned before it compiles (needs the reference interpreter)
    Interned(interned::Args),
    /// Verify the IR of all units at every step, print it and read it again: it must be what it was
    Irtext(irtext::Args),
    /// Compare `dis --style cpython` with what `python -m dis` prints, with every option (needs the reference interpreter)
    Dis(dis::Args),
    /// Compare the drop-ins (py_compile, compileall) with CPython's modules, and run CPython's own tests of these on them
    Dropins(dropins::Args),
    /// Compare the symbol table, code generation, the optimizer and assembly with CPython's own, each on the same input
    Stages(stages::Args),
    /// Run CPython's own tests of single compiler stages on ours
    Direct(direct::Args),
    /// Lift every .pyc file of CPython's to IR, print, read and assemble it: the bytes must come back; or, with --sources, compile
    /// every source by way of its text
    Lift(lift::Args),
    /// Damage .pyc files in many ways and read them: no crash, no hang, memory bounded by the file's size
    Mutated(mutated::Args),
    /// Run `pycsmith verify` over CPython's own files, 20 of them altered
    Verifytree(verifytree::Args),
    /// Find the stage and the pass to blame for a source that comes out differently
    Bisect(bisect::Args),
    /// Make a source small that comes out differently
    Reduce(reduce::Args),
    /// Break the rules of the passes, one after the other, and see whether a test notices (needs cargo-mutants)
    Mutants(mutants::Args),
    /// Write what the fuzzers begin with, made of tests/python, and their dictionary
    Fuzzcorpus(fuzzcorpus::Args),
    /// List the oddities of CPython that we copy
    Quirks(quirks::Args),
    /// Run CPython's own tests from our .pyc files alone
    Selftest(selftest::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Conformance(args) => conformance::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Branches(args) => branches::run(&args),
        Command::Release(args) => release::run(&args),
        Command::Robust(args) => robust::run(&args),
        Command::Interrupt(args) => interrupt::run(&args),
        Command::Scale(args) => scale::run(&args),
        Command::Goldens(args) => goldens::run(&args),
        Command::Programs(args) => programs::run(&args),
        Command::Snippets(args) => snippets::run(&args),
        Command::Packages(args) => packages::run(&args),
        Command::Interned(args) => interned::run(&args),
        Command::Irtext(args) => irtext::run(&args),
        Command::Dis(args) => dis::run(&args),
        Command::Dropins(args) => dropins::run(&args),
        Command::Stages(args) => stages::run(&args),
        Command::Direct(args) => direct::run(&args),
        Command::Lift(args) => lift::run(&args),
        Command::Mutated(args) => mutated::run(&args),
        Command::Verifytree(args) => verifytree::run(&args),
        Command::Bisect(args) => bisect::run(&args),
        Command::Reduce(args) => reduce::run(&args),
        Command::Mutants(args) => mutants::run(&args),
        Command::Fuzzcorpus(args) => fuzzcorpus::run(&args),
        Command::Quirks(args) => quirks::run(&args),
        Command::Selftest(args) => selftest::run(&args),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The workspace's folder.
fn workspace() -> &'static std::path::Path {
    std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// `pycsmith`, built in the profile that this program was built in.
fn pycsmith() -> Result<std::path::PathBuf, Box<dyn std::error::Error>> {
    let folder = std::env::current_exe()?;
    let folder = folder.parent().ok_or("no folder")?;
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let built = std::process::Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--package",
            "pycsmith",
            "--profile",
            profile,
        ])
        .current_dir(workspace())
        .status()?;
    if !built.success() {
        return Err("pycsmith does not build".into());
    }
    Ok(folder.join("pycsmith"))
}
