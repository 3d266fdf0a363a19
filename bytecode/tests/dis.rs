//! Reading, listing and comparing what the interpreters made of `data/example.py`.

use std::sync::Arc;

use pycsmith_bytecode::dis::{cpython, model, reading};
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

/// What the interpreters' own `dis` makes of the files (`data/listings.py`), without options and with all of them.
const LISTINGS: &[(u8, &str, Option<&str>)] = &[
    (11, include_str!("data/dis-3.11.txt"), None),
    (12, include_str!("data/dis-3.12.txt"), None),
    (
        13,
        include_str!("data/dis-3.13.txt"),
        Some(include_str!("data/dis-3.13-all.txt")),
    ),
    (
        14,
        include_str!("data/dis-3.14.txt"),
        Some(include_str!("data/dis-3.14-all.txt")),
    ),
    (
        15,
        include_str!("data/dis-3.15.txt"),
        Some(include_str!("data/dis-3.15-all.txt")),
    ),
];

#[test]
fn listings_are_the_interpreters() {
    let all = cpython::Options {
        show_caches: true,
        show_offsets: true,
        show_positions: true,
        specialized: true,
    };
    for &(minor, plain, with_all) in LISTINGS {
        let (target, code) = read(minor);
        let options = [(cpython::Options::default(), Some(plain)), (all, with_all)];
        for (options, expected) in options {
            let Some(expected) = expected else { continue };
            let options = cpython::Options {
                show_positions: options.show_positions && target.dis_shows_positions(),
                ..options
            };
            let ours = cpython::listing(&code, target, options);
            for (line, (ours, theirs)) in ours.lines().zip(expected.lines()).enumerate() {
                assert_eq!(
                    cpython::without_addresses(ours),
                    theirs,
                    "3.{minor} line {}",
                    line + 1
                );
            }
            assert_eq!(ours.lines().count(), expected.lines().count(), "3.{minor}");
        }
    }
}

/// The forms for reading of what the interpreters compiled: no line is wider than asked for, and each instruction is there.
#[test]
fn listings_for_reading() {
    for &(minor, _) in FILES {
        let (target, code) = read(minor);
        let source: Vec<&str> = include_str!("data/example.py").lines().collect();
        for (stack, source) in [
            (false, Some(&source[..])),
            (true, Some(&source[..])),
            (false, None),
        ] {
            let options = reading::Options {
                width: 80,
                color: false,
                stack,
                lines: None,
                marked: &[],
            };
            for code in model::all(&code) {
                let listing = model::Listing::new(&code, target);
                let text = reading::text(&listing, source, options, usize::MAX);
                let widest = text.lines().max_by_key(|line| line.chars().count());
                assert!(
                    widest.is_some_and(|line| line.chars().count() <= 80),
                    "{text}"
                );
                for row in &listing.rows {
                    assert!(text.contains(&row.name), "{text}");
                    let known = row.before.as_ref().map(Vec::len);
                    assert!(
                        known <= Some(code.stacksize as usize),
                        "3.{minor} {}",
                        row.name
                    );
                }
            }
        }
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
