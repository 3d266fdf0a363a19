//! Verification before the first pass and behind each.

use pycsmith_ir::verify::{Context, Done, Fault, verify};

use crate::Bug;
use crate::manager::Hooks;
use crate::passes::{Pass, Property, Unit};
use crate::pipeline::Step;

/// Finds the first pass behind which the graph contradicts itself.
#[derive(Default)]
pub struct Verification {
    done: Done,
}

impl Verification {
    /// The pass has run.
    pub fn note(&mut self, pass: &Pass) {
        let establishes = |property| pass.establishes.contains(&property);
        self.done.handlers_labelled |= establishes(Property::HandlersLabelled);
        self.done.pseudo_ops_converted |= establishes(Property::NoPseudoOps);
        self.done.jumps_normalized |= establishes(Property::JumpsNormalized);
    }

    /// # Errors
    /// The first fault of the graph.
    pub fn check(&self, unit: &Unit<'_>) -> Result<(), Fault> {
        let context = Context {
            target: unit.target,
            shape: unit.shape,
            nconsts: unit.consts.len(),
            nlocalsplus: (unit.nlocalsplus > 0).then_some(unit.nlocalsplus),
            stack_depth: (unit.stack_depth > 0).then_some(unit.stack_depth),
            done: self.done,
        };
        verify(unit.cfg, &context)
    }
}

impl Hooks for Verification {
    fn start(&mut self, unit: &Unit<'_>) -> Result<(), Bug> {
        self.done = Done::default();
        self.check(unit)
            .map_err(|fault| Bug(format!("before the first pass: {fault}")))
    }

    fn after(&mut self, step: &Step, unit: &Unit<'_>) -> Result<bool, Bug> {
        self.note(step.pass);
        self.check(unit)
            .map_err(|fault| Bug(format!("after {}: {fault}", step.pass.name)))?;
        Ok(true)
    }
}
