//! The example at the head of each pass's file is run: what stands before `=>`, through the pass, gives what stands
//! behind it.
//!
//! Both sides are the text form of the IR, without the unit around it. A side may be a bare list of instructions, and
//! locals need not be declared. Directives (`.consts`) that the right side does not have are not compared, nor
//! which blocks have labels. A comment `# 3.12` names the target of an example in a file that several have.

use std::fs;
use std::path::{Path, PathBuf};

use pycsmith_bytecode::Target;
use pycsmith_bytecode::opcode::Operand;
use pycsmith_ir::text::{parse, unit_text};
use pycsmith_ir::{CodeUnit, Graph, InstructionSequence, OpKind};

use crate::passes::{explicit_blocks, from_sequence, to_sequence};
use crate::{pipeline, standalone, testing};

/// The example of a pass's file.
struct Example {
    before: Vec<String>,
    after: Vec<String>,
}

impl Example {
    /// The first `text` block of the file's documentation, if there is any.
    fn of(source: &str) -> Option<Result<Example, String>> {
        let head = source.lines().map_while(|line| line.strip_prefix("//!"));
        let block: Vec<_> = head
            .skip_while(|line| line.trim() != "```text")
            .skip(1)
            .take_while(|line| line.trim() != "```")
            .collect();
        (!block.is_empty()).then(|| Example::columns(&block))
    }

    /// The sides stand beside each other, with `=>` in some line between them.
    fn columns(lines: &[&str]) -> Result<Example, String> {
        let column = lines.iter().find_map(|line| line.find("=>"));
        let column = column.ok_or("the example has no =>")?;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for line in lines {
            let (left, right) = line.split_at_checked(column).unwrap_or((line, ""));
            let right = right.strip_prefix("=>").unwrap_or(right);
            if left.ends_with(|c| c != ' ') && !right.is_empty() && !right.starts_with(' ') {
                return Err(format!("a word stands where the columns part: {line}"));
            }
            before.extend(plain(left));
            after.extend(plain(right));
        }
        Ok(Example { before, after })
    }
}

