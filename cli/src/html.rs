//! `pycsmith ir --html`: one self-contained page with the IR at each pass.
//!
//! The page holds the units as JSON, and renders one at a time. Most passes leave most blocks alone, so each distinct
//! line and each distinct block of a unit is stored once, and a stage is a list of blocks.

use std::collections::HashMap;
use std::hash::Hash;

use pycsmith_bytecode::{Location, Target};
use pycsmith_compiler::stages::UnitStages;
use pycsmith_ir::text::{BlockText, LineText, UnitText};
use pycsmith_ir::{BlockId, CodeUnit, OpKind};
use pycsmith_optimizer::pipeline;
use serde::Serialize;

const TEMPLATE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/style.css");
/// In the order in which they need each other.
const SCRIPTS: &[&str] = &[
    include_str!("html/model.js"),
    include_str!("html/layout.js"),
    include_str!("html/columns.js"),
    include_str!("html/graph.js"),
    include_str!("html/main.js"),
];

/// The page for the units of a source, which has been compiled: `text` is what it decodes to.
pub fn page(filename: &str, text: &str, units: &[UnitStages], target: Target) -> String {
    let data = PageData {
        version: env!("CARGO_PKG_VERSION"),
        file: filename,
        target: target.to_string(),
        source: text.lines().collect(),
        passes: passes(target),
        units: units.iter().map(|unit| unit_data(unit, target)).collect(),
    };
    // Strings, numbers and lists: nothing that could fail. Within JSON, `<` stands in strings only.
    let json = serde_json::to_string(&data).unwrap_or_default();
    let json = json.replace('<', "\\u003c");
    let title = escape(&format!("{filename} for CPython {target}"));
    fill(&[
        ("title", &title),
        ("style", STYLE),
        ("data", &json),
        ("script", &SCRIPTS.concat()),
    ])
}

/// The template with its `{{name}}`s replaced. What is put in is not looked at again.
fn fill(values: &[(&str, &str)]) -> String {
    let mut parts = TEMPLATE.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        out += value.map_or("", |(_, value)| value);
        out += rest;
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[derive(Serialize)]
struct PageData<'a> {
    version: &'static str,
    file: &'a str,
    target: String,
    /// Without line ends.
    source: Vec<&'a str>,
    passes: Vec<PassData>,
    units: Vec<UnitData>,
}

#[derive(Serialize)]
struct PassData {
    name: &'static str,
    mirrors: &'static str,
    what: &'static str,
    why: &'static str,
}

fn passes(target: Target) -> Vec<PassData> {
    pipeline::of(target)
        .iter()
        .map(|step| PassData {
            name: step.pass.name,
            mirrors: step.pass.mirrors,
            what: step.pass.what,
            why: step.why,
        })
        .collect()
}

#[derive(Serialize)]
struct UnitData {
    id: String,
    line: i32,
    lines: Vec<LineData>,
    blocks: Vec<BlockData>,
    /// As code generation made it, and behind each pass that changed something.
    stages: Vec<StageData>,
}

#[derive(Serialize)]
struct StageData {
    /// The index of the pass; none for code generation.
    pass: Option<usize>,
    head: String,
    /// Indices of blocks, in layout order.
    layout: Vec<usize>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct BlockData {
    id: u32,
    notes: String,
    /// Indices of lines.
    lines: Vec<usize>,
    /// Where its jumps go.
    jumps: Vec<u32>,
    /// Where its exceptions go.
    handlers: Vec<u32>,
    /// Control may run into the next block.
    falls: bool,
}

/// Word, operand, and the location's line, column, last line and column behind the end (columns are bytes of UTF-8; a
/// location that is not there is empty).
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct LineData(&'static str, String, Vec<i32>);

/// Things in the order they came, each once.
struct Table<T> {
    items: Vec<T>,
    places: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Table<T> {
    fn new() -> Table<T> {
        Table {
            items: Vec::new(),
            places: HashMap::new(),
        }
    }

    fn place(&mut self, item: T) -> usize {
        if let Some(&place) = self.places.get(&item) {
            return place;
        }
        self.items.push(item.clone());
        self.places.insert(item, self.items.len() - 1);
        self.items.len() - 1
    }
}

fn unit_data(unit: &UnitStages, target: Target) -> UnitData {
    let (mut lines, mut blocks) = (Table::new(), Table::new());
    let generated = std::iter::once((None, &unit.generated));
    let changed = unit.steps.iter().enumerate();
    let changed = changed.filter_map(|(pass, (_, unit))| Some((Some(pass), unit.as_ref()?)));
    let stages = generated
        .chain(changed)
        .map(|(pass, unit)| {
            let UnitText { head, blocks: text } = UnitText::of(unit, target);
            let mut place = |block| blocks.place(block_data(unit, block, &mut lines));
            StageData {
                pass,
                head,
                layout: text.into_iter().map(&mut place).collect(),
            }
        })
        .collect();
    UnitData {
        id: unit.generated.id.clone(),
        line: unit.generated.firstlineno,
        lines: lines.items,
        blocks: blocks.items,
        stages,
    }
}

fn block_data(unit: &CodeUnit, text: BlockText, lines: &mut Table<LineData>) -> BlockData {
    let cfg = &unit.graph.0;
    let (mut jumps, mut handlers) = (Vec::new(), Vec::new());
    let note = |found: &mut Vec<u32>, b: BlockId| {
        if b.is_some() && !found.contains(&b.0) {
            found.push(b.0);
        }
    };
    for instr in cfg.instrs(text.id) {
        note(&mut handlers, instr.handler);
        if instr.op.is_block_push() {
            note(&mut handlers, instr.target);
        } else if instr.op.has_target() {
            note(&mut jumps, instr.target);
        }
    }
    BlockData {
        id: text.id.0,
        falls: cfg.has_fallthrough(text.id),
        notes: text.notes,
        lines: text
            .lines
            .into_iter()
            .map(|line| lines.place(line_data(line)))
            .collect(),
        jumps,
        handlers,
    }
}

fn line_data(line: LineText) -> LineData {
    let Location {
        line: start,
        col,
        end_line,
        end_col,
    } = line.loc;
    let place = match start {
        1.. => vec![start, col, end_line, end_col],
        _ => Vec::new(),
    };
    LineData(line.word, line.operand, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        let page = fill(&[("title", "{{data}}"), ("data", "1")]);
        assert!(page.contains("<title>{{data}}"), "{page}");
        assert_eq!(escape("a<b>&"), "a&lt;b>&amp;");
    }
}
