//! See `checks::source`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pycsmith_tests::checks;

fuzz_target!(|data: &[u8]| checks::source::check(data));