/// The line with single spaces and no comment, if anything is left.
fn plain(line: &str) -> Option<String> {
    let words = line.split('#').next().unwrap_or("").split_whitespace();
    let line = words.collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

fn is_bare(lines: &[String]) -> bool {
    !lines.iter().any(|line| line.starts_with("b0:"))
}

/// The unit of these lines.
fn read(lines: &[String], target: Target) -> Result<CodeUnit, String> {
    let (directives, body): (Vec<_>, Vec<_>) = lines
        .iter()
        .map(String::as_str)
        .partition(|line| line.starts_with('.') && !line.starts_with(".unwind"));
    let mut locals: Vec<&str> = Vec::new();
    for line in &body {
        let mut words = line.split(' ');
        let op = target.opcodes().named(words.next().unwrap_or(""));
        let count = match op.map(|op| target.opcodes().operand(op)) {
            Some(Operand::Local) => 1,
            Some(Operand::LocalPair) => 2,
            _ => 0,
        };
        for name in words.take(count) {
            if !locals.contains(&name) {
                locals.push(name);
            }
        }
    }
    let locals = match directives.iter().any(|line| line.starts_with(".locals")) {
        true => String::new(),
        false => format!(".locals {}\n", locals.join(" ")),
    };
    let start = if is_bare(lines) { "b0:\n" } else { "" };
    let (directives, body) = (directives.join("\n"), body.join("\n"));
    let text =
        format!("target {target}\ncode f line 1 {{\n{directives}\n{locals}{start}{body}\n}}\n");
    let mut module = parse(&text).map_err(|faults| faults[0].render("example", &text))?;
    module.units.pop().ok_or_else(|| "no unit".to_owned())
}

/// The lines of the unit that the expected ones say something of.
fn written(unit: &CodeUnit, target: Target, expected: &[String]) -> Vec<String> {
    let text = unit_text(unit, target);
    let lines = text.lines().filter_map(plain);
    lines
        .filter(|line| {
            let word = line.split(' ').next().unwrap_or("");
            let is_said = |line: &String| line.split(' ').next() == Some(word);
            match word {
                "code" | "}" => false,
                "b0:" => !is_bare(expected),
                ".unwind" => true,
                _ => !word.starts_with('.') || expected.iter().any(is_said),
            }
        })
        .map(|line| {
            let words = line.split(' ');
            let said = words.filter(|word| {
                !matches!(*word, "label" | "nolabel") && !word.starts_with("preds=")
            });
            said.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// A sequence as its lines, labels on lines of their own.
fn written_sequence(sequence: &InstructionSequence, target: Target) -> Vec<String> {
    let mut lines = Vec::new();
    for at in 0..=sequence.instrs.len() {
        for (number, &place) in sequence.labels.iter().enumerate() {
            if place as usize == at {
                lines.push(format!("L{number}:"));
            }
        }
        let Some(instr) = sequence.instrs.get(at) else {
            break;
        };
        lines.push(match instr.op {
            op if op.is_jump() => format!("{op} L{}", instr.arg),
            op if target.opcodes().has_arg(op) => format!("{op} {}", instr.arg),
            op => op.to_string(),
        });
    }
    lines
}

/// What the example becomes.
fn run(example: &Example, pass: &str, target: Target) -> Result<Vec<String>, String> {
    if pass == "from_sequence" {
        let text = example.before.join("\n");
        let mut unit = CodeUnit::default();
        let Graph(cfg) = &mut unit.graph;
        if target.generates_blocks() {
            explicit_blocks::from_sequence::run(cfg, &testing::sequence_of_blocks(&text))
        } else {
            let all_labels = target.starts_blocks_at_all_labels();
            from_sequence::run(cfg, &mut testing::sequence(&text), all_labels)
        }
        .map_err(|bug| bug.0)?;
        return Ok(written(&unit, target, &example.after));
    }
    let mut unit = read(&example.before, target)?;
    if pass == "to_sequence" {
        let mut sequence = InstructionSequence::default();
        to_sequence::run(
            &mut unit.graph.0,
            &mut sequence,
            target.sizes_jumps_from_labels(),
        );
        return Ok(written_sequence(&sequence, target));
    }
    let step = standalone::find(target, pass).ok_or("no such pass")?;
    Ok(match standalone::run(&mut unit, target, [step], &mut ()) {
        Ok(()) => written(&unit, target, &example.after),
        Err(bug) => vec![bug.0],
    })
}

/// The pass's name, and the target for whose pipeline it was written.
fn pass_of(path: &Path, source: &str) -> Option<(String, Target)> {
    let parent = path.parent()?.file_name()?.to_str()?;
    let named = source
        .split_once("name: \"")
        .and_then(|(_, rest)| rest.split('"').next());
    let pass = match (source.contains("pub const PASS"), parent) {
        (true, _) => named?,
        (false, "passes" | "explicit_blocks" | "single_round") => return None,
        (false, pass) => pass,
    };
    let series: &[u8] = match parent {
        "explicit_blocks" => &[11],
        "single_round" => &[12],
        _ => &[14, 13, 12, 11],
    };
    let named = source
        .lines()
        .find_map(|line| line.strip_prefix("//! # ")?.parse().ok());
    let newest = series.iter().filter_map(|&minor| Target::newest(minor));
    let mut targets = named.into_iter().chain(newest);
    let in_pipeline = |target: &Target| {
        let mut steps = pipeline::of(*target).iter();
        steps.any(|step| step.pass.name == pass) || pass.ends_with("_sequence")
    };
    Some((pass.to_owned(), targets.find(in_pipeline)?))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut sources(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn passes_do_what_their_heads_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/passes");
    let mut failures = Vec::new();
    for path in sources(&folder) {
        let source = fs::read_to_string(&path).unwrap();
        let Some((pass, target)) = pass_of(&path, &source) else {
            continue;
        };
        let place = path.strip_prefix(&folder).unwrap().display();
        let example = Example::of(&source).unwrap_or(Err("the head has no example".to_owned()));
        let result = example.and_then(|example| Ok((run(&example, &pass, target)?, example.after)));
        match result {
            Ok((got, expected)) if got == expected => {}
            Ok((got, expected)) => failures.push(format!(
                "{place}: {pass} for {target} gives\n{}\nnot\n{}\n",
                got.join("\n"),
                expected.join("\n")
            )),
            Err(error) => failures.push(format!("{place}: {error}\n")),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
