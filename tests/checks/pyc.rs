//! `.pyc` files.

use std::sync::Arc;

use pycsmith_bytecode::dis::{self, cpython, reading};
use pycsmith_bytecode::pyc::{self, Header};
use pycsmith_bytecode::{CodeObject, Target, compare};
use pycsmith_compiler::assemble;
use pycsmith_compiler::lift::{LiftedPyc, lift_pyc};

use super::ir_text::comes_back;

/// Any bytes are read or refused. What is read can be listed in all styles, and written, and what is written is read as what
/// it was. It is lifted or refused; what is lifted comes back from its text, and assembles to the same file if that is said.
pub fn check(data: &[u8]) {
    let (header, target, code) = match pyc::read(data) {
        Ok(read) => read,
        Err(error) => {
            // The words of the error are made too.
            let _ = error.to_string();
            return;
        }
    };
    can_be_listed(&code, target);
    can_be_written(header, &code, target);
    can_be_lifted(data);
}

pub(super) fn can_be_listed(code: &Arc<CodeObject>, target: Target) {
    let listing = dis::listing(code, target);
    assert!(
        listing.starts_with("code "),
        "a listing names its code object"
    );
    for all in [false, true] {
        let options = cpython::Options {
            show_caches: all,
            show_offsets: all,
            show_positions: all,
            specialized: all,
        };
        cpython::listing(code, target, options);
    }
    for stack in [false, true] {
        let options = reading::Options {
            width: 80,
            color: stack,
            stack,
            lines: None,
            marked: &[],
        };
        reading::listing(code, target, None, options);
    }
}

fn can_be_written(header: Header, code: &CodeObject, target: Target) {
    // Some of what can be read cannot be written, as sets in sets in sets.
    let Ok(written) = pyc::write(code, target, header.validation) else {
        return;
    };
    let (again, _, same) = pyc::read(&written).expect("what is written can be read");
    assert_eq!(again.validation, header.validation);
    if let Some(difference) = compare::first_difference_of(&same, code, target) {
        panic!("written and read again, it is another one: {difference}");
    }
    assert_eq!(
        pyc::write(&same, target, header.validation).expect("it could be written before"),
        written,
        "the same code object gives other bytes"
    );
}

fn can_be_lifted(data: &[u8]) {
    let LiftedPyc { module, deviation } = match lift_pyc(data, None) {
        Ok(lifted) => lifted,
        Err(error) => {
            let _ = error.to_string();
            return;
        }
    };
    let read = comes_back(&module);
    let assembled = assemble::to_pyc(&read);
    if deviation.is_none() {
        let assembled = assembled.expect("what has no deviation can be assembled");
        assert!(assembled == data, "other bytes without a deviation");
    }
}
