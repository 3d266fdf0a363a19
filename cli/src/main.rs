//! The `pycsmith` command.

mod archive;
mod args;
mod asm;
mod ast;
mod cache_name;
mod changes;
mod compile;
mod completions;
mod diff;
mod dis;
mod dropin;
mod html;
mod info;
mod input;
mod interpreter;
mod interrupt;
mod ir;
mod man;
mod message;
mod module;
mod opt;
mod output;
mod parallel;
mod paths;
mod pyc_file;
mod session;
mod targets;
mod terminal;
mod texts;
mod traceback;
mod verify;

use std::process::ExitCode;

use clap::FromArgMatches as _;

/// The C library's allocator takes a sixth of a run. Huge pages (`no_thp`) would cost more than they save: half of what the kernel clears
/// for them is never used.
#[cfg(not(feature = "jemalloc"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What compiling allocates is freed when a file is done. Where the next one gets it back, it has left the processor's caches: an allocator that
/// looks into free memory to find the next piece waits for each, and this one does not look.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Exit status: nothing to report.
pub const OK: u8 = 0;
/// Exit status: something was found or failed.
pub const FINDINGS: u8 = 1;
/// Exit status: a wrong command line.
pub const USAGE: u8 = 2;

fn main() -> ExitCode {
    let (arguments, theirs) = dropin::split(std::env::args_os().collect());
    let matches = args::command().get_matches_from(arguments);
    let arguments = args::Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let status = match arguments.command {
        args::Command::Compile(arguments) => compile::run(&arguments),
        args::Command::Ast(arguments) => {
            targets::one(&arguments.target).map(|target| ast::run(&arguments, target))
        }
        args::Command::Diff(arguments) => diff::run(&arguments),
        args::Command::Dis(arguments) => dis::run(&arguments),
        args::Command::Info(arguments) => Ok(info::run(&arguments)),
        args::Command::Ir(arguments) => ir::run(&arguments),
        args::Command::Opt(arguments) => opt::run(&arguments),
        args::Command::Asm(arguments) => Ok(asm::run(&arguments)),
        args::Command::Verify(arguments) => verify::run(&arguments),
        args::Command::PyCompile(ours) => dropin::run(dropin::Module::PyCompile, &ours, &theirs),
        args::Command::Compileall(ours) => dropin::run(dropin::Module::Compileall, &ours, &theirs),
        args::Command::Completions(arguments) => Ok(completions::run(&arguments)),
        args::Command::Man(arguments) => Ok(man::run(&arguments)),
    };
    ExitCode::from(status.unwrap_or_else(|words| {
        eprintln!("error: {words}");
        USAGE
    }))
}
