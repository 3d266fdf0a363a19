//! Lifting and assembling undo each other, and text between the stages of a compilation changes nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pycsmith_bytecode::pyc::{self, Validation};
use pycsmith_bytecode::{CodeObject, Constant, Target};
use pycsmith_compiler::lift::{LiftedPyc, lift_pyc};
use pycsmith_compiler::{CompileOptions, assemble, compile, stages};
use pycsmith_ir::{CodeModule, lift, text};
use pycsmith_optimizer::{pipeline, standalone};

/// The programs of `tests/python` and the examples.
fn programs() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![here.join("python"), here.join("../examples")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py") {
                found.push(path);
            }
        }
    }
    found
}

fn read_back(module: &CodeModule) -> CodeModule {
    let printed = module.to_string();
    let read = text::parse(&printed)
        .unwrap_or_else(|faults| panic!("{}", faults[0].render("text", &printed)));
    assert!(
        read.units == module.units && read.file == module.file,
        "reads as another:\n{printed}"
    );
    read
}

fn bytes(code: &CodeObject, target: Target) -> Vec<u8> {
    pyc::write(code, target, Validation::UncheckedHash(7)).expect("writable")
}

/// The module with text between code generation, passes and assembly.
fn in_steps(source: &[u8], options: &CompileOptions) -> CodeModule {
    let generated = stages::module_after(source, options, None).expect("it compiles");
    let mut module = read_back(&generated);
    for unit in &mut module.units {
        standalone::run(unit, options.target, pipeline::of(options.target), &mut ())
            .expect("the passes run");
    }
    read_back(&module)
}

fn check(target: &'static str) {
    let work = move || {
        let target: Target = target.parse().expect("a version");
        let (mut checked, mut failures) = (0, Vec::new());
        for path in programs() {
            let source = std::fs::read(&path).expect("a source");
            let name = path.display().to_string();
            let options = CompileOptions {
                target,
                optimize: 0,
                filename: name.clone(),
            };
            let Ok(code) = compile(&source, &options) else {
                continue;
            };
            let written = bytes(&code, target);
            let assembled = assemble::module(&in_steps(&source, &options));
            let assembled = assembled.unwrap_or_else(|error| panic!("{name}: {error}"));
            let LiftedPyc { module, deviation } =
                lift_pyc(&written, Some(target)).unwrap_or_else(|error| panic!("{name}: {error}"));
            let again = assemble::to_pyc(&read_back(&module));
            if bytes(&assembled.code, target) != written {
                failures.push(format!("{name}: in steps"));
            }
            if deviation.is_some() || again.as_deref() != Ok(&written[..]) {
                failures.push(format!("{name}: lifted, {deviation:?}"));
            }
            checked += 1;
        }
        assert!(checked > 50, "only {checked} programs");
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    };
    let worker = std::thread::Builder::new().stack_size(1 << 30).spawn(work);
    worker.expect("a thread").join().expect("the checks passed");
}

