//! How each pass is called: what of the unit it takes, and what it leaves there.

use crate::Bug;
use crate::passes::{
    Pass, Unit, add_checks_for_loads_of_uninitialized_variables as add_checks,
    calculate_stackdepth, check_cfg, convert_pseudo_conditional_jumps, convert_pseudo_ops,
    inline_small_or_no_lineno_blocks, insert_superinstructions, label_exception_targets,
    mark_except_handlers, normalize_jumps, optimize_basic_blocks, optimize_load_const,
    optimize_load_fast, prepare_localsplus, push_cold_blocks_to_end, remove_redundant_jumps,
    remove_redundant_nops, remove_redundant_nops_and_pairs, remove_unreachable,
    remove_unused_consts, resolve_line_numbers,
};

/// A pass at its place in a pipeline.
#[derive(Clone, Copy)]
pub struct Step {
    pub pass: &'static Pass,
    pub run: fn(&mut Unit<'_>) -> Result<(), Bug>,
    /// Why it stands here, or comes again; empty where its place says nothing.
    pub why: &'static str,
    /// The function of CPython that calls this pass and those behind it, if the one before is called by another.
    pub begins: Option<&'static str>,
}

impl Step {
    /// At this place, for this reason.
    pub const fn why(self, why: &'static str) -> Step {
        Step { why, ..self }
    }

    /// The first one that `function` calls.
    pub const fn begins(self, function: &'static str) -> Step {
        Step {
            begins: Some(function),
            ..self
        }
    }
}

const fn step(pass: &'static Pass, run: fn(&mut Unit<'_>) -> Result<(), Bug>) -> Step {
    Step {
        pass,
        run,
        why: "",
        begins: None,
    }
}

/// For a pass that cannot fail.
macro_rules! infallible {
    ($unit:ident => $call:expr) => {
        |$unit| {
            $call;
            Ok(())
        }
    };
}

pub const MARK_EXCEPT_HANDLERS: Step = step(
    &mark_except_handlers::PASS,
    infallible!(unit => mark_except_handlers::run(unit.cfg)),
);
pub const LABEL_EXCEPTION_TARGETS: Step = step(&label_exception_targets::PASS, |unit| {
    label_exception_targets::run(unit.cfg, unit.target)
});
pub const CHECK_CFG: Step = step(&check_cfg::PASS, |unit| {
    if cfg!(debug_assertions) {
        check_cfg::run(unit.cfg)?;
    }
    Ok(())
});
pub const INLINE_SMALL_OR_NO_LINENO_BLOCKS: Step = step(
    &inline_small_or_no_lineno_blocks::PASS,
    infallible!(unit => inline_small_or_no_lineno_blocks::run(unit.cfg)),
);
pub const REMOVE_UNREACHABLE: Step = step(
    &remove_unreachable::PASS,
    infallible!(unit => remove_unreachable::run(unit.cfg)),
);
pub const RESOLVE_LINE_NUMBERS: Step = step(
    &resolve_line_numbers::PASS,
    infallible!(unit => resolve_line_numbers::run(unit.cfg, unit.target)),
);
pub const OPTIMIZE_LOAD_CONST: Step = step(&optimize_load_const::PASS, |unit| {
    optimize_load_const::run(unit.target, unit.cfg, unit.consts, unit.pool)
});
pub const OPTIMIZE_BASIC_BLOCKS: Step = step(&optimize_basic_blocks::PASS, |unit| {
    optimize_basic_blocks::run(unit.cfg, unit.consts, unit.pool, unit.target)
});
pub const REMOVE_REDUNDANT_NOPS_AND_PAIRS: Step = step(
    &remove_redundant_nops_and_pairs::PASS,
    infallible!(unit => remove_redundant_nops_and_pairs::run(unit.cfg)),
);
pub const REMOVE_REDUNDANT_NOPS_AND_JUMPS: Step = step(&remove_redundant_jumps::PASS, |unit| {
    remove_redundant_jumps::run_with_nops(unit.cfg)
});
pub const REMOVE_UNUSED_CONSTS: Step = step(&remove_unused_consts::PASS, |unit| {
    remove_unused_consts::run(unit.cfg, unit.consts)
});
pub const ADD_CHECKS_FOR_LOADS_OF_UNINITIALIZED_VARIABLES: Step = step(
    &add_checks::PASS,
    infallible!(unit => { let shape = unit.shape; add_checks::run(unit.cfg, shape.nlocals, shape.nparams) }),
);
pub const INSERT_SUPERINSTRUCTIONS: Step = step(
    &insert_superinstructions::PASS,
    infallible!(unit => insert_superinstructions::run(unit.cfg)),
);
pub const PUSH_COLD_BLOCKS_TO_END: Step = step(&push_cold_blocks_to_end::PASS, |unit| {
    push_cold_blocks_to_end::run(unit.cfg)
});
pub const CONVERT_PSEUDO_CONDITIONAL_JUMPS: Step = step(
    &convert_pseudo_conditional_jumps::PASS,
    infallible!(unit => convert_pseudo_conditional_jumps::run(unit.cfg)),
);
pub const CALCULATE_STACKDEPTH: Step = step(&calculate_stackdepth::PASS, |unit| {
    unit.stack_depth = calculate_stackdepth::run(unit.cfg, unit.target, unit.shape)?;
    Ok(())
});
pub const PREPARE_LOCALSPLUS: Step = step(&prepare_localsplus::PASS, |unit| {
    if unit.nlocalsplus > 0 {
        return Err(Bug("it has been here already".to_owned()));
    }
    unit.nlocalsplus = prepare_localsplus::run(unit.cfg, unit.shape, unit.target)?;
    Ok(())
});
pub const CONVERT_PSEUDO_OPS: Step = step(&convert_pseudo_ops::PASS, |unit| {
    convert_pseudo_ops::run(unit.cfg)
});
pub const NORMALIZE_JUMPS: Step = step(
    &normalize_jumps::PASS,
    infallible!(unit => normalize_jumps::run(unit.cfg, unit.target)),
);
pub const OPTIMIZE_LOAD_FAST: Step = step(&optimize_load_fast::PASS, |unit| {
    optimize_load_fast::run(unit.cfg, unit.target)
});
pub const REMOVE_REDUNDANT_NOPS: Step = step(
    &remove_redundant_nops::PASS,
    infallible!(unit => { remove_redundant_nops::run(unit.cfg); }),
);
pub const REMOVE_REDUNDANT_JUMPS: Step = step(&remove_redundant_jumps::PASS, |unit| {
    remove_redundant_jumps::run(unit.cfg).map(drop)
});
pub const PUSH_COLD_BLOCKS_TO_END_ONCE: Step = step(&push_cold_blocks_to_end::PASS, |unit| {
    push_cold_blocks_to_end::run_once(unit.cfg)
});
pub const PROPAGATE_LINE_NUMBERS: Step = step(
    &resolve_line_numbers::PROPAGATE,
    infallible!(unit => resolve_line_numbers::propagate_line_numbers(unit.cfg)),
);

