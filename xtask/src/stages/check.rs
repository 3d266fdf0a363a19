//! One source through each stage, ours and CPython's.

use pycsmith_bytecode::Target;
use pycsmith_compiler::stages::{self, UnitStages};
use pycsmith_compiler::{CompileError, CompileOptions};
use pycsmith_ir::{CodeUnit, OpKind};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::difference::{self, Difference, Stage};
use super::ours;
use crate::oracle::{Answer, Offers, OptimizedUnit, Oracle, Refusal};
use crate::wire;

/// What came of the units of a source in one stage.
#[derive(Default)]
pub struct Tally {
    pub same: usize,
    pub different: usize,
    /// CPython's function raised something, or died.
    pub refused: usize,
    /// CPython's function does not show them.
    pub hidden: usize,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.same += other.same;
        self.different += other.different;
        self.refused += other.refused;
        self.hidden += other.hidden;
    }
}

/// What came of a source.
#[derive(Default)]
pub struct Report {
    /// By [`Stage::ALL`].
    pub stages: [Tally; Stage::ALL.len()],
    pub differences: Vec<Difference>,
    /// What CPython's functions raised.
    pub refusals: Vec<(Stage, String)>,
}

impl Report {
    pub(super) fn tally(&mut self, stage: Stage) -> &mut Tally {
        &mut self.stages[stage as usize]
    }

    fn refuse(&mut self, stage: Stage, units: usize, unit: &str, refusal: &Refusal) {
        self.tally(stage).refused += units;
        let words = match refusal {
            Refusal::Died => format!("the interpreter dies of {unit}"),
            refusal => refusal.to_string(),
        };
        self.refusals.push((stage, words));
    }

    pub(super) fn note(
        &mut self,
        stage: Stage,
        unit: &str,
        found: Result<Option<Difference>, Refusal>,
    ) {
        let difference = match found {
            Ok(None) => {
                self.tally(stage).same += 1;
                return;
            }
            Ok(Some(difference)) => difference,
            Err(Refusal::Ours(message)) => Difference::of_whole_unit(stage, unit, message),
            Err(refusal) => return self.refuse(stage, 1, unit, &refusal),
        };
        self.tally(stage).different += 1;
        self.differences.push(difference);
    }
}

/// Who compiles what, and how.
pub struct Checker<'a> {
    pub oracle: &'a Oracle,
    pub offers: Offers,
    pub level: u8,
    /// Passes that our pipeline leaves out.
    pub disabled: &'a [String],
}

