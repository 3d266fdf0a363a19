//! Every measure for every reference, as one table.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

use super::store::Store;
use super::tally::Tally;
use super::{Args, ast, compare_tree, every_nth, is_series};
use crate::reference::Reference;

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Measure {
    /// The reference's own standard library
    Stdlib,
    /// The standard libraries of the oldest and the newest series
    Cross,
    /// What CPython's own tests hand to compile() (cargo xtask snippets)
    Snippets,
    /// Random programs (cargo xtask programs)
    Programs,
    /// Packages of the Python index (cargo xtask packages)
    Packages,
    /// `pycsmith ast` over the standard library
    Ast,
}

/// A tree to compare, and the rows that it fills.
struct Task {
    /// Place among the rows.
    order: usize,
    row: String,
    kind: Kind,
    root: PathBuf,
    truth: PathBuf,
}

enum Kind {
    Bytecode {
        level: u8,
    },
    /// As bytecode, told apart by whether CPython accepts.
    Snippets,
    Ast,
}

/// What has been measured.
struct Measured {
    column: usize,
    task: Task,
    sources: usize,
    tally: Tally,
}

const LEGEND: &str = "\
A cell counts the sources that come out byte for byte as from that CPython, or are rejected by both; snippets that
CPython rejects are to be rejected; syntax trees (of its standard library) are to be printed as `python -m ast -a` does.";

pub fn run(args: &Args, store: &Store) -> Result<bool, Box<dyn Error>> {
    let all = Reference::all();
    let columns: Vec<&Reference> = all
        .iter()
        .filter(|reference| {
            args.target.is_empty() || args.target.iter().any(|text| is_asked(reference, text))
        })
        .collect();
    if columns.is_empty() {
        return Err(
            "no such reference interpreters; CONTRIBUTING.md says where they are looked for".into(),
        );
    }
    let mut results = Vec::new();
    let mut notes = Vec::new();
    for (column, reference) in columns.iter().enumerate() {
        for task in tasks(args, store, reference, &all, &mut notes)? {
            let start = Instant::now();
            // What one interpreter cannot do does not stop the others.
            let (sources, tally) = match measure(args, reference, &task) {
                Ok(measured) => measured,
                Err(error) => {
                    let note = format!(
                        "not measured: CPython {}, {}: {error}",
                        reference.target, task.row
                    );
                    eprintln!("{note}");
                    notes.push(note);
                    continue;
                }
            };
            eprintln!(
                "CPython {}: {}, {} of {sources} right, {:.0} s",
                reference.target,
                task.row,
                sources - tally.wrong() - tally.no_truth,
                start.elapsed().as_secs_f32()
            );
            results.push(Measured {
                column,
                task,
                sources,
                tally,
            });
        }
    }
    if args.json {
        println!("{:#}", json_of(args, &columns, &results));
    } else {
        print_table(&columns, &results);
        notes.dedup();
        notes.iter().for_each(|note| println!("{note}"));
        print_details(args, &columns, &results);
    }
    Ok(results.iter().all(|result| result.tally.wrong() == 0))
}

fn is_asked(reference: &Reference, version: &str) -> bool {
    let target = reference.target;
    if is_series(version) {
        target.series() == version
    } else {
        target.to_string() == version
    }
}

/// What there is to measure with `reference`; a note for each measure that lacks its sources.
fn tasks(
    args: &Args,
    store: &Store,
    reference: &Reference,
    all: &[Reference],
    notes: &mut Vec<String>,
) -> Result<Vec<Task>, Box<dyn Error>> {
    let mut tasks = Vec::new();
    let bytecode = |order, row: &str, root, tree: &str, level| Task {
        order,
        row: row.to_owned(),
        kind: Kind::Bytecode { level },
        root,
        truth: store.truth(tree, reference, level),
    };
    let mut without = |what: &str, command: &str| {
        notes.push(format!("No {what}: `cargo xtask {command}` makes them."));
    };
    for (order, measure) in args.measures.iter().enumerate() {
        let order = 10 * order;
        match measure {
            Measure::Stdlib => {
                let root = reference.stdlib()?;
                for &level in &args.levels {
                    let row = format!("standard library, level {level}");
                    let order = order + usize::from(level);
                    tasks.push(bytecode(order, &row, root.clone(), "stdlib", level));
                }
            }
            Measure::Cross => {
                let others = [oldest(all), newest(all)].into_iter().flatten();
                for (order, other) in (order..).zip(others) {
                    if other.target != reference.target {
                        let name = other.target.series();
                        let row = format!("standard library of {name}");
                        let (root, tree) = (other.stdlib()?, format!("cross-{name}"));
                        tasks.push(bytecode(order, &row, root, &tree, 0));
                    }
                }
            }
            Measure::Snippets => match store.sources("snippets", reference.target, false) {
                Some(root) => tasks.push(Task {
                    kind: Kind::Snippets,
                    ..bytecode(order, "snippets", root, "snip", 0)
                }),
                None => without(
                    &format!("snippets of {}", reference.target.series()),
                    "snippets",
                ),
            },
            Measure::Programs => match store.sources("progsrc", reference.target, true) {
                Some(root) => tasks.push(bytecode(order, "random programs", root, "programs", 0)),
                None => without("random programs", "programs"),
            },
            Measure::Packages => match store.path("pkgsrc").canonicalize() {
                Ok(root) => tasks.push(bytecode(order, "packages", root, "pkg", 0)),
                Err(_) => without("packages", "packages"),
            },
            Measure::Ast => tasks.push(Task {
                order,
                row: "syntax trees".to_owned(),
                kind: Kind::Ast,
                root: reference.stdlib()?,
                truth: store.path(&format!("ast-{}.txt", reference.name)),
            }),
        }
    }
    Ok(tasks)
}

