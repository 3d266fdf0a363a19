//! Numbers counted by hand, and sizes that must be those of the code objects.

use std::fs;
use std::path::Path;

use pycsmith_bytecode::{CodeObject, Constant};

use super::*;

fn options(target: Target) -> CompileOptions {
    CompileOptions {
        target,
        optimize: 0,
        filename: "x.py".to_owned(),
    }
}

fn stats(source: &[u8], target: Target) -> Stats {
    of_source(&mut Session::new(), source, &options(target)).expect("it compiles")
}

/// How many units the pass `name` changed in its first step, and what it removed.
fn step(stats: &Stats, name: &str) -> (u64, Size) {
    let steps = pipeline::of(stats.target());
    let at = steps.iter().position(|step| step.pass.name == name);
    let at = at.unwrap_or_else(|| panic!("there is a pass {name}"));
    let before = match at {
        0 => stats.generated,
        at => stats.steps[at - 1].after,
    };
    let step = stats.steps[at];
    (step.units, before - step.after)
}

/// Code generation makes RESUME, LOAD_CONST 1, LOAD_CONST 2, BUILD_TUPLE, STORE_NAME, LOAD_CONST None, RETURN_VALUE: seven
/// instructions of two bytes, and the constants 1, 2, None. Folding makes one LOAD_CONST of the second to fourth, with NOPs in the
/// place of two, and the constant (1, 2). Of the four constants only 2 is dropped: 1 is the first, which stays.
#[test]
fn a_folded_tuple() {
    let stats = stats(b"a = (1, 2)\n", Target::PY314);
    let generated = Size {
        instructions: 7,
        bytes: 14,
        constants: 3,
        blocks: 1,
    };
    assert_eq!((stats.units, stats.generated), (1, generated));
    let removed = |instructions, constants| Size {
        instructions,
        bytes: 2 * instructions,
        constants,
        blocks: 0,
    };
    assert_eq!(step(&stats, "optimize_basic_blocks"), (1, removed(0, -1)));
    assert_eq!(
        step(&stats, "remove_redundant_nops_and_pairs"),
        (1, removed(2, 0))
    );
    assert_eq!(step(&stats, "remove_unused_consts"), (1, removed(0, 1)));
    assert_eq!(stats.generated - stats.finished(), removed(2, 0));
}

/// What is behind `return` goes, a block: LOAD_GLOBAL with four caches, PUSH_NULL, LOAD_CONST, CALL with three, POP_TOP, and at the
/// end LOAD_CONST and RETURN_VALUE: 10 + 2 + 2 + 8 + 2 + 2 + 2 bytes.
#[test]
fn unreachable_code() {
    let stats = stats(b"def f():\n    return\n    print(1)\n", Target::PY314);
    let (units, removed) = step(&stats, "remove_unreachable");
    assert_eq!(units, 2, "reachability is noted of both");
    assert_eq!(
        (removed.instructions, removed.bytes, removed.blocks),
        (7, 28, 1)
    );
}

#[test]
fn statistics_add_up() {
    let (one, other) = (
        stats(b"a = (1, 2)\n", Target::PY314),
        stats(b"def f(x):\n    return x or 1\n", Target::PY314),
    );
    let mut both = Stats::new(Target::PY314);
    both.add(&one);
    both.add(&other);
    assert_eq!(both.units, 3);
    let bytes = |stats: &Stats| (stats.generated.bytes, stats.finished().bytes);
    let sum = (
        bytes(&one).0 + bytes(&other).0,
        bytes(&one).1 + bytes(&other).1,
    );
    assert_eq!(bytes(&both), sum);
}

/// Units that come from text, which need not come from a source.
#[test]
fn units_of_text() {
    let text = "target 3.14.10\n\ncode f line 1 {\nb0:\n    RESUME 0\n    NOP @1:0-1:0\n    LOAD_CONST None @1:0-1:0\n    RETURN_VALUE @1:0-1:0\n}\n";
    let mut module = pycsmith_ir::text::parse(text).expect("IR");
    let stats = of_units(&mut module.units, module.target).expect("sound");
    let bought = stats.generated - stats.finished();
    assert_eq!((stats.units, bought.instructions, bought.bytes), (1, 1, 2));
}

/// All code objects in one: how many, their bytes of code and their constants.
fn sizes(code: &CodeObject) -> (u64, i64, i64) {
    let inner = code.consts.iter().filter_map(|value| match value {
        Constant::Code(code) => Some(sizes(code)),
        _ => None,
    });
    let own = (1, code.code.len() as i64, code.consts.len() as i64);
    inner.fold(own, |all, one| {
        (all.0 + one.0, all.1 + one.1, all.2 + one.2)
    })
}

/// What is measured behind the last pass is what assembly writes.
#[test]
fn sizes_are_those_of_code_objects() {
    let mut session = Session::new();
    let mut seen = 0;
    for source in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/python")) {
        for target in Target::all() {
            let options = options(target);
            let Ok(code) = session.compile(&source, &options) else {
                continue;
            };
            let stats = of_source(&mut session, &source, &options).expect("it compiles");
            let (finished, (units, bytes, constants)) = (stats.finished(), sizes(&code));
            // Units in code that is never reached are compiled, and nothing refers to them.
            if units == stats.units {
                let measured = (finished.bytes, finished.constants);
                assert_eq!(measured, (bytes, constants), "{target}");
                seen += 1;
            }
        }
    }
    assert!(seen > 250, "{seen}");
}

fn sources(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(fs::read(&path).expect("a source"));
        }
    }
    found
}
