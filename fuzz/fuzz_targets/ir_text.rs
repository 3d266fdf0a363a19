//! See `checks::ir_text`. Half of the mutations work on lines, so that most of a text stays readable.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use pycsmith_tests::checks;
use pycsmith_tests::checks::lines::mutate_lines;

fuzz_target!(|data: &[u8]| checks::ir_text::check(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 2 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let Some(text) = mutate_lines(&data[..size], seed) else {
        return fuzzer_mutate(data, size, max_size);
    };
    let size = text.len().min(max_size);
    data[..size].copy_from_slice(&text[..size]);
    size
});
