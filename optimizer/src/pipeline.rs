//! Each target's pass list, written out in full.
//!
//! The order is CPython's (`_PyCfg_OptimizeCodeUnit` and `_PyCfg_OptimizedCfgToInstructionSequence` in
//! `Python/flowgraph.c`). The graph is made before the first pass (`from_sequence`) and taken apart behind the last
//! one (`to_sequence`).

use pycsmith_bytecode::Target;

use crate::Bug;
use crate::passes::{
    Pass, Unit, add_checks_for_loads_of_uninitialized_variables, calculate_stackdepth, check_cfg,
    convert_pseudo_conditional_jumps, convert_pseudo_ops, explicit_blocks,
    inline_small_or_no_lineno_blocks, insert_superinstructions, label_exception_targets,
    mark_except_handlers, normalize_jumps, optimize_basic_blocks, optimize_load_const,
    optimize_load_fast, prepare_localsplus, push_cold_blocks_to_end, remove_redundant_jumps,
    remove_redundant_nops, remove_redundant_nops_and_pairs, remove_unreachable,
    remove_unused_consts, resolve_line_numbers, single_round,
};

/// A pass at its place in a pipeline.
pub struct Step {
    pub pass: &'static Pass,
    pub run: fn(&mut Unit<'_>) -> Result<(), Bug>,
}

/// The steps for `target`, in order.
pub fn of(target: Target) -> &'static [Step] {
    if target.generates_blocks() {
        return PYTHON_3_11;
    }
    if target.optimizes_in_one_round() {
        return PYTHON_3_12;
    }
    if target.folds_on_ast() {
        return PYTHON_3_13;
    }
    PYTHON_3_14
}

