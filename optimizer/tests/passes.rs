//! Passes, each over the units of `tests/ir/PASS/*.ir`: what one changes is a snapshot in `snapshots/passes/PASS`.
//!
//! A file shows one rule, which its first lines, comments, put into words. Each unit in it is a case with a speaking
//! name; cases that must not be changed belong to it. A comment `# targets: 3.13 3.14` runs the file for these
//! targets instead of the one of its `target` line. `INSTA_UPDATE=always cargo test -p pycsmith-optimizer --test passes`
//! writes the snapshots anew.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;
use pycsmith_ir::text::{Change, changes, parse, unit_text};
use pycsmith_ir::verify::structure;
use pycsmith_ir::{CodeModule, CodeUnit};
use pycsmith_optimizer::{pipeline, standalone};

fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("the crate lies in the workspace")
}

/// The files `FOLDER/PASS/NAME.EXTENSION`, as `PASS/NAME`.
fn files(folder: &str, extension: &str) -> BTreeSet<String> {
    let entries = |path: &Path| -> Vec<PathBuf> {
        let found = fs::read_dir(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        found.map(|entry| entry.unwrap().path()).collect()
    };
    let stem = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let folders = entries(&root().join(folder)).into_iter();
    folders
        .filter(|path| path.is_dir())
        .flat_map(|path| {
            let pass = stem(&path);
            let files = entries(&path).into_iter();
            files
                .filter(|file| file.extension().is_some_and(|found| found == extension))
                .map(move |file| format!("{pass}/{}", stem(&file)))
        })
        .collect()
}

/// A file of `tests/ir`.
struct Case {
    /// `tests/ir/PASS/NAME.ir`
    path: String,
    pass: String,
    text: String,
    targets: Vec<Target>,
}

impl Case {
    /// `name` is `PASS/NAME`.
    fn read(name: &str) -> Result<Case, String> {
        let path = format!("tests/ir/{name}.ir");
        let text = fs::read_to_string(root().join(&path)).map_err(|e| format!("{path}: {e}"))?;
        let comments = text.lines().map_while(|line| line.strip_prefix('#'));
        let (targets, rule): (Vec<_>, Vec<_>) =
            comments.partition(|line| line.starts_with(" targets:"));
        if rule.join(" ").split_whitespace().count() < 3 {
            let advice = "the first lines must be comments that say which rule the file shows";
            return Err(format!("{path}: {advice}"));
        }
        let said = text.lines().find_map(|line| line.strip_prefix("target "));
        let words = targets
            .iter()
            .flat_map(|line| line[" targets:".len()..].split_whitespace());
        let words: Vec<_> = match words.clone().next() {
            Some(_) => words.collect(),
            None => said.into_iter().collect(),
        };
        let targets = words
            .iter()
            .map(|word| word.parse().map_err(|e| format!("{path}: {word}: {e}")))
            .collect::<Result<Vec<Target>, _>>()?;
        let pass = name.split('/').next().unwrap_or(name).to_owned();
        Ok(Case {
            path,
            pass,
            text,
            targets,
        })
    }

    fn module(&self, target: Target) -> Result<CodeModule, String> {
        let line = |line: &str| match line.starts_with("target ") {
            true => format!("target {target}"),
            false => line.to_owned(),
        };
        let text: Vec<_> = self.text.lines().map(line).collect();
        let text = text.join("\n");
        parse(&text).map_err(|faults| {
            let faults: Vec<_> = faults.iter().map(|f| f.render(&self.path, &text)).collect();
            faults.concat()
        })
    }

    /// What the pass does to each unit for each target.
    fn run(&self) -> Result<Outcome, String> {
        let mut outcome = Outcome::default();
        for &target in &self.targets {
            let module = self.module(target)?;
            if module.units.is_empty() {
                return Err(format!("{}: no unit", self.path));
            }
            for unit in module.units {
                let place = format!("{}: {} for {target}", self.path, unit.id);
                let shown =
                    run_pass(&self.pass, &unit, target).map_err(|e| format!("{place}: {e}"))?;
                if shown != UNCHANGED {
                    outcome.changed.insert(target.minor);
                }
                outcome.add(unit.id, shown, target);
            }
        }
        Ok(outcome)
    }
}

const UNCHANGED: &str = "no change\n";

/// The changes that the pass makes, or the error that it finds.
fn run_pass(pass: &str, unit: &CodeUnit, target: Target) -> Result<String, String> {
    let step = standalone::find(target, pass).ok_or("the target's pipeline has no such pass")?;
    let mut after = unit.clone();
    if let Err(bug) = standalone::run(&mut after, target, [step], &mut ()) {
        return Ok(format!("error: {}\n", bug.0));
    }
    // Depths need not agree: some passes are shown what they refuse.
    structure(&unit.graph.0, target).map_err(|fault| format!("before the pass: {fault}"))?;
    structure(&after.graph.0, target).map_err(|fault| format!("behind the pass: {fault}"))?;
    let (before, after) = (unit_text(unit, target), unit_text(&after, target));
    let lines: Vec<_> = changes(&before, &after).iter().map(Change::text).collect();
    Ok(if lines.is_empty() {
        UNCHANGED.to_owned()
    } else {
        lines.join("\n") + "\n"
    })
}

/// What is shown, and for which targets.
type Shown = (String, Vec<Target>);

#[derive(Default)]
struct Outcome {
    /// Units in the order of the file.
    units: Vec<(String, Vec<Shown>)>,
    /// Series for which at least one unit is changed.
    changed: BTreeSet<u8>,
}

impl Outcome {
    fn add(&mut self, id: String, shown: String, target: Target) {
        let at = self.units.iter().position(|(known, _)| *known == id);
        let at = at.unwrap_or_else(|| {
            self.units.push((id, Vec::new()));
            self.units.len() - 1
        });
        let texts = &mut self.units[at].1;
        match texts.iter_mut().find(|(text, _)| *text == shown) {
            Some((_, targets)) => targets.push(target),
            None => texts.push((shown, vec![target])),
        }
    }

    /// The snapshot: targets are told where they differ.
    fn text(&self) -> String {
        let mut out = String::new();
        for (id, texts) in &self.units {
            for (text, targets) in texts {
                out += &format!("== {id}");
                if texts.len() > 1 {
                    let targets: Vec<_> = targets.iter().map(Target::to_string).collect();
                    out += &format!(" ({})", targets.join(", "));
                }
                out += &format!("\n{text}\n");
            }
        }
        out
    }
}

fn compare(name: &str, outcome: &Outcome) -> Result<(), String> {
    let (pass, file) = name.split_once('/').unwrap_or((name, name));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/passes").join(pass));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(root().join(format!("tests/ir/{name}.ir")));
    // All files are compared, whatever becomes of one.
    catch_unwind(AssertUnwindSafe(|| {
        settings.bind(|| insta::assert_snapshot!(file, outcome.text()));
    }))
    .map_err(|_| format!("tests/ir/{name}.ir: not as snapshots/passes/{name}.snap shows"))
}

fn fail_with(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "\n{}\n{} failures",
        failures.join("\n"),
        failures.len()
    );
}

