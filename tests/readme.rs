//! The README's `console` blocks: each `$ command` is run and must print what stands below it.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_examples_print_what_the_readme_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("examples")).expect("a folder");
    for entry in fs::read_dir(root.join("examples"))
        .expect("examples")
        .map(|entry| entry.expect("an entry"))
    {
        if entry.path().is_file() {
            fs::copy(
                entry.path(),
                folder.path().join("examples").join(entry.file_name()),
            )
            .expect("a copy");
        }
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_pycsmith"))
        .parent()
        .expect("a folder");
    let path = format!(
        "{}:{}",
        binary.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    let mut commands = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().expect("a closed block");
        for step in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap_or((step, ""));
            let output = Command::new("sh")
                .args(["-c", &format!("exec 2>&1; {command}")])
                .current_dir(folder.path())
                .env("PATH", &path)
                .output()
                .expect("a shell");
            assert_eq!(
                without_times(String::from_utf8_lossy(&output.stdout).trim_end()),
                without_times(expected.trim_end()),
                "$ {command}"
            );
            commands += 1;
        }
    }
    assert!(commands >= 3, "only {commands} commands in the README");
}

/// `in 0.4 s` as `in ... s`: how long it takes is not promised.
fn without_times(text: &str) -> String {
    let mut parts = text.split(" in ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let is_time = rest.len() < part.len() && rest.starts_with(" s");
        out += " in ";
        out += if is_time { "..." } else { "" };
        out += if is_time { rest } else { part };
    }
    out
}