const fn step(pass: &'static Pass, run: fn(&mut Unit<'_>) -> Result<(), Bug>) -> Step {
    Step { pass, run }
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

/// Also those of 3.15, whose passes do some things differently (features of the target).
static PYTHON_3_14: &[Step] = &[
    // Exceptions first: what follows moves and copies instructions, which keep the handlers they know.
    step(
        &mark_except_handlers::PASS,
        infallible!(unit => mark_except_handlers::run(&mut unit.cfg)),
    ),
    step(&label_exception_targets::PASS, |unit| {
        label_exception_targets::run(&mut unit.cfg, unit.target)
    }),
    // `optimize_cfg`.
    step(&check_cfg::PASS, |unit| {
        // Blocks are made so (`from_sequence`).
        if cfg!(debug_assertions) {
            check_cfg::run(&unit.cfg)?;
        }
        Ok(())
    }),
    step(
        &inline_small_or_no_lineno_blocks::PASS,
        infallible!(unit => inline_small_or_no_lineno_blocks::run(&mut unit.cfg)),
    ),
    // Counts predecessors, which the next pass asks for.
    step(
        &remove_unreachable::PASS,
        infallible!(unit => remove_unreachable::run(&mut unit.cfg)),
    ),
    // Here because folding and threading look at lines; again behind the last change of the layout.
    step(
        &resolve_line_numbers::PASS,
        infallible!(unit => resolve_line_numbers::run(&mut unit.cfg, unit.target)),
    ),
    // Before the blocks, so that these see small integers and known branches.
    step(&optimize_load_const::PASS, |unit| {
        optimize_load_const::run(unit.target, &mut unit.cfg, unit.consts, unit.pool)
    }),
    step(&optimize_basic_blocks::PASS, |unit| {
        optimize_basic_blocks::run(&mut unit.cfg, unit.consts, unit.pool, unit.target)
    }),
    step(
        &remove_redundant_nops_and_pairs::PASS,
        infallible!(unit => remove_redundant_nops_and_pairs::run(&mut unit.cfg)),
    ),
    // Again: threading and folded conditions cut blocks off.
    step(
        &remove_unreachable::PASS,
        infallible!(unit => remove_unreachable::run(&mut unit.cfg)),
    ),
    step(&remove_redundant_jumps::PASS, |unit| {
        remove_redundant_jumps::run_with_nops(&mut unit.cfg)
    }),
    // Behind folding, which leaves constants unused.
    step(&remove_unused_consts::PASS, |unit| {
        remove_unused_consts::run(&mut unit.cfg, unit.consts)
    }),
    // Before super-instructions, which it does not know.
    step(
        &add_checks_for_loads_of_uninitialized_variables::PASS,
        infallible!(unit => {
            let shape = unit.shape;
            add_checks_for_loads_of_uninitialized_variables::run(&mut unit.cfg, shape.nlocals, shape.nparams)
        }),
    ),
    step(
        &insert_superinstructions::PASS,
        infallible!(unit => insert_superinstructions::run(&mut unit.cfg)),
    ),
    step(&push_cold_blocks_to_end::PASS, |unit| {
        push_cold_blocks_to_end::run(&mut unit.cfg)
    }),
    // Again, for the jumps that the new layout needs.
    step(
        &resolve_line_numbers::PASS,
        infallible!(unit => resolve_line_numbers::run(&mut unit.cfg, unit.target)),
    ),
    // `_PyCfg_OptimizedCfgToInstructionSequence`. First what changes the stack's depth.
    step(
        &convert_pseudo_conditional_jumps::PASS,
        infallible!(unit => convert_pseudo_conditional_jumps::run(&mut unit.cfg)),
    ),
    step(&calculate_stackdepth::PASS, |unit| {
        unit.stack_depth = calculate_stackdepth::run(&mut unit.cfg, unit.target, unit.shape)?;
        Ok(())
    }),
    // Behind the depth, since a generator's first two instructions would count, and must not.
    step(&prepare_localsplus::PASS, |unit| {
        unit.nlocalsplus = prepare_localsplus::run(&mut unit.cfg, unit.shape, unit.target)?;
        Ok(())
    }),
    // Behind the depth, which needs the block pushes, and the cells, which LOAD_CLOSURE names.
    step(&convert_pseudo_ops::PASS, |unit| {
        convert_pseudo_ops::run(&mut unit.cfg)
    }),
    // The layout is final.
    step(
        &normalize_jumps::PASS,
        infallible!(unit => normalize_jumps::run(&mut unit.cfg, unit.target)),
    ),
    // Last: nothing may move once a reference is borrowed.
    step(&optimize_load_fast::PASS, |unit| {
        optimize_load_fast::run(&mut unit.cfg, unit.target)
    }),
];

static PYTHON_3_13: &[Step] = &[
    // Exceptions first: what follows moves and copies instructions, which keep the handlers they know.
    step(
        &mark_except_handlers::PASS,
        infallible!(unit => mark_except_handlers::run(&mut unit.cfg)),
    ),
    step(&label_exception_targets::PASS, |unit| {
        label_exception_targets::run(&mut unit.cfg, unit.target)
    }),
    // `optimize_cfg`.
    step(&check_cfg::PASS, |unit| {
        // Blocks are made so (`from_sequence`).
        if cfg!(debug_assertions) {
            check_cfg::run(&unit.cfg)?;
        }
        Ok(())
    }),
    step(
        &inline_small_or_no_lineno_blocks::PASS,
        infallible!(unit => inline_small_or_no_lineno_blocks::run(&mut unit.cfg)),
    ),
    // Counts predecessors, which the next pass asks for.
    step(
        &remove_unreachable::PASS,
        infallible!(unit => remove_unreachable::run(&mut unit.cfg)),
    ),
    // Here because folding and threading look at lines; again behind the last change of the layout.
    step(
        &resolve_line_numbers::PASS,
        infallible!(unit => resolve_line_numbers::run(&mut unit.cfg, unit.target)),
    ),
    // Before the blocks, so that these see known branches.
    step(&optimize_load_const::PASS, |unit| {
        optimize_load_const::run(unit.target, &mut unit.cfg, unit.consts, unit.pool)
    }),
    step(&optimize_basic_blocks::PASS, |unit| {
        optimize_basic_blocks::run(&mut unit.cfg, unit.consts, unit.pool, unit.target)
    }),
    step(
        &remove_redundant_nops_and_pairs::PASS,
        infallible!(unit => remove_redundant_nops_and_pairs::run(&mut unit.cfg)),
    ),
    // Again: threading and folded conditions cut blocks off.
    step(
        &remove_unreachable::PASS,
        infallible!(unit => remove_unreachable::run(&mut unit.cfg)),
    ),
    step(&remove_redundant_jumps::PASS, |unit| {
        remove_redundant_jumps::run_with_nops(&mut unit.cfg)
    }),
    // Behind folded tuples and branches, which leave constants unused.
    step(&remove_unused_consts::PASS, |unit| {
        remove_unused_consts::run(&mut unit.cfg, unit.consts)
    }),
    // Before super-instructions, which it does not know.
    step(
        &add_checks_for_loads_of_uninitialized_variables::PASS,
        infallible!(unit => {
            let shape = unit.shape;
            add_checks_for_loads_of_uninitialized_variables::run(&mut unit.cfg, shape.nlocals, shape.nparams)
        }),
    ),
    step(
        &insert_superinstructions::PASS,
        infallible!(unit => insert_superinstructions::run(&mut unit.cfg)),
    ),
    step(&push_cold_blocks_to_end::PASS, |unit| {
        push_cold_blocks_to_end::run(&mut unit.cfg)
    }),
    // Again, for the jumps that the new layout needs.
    step(
        &resolve_line_numbers::PASS,
        infallible!(unit => resolve_line_numbers::run(&mut unit.cfg, unit.target)),
    ),
    // `_PyCfg_OptimizedCfgToInstructionSequence`.
    step(&calculate_stackdepth::PASS, |unit| {
        unit.stack_depth = calculate_stackdepth::run(&mut unit.cfg, unit.target, unit.shape)?;
        Ok(())
    }),
    // Behind the depth, since a generator's first two instructions would count, and must not.
    step(&prepare_localsplus::PASS, |unit| {
        unit.nlocalsplus = prepare_localsplus::run(&mut unit.cfg, unit.shape, unit.target)?;
        Ok(())
    }),
    // Behind the depth, which needs the block pushes, and the cells, which LOAD_CLOSURE names.
    step(&convert_pseudo_ops::PASS, |unit| {
        convert_pseudo_ops::run(&mut unit.cfg)
    }),
    // The layout is final.
    step(
        &normalize_jumps::PASS,
        infallible!(unit => normalize_jumps::run(&mut unit.cfg, unit.target)),
    ),
];

static PYTHON_3_12: &[Step] = &[
    step(
        &mark_except_handlers::PASS,
        infallible!(unit => mark_except_handlers::run(&mut unit.cfg)),
    ),
    step(&label_exception_targets::PASS, |unit| {
        label_exception_targets::run(&mut unit.cfg, unit.target)
    }),
    // `optimize_cfg`.
    step(&single_round::eliminate_empty_blocks::PASS, |unit| {
        single_round::eliminate_empty_blocks::run(&mut unit.cfg)
    }),
    step(
        &single_round::inline_small_exit_blocks::PASS,
        infallible!(unit => single_round::inline_small_exit_blocks::run(&mut unit.cfg)),
    ),
    step(&single_round::optimize_basic_blocks::PASS, |unit| {
        single_round::optimize_basic_blocks::run(unit.target, &mut unit.cfg, unit.consts, unit.pool)
    }),
    step(
        &remove_redundant_nops_and_pairs::PASS,
        infallible!(unit => remove_redundant_nops_and_pairs::run(&mut unit.cfg)),
    ),
    // Again, with the jumps that threading has led to exits.
    step(
        &single_round::inline_small_exit_blocks::PASS,
        infallible!(unit => single_round::inline_small_exit_blocks::run(&mut unit.cfg)),
    ),
    step(
        &single_round::remove_unreachable::PASS,
        infallible!(unit => single_round::remove_unreachable::run(&mut unit.cfg)),
    ),
    step(
        &remove_redundant_nops::PASS,
        infallible!(unit => { remove_redundant_nops::run(&mut unit.cfg); }),
    ),
    step(&single_round::eliminate_empty_blocks::PASS, |unit| {
        single_round::eliminate_empty_blocks::run(&mut unit.cfg)
    }),
    // Leaves `NOP`s, which stay until stack depths are known.
    step(&remove_redundant_jumps::PASS, |unit| {
        remove_redundant_jumps::run(&mut unit.cfg).map(drop)
    }),
    step(&remove_unused_consts::PASS, |unit| {
        remove_unused_consts::run(&mut unit.cfg, unit.consts)
    }),
    step(
        &add_checks_for_loads_of_uninitialized_variables::PASS,
        infallible!(unit => {
            let shape = unit.shape;
            add_checks_for_loads_of_uninitialized_variables::run(&mut unit.cfg, shape.nlocals, shape.nparams)
        }),
    ),
    step(&push_cold_blocks_to_end::PASS, |unit| {
        push_cold_blocks_to_end::run_once(&mut unit.cfg)
    }),
    // Once, when the layout is final.
    step(
        &resolve_line_numbers::PASS,
        infallible!(unit => resolve_line_numbers::run(&mut unit.cfg, unit.target)),
    ),
    step(
        &explicit_blocks::guarantee_lineno_for_exits::PASS,
        infallible!(unit => {
            explicit_blocks::guarantee_lineno_for_exits::run(&mut unit.cfg, unit.shape.firstlineno)
        }),
    ),
    // `optimize_and_assemble_code_unit`. A generator's first instructions count in its depth.
    step(&prepare_localsplus::PASS, |unit| {
        unit.nlocalsplus = prepare_localsplus::run(&mut unit.cfg, unit.shape, unit.target)?;
        Ok(())
    }),
    step(&calculate_stackdepth::PASS, |unit| {
        unit.stack_depth = calculate_stackdepth::run(&mut unit.cfg, unit.target, unit.shape)?;
        Ok(())
    }),
    step(
        &single_round::convert_block_ops::PASS,
        infallible!(unit => single_round::convert_block_ops::run(&mut unit.cfg)),
    ),
    step(
        &normalize_jumps::PASS,
        infallible!(unit => normalize_jumps::run(&mut unit.cfg, unit.target)),
    ),
];

static PYTHON_3_11: &[Step] = &[
    // `assemble`. Code generation lays the blocks out.
    step(&explicit_blocks::skip_empty_targets::PASS, |unit| {
        explicit_blocks::skip_empty_targets::run(&mut unit.cfg)
    }),
    step(
        &explicit_blocks::extend_blocks::PASS,
        infallible!(unit => explicit_blocks::extend_blocks::run(&mut unit.cfg)),
    ),
    step(&prepare_localsplus::PASS, |unit| {
        unit.nlocalsplus = prepare_localsplus::run(&mut unit.cfg, unit.shape, unit.target)?;
        Ok(())
    }),
    // `optimize_cfg`.
    step(&explicit_blocks::optimize_basic_blocks::PASS, |unit| {
        explicit_blocks::optimize_basic_blocks::run(
            unit.target,
            &mut unit.cfg,
            unit.consts,
            unit.pool,
        )
    }),
    // Again, with the jumps that threading has led to exits.
    step(
        &explicit_blocks::extend_blocks::PASS,
        infallible!(unit => explicit_blocks::extend_blocks::run(&mut unit.cfg)),
    ),
    step(&explicit_blocks::remove_unreachable::PASS, |unit| {
        explicit_blocks::remove_unreachable::run(&mut unit.cfg)
    }),
    step(
        &explicit_blocks::clean_basic_blocks::PASS,
        infallible!(unit => explicit_blocks::clean_basic_blocks::run(&mut unit.cfg)),
    ),
    step(&explicit_blocks::remove_redundant_jumps::PASS, |unit| {
        explicit_blocks::remove_redundant_jumps::run(&mut unit.cfg)
    }),
    // `assemble` again.
    step(
        &explicit_blocks::duplicate_exits_without_lineno::PASS,
        infallible!(unit => explicit_blocks::duplicate_exits_without_lineno::run(&mut unit.cfg)),
    ),
    step(
        &explicit_blocks::trim_unused_consts::PASS,
        infallible!(unit => explicit_blocks::trim_unused_consts::run(&unit.cfg, unit.consts)),
    ),
    step(
        &resolve_line_numbers::PROPAGATE,
        infallible!(unit => resolve_line_numbers::propagate_line_numbers(&mut unit.cfg)),
    ),
    step(
        &explicit_blocks::guarantee_lineno_for_exits::PASS,
        infallible!(unit => {
            explicit_blocks::guarantee_lineno_for_exits::run(&mut unit.cfg, unit.shape.firstlineno)
        }),
    ),
    // Block pushes are still there to say how deep the stack is at their handlers.
    step(&calculate_stackdepth::PASS, |unit| {
        unit.stack_depth = calculate_stackdepth::run(&mut unit.cfg, unit.target, unit.shape)?;
        Ok(())
    }),
    step(&label_exception_targets::PASS, |unit| {
        label_exception_targets::run(&mut unit.cfg, unit.target)
    }),
    step(
        &explicit_blocks::convert_exception_handlers_to_nops::PASS,
        infallible!(unit => explicit_blocks::convert_exception_handlers_to_nops::run(&mut unit.cfg)),
    ),
    // Again, for the pushes and pops of blocks.
    step(
        &explicit_blocks::clean_basic_blocks::PASS,
        infallible!(unit => explicit_blocks::clean_basic_blocks::run(&mut unit.cfg)),
    ),
    // The layout is final.
    step(&explicit_blocks::direct_jumps::PASS, |unit| {
        explicit_blocks::direct_jumps::run(&mut unit.cfg)
    }),
];
