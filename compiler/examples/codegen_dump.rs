//! Prints what code generation makes of a Python file, before the optimizer: `codegen_dump FILE [LEVEL]`.

use std::process::ExitCode;

use pycsmith_bytecode::Target;
use pycsmith_compiler::CompileOptions;
use pycsmith_compiler::codegen::dump;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(path) = args.next() else {
        eprintln!("usage: codegen_dump FILE [LEVEL]");
        return ExitCode::from(2);
    };
    let optimize = args
        .next()
        .and_then(|level| level.parse().ok())
        .unwrap_or(0);
    let source = match std::fs::read(&path) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let options = CompileOptions {
        target: Target::PY314,
        optimize,
        filename: path.clone(),
    };
    match dump::codegen(&source, &options) {
        Ok(units) => units.iter().for_each(|unit| print!("{unit}")),
        Err(error) => {
            eprintln!("{path}: {error:?}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
