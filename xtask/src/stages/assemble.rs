//! The third stage: `assemble_code_object`.
//!
//! It takes what the passes leave, with block pushes and pops (it looks for handlers itself), and flags as if there were none: so
//! it makes no generators and no `*args`. Code objects among the constants are strings here, on both sides.

use pycsmith_bytecode::{CodeObject, Constant, Target, compare, marshal};
use pycsmith_compiler::stages::UnitStages;
use pycsmith_ir::CodeUnit;
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
            (Stage::Assemble, "assemble"),
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
        let ours =
            ours::assemble(unit, wire::FILENAME, target, self.disabled).map_err(Refusal::ours)?;
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
    // CPython renames the parameter of a function for annotations behind assembly; ours tells by the name.
    let name = match &given.name[..] {
        "__annotate__" => "annotate".to_owned(),
        other => other.to_owned(),
    };
    Ok(CodeUnit {
        name,
        flags: 0,
        consts: wire::there_and_back(&wire::without_code(given.consts), target)?,
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

#[cfg(test)]
mod tests {
    use pycsmith_compiler::{CompileOptions, stages};

    use super::*;

    /// Nothing is protected: where a block pop becomes a `NOP` early, another pass may remove it.
    const SOURCE: &[u8] = b"\
def f(a, b, /, c, *, d):
    for e in a or b:
        if e is c: continue
        def g(): return e + d
        d = 'x' * 1000
    return lambda: d and e

def h(a):
    if a: a()
";

    fn options(target: Target) -> CompileOptions {
        CompileOptions {
            target,
            optimize: 0,
            filename: wire::FILENAME.to_owned(),
        }
    }

    /// What goes into the stage is enough for what the whole compiler makes of a unit, but for flags and inner code.
    #[test]
    fn the_stage_ends_as_the_compiler_does() {
        for target in Target::all().filter(|target| !target.generates_blocks()) {
            let (units, module) = stages::stages(SOURCE, &options(target)).expect("it compiles");
            let unit = units
                .iter()
                .find(|unit| unit.generated.id == "f")
                .expect("f");
            let given = as_given(unit, target).expect("sound");
            let ours = ours::assemble(given, wire::FILENAME, target, &[]).expect("sound");
            let whole = module.consts.iter().find_map(|value| match value {
                Constant::Code(code) => Some(code.clone()),
                _ => None,
            });
            let whole = CodeObject {
                flags: 0,
                consts: ours.consts.clone(),
                ..CodeObject::clone(&whole.expect("the code of f"))
            };
            let difference = of_codes("f", &ours, &whole, target);
            assert!(
                difference.is_none(),
                "{target}: {}",
                difference.expect("one")
            );
        }
    }

    #[test]
    fn a_difference_names_the_instruction() {
        let target = Target::PY314;
        let (units, _) = stages::stages(SOURCE, &options(target)).expect("it compiles");
        let unit = units
            .iter()
            .find(|unit| unit.generated.id == "f")
            .expect("f");
        let made = |disabled: &[String]| {
            let given = as_given(unit, target).expect("sound");
            ours::assemble(given, wire::FILENAME, target, disabled).expect("sound")
        };
        let (whole, part) = (made(&[]), made(&["normalize_jumps".to_owned()]));
        let difference = of_codes("h", &part, &whole, target).expect("NOT_TAKEN is missing");
        let text = difference.to_string();
        assert!(text.starts_with("assembly: unit h: instruction "), "{text}");
        assert!(text.contains("-NOT_TAKEN"), "{text}");
    }
}