/// The oldest series' newest release.
fn oldest(all: &[Reference]) -> Option<&Reference> {
    let minor = all.first()?.target.minor;
    all.iter()
        .rfind(|reference| reference.target.minor == minor)
}

fn newest(all: &[Reference]) -> Option<&Reference> {
    all.last()
}

fn measure(
    args: &Args,
    reference: &Reference,
    task: &Task,
) -> Result<(usize, Tally), Box<dyn Error>> {
    let level = match task.kind {
        Kind::Bytecode { level } => level,
        Kind::Snippets => 0,
        Kind::Ast => {
            let sources = every_nth(&task.root, args.every);
            let outcomes = ast::compare_all(reference, &task.root, &task.truth, &sources)?;
            return Ok((sources.len(), Tally::of(outcomes)));
        }
    };
    compare_tree(reference, level, &task.root, &task.truth, args.every)
}

/// `all 1707`, or `1700 of 1707`.
fn cell(right: usize, total: usize) -> String {
    if right == total {
        format!("all {total}")
    } else {
        format!("{right} of {total}")
    }
}

/// The rows that a result fills, with the cells.
fn cells(result: &Measured) -> Vec<(String, String)> {
    let (row, tally) = (&result.task.row, &result.tally);
    match result.task.kind {
        Kind::Snippets => vec![
            (
                "snippets that CPython accepts".to_owned(),
                cell(tally.identical, tally.identical + tally.wrong_accepted),
            ),
            (
                "snippets that CPython rejects".to_owned(),
                cell(tally.both_reject, tally.both_reject + tally.wrong_rejected),
            ),
        ],
        Kind::Bytecode { .. } | Kind::Ast => vec![(
            row.clone(),
            cell(tally.compared() - tally.wrong(), tally.compared()),
        )],
    }
}

/// As Markdown, columns aligned.
fn print_table(columns: &[&Reference], results: &[Measured]) {
    let mut lines: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
    for result in results {
        for (title, cell) in cells(result) {
            let line = lines
                .entry((result.task.order, title))
                .or_insert_with(|| vec!["–".to_owned(); columns.len()]);
            line[result.column] = cell;
        }
    }
    let mut head = vec![String::new()];
    head.extend(columns.iter().map(|column| column.target.to_string()));
    let lines: Vec<Vec<String>> = std::iter::once(head)
        .chain(lines.into_iter().map(|((_, title), cells)| {
            let mut line = vec![title];
            line.extend(cells);
            line
        }))
        .collect();
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..=columns.len()).map(width).collect();
    for (index, line) in lines.iter().enumerate() {
        let padded: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        println!("| {} |", padded.join(" | "));
        if index == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            println!("| {} |", rule.join(" | "));
        }
    }
    println!("\n{LEGEND}\n");
}

/// What was compared with what, and the differences of each measure.
fn print_details(args: &Args, columns: &[&Reference], results: &[Measured]) {
    for (index, column) in columns.iter().enumerate() {
        println!("\nCPython {} is {}", column.target, column.path.display());
        for result in results.iter().filter(|result| result.column == index) {
            println!(
                " {}: {} sources below {}",
                result.task.row,
                result.sources,
                result.task.root.display()
            );
            result.tally.print(args.shown());
        }
    }
}

fn json_of(args: &Args, columns: &[&Reference], results: &[Measured]) -> serde_json::Value {
    let targets: Vec<_> = columns
        .iter()
        .map(|column| json!({"target": column.target.to_string(), "interpreter": column.path}))
        .collect();
    let measures: Vec<_> = results
        .iter()
        .map(|result| {
            json!({
                "target": columns[result.column].target.to_string(),
                "measure": result.task.row,
                "root": result.task.root,
                "sources": result.sources,
                "result": result.tally.to_json(args.shown()),
            })
        })
        .collect();
    json!({"references": targets, "measures": measures})
}
