//! `cargo xtask bisect`: which stage, and which pass, makes a source come out differently.
//!
//! The stages are compared in order, each on the same input where CPython shows it (see `stages`): syntax tree, symbol table, code
//! generation, optimizer, assembly. Inside the optimizer CPython shows only the end, so the pass is found by experiment: which single change of our
//! pipeline (a pass left out, or run once more somewhere) makes the differing units come out as CPython's? One pass that does
//! it for all of them is to blame; several are told apart no further. If none does, the passes that last touched the first
//! instruction that differs are named, as a hint.

pub mod experiments;
pub mod rows;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, Constant, Target, pyc};
use pycsmith_compiler::stages::{self, UnitStages};
use pycsmith_ir::CodeUnit;

use crate::conformance::outcome::{Outcome, Who};
use crate::judge::{Judge, Suspect};
use crate::oracle::Oracle;
use crate::stages::check::Checker;
use crate::stages::difference::{self, Stage};
use experiments::{Case, Edit, Remedy};
use rows::Rows;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    suspect: Suspect,
}

/// Differing units with which experiments are made.
const CASES: usize = 12;

pub fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let suspect = &args.suspect;
    let (name, source, judge) = suspect.open()?;
    let target = judge.target();
    let (cause, details, who) = match judge.judge(&source) {
        Outcome::Identical => {
            println!("{name}, {target}: the same .pyc file");
            return Ok(true);
        }
        Outcome::BothReject { .. } => {
            println!("{name}, {target}: neither compiles it");
            return Ok(true);
        }
        Outcome::NoTruth => return Err("the interpreter dies of it".into()),
        Outcome::Differs {
            cause,
            details,
            who,
        } => (cause, details, who),
    };
    println!("{name}, {target}: {cause}\n{details}\n");
    let reference = suspect.reference()?;
    if reference.has_processes() {
        let oracle = Oracle::new(reference)?;
        if tree_differs(&oracle, name, &source) {
            return Ok(false);
        }
        stages_differ(&oracle, suspect, name, &source);
    } else {
        // On node it may take longer to answer than anybody waits.
        println!("syntax tree and stages: not asked of an interpreter on node");
    }
    if who != Who::Both && !cause.starts_with("crash: ") {
        return Ok(false);
    }
    units_differ(&judge, &suspect.disable, &source);
    Ok(false)
}

/// Compares the syntax trees, says what differs, and whether anything does.
fn tree_differs(oracle: &Oracle, name: &str, source: &[u8]) -> bool {
    let ours = pycsmith_compiler::dump_ast(source, oracle.target());
    match (ours, oracle.tree(source, name)) {
        (Ok(ours), Ok(theirs)) if ours == theirs => {
            println!("syntax tree: the same");
            false
        }
        (Ok(ours), Ok(theirs)) => {
            println!("syntax tree: DIFFERENT; the parser is to blame");
            print!("{}", first_change(&difference::diff(&theirs, &ours)));
            true
        }
        (Err(_), Err(_)) => {
            println!("syntax tree: neither parses it");
            true
        }
        (Err(error), Ok(_)) => {
            println!("syntax tree: only CPython parses it; the parser is to blame: {error:?}");
            true
        }
        (Ok(_), Err(refusal)) => {
            println!("syntax tree: only we parse it; the parser is to blame: {refusal}");
            true
        }
    }
}

/// Compares the stages that CPython shows, and says where they differ first.
fn stages_differ(oracle: &Oracle, suspect: &Suspect, name: &str, source: &[u8]) {
    let offers = oracle.offers();
    if !offers.functions {
        println!("the interpreter does not show code generation, optimizer and assembly");
    }
    let checker = Checker {
        oracle,
        offers,
        level: suspect.level,
        disabled: &suspect.disable,
    };
    let Ok(report) = checker.source(name, source) else {
        return;
    };
    for (stage, tally) in Stage::ALL.into_iter().zip(&report.stages) {
        println!(
            "{stage}: {} units the same, {} different, {} refused, {} not shown",
            tally.same, tally.different, tally.refused, tally.hidden
        );
        for (_, refusal) in report.refusals.iter().filter(|(at, _)| *at == stage) {
            println!("  {refusal}");
        }
        if let Some(first) = report.differences.iter().find(|found| found.stage == stage) {
            println!("  {}", first_change(&first.to_string()));
        }
    }
}

/// Compares finished units and makes experiments with those that differ.
fn units_differ(judge: &Judge, disabled: &[String], source: &[u8]) {
    let target = judge.target();
    let Some(Ok(bytes)) = judge.theirs(source) else {
        return;
    };
    // Code generation does not depend on the passes, so units come from the whole pipeline.
    let (Ok((units, _)), Ok((_, _, theirs))) =
        (stages::stages(source, judge.options()), pyc::read(&bytes))
    else {
        println!("finished units: cannot be compared");
        return;
    };
    let pairs = pairs(&units, &theirs);
    let steps = experiments::steps(target, disabled);
    let mut cases = Vec::new();
    for (unit, code) in &pairs {
        let truth = rows::of_code(code, target);
        if experiments::result(&unit.generated, target, &steps).as_ref() != Some(&truth) {
            cases.push(Case {
                generated: unit.generated.clone(),
                truth,
            });
        }
    }
    println!(
        "finished units: {} of {} differ before assembly",
        cases.len(),
        pairs.len()
    );
    if cases.is_empty() {
        println!(
            "assembly, or the order and identity of constants and names in marshal, is to blame"
        );
        return;
    }
    cases.sort_by_key(|case| case.truth.len());
    show(&cases[0], target, &steps);
    let few = &cases[..cases.len().min(CASES)];
    let remedies = experiments::remedies(few, target, &steps);
    println!("{}", verdict(&remedies, few.len()));
    if remedies.is_empty() {
        hint(&cases[0], target, &steps);
    }
}

