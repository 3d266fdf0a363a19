//! Sources.

use pycsmith_bytecode::Target;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_compiler::{CompileError, CompileOptions, compile};

/// Any bytes are compiled, for the target and the level that the first byte chooses, or found to be wrong.
pub fn check(data: &[u8]) {
    let [choice, source @ ..] = data else { return };
    let targets: Vec<Target> = Target::all().collect();
    let options = CompileOptions {
        target: targets[usize::from(choice / 3) % targets.len()],
        optimize: choice % 3,
        filename: "fuzz.py".to_owned(),
    };
    match compile(source, &options) {
        Ok(code) => {
            let validation = Validation::UncheckedHash(0);
            let bytes = pyc::write(&code, options.target, validation).expect("it can be written");
            pyc::read(&bytes).expect("what is written can be read");
        }
        Err(CompileError::Bug(what)) => panic!("{what}"),
        Err(other) => {
            let _ = other.to_string();
        }
    }
}
