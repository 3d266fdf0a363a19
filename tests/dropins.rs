//! `pycsmith py_compile` and `pycsmith compileall`: what CPython's modules print and leave, as `cargo xtask dropins --record` has
//! recorded it (`goldens/dropins`), and what only we do.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{command, files, text, tree};
use pycsmith_bytecode::Target;
use pycsmith_tests::dropin_cases::{Suite, golden, of_golden};

/// Runs all cases for a target and compares with its golden.
fn as_recorded(target: &str) {
    let target: Target = target.parse().expect("a target");
    let suite = Suite::read();
    let golden = fs::read_to_string(golden(target)).expect("a golden");
    let expected = of_golden(&golden);
    assert_eq!(
        expected.len(),
        suite.cases.len(),
        "cargo xtask dropins --record"
    );
    let ours = |options: &[String], module: &str| {
        let mut words = vec![env!("CARGO_BIN_EXE_pycsmith").to_owned(), module.to_owned()];
        words.extend(["--target".to_owned(), target.to_string()]);
        words.extend_from_slice(options);
        words
    };
    let folder = tempfile::tempdir().expect("a folder");
    let results = suite.run_all(folder.path(), target, &ours);
    for (case, result) in suite.cases.iter().zip(results) {
        let result = result.expect("the case runs");
        let expected = expected.get(&*case.text).copied();
        assert_eq!(Some(&*result), expected, "{target}: {}", case.text);
    }
}

#[test]
fn as_cpython_3_11() {
    as_recorded("3.11.7");
}

#[test]
fn as_cpython_3_12() {
    as_recorded("3.12.1");
}

#[test]
fn as_cpython_3_13() {
    as_recorded("3.13.18");
}

#[test]
fn as_cpython_3_14() {
    as_recorded("3.14.10");
}

#[test]
fn as_cpython_3_15() {
    as_recorded("3.15.2");
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut words = vec![arguments[0], "--target", "3.14"];
    words.extend(&arguments[1..]);
    command(folder)
        .args(words)
        .output()
        .expect("the command runs")
}

/// A folder with sources, some of which do not compile.
fn sources(count: usize) -> tempfile::TempDir {
    let names: Vec<String> = (0..count)
        .map(|index| format!("app/d{}/m{index}.py", index % 7))
        .collect();
    let contents = |index: usize| -> &[u8] {
        match index % 10 {
            0 => b"return 1\n",
            _ => b"def f(x):\n    'doc'\n    assert x\n",
        }
    };
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .enumerate()
        .map(|(index, name)| (name.as_str(), contents(index)))
        .collect();
    tree(&files)
}

#[test]
fn what_is_printed_does_not_depend_on_the_processes() {
    let outputs = ["-j1", "-j2", "-j8", "-j0"].map(|jobs| {
        let folder = sources(200);
        let list: Vec<String> = files(folder.path());
        fs::write(folder.path().join("list"), list.join("\n")).expect("a file");
        // Twice by name, and once more by way of the folder.
        let output = run(
            folder.path(),
            &["compileall", jobs, "-i", "list", "app/d0/m0.py", "app"],
        );
        assert_eq!(output.status.code(), Some(1));
        (text(&output.stdout), files(folder.path()))
    });
    let (words, left) = &outputs[0];
    assert!(words.contains("Listing 'app/d6'...") && left.len() > 300);
    for other in &outputs[1..] {
        assert!(other == &outputs[0], "{}", other.0);
    }
}

#[test]
fn a_link_under_the_modules_name_is_the_module() {
    let folder = tree(&[("x.py", b"x = 1\n")]);
    for (name, words) in [("compileall", "Compiling 'x.py'...\n"), ("py_compile", "")] {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pycsmith"), &link).expect("a link");
        let output = std::process::Command::new(&link)
            .args(["--target=3.13", "x.py"])
            .current_dir(folder.path())
            .env("PYTHONPYCACHEPREFIX", format!("cache-{name}"))
            .output()
            .expect("it runs");
        assert_eq!(
            (output.status.code(), &*text(&output.stdout)),
            (Some(0), words)
        );
        assert!(folder.path().join(format!("cache-{name}")).exists());
    }
}

#[test]
fn without_arguments_the_path_is_compiled() {
    let folder = tree(&[
        ("x.py", b"x = 1\n"),
        ("lib/y.py", b"y = 1\n"),
        ("lib/in/z.py", b"z = 1\n"),
        ("no.py", b"return\n"),
    ]);
    let lib = folder.path().join("lib");
    let output = command(&lib)
        .args(["compileall", "--target", "3.14"])
        .env("PYTHONPATH", folder.path())
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
    let root = folder.path().canonicalize().expect("it is there");
    let words = text(&output.stdout).replace(&root.display().to_string(), "ROOT");
    assert!(
        words.starts_with("Listing 'ROOT/lib'...\nCompiling 'ROOT/lib/y.py'...\nListing 'ROOT"),
        "{words}"
    );
    assert!(words.contains("*** ") && !words.contains("z.py"), "{words}");
    assert!(folder.path().join("__pycache__/x.cpython-314.pyc").exists());
}

#[test]
fn the_environment_names_the_target() {
    let folder = tree(&[("x.py", b"x = 1\n")]);
    let output = command(folder.path())
        .args(["py_compile", "x.py"])
        .env("PYCSMITH_TARGET", "3.12")
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        files(folder.path()),
        ["__pycache__/x.cpython-312.pyc", "x.py"]
    );
    let output = command(folder.path())
        .args(["py_compile", "x.py"])
        .env("PYCSMITH_TARGET", "2.7")
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: PYCSMITH_TARGET: unknown target"));
}

#[test]
fn an_expression_that_is_none_ends_the_run() {
    let folder = tree(&[("x.py", b"x = 1\n")]);
    for (target, class) in [("3.12", "re.error: "), ("3.14", "re.PatternError: ")] {
        let output = command(folder.path())
            .args(["compileall", "--target", target, "-x", "(", "x.py"])
            .output()
            .expect("the command runs");
        let expected = format!("Traceback (most recent call last):\n{class}");
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr).starts_with(&expected),
            "{}",
            text(&output.stderr)
        );
    }
}
