//! Versions are compared in `bytecode/src/version.rs` only.

use std::path::{Path, PathBuf};

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            let skipped = ["target", "target-fast", "fuzz"].contains(&&*name.to_string_lossy());
            if !skipped && !name.to_string_lossy().starts_with('.') {
                sources(&path, out);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Whether a line asks which version a target is.
fn compares(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or("");
    let comparison = [
        ".minor <",
        ".minor >",
        ".minor =",
        ".patch <",
        ".patch >",
        ".patch =",
        "match target.minor",
        "minor() <",
        "minor() >",
    ]
    .iter()
    .any(|pattern| code.contains(pattern) && !code.contains(".minor = "));
    let of_target = [
        "target <",
        "target >",
        "target == Target::",
        "target != Target::",
    ]
    .iter()
    .any(|pattern| code.contains(pattern));
    comparison || of_target
}

#[test]
fn only_the_feature_table_compares_versions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned();
    let mut files = Vec::new();
    for part in [
        "bytecode/src",
        "parser/src",
        "ir/src",
        "optimizer/src",
        "compiler/src",
        "cli/src",
    ] {
        sources(&root.join(part), &mut files);
    }
    assert!(files.len() > 10, "the sources are not where they should be");
    let mut found = Vec::new();
    for path in files {
        if path.ends_with("bytecode/src/version.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable source");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| compares(line)) {
            found.push(format!(
                "{}:{}: {}",
                path.display(),
                number + 1,
                line.trim()
            ));
        }
    }
    assert!(
        found.is_empty(),
        "ask for a feature by name (Target's methods) instead:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_check_sees_comparisons() {
    assert!(compares("if target.minor >= 14 {"));
    assert!(compares("if self.target > other {"));
    assert!(compares("if target == Target::PY314 {"));
    assert!(!compares("let minor = target.minor;"));
    assert!(!compares("// if target.minor >= 14"));
}