#[test]
fn passes_change_what_the_snapshots_show() {
    let mut failures = Vec::new();
    for name in files("tests/ir", "ir") {
        let outcome = Case::read(&name).and_then(|case| case.run());
        if let Err(failure) = outcome.and_then(|outcome| compare(&name, &outcome)) {
            failures.push(failure);
        }
    }
    fail_with(&failures);
}

#[test]
fn snapshots_have_their_files() {
    let cases = files("tests/ir", "ir");
    let orphans: Vec<_> = files("snapshots/passes", "snap")
        .into_iter()
        .filter(|name| !cases.contains(name))
        .map(|name| format!("snapshots/passes/{name}.snap: there is no tests/ir/{name}.ir"))
        .collect();
    fail_with(&orphans);
}

/// `no change` for all units would show nothing of a pass.
#[test]
fn all_passes_are_seen_to_change_something() {
    let mut seen = BTreeSet::new();
    for name in files("tests/ir", "ir") {
        if let Ok(case) = Case::read(&name)
            && let Ok(outcome) = case.run()
        {
            let series = outcome.changed.into_iter();
            seen.extend(series.map(|minor| (case.pass.clone(), minor)));
        }
    }
    let mut missing = Vec::new();
    for target in Target::all() {
        for step in pipeline::of(target) {
            let pass = step.pass.name;
            if seen.insert((pass.to_owned(), target.minor)) {
                missing.push(format!(
                    "tests/ir/{pass}: nothing that {pass} changes for {target}"
                ));
            }
        }
    }
    fail_with(&missing);
}
