//! Our stages, as functions like those that CPython shows.

use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, Target};
use pycsmith_compiler::assemble;
use pycsmith_ir::{CodeModule, CodeUnit, ModuleFile, UnitConst};
use pycsmith_optimizer::pipeline::Step;
use pycsmith_optimizer::{stages, standalone};

use crate::wire;

/// A unit as CPython's functions get it: instructions and constants, without parameters, flags or a first line.
///
/// # Errors
/// The instructions contradict themselves, or one of them loads a constant that is not there.
pub fn unit(
    instrs: &[[i32; 6]],
    consts: Vec<UnitConst>,
    nlocals: usize,
    target: Target,
) -> Result<CodeUnit, String> {
    for &[number, arg, ..] in instrs {
        let op = wire::op_numbered(number, target);
        if op.is_some_and(|op| target.opcodes().has_const(op)) && arg as usize >= consts.len() {
            return Err(format!("constant {arg} is out of range"));
        }
    }
    Ok(CodeUnit {
        firstlineno: 1,
        varnames: (0..nlocals).map(|index| format!("local{index}")).collect(),
        consts,
        graph: wire::graph(instrs, target)?,
        ..CodeUnit::default()
    })
}

/// Whether the target's pipeline has the passes that are to be left out.
///
/// # Errors
/// One that it does not have.
pub fn check_passes(target: Target, disabled: &[String]) -> Result<(), String> {
    let unknown = |name: &&String| standalone::find(target, name).is_none();
    match disabled.iter().find(unknown) {
        Some(name) => Err(format!(
            "{target} has no pass {name}: see pycsmith opt --list --pipeline {target}"
        )),
        None => Ok(()),
    }
}

/// `assemble_code_object`, without the passes `disabled`. There are no code objects among the constants.
///
/// # Errors
/// A pass or the assembler finds the unit contradictory.
pub fn assemble(
    mut unit: CodeUnit,
    filename: &str,
    target: Target,
    disabled: &[String],
) -> Result<Arc<CodeObject>, String> {
    let steps = stages::assemble_code_object(target);
    run(&mut unit, target, steps, disabled)?;
    let module = CodeModule {
        target,
        file: ModuleFile {
            filename: Some(filename.as_bytes().to_vec()),
            ..ModuleFile::default()
        },
        units: vec![unit],
    };
    let assembled = assemble::module(&module).map_err(|error| error.to_string())?;
    Ok(assembled.code)
}

/// `optimize_cfg`, without the passes `disabled`.
///
/// # Errors
/// A pass finds the unit contradictory.
pub fn optimize_cfg(
    unit: &mut CodeUnit,
    target: Target,
    disabled: &[String],
) -> Result<(), String> {
    run(unit, target, stages::optimize_cfg(target), disabled)
}

fn run(
    unit: &mut CodeUnit,
    target: Target,
    steps: Option<Vec<&'static Step>>,
    disabled: &[String],
) -> Result<(), String> {
    let enabled = steps
        .ok_or("the target has no such function")?
        .into_iter()
        .filter(|step| !disabled.iter().any(|name| name == step.pass.name));
    standalone::run(unit, target, enabled, &mut ()).map_err(|bug| bug.0)
}
