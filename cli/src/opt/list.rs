//! `pycsmith opt --list`: what runs for which target, and why it stands where it does.

use std::fmt::Write as _;

use pycsmith_bytecode::Target;
use pycsmith_optimizer::pipeline::{self, Step};

/// The pipeline of `target`, or every pipeline with the series that have it.
pub fn list(target: Option<Target>) -> String {
    let mut out = String::new();
    for (steps, names) in pipelines(target) {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(
            out,
            "# CPython {}: {} passes",
            names.join(", "),
            steps.len()
        );
        for (index, step) in steps.iter().enumerate() {
            let again = steps[..index]
                .iter()
                .any(|earlier| earlier.pass.name == step.pass.name);
            describe(&mut out, step, again);
        }
    }
    out
}

/// The pipelines, each once, with the names of their targets.
fn pipelines(target: Option<Target>) -> Vec<(&'static [Step], Vec<String>)> {
    if let Some(target) = target {
        return vec![(pipeline::of(target), vec![target.to_string()])];
    }
    let mut found: Vec<(&'static [Step], Vec<String>)> = Vec::new();
    for target in Target::all().filter(|target| target.is_finished()) {
        let steps = pipeline::of(target);
        match found
            .iter_mut()
            .find(|(known, _)| std::ptr::eq(*known, steps))
        {
            Some((_, names)) => names.push(target.series()),
            None => found.push((steps, vec![target.series()])),
        }
    }
    found
}

/// Its name and CPython's name for it; what it does; why it stands here.
fn describe(out: &mut String, step: &Step, again: bool) {
    if let Some(function) = step.begins {
        let _ = writeln!(out, "\n# {function}");
    }
    let pass = step.pass;
    let _ = writeln!(out, "{:<50} {}", pass.name, pass.mirrors);
    let _ = writeln!(out, "    {}.", pass.what);
    if !step.why.is_empty() {
        let place = if again { "again" } else { "here" };
        let _ = writeln!(out, "    Why {place}: {}.", step.why);
    }
}
