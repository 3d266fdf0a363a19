//! What several tests share: what must hold of any input (`checks`: the fuzzers in `fuzz/` look for inputs of which it does not,
//! `tests/fuzz.rs` replays those that they have found), and how the drop-ins are compared with CPython's modules (`dropin_cases`).

pub mod checks;
#[cfg(unix)]
pub mod dropin_cases;