impl Checker<'_> {
    pub(super) fn target(&self) -> Target {
        self.oracle.target()
    }

    /// Compares all stages.
    ///
    /// # Errors
    /// We do not compile it.
    pub fn source(&self, name: &str, source: &[u8]) -> Result<Report, CompileError> {
        let options = CompileOptions {
            target: self.target(),
            optimize: self.level,
            filename: name.to_owned(),
        };
        let (units, _) = stages::stages(source, &options)?;
        let mut report = Report::default();
        self.symbols(name, source, &mut report);
        if !self.offers.functions {
            for stage in [Stage::Codegen, Stage::Optimize, Stage::Assemble] {
                report.tally(stage).hidden += units.len();
            }
            return Ok(report);
        }
        self.codegen(name, source, &units, &mut report);
        self.optimize(&units, &mut report);
        self.assemble(&units, &mut report);
        Ok(report)
    }

    /// Code generation of the same source.
    fn codegen(&self, name: &str, source: &[u8], units: &[UnitStages], report: &mut Report) {
        let stage = Stage::Codegen;
        let mut shown = stages::shown_by_compiler_codegen(units);
        let theirs = match self.oracle.codegen(source, name, self.level) {
            Ok(theirs) => theirs,
            Err(refusal) => return report.refuse(stage, units.len(), name, &refusal),
        };
        if !theirs.nested {
            shown.drain(..shown.len() - 1);
        }
        report.tally(stage).hidden += units.len() - shown.len();
        if shown.len() != theirs.units.len() {
            let what = format!("{} units instead of {}", shown.len(), theirs.units.len());
            return report.note(stage, "<module>", Err(Refusal::Ours(what)));
        }
        for (unit, theirs) in shown.into_iter().zip(&theirs.units) {
            let found = self.codegen_of(unit, theirs);
            report.note(stage, &unit.generated.id, found);
        }
    }

    fn codegen_of(
        &self,
        unit: &UnitStages,
        theirs: &wire::Flat,
    ) -> Result<Option<Difference>, Refusal> {
        let target = self.target();
        let ours = wire::flat(&unit.sequence, target).map_err(Refusal::ours)?;
        if ours == *theirs {
            return Ok(None);
        }
        let with = |instrs| {
            difference::with_instrs(&unit.generated, instrs, target).map_err(Refusal::ours)
        };
        difference::of_units(Stage::Codegen, target, &with(&ours)?, &with(theirs)?)
            .map_err(Refusal::ours)
    }

    /// The passes of `optimize_cfg` on what code generation made of each unit.
    fn optimize(&self, units: &[UnitStages], report: &mut Report) {
        let target = self.target();
        self.on_units(
            (Stage::Optimize, "optimize"),
            units,
            report,
            |unit| as_given(unit, target),
            |unit| wire::to_optimize(unit, target),
            |unit, theirs: OptimizedUnit| self.optimized(unit, &theirs),
        );
    }

    /// Compares what one of CPython's functions makes of each unit: `given` makes what goes into both sides, `wired` how it is
    /// asked for, and `compared` makes ours and compares. `work` is what the oracle calls it.
    pub(super) fn on_units<T: DeserializeOwned>(
        &self,
        (stage, work): (Stage, &str),
        units: &[UnitStages],
        report: &mut Report,
        given: impl Fn(&UnitStages) -> Result<CodeUnit, String>,
        wired: impl Fn(&CodeUnit) -> Result<Value, String>,
        compared: impl Fn(CodeUnit, T) -> Result<Option<Difference>, Refusal>,
    ) {
        let shown = |unit: &&UnitStages| {
            let instrs = &unit.sequence.instrs;
            self.offers.block_pushes || !instrs.iter().any(|instr| instr.op.is_block_push())
        };
        let (mut inputs, mut questions) = (Vec::new(), Vec::new());
        for unit in units.iter().filter(shown) {
            let both = given(unit).and_then(|input| Ok((wired(&input)?, input)));
            match both {
                Ok((question, input)) => {
                    questions.push(question);
                    inputs.push(input);
                }
                Err(message) => report.note(stage, &unit.generated.id, Err(Refusal::Ours(message))),
            }
        }
        report.tally(stage).hidden += units.len() - units.iter().filter(shown).count();
        let answers = match self.oracle.units(work, &questions) {
            Ok(answers) => answers.into_iter().map(Answer::into_result).collect(),
            Err(_) => one_by_one(self.oracle, work, &questions),
        };
        for (input, answer) in inputs.into_iter().zip(answers) {
            let id = input.id.clone();
            let found = answer.and_then(|theirs| compared(input, theirs));
            report.note(stage, &id, found);
        }
    }

    fn optimized(
        &self,
        input: CodeUnit,
        theirs: &OptimizedUnit,
    ) -> Result<Option<Difference>, Refusal> {
        let target = self.target();
        let mut ours = input;
        ours::optimize_cfg(&mut ours, target, self.disabled).map_err(Refusal::ours)?;
        let mut compare = || {
            let flat = wire::flat_graph(&ours.graph, target)?;
            // Blocks anew, as CPython's have to be.
            ours.graph = wire::graph(&flat, target)?;
            ours.consts = wire::there_and_back(&ours.consts, target)?;
            let mut theirs_unit = difference::with_instrs(&ours, &theirs.instrs, target)?;
            theirs_unit.consts = theirs.consts.read(target)?;
            if equal_but_for_cache(&ours, &theirs_unit, target)? {
                return Ok(None);
            }
            difference::of_units(Stage::Optimize, target, &ours, &theirs_unit)
        };
        compare().map_err(Refusal::ours)
    }
}

/// The units, each with a question of its own: what the interpreter dies of does not hide the rest.
fn one_by_one<T: DeserializeOwned>(
    oracle: &Oracle,
    work: &str,
    units: &[Value],
) -> Vec<Result<T, Refusal>> {
    let one = |unit: &Value| {
        let answers = oracle.units::<T>(work, std::slice::from_ref(unit))?;
        answers
            .into_iter()
            .next()
            .ok_or(Refusal::Died)?
            .into_result()
    };
    units.iter().map(one).collect()
}

/// Whether units are equal if constants are compared by value. `optimize_cfg` begins with an empty cache of constants: what it
/// computes is not the same object as an equal constant that it was given, and gets a place of its own in the table.
fn equal_but_for_cache(a: &CodeUnit, b: &CodeUnit, target: Target) -> Result<bool, String> {
    let (a_flat, b_flat) = (
        wire::flat_graph(&a.graph, target)?,
        wire::flat_graph(&b.graph, target)?,
    );
    if a_flat == b_flat && a.consts == b.consts {
        return Ok(true);
    }
    let value = |unit: &'_ CodeUnit, row: &[i32; 6]| unit.consts.get(row[1] as usize).cloned();
    let same = |(x, y): (&[i32; 6], &[i32; 6])| {
        let loads =
            wire::op_numbered(x[0], target).is_some_and(|op| target.opcodes().has_const(op));
        x == y || loads && x[0] == y[0] && x[2..] == y[2..] && value(a, x) == value(b, y)
    };
    let within = |a: &CodeUnit, b: &CodeUnit| a.consts.iter().all(|value| b.consts.contains(value));
    Ok(a_flat.len() == b_flat.len()
        && a_flat.iter().zip(&b_flat).all(same)
        && within(a, b)
        && within(b, a))
}

/// The unit as CPython's functions get it: instructions and labels that are jumped to, without parameters or flags.
fn as_given(unit: &UnitStages, target: Target) -> Result<CodeUnit, String> {
    let generated = &unit.generated;
    let flat = wire::flat_graph(&generated.graph, target)?;
    Ok(CodeUnit {
        firstlineno: 1,
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        flags: 0,
        graph: wire::graph(&flat, target)?,
        ..generated.clone()
    })
}
