//! What must hold of any input. The fuzzers (`fuzz/`) look for inputs of which it does not; `tests/fuzz.rs` replays those
//! that they have found.

pub mod checks;