/// Those of 3.12's algorithms.
pub mod single_round {
    use super::{Step, step};
    use crate::passes::single_round::{
        convert_block_ops, eliminate_empty_blocks, inline_small_exit_blocks, optimize_basic_blocks,
        remove_unreachable,
    };

    pub const ELIMINATE_EMPTY_BLOCKS: Step = step(&eliminate_empty_blocks::PASS, |unit| {
        eliminate_empty_blocks::run(unit.cfg)
    });
    pub const INLINE_SMALL_EXIT_BLOCKS: Step = step(
        &inline_small_exit_blocks::PASS,
        infallible!(unit => inline_small_exit_blocks::run(unit.cfg)),
    );
    pub const OPTIMIZE_BASIC_BLOCKS: Step = step(&optimize_basic_blocks::PASS, |unit| {
        optimize_basic_blocks::run(unit.target, unit.cfg, unit.consts, unit.pool)
    });
    pub const REMOVE_UNREACHABLE: Step = step(
        &remove_unreachable::PASS,
        infallible!(unit => remove_unreachable::run(unit.cfg)),
    );
    pub const CONVERT_BLOCK_OPS: Step = step(
        &convert_block_ops::PASS,
        infallible!(unit => convert_block_ops::run(unit.cfg)),
    );
}

/// Those of 3.11's algorithms.
pub mod explicit_blocks {
    use super::{Step, step};
    use crate::passes::explicit_blocks::{
        clean_basic_blocks, convert_exception_handlers_to_nops, direct_jumps,
        duplicate_exits_without_lineno, extend_blocks, guarantee_lineno_for_exits,
        optimize_basic_blocks, remove_redundant_jumps, remove_unreachable, skip_empty_targets,
        trim_unused_consts,
    };

    pub const GUARANTEE_LINENO_FOR_EXITS: Step = step(
        &guarantee_lineno_for_exits::PASS,
        infallible!(unit => { guarantee_lineno_for_exits::run(unit.cfg, unit.shape.firstlineno) }),
    );
    pub const SKIP_EMPTY_TARGETS: Step = step(&skip_empty_targets::PASS, |unit| {
        skip_empty_targets::run(unit.cfg)
    });
    pub const EXTEND_BLOCKS: Step = step(
        &extend_blocks::PASS,
        infallible!(unit => extend_blocks::run(unit.cfg)),
    );
    pub const OPTIMIZE_BASIC_BLOCKS: Step = step(&optimize_basic_blocks::PASS, |unit| {
        optimize_basic_blocks::run(unit.target, unit.cfg, unit.consts, unit.pool)
    });
    pub const REMOVE_UNREACHABLE: Step = step(&remove_unreachable::PASS, |unit| {
        remove_unreachable::run(unit.cfg)
    });
    pub const CLEAN_BASIC_BLOCKS: Step = step(
        &clean_basic_blocks::PASS,
        infallible!(unit => clean_basic_blocks::run(unit.cfg)),
    );
    pub const REMOVE_REDUNDANT_JUMPS: Step = step(&remove_redundant_jumps::PASS, |unit| {
        remove_redundant_jumps::run(unit.cfg)
    });
    pub const DUPLICATE_EXITS_WITHOUT_LINENO: Step = step(
        &duplicate_exits_without_lineno::PASS,
        infallible!(unit => duplicate_exits_without_lineno::run(unit.cfg)),
    );
    pub const TRIM_UNUSED_CONSTS: Step = step(
        &trim_unused_consts::PASS,
        infallible!(unit => trim_unused_consts::run(unit.cfg, unit.consts)),
    );
    pub const CONVERT_EXCEPTION_HANDLERS_TO_NOPS: Step = step(
        &convert_exception_handlers_to_nops::PASS,
        infallible!(unit => convert_exception_handlers_to_nops::run(unit.cfg)),
    );
    pub const DIRECT_JUMPS: Step = step(&direct_jumps::PASS, |unit| direct_jumps::run(unit.cfg));
}