/// Our units and CPython's code objects of the same name and line, in order.
fn pairs<'u>(
    units: &'u [UnitStages],
    theirs: &Arc<CodeObject>,
) -> Vec<(&'u UnitStages, Arc<CodeObject>)> {
    let mut codes: BTreeMap<(Vec<u8>, i32), Vec<Arc<CodeObject>>> = BTreeMap::new();
    let mut waiting = vec![theirs.clone()];
    while let Some(code) = waiting.pop() {
        let inner = code.consts.iter().filter_map(|value| match value {
            Constant::Code(code) => Some(code.clone()),
            _ => None,
        });
        waiting.extend(inner.rev());
        let key = (code.qualname.wtf8.to_vec(), code.firstlineno);
        codes.entry(key).or_default().push(code);
    }
    let of = |unit: &CodeUnit| (unit.qualname.clone().into_bytes(), unit.firstlineno);
    let mut pairs = Vec::new();
    for unit in units {
        let same = codes.get_mut(&of(&unit.generated));
        if let Some(same) = same
            && !same.is_empty()
        {
            pairs.push((unit, same.remove(0)));
        }
    }
    pairs
}

/// Prints both sides of a unit around the first row that differs.
fn show(case: &Case, target: Target, steps: &[&'static pycsmith_optimizer::pipeline::Step]) {
    println!("\nunit {}, finished:", case.generated.id);
    match experiments::result(&case.generated, target, steps) {
        Some(ours) => print!("{}", first_change(&diff(&case.truth, &ours))),
        None => println!("our passes contradict themselves"),
    }
}

fn diff(theirs: &Rows, ours: &Rows) -> String {
    let text = |rows: &Rows| rows.join("\n") + "\n";
    difference::diff(&text(theirs), &text(ours))
}

/// A diff up to the end of its first change.
fn first_change(diff: &str) -> String {
    const LINES: usize = 40;
    let mut out = String::new();
    let mut hunks = 0;
    for line in diff.lines().take(LINES) {
        hunks += usize::from(line.starts_with("@@"));
        if hunks > 1 {
            break;
        }
        out += line;
        out.push('\n');
    }
    out
}

/// What the experiments say, and how surely.
fn verdict(remedies: &[Remedy], cases: usize) -> String {
    let Some(best) = remedies.first() else {
        return "optimizer: no single change of our pipeline makes a differing unit come out as CPython's".to_owned();
    };
    let equals: Vec<&Remedy> = remedies
        .iter()
        .take_while(|remedy| remedy.cases == best.cases)
        .collect();
    let how = |remedy: &Remedy| match (remedy.edit, remedy.before) {
        (Edit::Without, _) => format!("{}, left out", remedy.pass),
        (Edit::Once, Some(before)) => format!("{}, run once more before {before}", remedy.pass),
        (Edit::Once, None) => format!("{}, run once more at the end", remedy.pass),
        (Edit::Everywhere, _) => format!("{}, run behind every step", remedy.pass),
    };
    let words: Vec<String> = equals.iter().map(|remedy| how(remedy)).collect();
    let count = format!("{} of the {cases} differing units tried", best.cases);
    match (equals.len(), best.cases == cases) {
        (1, true) => format!(
            "optimizer: the pass to blame is {}: {} makes {count} come out as CPython's, and no other single change does",
            best.pass, words[0]
        ),
        (1, false) => format!(
            "optimizer: the pass to blame is probably {}: {} makes {count} come out as CPython's, more than any other single change",
            best.pass, words[0]
        ),
        _ => format!(
            "optimizer: one of these passes is to blame; each makes {count} come out as CPython's:\n  {}",
            words.join("\n  ")
        ),
    }
}

/// Which passes last touched the first row that differs.
fn hint(case: &Case, target: Target, steps: &[&'static pycsmith_optimizer::pipeline::Step]) {
    let Some(ours) = experiments::result(&case.generated, target, steps) else {
        return;
    };
    let at = ours
        .iter()
        .zip(&case.truth)
        .take_while(|(a, b)| a == b)
        .count();
    for (whose, row) in [("ours", ours.get(at)), ("CPython's", case.truth.get(at))] {
        let Some(row) = row else { continue };
        let pass = experiments::last_touched(&case.generated, target, steps, row);
        let since = pass.unwrap_or("code generation");
        println!(
            "hint: {whose}: {row}\n      our count of such instructions is as it is since {since}"
        );
    }
}

#[cfg(test)]
mod tests;
