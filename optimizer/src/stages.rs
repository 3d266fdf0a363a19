//! The parts of a pipeline that CPython shows on their own, in `_testinternalcapi` (3.12 and later).

use pycsmith_bytecode::Target;

use crate::passes::{
    calculate_stackdepth, convert_pseudo_conditional_jumps, label_exception_targets,
    optimize_load_fast, prepare_localsplus,
};
use crate::pipeline::{self, Step};

/// What CPython runs on a graph behind `_PyCfg_OptimizeCodeUnit` begins with the first of these that a target has.
const SECOND_HALF: [&str; 3] = [
    convert_pseudo_conditional_jumps::PASS.name,
    calculate_stackdepth::PASS.name,
    prepare_localsplus::PASS.name,
];

/// `_PyCfg_OptimizeCodeUnit` and what follows it; `None` where CPython has no such function.
fn halves(target: Target) -> Option<(&'static [Step], &'static [Step])> {
    let steps = pipeline::of(target);
    let behind = |step: &Step| SECOND_HALF.contains(&step.pass.name);
    // Up to 3.11 the two are mixed.
    (!target.generates_blocks())
        .then(|| steps.split_at(steps.iter().position(behind).unwrap_or(steps.len())))
}

/// What `optimize_cfg` does (`_PyCompile_OptimizeCfg`); `None` where there is no such function.
pub fn optimize_cfg(target: Target) -> Option<Vec<&'static Step>> {
    let (first, second) = halves(target)?;
    let mut steps: Vec<_> = first.iter().collect();
    // Where references are borrowed, it does that too, which needs the depths.
    let named = |name: &str| second.iter().find(|step| step.pass.name == name);
    if let Some(borrows) = named(optimize_load_fast::PASS.name) {
        steps.extend(named(calculate_stackdepth::PASS.name));
        steps.push(borrows);
    }
    Some(steps)
}

/// What `assemble_code_object` does before it assembles (`_PyCompile_Assemble`); `None` where there is no such function.
pub fn assemble_code_object(target: Target) -> Option<Vec<&'static Step>> {
    let (first, second) = halves(target)?;
    let labels = |step: &&Step| step.pass.name == label_exception_targets::PASS.name;
    Some(
        first
            .iter()
            .find(labels)
            .into_iter()
            .chain(second)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(series: &str) -> Target {
        series.parse().expect("a target")
    }

    fn names(steps: Option<Vec<&Step>>) -> Vec<&'static str> {
        let steps = steps.expect("the target has the function");
        steps.iter().map(|step| step.pass.name).collect()
    }

    #[test]
    fn optimize_cfg_stops_before_the_stack() {
        assert_eq!(
            names(optimize_cfg(target("3.13"))).last(),
            Some(&"resolve_line_numbers")
        );
        assert_eq!(
            names(optimize_cfg(target("3.12"))).last(),
            Some(&"guarantee_lineno_for_exits")
        );
    }

    #[test]
    fn optimize_cfg_borrows_from_3_14_on() {
        assert_eq!(
            names(optimize_cfg(Target::PY314))[15..],
            [
                "resolve_line_numbers",
                "calculate_stackdepth",
                "optimize_load_fast"
            ]
        );
    }

    #[test]
    fn assembly_looks_for_handlers_itself() {
        assert_eq!(
            names(assemble_code_object(target("3.13"))),
            [
                "label_exception_targets",
                "calculate_stackdepth",
                "prepare_localsplus",
                "convert_pseudo_ops",
                "normalize_jumps"
            ]
        );
    }

    #[test]
    fn there_are_no_such_functions_in_3_11() {
        assert!(optimize_cfg(target("3.11")).is_none());
        assert!(assemble_code_object(target("3.11")).is_none());
    }
}
