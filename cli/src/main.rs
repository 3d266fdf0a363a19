//! The `pycsmith` command.

mod args;
mod ast;
mod compile;
mod dis;
mod input;
mod message;
mod output;
mod paths;

use std::process::ExitCode;

use clap::Parser as _;

/// The C library's allocator takes a sixth of a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit status: nothing to report.
pub const OK: u8 = 0;
/// Exit status: something was found or failed (0 is success, 2 a wrong command line).
pub const FINDINGS: u8 = 1;

fn main() -> ExitCode {
    let status = match args::Cli::parse().command {
        args::Command::Compile(arguments) => compile::run(&arguments),
        args::Command::Ast(arguments) => ast::run(&arguments),
        args::Command::Dis(arguments) => dis::run(&arguments),
    };
    ExitCode::from(status)
}
