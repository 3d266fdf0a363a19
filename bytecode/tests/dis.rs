//! Reading, listing and comparing what the interpreters made of `data/example.py`.

use std::sync::Arc;

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{CodeObject, Constant, Target, compare, dis};

const FILES: &[(u8, &[u8])] = &[
    (11, include_bytes!("data/example-3.11.pyc")),
    (12, include_bytes!("data/example-3.12.pyc")),
    (13, include_bytes!("data/example-3.13.pyc")),
    (14, include_bytes!("data/example-3.14.pyc")),
    (15, include_bytes!("data/example-3.15.pyc")),
];

fn read(minor: u8) -> (Target, Arc<CodeObject>) {
    let data = FILES
        .iter()
        .find(|(other, _)| *other == minor)
        .expect("a file")
        .1;
    let (header, target, code) = pyc::read(data).expect("a .pyc file");
    assert_eq!(header.minor, minor);
    let hash = pyc::source_hash(target, include_bytes!("data/example.py"));
    assert_eq!(header.validation, Validation::UncheckedHash(hash));
    (target, code)
}

#[test]
fn listings() {
    for &(minor, _) in FILES {
        let (target, code) = read(minor);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.bind(|| {
            insta::assert_snapshot!(
                format!("dis_example_3.{minor}"),
                dis::listing(&code, target)
            )
        });
    }
}

#[test]
fn the_file_of_3_14_is_written_back() {
    let data = FILES[3].1;
    let (header, target, code) = pyc::read(data).expect("a .pyc file");
    assert_eq!(
        pyc::write(&code, target, header.validation).expect("not too deep"),
        data
    );
}

/// `code` with a change in the function `fib`.
fn changed(code: &CodeObject, change: impl Fn(&mut CodeObject)) -> CodeObject {
    let mut module = code.clone();
    let mut done = false;
    module.consts = code
        .consts
        .iter()
        .map(|value| match value {
            Constant::Code(code) if code.name.as_str() == Some("fib") => {
                let mut code = CodeObject::clone(code);
                change(&mut code);
                done = true;
                Constant::Code(Arc::new(code))
            }
            other => other.clone(),
        })
        .collect();
    assert!(done);
    module
}

#[test]
fn differences() {
    let (_, code) = read(14);
    assert_eq!(compare::first_difference(&code, &code.clone()), None);
    let causes: Vec<String> = [
        changed(&code, |code| {
            let mut bytes = code.code.to_vec();
            bytes[2] = 27;
            code.code = bytes.into();
        }),
        changed(&code, |code| {
            let mut bytes = code.code.to_vec();
            bytes[3] ^= 1;
            code.code = bytes.into();
        }),
        changed(&code, |code| code.stacksize += 1),
        changed(&code, |code| code.flags |= 0x20),
        changed(&code, |code| code.firstlineno += 1),
        changed(&code, |code| {
            let mut table = code.linetable.to_vec();
            table[3] ^= 1;
            code.linetable = table.into();
        }),
        changed(&code, |code| code.exceptiontable = [].into()),
        changed(&code, |code| code.consts = code.consts[1..].into()),
        changed(&code, |code| {
            code.names = code.names.iter().skip(1).cloned().collect()
        }),
    ]
    .iter()
    .map(|other| {
        let difference = compare::first_difference(other, &code).expect("a difference");
        assert_eq!(difference.place, "fib (line 1)");
        difference.cause
    })
    .collect();
    let expected = [
        "instruction NOP against LOAD_FAST_BORROW",
        "operand of LOAD_FAST_BORROW",
        "stacksize differs",
        "flags differ",
        "firstlineno differs",
        "location of LOAD_FAST_BORROW",
        "exception table differs",
        "constant frozenset against str",
        "names differ",
    ];
    assert_eq!(causes, expected);
}
