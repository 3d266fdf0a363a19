//! Where two instruction sequences or units part, and how that is shown.

use std::fmt;

use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::text::unit_text;
use pycsmith_ir::{BlockId, CodeUnit, Graph};
use similar::TextDiff;

use crate::wire::{self, Flat};

/// A stage of the compiler that CPython shows on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Symbols,
    Codegen,
    Optimize,
    Assemble,
}

impl Stage {
    pub const ALL: [Stage; 4] = [
        Stage::Symbols,
        Stage::Codegen,
        Stage::Optimize,
        Stage::Assemble,
    ];

    /// In words, and CPython's function.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Stage::Symbols => ("symbol table", "_symtable.symtable"),
            Stage::Codegen => ("code generation", "compiler_codegen"),
            Stage::Optimize => ("optimizer", "optimize_cfg"),
            Stage::Assemble => ("assembly", "assemble_code_object"),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words().0)
    }
}

/// What one stage makes of one unit, where it is not what CPython makes of it.
#[derive(Clone, Debug)]
pub struct Difference {
    pub stage: Stage,
    pub unit: String,
    /// A block and an instruction in it, of ours.
    pub place: Option<(BlockId, usize)>,
    /// What is different, in a line.
    pub what: String,
    /// The IR of both sides, as a diff from CPython's to ours.
    pub text: String,
}

impl Difference {
    /// One that has no place in the unit.
    pub fn of_whole_unit(stage: Stage, unit: &str, what: String) -> Difference {
        Difference {
            stage,
            unit: unit.to_owned(),
            place: None,
            what,
            text: String::new(),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: unit {}", self.stage, self.unit)?;
        if let Some((block, instr)) = self.place {
            write!(f, ", block b{}, instruction {instr}", block.0)?;
        }
        writeln!(f, ": {}", self.what)?;
        f.write_str(&self.text)
    }
}

/// Compares what a stage made: two units with the same tables but perhaps other instructions or constants.
pub fn of_units(
    stage: Stage,
    target: Target,
    ours: &CodeUnit,
    theirs: &CodeUnit,
) -> Result<Option<Difference>, String> {
    let our_flat = wire::flat_graph(&ours.graph, target)?;
    let their_flat = wire::flat_graph(&theirs.graph, target)?;
    let what = match first(&our_flat, &their_flat) {
        Some(at) => words(target, our_flat.get(at), their_flat.get(at)),
        None if ours.consts == theirs.consts => return Ok(None),
        None => "other constants".to_owned(),
    };
    Ok(Some(Difference {
        stage,
        unit: ours.id.clone(),
        place: first(&our_flat, &their_flat).and_then(|at| place(&ours.graph, at)),
        what,
        text: diff(&unit_text(theirs, target), &unit_text(ours, target)),
    }))
}

/// The first instruction that differs.
pub fn first(ours: &[[i32; 6]], theirs: &[[i32; 6]]) -> Option<usize> {
    let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    (same < ours.len().max(theirs.len())).then_some(same)
}

/// `template` with these instructions.
pub fn with_instrs(template: &CodeUnit, instrs: &Flat, target: Target) -> Result<CodeUnit, String> {
    Ok(CodeUnit {
        graph: wire::graph(instrs, target)?,
        ..template.clone()
    })
}

/// The block of the instruction number `at`, and its number there.
fn place(graph: &Graph, at: usize) -> Option<(BlockId, usize)> {
    let mut rest = at;
    for block in graph.0.layout() {
        let len = graph.0.instrs(block).len();
        if rest < len {
            return Some((block, rest));
        }
        rest -= len;
    }
    None
}

/// Says which part of an instruction differs.
fn words(target: Target, ours: Option<&[i32; 6]>, theirs: Option<&[i32; 6]>) -> String {
    let name = |row: &[i32; 6]| {
        wire::op_numbered(row[0], target)
            .map_or_else(|| row[0].to_string(), |op: Op| op.to_string())
    };
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours[0] != theirs[0] => {
            format!("{} instead of {}", name(ours), name(theirs))
        }
        (Some(ours), Some(theirs)) if ours[1] != theirs[1] => {
            format!(
                "operand {} instead of {} of {}",
                ours[1],
                theirs[1],
                name(ours)
            )
        }
        (Some(ours), Some(_)) => format!("the location of {}", name(ours)),
        (Some(ours), None) => format!("{} behind CPython's last instruction", name(ours)),
        (None, Some(theirs)) => format!("{} is missing at the end", name(theirs)),
        (None, None) => String::new(),
    }
}

/// From `theirs` to `ours`, with the lines around changes.
pub fn diff(theirs: &str, ours: &str) -> String {
    TextDiff::from_lines(theirs, ours)
        .unified_diff()
        .context_radius(3)
        .header("CPython", "pycsmith")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(ops: &[(Op, i32, i32)]) -> CodeUnit {
        let number = |op| i32::from(Target::PY314.opcodes().number(op).expect("3.14 has it"));
        let instrs = ops
            .iter()
            .map(|&(op, arg, line)| [number(op), arg, line, line, 0, 0]);
        let template = CodeUnit {
            id: "f".to_owned(),
            ..CodeUnit::default()
        };
        with_instrs(&template, &instrs.collect(), Target::PY314).expect("a graph")
    }

    fn difference(ours: &[(Op, i32, i32)], theirs: &[(Op, i32, i32)]) -> Option<String> {
        let found = of_units(Stage::Optimize, Target::PY314, &unit(ours), &unit(theirs));
        let text = found.expect("comparable")?.to_string();
        text.lines().next().map(str::to_owned)
    }

    #[test]
    fn the_place_is_named() {
        let cpython = [
            (Op::RESUME, 0, 1),
            (Op::LOAD_SMALL_INT, 1, 2),
            (Op::POP_JUMP_IF_TRUE, 3, 2),
            (Op::LOAD_SMALL_INT, 2, 3),
            (Op::RETURN_VALUE, 0, 3),
        ];
        assert_eq!(difference(&cpython, &cpython), None);
        let mut ours = cpython;
        ours[3].1 = 7;
        assert_eq!(
            difference(&ours, &cpython).as_deref(),
            Some(
                "optimizer: unit f, block b1, instruction 0: operand 7 instead of 2 of LOAD_SMALL_INT"
            )
        );
        ours[1].0 = Op::LOAD_CONST;
        assert_eq!(
            difference(&ours, &cpython).as_deref(),
            Some(
                "optimizer: unit f, block b0, instruction 1: LOAD_CONST instead of LOAD_SMALL_INT"
            )
        );
        let mut ours = cpython;
        ours[4].2 = 4;
        assert_eq!(
            difference(&ours, &cpython).as_deref(),
            Some("optimizer: unit f, block b1, instruction 1: the location of RETURN_VALUE")
        );
        assert_eq!(
            difference(&cpython[..4], &cpython).as_deref(),
            Some("optimizer: unit f: RETURN_VALUE is missing at the end")
        );
    }
}
