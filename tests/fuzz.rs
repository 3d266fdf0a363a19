//! Replays the inputs that the fuzzers have found (`tests/fuzz/<target>/`), without a fuzzer.

use std::path::Path;

use pycsmith_bytecode::Target;
use pycsmith_bytecode::diff::Side;
use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_tests::checks::{self, mutate};

fn replay(target: &str, check: impl Fn(&[u8])) {
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
    let whole = side(&whole_file());
    replay("pyc", move |data| {
        checks::tools::check(data, &whole);
    });
}

#[test]
fn source() {
    replay("source", checks::source::check);
}

/// A file of 3.14 that says little.
fn whole_file() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = mutate::seeds(path).expect("seeds");
    let is_of = |seed: &&Vec<u8>| pyc::read(seed).is_ok_and(|read| read.1 == Target::PY314);
    let smallest = seeds.iter().filter(is_of).min_by_key(|seed| seed.len());
    smallest.expect("a file of 3.14").clone()
}

fn side(bytes: &[u8]) -> Side {
    let (_, target, code) = pyc::read(bytes).expect("a whole file");
    Side { code, target }
}

/// A few of those that `cargo xtask mutated` reads.
#[test]
fn damaged_files() {
    let mut seeds = mutate::seeds(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("seeds");
    // Small ones are read faster.
    seeds.retain(|seed| seed.len() < 3000);
    let whole = side(&whole_file());
    let mut readable = 0;
    for number in 0..2000 {
        let input = mutate::mutated(&seeds, &mut mutate::Random::new(7, number));
        // A failing check does not say for which input.
        eprintln!("input {number}");
        readable += usize::from(checks::tools::check(&input, &whole));
    }
    assert!(
        (400..1600).contains(&readable),
        "{readable} of 2000 could be read"
    );
}

/// By references a small file may have large code, tables, constants and names in many places.
#[test]
fn shared_parts_are_not_shown_forever() {
    let bytes = amplified(200);
    assert!(bytes.len() < 1 << 17, "{} bytes", bytes.len());
    assert!(checks::tools::check(&bytes, &side(&whole_file())));
    assert!(checks::tools::check(&whole_file(), &side(&bytes)));
}

/// A file of 3.14 with `count` code objects that share all they have.
fn amplified(count: u32) -> Vec<u8> {
    let mut out = pyc::header(Target::PY314, Validation::UncheckedHash(0)).to_vec();
    let int = |number: usize| (number as u32).to_le_bytes();
    let reference = |number: usize| [&b"r"[..], &int(number)].concat();
    let bytes = |bytes: &[u8]| [&b"\xf3"[..], &int(bytes.len()), bytes].concat();
    let counts = [[0; 4], [0; 4], [0; 4], int(100), [0; 4]].concat();
    let names = 1 << 12;
    // The parts, by the number of the reference to each.
    let parts = [
        bytes(&[27, 0].repeat(1 << 14)),
        bytes(&[0xf0, 0, 0].repeat(1 << 13)),
        bytes(&[1, 2, 3, 4].repeat(1 << 12)),
        bytes(&vec![0x20; names]),
        [&b"\xfa\xff"[..], &[b'n'; 255]].concat(),
        [&b"\xa8"[..], &int(names), &reference(4).repeat(names)].concat(),
    ];
    let mut constants = vec![parts[1..].concat()];
    constants.push(b"\xa9\x01N".to_vec());
    for number in 0..40 {
        let inner = reference(parts.len() + number);
        constants.push([&b"\xa9\x02"[..], &inner, &inner].concat());
    }
    let deepest = parts.len() + 40;
    let behind = |line: u32| {
        let before = [5, 5, 3, 4, 4, 4].map(reference).concat();
        [
            before,
            line.to_le_bytes().to_vec(),
            reference(1),
            reference(2),
        ]
        .concat()
    };
    for line in 0..count {
        let own = [&b")\x01"[..], &reference(deepest)].concat();
        constants.push([&b"c"[..], &counts, &reference(0), &own, &behind(line)].concat());
    }
    let size = parts.len() - 1 + constants.len() - 1;
    let module = [
        &b"c"[..],
        &counts,
        &parts[0],
        b"(",
        &int(size),
        &constants.concat(),
        &behind(1),
    ];
    out.extend(module.concat());
    out
}
