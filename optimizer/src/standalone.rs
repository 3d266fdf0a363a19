//! Passes over a unit that came from its text, not from code generation.

use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, Constant, Names, PyStr, Target};
use pycsmith_ir::{Cfg, CodeUnit, ConstPool, RawTables, UnitConst};

use crate::manager::{self, Hooks};
use crate::passes::Unit;
use crate::pipeline::{self, Step};
use crate::{Bug, passes};

/// The pass of that name in the target's pipeline, at its first place.
pub fn find(target: Target, name: &str) -> Option<&'static Step> {
    pipeline::of(target)
        .iter()
        .find(|step| step.pass.name == name)
}

/// Runs `steps` over `unit`.
///
/// # Errors
/// A pass or a hook finds the unit contradictory.
pub fn run<'s>(
    unit: &mut CodeUnit,
    target: Target,
    steps: impl IntoIterator<Item = &'s Step>,
    hooks: &mut impl Hooks,
) -> Result<(), Bug> {
    let mut pool = ConstPool::new();
    let mut consts = unit
        .consts
        .iter()
        .map(|value| match value {
            UnitConst::Value(value) => pool.intern(value.clone()),
            UnitConst::Code(id) => pool.intern(stand_in(id)),
        })
        .collect();
    let shape = unit.shape();
    let localsplus = unit.localsplus;
    let mut cfg = std::mem::take(&mut unit.graph.0);
    let mut passing = Unit {
        target,
        cfg: &mut cfg,
        consts: &mut consts,
        pool: &mut pool,
        shape: &shape,
        stack_depth: unit.stack_depth.unwrap_or(0),
        nlocalsplus: if localsplus {
            unit.free_names().len() as u32
        } else {
            0
        },
    };
    let result = manager::run_steps(steps, &mut passing, hooks);
    let passes::Unit {
        stack_depth,
        nlocalsplus,
        ..
    } = passing;
    take_back(unit, cfg, stack_depth, nlocalsplus);
    unit.consts = consts.iter().map(|&id| constant_of(pool.get(id))).collect();
    result
}

/// The unit between two passes: `template` with what passes change.
pub fn snapshot(template: &CodeUnit, unit: &Unit<'_>) -> CodeUnit {
    let mut now = template.clone();
    take_back(
        &mut now,
        unit.cfg.clone(),
        unit.stack_depth,
        unit.nlocalsplus,
    );
    now.consts = unit
        .consts
        .iter()
        .map(|&id| constant_of(unit.pool.get(id)))
        .collect();
    now
}

fn take_back(unit: &mut CodeUnit, cfg: Cfg, stack_depth: u32, nlocalsplus: u32) {
    unit.graph.0 = cfg;
    unit.raw = RawTables::default();
    unit.stack_depth = (stack_depth > 0).then_some(stack_depth);
    unit.localsplus |= nlocalsplus > 0;
}

/// How a constant shows in the text.
pub fn constant_of(value: &Constant) -> UnitConst {
    match value {
        Constant::Code(code) => {
            UnitConst::Code(String::from_utf8_lossy(&code.name.wtf8).into_owned())
        }
        value => UnitConst::Value(value.clone()),
    }
}

/// Stands for the code object of another unit: equal to that of no other.
fn stand_in(id: &str) -> Constant {
    let name = Arc::new(PyStr::name(id));
    let empty: Arc<[u8]> = [].into();
    let no_names: Names = std::iter::empty().collect();
    Constant::Code(Arc::new(CodeObject {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 0,
        flags: 0,
        code: empty.clone(),
        consts: [].into(),
        names: no_names.clone(),
        localsplusnames: no_names,
        localspluskinds: empty.clone().into(),
        filename: name.clone(),
        name: name.clone(),
        qualname: name,
        firstlineno: 0,
        linetable: empty.clone(),
        exceptiontable: empty,
    }))
}
