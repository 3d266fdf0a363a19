//! `.pyc` files.

use pycsmith_bytecode::pyc;
use pycsmith_bytecode::{compare, dis};

/// Any bytes are read or refused. What is read can be listed and written, and what is written is read as what it was.
pub fn check(data: &[u8]) {
    let (header, target, code) = match pyc::read(data) {
        Ok(read) => read,
        Err(error) => {
            // The words of the error are made too.
            let _ = error.to_string();
            return;
        }
    };
    let listing = dis::listing(&code, target);
    assert!(
        listing.starts_with("code "),
        "a listing names its code object"
    );
    // Some of what can be read cannot be written, as sets in sets in sets.
    let Ok(written) = pyc::write(&code, target, header.validation) else {
        return;
    };
    let (again, _, same) = pyc::read(&written).expect("what is written can be read");
    assert_eq!(again.validation, header.validation);
    if let Some(difference) = compare::first_difference_of(&same, &code, target) {
        panic!("written and read again, it is another one: {difference}");
    }
    assert_eq!(
        pyc::write(&same, target, header.validation).expect("it could be written before"),
        written,
        "the same code object gives other bytes"
    );
}
