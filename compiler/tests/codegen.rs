//! Code generation against CPython's own, stage by stage: the instructions of every code unit of the programs
//! in `tests/python` before any optimization (`_testinternalcapi.compiler_codegen`). The hashes are CPython's,
//! by `data/codegen/make_goldens.py`.

use std::fmt::Write;
use std::path::Path;

use pycsmith_bytecode::{Location, Target};
use pycsmith_compiler::stages::{self, UnitStages};
use pycsmith_compiler::{CompileError, CompileOptions};
use pycsmith_ir::ops::OpKind;

fn text(units: &[&UnitStages]) -> String {
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
        let ours = match stages::stages(&source, &options) {
            Ok((units, _)) => {
                let shown = stages::shown_by_compiler_codegen(&units);
                format!("{:016x}", fnv_1a(&text(&shown)))
            }
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
