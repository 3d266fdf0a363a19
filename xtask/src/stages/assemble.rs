//! The third stage: `assemble_code_object`.
//!
//! It takes what the passes leave, with block pushes and pops (it looks for handlers itself), and flags as if there were none: so
//! it makes no generators and no `*args`. Code objects among the constants are strings here, on both sides.

use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, Constant, PyStr, Target, compare, marshal};
use pycsmith_compiler::stages::UnitStages;
use pycsmith_ir::{CodeUnit, UnitConst};
use pycsmith_optimizer::passes::label_exception_targets;
use pycsmith_optimizer::{stages, standalone};

use super::check::{Checker, Report};
use super::difference::{self, Difference, Stage};
use super::ours;
use crate::bisect::rows;
use crate::oracle::Refusal;
use crate::wire;

impl Checker<'_> {
    /// Assembles each unit.
    pub(super) fn assemble(&self, units: &[UnitStages], report: &mut Report) {
        let target = self.target();
        self.on_units(
            Stage::Assemble,
            units,
            report,
            |unit| as_given(unit, target),
            |unit| wire::to_assemble(unit, target),
            |unit, theirs: String| self.assembled(unit, &theirs),
        );
    }

    fn assembled(&self, unit: CodeUnit, theirs: &str) -> Result<Option<Difference>, Refusal> {
        let target = self.target();
        let bytes = wire::from_hex(theirs)
            .ok_or_else(|| Refusal::ours("not hexadecimal digits".to_owned()))?;
        let theirs = match marshal::read(&bytes, target) {
            Ok(Constant::Code(code)) => code,
            Ok(_) => return Err(Refusal::ours("no code object".to_owned())),
            Err(error) => return Err(Refusal::ours(error.to_string())),
        };
        let id = unit.id.clone();
        let ours = ours::assemble(unit, target, self.disabled).map_err(Refusal::ours)?;
        Ok(of_codes(&id, &ours, &theirs, target))
    }
}

/// The unit behind the passes of `optimize_cfg`, but for the one that looks for handlers: it takes the block pops away.
fn as_given(unit: &UnitStages, target: Target) -> Result<CodeUnit, String> {
    let mut given = unit.generated.clone();
    let steps = stages::optimize_cfg(target).ok_or("the target has no such function")?;
    let borrows = stages::assemble_code_object(target).unwrap_or_default();
    let is_input = |step: &&pycsmith_optimizer::pipeline::Step| {
        let name = step.pass.name;
        name != label_exception_targets::PASS.name
            && borrows.iter().all(|other| other.pass.name != name)
    };
    let steps = steps.into_iter().filter(is_input);
    standalone::run(&mut given, target, steps, &mut ()).map_err(|bug| bug.0)?;
    let consts = given.consts.into_iter().map(|value| match value {
        UnitConst::Code(id) => UnitConst::Value(Constant::Str(Arc::new(PyStr::constant(format!(
            "code {id}"
        ))))),
        value => value,
    });
    // CPython renames the parameter of a function for annotations behind assembly; ours tells by the name.
    let name = match &given.name[..] {
        "__annotate__" => "annotate".to_owned(),
        other => other.to_owned(),
    };
    Ok(CodeUnit {
        name,
        flags: 0,
        consts: wire::there_and_back(&consts.collect::<Vec<_>>(), target)?,
        graph: wire::graph(&wire::flat_graph(&given.graph, target)?, target)?,
        ..given
    })
}

/// Compares two code objects.
pub fn of_codes(
    unit: &str,
    ours: &CodeObject,
    theirs: &CodeObject,
    target: Target,
) -> Option<Difference> {
    let found = compare::first_difference_in_effect(ours, theirs, target)?;
    let text = |code| rows::of_code(code, target).join("\n") + "\n";
    let (our_text, their_text) = (text(ours), text(theirs));
    let text = match our_text == their_text {
        true => format!("{found}\n"),
        false => difference::diff(&their_text, &our_text),
    };
    let same = our_text.lines().zip(their_text.lines());
    let at = same.take_while(|(a, b)| a == b).count();
    Some(Difference {
        stage: Stage::Assemble,
        unit: unit.to_owned(),
        place: None,
        what: format!("instruction {at}: {}", found.cause),
        text,
    })
}
