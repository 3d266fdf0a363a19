//! Which single change of our pipeline would make units come out as CPython's do?

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use pycsmith_bytecode::Target;
use pycsmith_ir::CodeUnit;
use pycsmith_optimizer::pipeline::{self, Step};
use pycsmith_optimizer::standalone;

use super::rows::{self, Rows};

/// A unit that comes out differently.
pub struct Case {
    /// As code generation made it.
    pub generated: CodeUnit,
    /// What CPython makes of it.
    pub truth: Rows,
}

/// A change of a pipeline in one place, or by one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// Does not run the pass at all.
    Without,
    /// Runs it once more, somewhere.
    Once,
    /// Runs it behind each step.
    Everywhere,
}

/// A change by which some of the cases come out as CPython's do.
#[derive(Clone, Debug)]
pub struct Remedy {
    pub pass: &'static str,
    pub edit: Edit,
    /// The step of the pipeline in front of which it runs (`Edit::Once`).
    pub before: Option<&'static str>,
    /// How many cases.
    pub cases: usize,
}

/// The passes of the target's pipeline but for those `disabled`, in order.
pub fn steps(target: Target, disabled: &[String]) -> Vec<&'static Step> {
    let enabled = |step: &&Step| !disabled.iter().any(|name| name == step.pass.name);
    pipeline::of(target).iter().filter(enabled).collect()
}

/// What `steps` make of a unit; `None` if they contradict themselves.
pub fn result(unit: &CodeUnit, target: Target, steps: &[&'static Step]) -> Option<Rows> {
    // Passes in an order that is not theirs may find what they do not expect.
    catch_unwind(AssertUnwindSafe(|| {
        let mut unit = unit.clone();
        standalone::run(&mut unit, target, steps.iter().copied(), &mut ()).ok()?;
        rows::of_unit(&unit, target).ok()
    }))
    .ok()
    .flatten()
}

/// Tries all changes; best ones first. Nothing is known of `disabled` here but that `steps` lack some passes.
pub fn remedies(cases: &[Case], target: Target, steps: &[&'static Step]) -> Vec<Remedy> {
    let quiet = Quiet::new();
    let names: BTreeSet<&str> = pipeline::of(target)
        .iter()
        .map(|step| step.pass.name)
        .collect();
    let passes = names
        .iter()
        .filter_map(|name| standalone::find(target, name));
    let mut found = Vec::new();
    for pass in passes {
        for edit in [Edit::Without, Edit::Once, Edit::Everywhere] {
            let mut remedy = Remedy {
                pass: pass.pass.name,
                edit,
                before: None,
                cases: 0,
            };
            for case in cases {
                if let Some(before) = cures(case, target, steps, pass, edit) {
                    remedy.cases += 1;
                    remedy.before = remedy.before.or(before);
                }
            }
            if remedy.cases > 0 {
                found.push(remedy);
            }
        }
    }
    drop(quiet);
    // A pass that does it once need not run everywhere.
    found.sort_by_key(|remedy| (std::cmp::Reverse(remedy.cases), remedy.edit));
    let mut seen = BTreeSet::new();
    found.retain(|remedy| seen.insert(remedy.pass));
    found
}

/// Whether the change makes the case come out right, and where the pass runs then.
fn cures(
    case: &Case,
    target: Target,
    steps: &[&'static Step],
    pass: &'static Step,
    edit: Edit,
) -> Option<Option<&'static str>> {
    let right = |steps: &[&'static Step]| {
        result(&case.generated, target, steps).as_ref() == Some(&case.truth)
    };
    let is_it = |step: &&&'static Step| step.pass.name == pass.pass.name;
    match edit {
        Edit::Without => {
            let rest: Vec<_> = steps.iter().filter(|step| !is_it(step)).copied().collect();
            (rest.len() < steps.len() && right(&rest)).then_some(None)
        }
        Edit::Once => (0..=steps.len()).find_map(|place| {
            let mut more = steps.to_vec();
            more.insert(place, pass);
            let before = steps.get(place).map(|step| step.pass.name);
            right(&more).then_some(before)
        }),
        Edit::Everywhere => {
            let more: Vec<_> = steps.iter().flat_map(|step| [*step, pass]).collect();
            right(&more).then_some(None)
        }
    }
}

/// Panics of this thread say nothing while this lives.
struct Quiet;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

impl Quiet {
    fn new() -> Quiet {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let loud = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if !QUIET.get() {
                    loud(panic);
                }
            }));
        });
        QUIET.set(true);
        Quiet
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(false);
    }
}

/// What a row is when places of instructions do not count.
fn key(row: &str) -> String {
    let without_handler = row.split(" handler ").next().unwrap_or_default();
    let mut words: Vec<&str> = without_handler.split_whitespace().collect();
    if words.get(1) == Some(&"to") {
        words.drain(1..3);
    }
    // Assembly gives jumps their direction.
    words
        .join(" ")
        .replacen("JUMP_FORWARD", "JUMP", 1)
        .replacen("JUMP_BACKWARD", "JUMP", 1)
}

/// The pass that last changed how often the row occurs on the way to the end; `None` if it is as code generation made it.
pub fn last_touched(
    unit: &CodeUnit,
    target: Target,
    steps: &[&'static Step],
    row: &str,
) -> Option<&'static str> {
    let wanted = key(row);
    let count = |unit: &CodeUnit| {
        let rows = lenient(unit, target);
        rows.iter().filter(|row| key(row) == wanted).count()
    };
    let quiet = Quiet::new();
    let mut unit = unit.clone();
    let (mut before, mut last) = (count(&unit), None);
    for step in steps {
        let run = catch_unwind(AssertUnwindSafe(|| {
            standalone::run(&mut unit, target, [*step], &mut ()).is_ok()
        }));
        if !run.unwrap_or(false) {
            break;
        }
        let now = count(&unit);
        if now != before {
            last = Some(step.pass.name);
        }
        before = now;
    }
    drop(quiet);
    last
}

/// Rows of a unit anywhere in the pipeline.
fn lenient(unit: &CodeUnit, target: Target) -> Rows {
    let mut out = Vec::new();
    for block in unit.graph.0.layout() {
        for instr in unit.graph.0.instrs(block) {
            out.push(rows::of_instr(instr, &unit.consts, target));
        }
    }
    out
}
