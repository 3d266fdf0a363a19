//! Code generation against CPython's own, stage by stage: the instructions of every code unit of the programs
//! in `tests/python` before any optimization (`_testinternalcapi.compiler_codegen`). The hashes are CPython's,
//! by `data/codegen/make_goldens.py`.

use std::fmt::Write;
use std::path::Path;

use pycsmith_bytecode::{Location, Target};
use pycsmith_compiler::codegen::dump::{self, Recorded};
use pycsmith_compiler::{CompileError, CompileOptions};
use pycsmith_ir::ops::OpKind;

/// The units that CPython shows: those for the deferred annotations of a module are not among them.
fn shown(mut units: Vec<Recorded>) -> Vec<Recorded> {
    let Some(module) = units.pop() else {
        return units;
    };
    if module.sequence.annotations.is_some() {
        units.pop();
        while units.last().is_some_and(|unit| unit.depth > 1) {
            units.pop();
        }
    }
    units.push(module);
    units
}

fn text(units: &[Recorded]) -> String {
    let mut out = String::new();
    for unit in units {
        out.push_str("code\n");
        for instr in &unit.sequence.instrs {
            let arg = match instr.op.has_target() {
                true => unit.sequence.labels[instr.arg as usize],
                false => instr.arg,
            };
            let Location {
                line,
                end_line,
                col,
                end_col,
            } = instr.loc;
            let _ = writeln!(
                out,
                "{:?} {arg} {line} {end_line} {col} {end_col}",
                instr.op
            );
        }
    }
    out
}

fn fnv_1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[test]
fn same_as_cpython() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let goldens =
        std::fs::read_to_string(here.join("tests/data/codegen/goldens.txt")).expect("goldens");
    let mut wrong = Vec::new();
    for line in goldens.lines() {
        let [level, golden, name] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("golden: {line}")
        };
        let source = std::fs::read(here.join("../tests/python").join(name)).expect(name);
        let options = CompileOptions {
            target: Target::PY314,
            optimize: level.parse().expect("a level"),
            filename: name.to_owned(),
        };
        let ours = match dump::codegen(&source, &options) {
            Ok(units) => format!("{:016x}", fnv_1a(&text(&shown(units)))),
            Err(CompileError::Syntax(_)) => "rejected".to_owned(),
            Err(other) => format!("{other:?}"),
        };
        if ours != golden {
            wrong.push(format!("{name} at level {level}: {ours}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "differ from CPython:\n{}",
        wrong.join("\n")
    );
}