macro_rules! there_and_back {
    ($($name:ident: $release:literal;)+) => { $(#[test] fn $name() { check($release); })+ };
}

there_and_back! {
    there_and_back_3_11: "3.11";
    there_and_back_3_12_1: "3.12.1";
    there_and_back_3_12: "3.12";
    there_and_back_3_13: "3.13";
    there_and_back_3_14: "3.14";
    there_and_back_3_15: "3.15";
}

const SOURCE: &[u8] = b"def f(a, *b, c=1):
    try:
        for x in a:
            yield x, [y for y in b if y in {'a', 'b'}], lambda: c
    except ValueError as e:
        raise TypeError(f'{e}!') from None
";

fn options() -> CompileOptions {
    CompileOptions {
        target: Target::PY314,
        optimize: 0,
        filename: "f.py".to_owned(),
    }
}

/// `f` of [`SOURCE`], changed, within a module of its own.
fn with(change: impl FnOnce(&mut CodeObject)) -> Arc<CodeObject> {
    let mut module = compile(SOURCE, &options()).expect("it compiles");
    let mut change = Some(change);
    let consts = module
        .consts
        .iter()
        .map(|value| match (value, change.take()) {
            (Constant::Code(code), Some(change)) => {
                let mut code = (**code).clone();
                change(&mut code);
                Constant::Code(Arc::new(code))
            }
            (value, unused) => {
                change = unused;
                value.clone()
            }
        });
    module.consts = consts.collect();
    Arc::new(module)
}

fn refused(change: impl FnOnce(&mut CodeObject)) -> String {
    match lift::lift(&with(change), Target::PY314) {
        Ok(_) => "lifted".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Changes the code units.
fn units(code: &mut CodeObject, change: impl FnOnce(&mut Vec<[u8; 2]>)) {
    let mut units = code.code.as_chunks::<2>().0.to_vec();
    change(&mut units);
    code.code = units.as_flattened().into();
}

#[test]
fn what_no_assembler_makes_is_refused() {
    let opcodes = Target::PY314.opcodes();
    let number = |name: &str| {
        opcodes
            .named(name)
            .and_then(|op| opcodes.number(op))
            .expect("an opcode") as u8
    };
    let (jump, load_global) = (number("JUMP_FORWARD"), number("LOAD_GLOBAL"));
    assert_eq!(refused(|_| ()), "lifted");
    for (first, message) in [
        (
            [jump, 200],
            "JUMP_FORWARD does not go to the beginning of an instruction",
        ),
        (
            [number("EXTENDED_ARG"), 0],
            "it has more EXTENDED_ARG in front of it than it needs",
        ),
        ([250, 0], "the target has no opcode 250"),
        ([load_global, 0], "its inline caches are not empty"),
    ] {
        let error = refused(|code| units(code, |units| units[0] = first));
        assert!(
            error.starts_with("code object f, offset ") && error.ends_with(message),
            "{error}"
        );
    }
    let error = refused(|code| units(code, |units| units.push([load_global, 0])));
    assert!(
        error.ends_with("co_code ends within its inline caches"),
        "{error}"
    );
    let error = refused(|code| code.code = code.code[1..].into());
    assert!(
        error.ends_with("co_code is empty or ends within a code unit"),
        "{error}"
    );
    let error = refused(|code| code.argcount = u32::MAX);
    assert!(error.contains("parameters"), "{error}");
    let error = refused(|code| {
        code.localspluskinds = [0x80]
            .iter()
            .chain(&code.localspluskinds[1..])
            .copied()
            .collect()
    });
    assert!(
        error.ends_with("its variables are not in the order of locals, cells, free variables"),
        "{error}"
    );
    let error = refused(|code| {
        let inner = Constant::Tuple([Constant::Code(Arc::new(code.clone()))].into());
        code.consts = code.consts.iter().cloned().chain([inner]).collect();
    });
    assert!(
        error.ends_with("a constant has a code object in it, or nests too deep"),
        "{error}"
    );
}

#[test]
fn tables_of_others_stay_as_they_are() {
    let handlers: Arc<[u8]> = [0x80 | 1, 20, 9, 4, 0x80 | 3, 2, 9, 2].into();
    type Change<'a> = &'a dyn Fn(&mut CodeObject);
    let changes: [(&str, Change<'_>); 3] = [
        (".linetable b'\\xf8\\x00'", &|code| {
            code.linetable = [0xF8, 0].into()
        }),
        (".linetable b''", &|code| code.linetable = [].into()),
        (".exceptiontable b'\\x81", &|code| {
            code.exceptiontable = handlers.clone()
        }),
    ];
    for (shown, change) in changes {
        let written = bytes(&with(change), Target::PY314);
        let LiftedPyc { module, deviation } = lift_pyc(&written, None).expect("it can be lifted");
        assert!(module.to_string().contains(shown), "{shown}:\n{module}");
        assert_eq!(deviation, None, "{shown}");
        assert_eq!(assemble::to_pyc(&read_back(&module)), Ok(written));
    }
}

/// Every byte of a file in turn becomes others: what is lifted reads back, and gives the same bytes unless the file deviates.
#[test]
fn damaged_files_are_refused_or_lifted() {
    let code = compile(SOURCE, &options()).expect("it compiles");
    let whole = bytes(&code, Target::PY314);
    let (mut lifted, mut refused) = (0, 0);
    for at in 0..whole.len() {
        for value in [
            0,
            1,
            whole[at] ^ 1,
            whole[at].wrapping_add(2),
            whole[at] ^ 0x80,
            0xFF,
        ] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            let Ok(LiftedPyc { module, deviation }) = lift_pyc(&damaged, None) else {
                refused += 1;
                continue;
            };
            lifted += 1;
            let read = read_back(&module);
            if deviation.is_none() {
                assert_eq!(assemble::to_pyc(&read), Ok(damaged), "byte {at} as {value}");
            }
        }
        assert!(lift_pyc(&whole[..at], None).is_err(), "cut at {at}");
    }
    assert!(
        lifted > 100 && refused > 100,
        "{lifted} lifted, {refused} refused"
    );
}
