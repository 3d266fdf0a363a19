//! Runs a pipeline over a code unit.

use crate::Bug;
use crate::passes::Unit;
use crate::pipeline::Step;

/// What happens around passes. With `()` nothing does, and costs nothing.
pub trait Hooks {
    /// Before the first step.
    ///
    /// # Errors
    /// What the hook finds wrong with the graph.
    fn start(&mut self, _unit: &Unit<'_>) -> Result<(), Bug> {
        Ok(())
    }

    /// Whether to run the step; `false` leaves it out.
    fn before(&mut self, _step: &Step, _unit: &Unit<'_>) -> bool {
        true
    }

    /// Whether to go on behind the step.
    ///
    /// # Errors
    /// What the hook finds wrong with the graph.
    fn after(&mut self, _step: &Step, _unit: &Unit<'_>) -> Result<bool, Bug> {
        Ok(true)
    }
}

impl Hooks for () {}

/// Runs `steps` in order.
///
/// # Errors
/// A pass finds the graph contradictory; the message names the pass.
pub fn run(steps: &[Step], unit: &mut Unit<'_>, hooks: &mut impl Hooks) -> Result<(), Bug> {
    run_steps(steps, unit, hooks)
}

/// [`run`] of any choice of steps.
///
/// # Errors
/// Those of [`run`].
pub fn run_steps<'s>(
    steps: impl IntoIterator<Item = &'s Step>,
    unit: &mut Unit<'_>,
    hooks: &mut impl Hooks,
) -> Result<(), Bug> {
    hooks.start(unit)?;
    for step in steps {
        if !hooks.before(step, unit) {
            continue;
        }
        (step.run)(unit).map_err(|bug| Bug(format!("{}: {}", step.pass.name, bug.0)))?;
        if !hooks.after(step, unit)? {
            break;
        }
    }
    Ok(())
}
