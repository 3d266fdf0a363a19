//! Replays the inputs that the fuzzers have found (`tests/fuzz/<target>/`), without a fuzzer.

use std::path::Path;

use pycsmith_tests::checks;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(target);
    let mut replayed = 0;
    for entry in std::fs::read_dir(&folder).expect("a folder of inputs") {
        let path = entry.expect("an entry").path();
        // A failing check does not say for which input.
        eprintln!("{}", path.display());
        check(&std::fs::read(&path).expect("an input"));
        replayed += 1;
    }
    assert!(replayed > 0, "no inputs in {}", folder.display());
}

#[test]
fn ir_text() {
    replay("ir_text", checks::ir_text::check);
}

#[test]
fn pyc() {
    replay("pyc", checks::pyc::check);
}

#[test]
fn source() {
    replay("source", checks::source::check);
}
