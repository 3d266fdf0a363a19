//! The help of each subcommand: it has examples, which run, and tells the exit status; and what is made of it for shells and `man`.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{command, files, pycsmith, text, tree};
use tempfile::TempDir;

fn output(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let output = command(folder.path()).args(arguments).output();
    output.expect("the command runs")
}

/// The names of all subcommands, `help` itself aside.
fn subcommands() -> Vec<String> {
    let help = text(&output(&["help"]).stdout);
    let list = help.split("\nCommands:\n").nth(1).expect("a list");
    let list = list.split("\n\n").next().expect("its end");
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = list.lines().filter(is_name).map(|line| {
        let name = line.split_whitespace().next().expect("a name");
        name.to_owned()
    });
    names.filter(|name| name != "help").collect()
}

fn help(name: &str) -> String {
    text(&output(&["help", name]).stdout)
}

/// The command lines among the examples, without what is said of them.
fn examples(help: &str) -> Vec<&str> {
    let from = help.find("\nExample").map_or("", |at| &help[at..]);
    let from = from.split_once(":\n").map_or("", |(_, lines)| lines);
    from.lines()
        .take_while(|line| line.starts_with("  "))
        .map(|line| line.trim_start().split("   ").next().expect("a command"))
        .collect()
}

/// Everything that the examples name.
fn world() -> TempDir {
    let fib = &include_bytes!("../examples/fib.py")[..];
    let wheel = &include_bytes!("archives/app-1.0-py3-none-any.whl")[..];
    let sums = &b"def total(xs):\n    return sum(x for x in xs)\ndef total_of_list(xs):\n    return sum([x for x in xs])\n"[..];
    let folder = tree(&[
        ("examples/fib.py", fib),
        (
            "examples/wordcount.py",
            include_bytes!("../examples/wordcount.py"),
        ),
        ("examples/fold.ir", include_bytes!("../examples/fold.ir")),
        ("fib.py", fib),
        ("sums.py", sums),
        (
            "traceback.txt",
            b"  File \"fib.py\", line 2, in fib\n    if n < 2:\n       ^^^^^\n",
        ),
        ("app/main.py", fib),
        ("src/main.py", fib),
        ("tmp/image/opt/app/main.py", fib),
        ("build/usr/lib/python3/x.py", fib),
        (".venv/lib/x.py", fib),
        (".venv/pyvenv.cfg", b"version = 3.14.10\n"),
        ("dist/app-1.0-py3-none-any.whl", wheel),
        ("home/.config/elvish/rc.elv", b""),
        ("home/.config/fish/completions/x", b""),
        ("home/.local/share/bash-completion/completions/x", b""),
    ]);
    let made: [&[&str]; 6] = [
        &["--target", "3.14", "fib.py", "app"],
        &[
            "--target",
            "3.14",
            "--layout",
            "beside",
            "fib.py",
            "app/main.py",
        ],
        &["--target", "3.14", "--out-dir", "build", "src"],
        &["--target", "3.14", "--out-dir", "old", "fib.py"],
        &["--target", "3.13", "--out-dir", "new", "fib.py"],
        &["--target", "3.14", "--python", ".venv", ".venv/lib"],
    ];
    for arguments in made {
        let output = pycsmith(folder.path(), &[&["compile"], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    fs::copy(
        folder.path().join("app/main.pyc"),
        folder.path().join("build/main.pyc"),
    )
    .expect("copied");
    folder
}

/// Runs a line of the help as a shell would, in `folder`, with `/tmp` in it.
fn run(line: &str, folder: &Path) -> Output {
    let bin = Path::new(env!("CARGO_BIN_EXE_pycsmith"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").expect("PATH");
    let line = line.replace("/tmp/", "tmp/");
    // A pager is nothing to test, and may not be there.
    let script = format!(
        "man() {{ cat >/dev/null; }}; fpath=home; {}",
        line.replace("[1]", "")
    );
    Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("HOME", folder.join("home"))
        .env("PROFILE", folder.join("home/profile.ps1"))
        .env_remove("VIRTUAL_ENV")
        .output()
        .expect("bash")
}

#[test]
fn each_subcommand_has_examples_that_run() {
    let names = subcommands();
    assert!(names.len() >= 10, "{names:?}");
    for name in &names {
        let help = help(name);
        let examples = examples(&help);
        assert!(!examples.is_empty(), "pycsmith help {name} has no examples");
        let folder = world();
        for line in examples {
            let output = run(line, folder.path());
            let words = text(&output.stderr);
            let is_usage = words.contains("try '--help'");
            // The environment has no interpreter that could be run.
            let may_fail = name == "verify" && line.contains("--python");
            assert!(
                !is_usage && (may_fail || matches!(output.status.code(), Some(0 | 1))),
                "{line}\n{words}"
            );
            assert!(!words.contains("No such file"), "{line}\n{words}");
        }
    }
}

#[test]
fn help_fits_a_terminal_of_80_columns() {
    let mut names = subcommands();
    // Theirs is as wide as argparse makes it.
    names.retain(|name| !matches!(name.as_str(), "py_compile" | "compileall"));
    for name in names {
        let mut narrow = command(Path::new("."));
        narrow.args(["help", &name]).env("COLUMNS", "80");
        let help = text(&narrow.output().expect("it runs").stdout);
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn each_subcommand_tells_its_exit_status() {
    for name in subcommands() {
        let help = help(&name);
        let told = help.matches("Exit status: 0").count();
        assert_eq!(told, 1, "pycsmith help {name}:\n{help}");
    }
}

#[test]
fn there_is_a_page_for_each_subcommand() {
    let folder = tempfile::tempdir().expect("a folder");
    let status = command(folder.path()).args(["man", "pages"]).status();
    assert!(status.expect("it runs").success());
    let mut expected: Vec<String> = subcommands()
        .iter()
        .map(|name| format!("pages/pycsmith-{name}.1"))
        .collect();
    expected.push("pages/pycsmith.1".to_owned());
    expected.sort();
    assert_eq!(files(folder.path()), expected);
    for name in expected {
        let page = fs::read_to_string(folder.path().join(&name)).expect("text");
        assert!(page.contains(".SH \"EXIT STATUS\""), "{name}");
        let is_of_subcommand = name != "pages/pycsmith.1";
        assert_eq!(
            page.contains(".SH \"EXAMPLES\""),
            is_of_subcommand,
            "{name}"
        );
    }
}

#[test]
fn shells_can_read_their_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = output(&["completions", shell]);
        assert!(script.status.success());
        let words = text(&script.stdout);
        for name in subcommands() {
            assert!(words.contains(&name), "{shell} does not know {name}");
        }
    }
    let script = text(&output(&["completions", "bash"]).stdout);
    let ask = "COMP_WORDS=(pycsmith comp); COMP_CWORD=1; _pycsmith pycsmith comp ''; echo ${COMPREPLY[@]}";
    let asked = Command::new("bash")
        .args(["-c", &format!("{script}\n{ask}")])
        .output()
        .expect("bash");
    assert_eq!(
        text(&asked.stdout),
        "compile compileall completions\n",
        "{}",
        text(&asked.stderr)
    );
}
