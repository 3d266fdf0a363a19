//! `pycsmith diff --functions`: two functions by the numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pycsmith_bytecode::diff::functions::{Loop, Profile};
use serde::Serialize;

use super::{DiffArgs, Failure, Named};
use crate::{OK, module, output};

#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    instructions: usize,
    bytes: usize,
    operations: &'a BTreeMap<&'static str, usize>,
    loops: Vec<ShownLoop<'a>>,
}

#[derive(Serialize)]
struct ShownLoop<'a> {
    line: i32,
    blocks: usize,
    instructions: usize,
    shortest_round: usize,
    longest_round: usize,
    operations: &'a BTreeMap<&'static str, usize>,
}

pub(super) fn compare(
    arguments: &DiffArgs,
    one: &Named<'_>,
    other: &Named<'_>,
    names: (&str, &str),
) -> Result<u8, Failure> {
    let profile = |side: &Named<'_>, name| -> Result<Profile, Failure> {
        let code = module::function(side.path, &side.side.code, name)?;
        Ok(Profile::new(&code, side.side.target))
    };
    let profiles = (profile(one, names.0)?, profile(other, names.1)?);
    let text = match arguments.json {
        true => json(names, &profiles),
        false => page(names, &profiles),
    };
    output::print(&text);
    Ok(OK)
}

fn json(names: (&str, &str), profiles: &(Profile, Profile)) -> String {
    let functions = [shown(names.0, &profiles.0), shown(names.1, &profiles.1)];
    let text = serde_json::to_string_pretty(&functions);
    text.expect("strings and numbers are JSON") + "\n"
}

fn shown<'a>(name: &'a str, profile: &'a Profile) -> Shown<'a> {
    let each = |of: &'a Loop| ShownLoop {
        line: of.line,
        blocks: of.blocks,
        instructions: of.instructions,
        shortest_round: of.round.0,
        longest_round: of.round.1,
        operations: &of.operations,
    };
    Shown {
        name,
        instructions: profile.instructions,
        bytes: profile.bytes,
        operations: &profile.operations,
        loops: profile.loops.iter().map(each).collect(),
    }
}

/// Columns of what is counted.
const NAME: usize = 38;

fn page(names: (&str, &str), (one, other): &(Profile, Profile)) -> String {
    let columns = names.0.len().max(names.1.len()).clamp(8, 19) + 2;
    let mut out = String::new();
    let mut line = |name: &str, one: &str, other: &str| {
        let (one, other) = (cut(one, columns - 2), cut(other, columns - 2));
        let line = format!("{name:<NAME$}{one:>columns$}{other:>columns$}");
        let _ = writeln!(out, "{}", line.trim_end());
    };
    line("", names.0, names.1);
    let mut count = |name: &str, one: usize, other: usize| {
        line(name, &one.to_string(), &other.to_string());
    };
    count("instructions", one.instructions, other.instructions);
    count("bytes, with inline caches", one.bytes, other.bytes);
    count("loops", one.loops.len(), other.loops.len());
    for index in 0..one.loops.len().max(other.loops.len()) {
        let (a, b) = (one.loops.get(index), other.loops.get(index));
        let of = |side: Option<&Loop>, show: fn(&Loop) -> String| side.map_or("-".to_owned(), show);
        let mut both =
            |name: &str, show: fn(&Loop) -> String| line(name, &of(a, show), &of(b, show));
        both(&format!("loop {}", index + 1), |it| match it.line {
            -1 => "no line".to_owned(),
            line => format!("line {line}"),
        });
        both("  blocks", |it| it.blocks.to_string());
        both("  instructions", |it| it.instructions.to_string());
        both("  instructions in one round", |it| rounds(it.round));
        for name in differing(a, b) {
            let number = |side: Option<&Loop>| match side {
                Some(it) => it.operations.get(name).copied().unwrap_or(0).to_string(),
                None => "-".to_owned(),
            };
            line(&format!("    {name}"), &number(a), &number(b));
        }
    }
    out.push('\n');
    out.push_str(&meaning(names, one, other));
    out
}

fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns - 1).chain(['…']).collect()
}

fn rounds((fewest, most): (usize, usize)) -> String {
    match fewest == most {
        true => fewest.to_string(),
        false => format!("{fewest} to {most}"),
    }
}

/// The operations that the loops have not equally often.
fn differing(one: Option<&Loop>, other: Option<&Loop>) -> BTreeSet<&'static str> {
    let (Some(one), Some(other)) = (one, other) else {
        return BTreeSet::new();
    };
    let names = one.operations.keys().chain(other.operations.keys());
    names
        .copied()
        .filter(|name| one.operations.get(name) != other.operations.get(name))
        .collect()
}

/// What the counts say; no more than that.
fn meaning(names: (&str, &str), one: &Profile, other: &Profile) -> String {
    let words = match (one.loops.as_slice(), other.loops.as_slice()) {
        ([], []) => of_whole(names, one.instructions, other.instructions),
        ([a], [b]) => of_rounds(names, a.round, b.round),
        ([], _) => format!("Only {} has a loop of its own.", names.1),
        (_, []) => format!("Only {} has a loop of its own.", names.0),
        _ => "Each has loops of its own: compare them one by one.".to_owned(),
    };
    format!(
        "{words}\nThese are counts, not times; what is done in functions that are called is not counted.\n"
    )
}

fn of_whole(names: (&str, &str), one: usize, other: usize) -> String {
    match one.cmp(&other) {
        std::cmp::Ordering::Equal => "Both have as many instructions, and no loop.".to_owned(),
        order => {
            let (name, fewer) = match order {
                std::cmp::Ordering::Less => (names.0, other - one),
                _ => (names.1, one - other),
            };
            format!("Neither has a loop; {name} has {fewer} instructions fewer.")
        }
    }
}

fn of_rounds(names: (&str, &str), one: (usize, usize), other: (usize, usize)) -> String {
    if one == other {
        let round = rounds(one);
        return format!("A round of the loop takes {round} instructions in both.");
    }
    let (a, b) = (rounds(one), rounds(other));
    format!(
        "A round of the loop takes {a} instructions in {}, {b} in {}.",
        names.0, names.1
    )
}
