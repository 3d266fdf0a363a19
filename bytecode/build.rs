//! Generates the `Op` enum (the union of all tables) from `opcodes/*.ops`.
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=opcodes");
    println!("cargo::rerun-if-changed=build.rs");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir("opcodes").expect("opcodes/ is beside build.rs") {
        let text = fs::read_to_string(entry.expect("readable entry").path()).expect("UTF-8 table");
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            names.insert(line.split_whitespace().nth(1).expect("number, then name").to_owned());
        }
    }
    let mut out = String::from("/// An instruction's operation, whatever its number in a version.\n#[allow(non_camel_case_types)]\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n#[repr(u8)]\npub enum Op {\n");
    for name in &names {
        writeln!(out, "    {name},").unwrap();
    }
    out.push_str("}\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("op.rs"), out).unwrap();
}
