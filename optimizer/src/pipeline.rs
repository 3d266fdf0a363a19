//! Each target's pass list, written out in full.
//!
//! The order is CPython's (`_PyCfg_OptimizeCodeUnit` and `_PyCfg_OptimizedCfgToInstructionSequence` in
//! `Python/flowgraph.c`; `assemble` in `Python/compile.c` for 3.11). The graph is made before the first pass
//! (`from_sequence`) and taken apart behind the last one (`to_sequence`). A row that comes again, or whose place
//! matters, says why (`pycsmith opt --list`).

use pycsmith_bytecode::Target;

pub use crate::steps::Step;
use crate::steps::*;

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

/// Also those of 3.15, whose passes do some things differently (features of the target).
static PYTHON_3_14: &[Step] = &[
    MARK_EXCEPT_HANDLERS
        .begins("_PyCfg_OptimizeCodeUnit")
        .why("what follows moves and copies instructions, which keep their handlers"),
    LABEL_EXCEPTION_TARGETS,
    CHECK_CFG
        .begins("optimize_cfg")
        .why("in debug builds only, since blocks are made so"),
    INLINE_SMALL_OR_NO_LINENO_BLOCKS,
    REMOVE_UNREACHABLE.why("counts predecessors, which the next pass asks for"),
    RESOLVE_LINE_NUMBERS.why("folding and threading look at lines"),
    OPTIMIZE_LOAD_CONST
        .why("before the blocks, so that these see small integers and known branches"),
    OPTIMIZE_BASIC_BLOCKS,
    REMOVE_REDUNDANT_NOPS_AND_PAIRS,
    REMOVE_UNREACHABLE.why("threading and folded conditions cut blocks off"),
    REMOVE_REDUNDANT_NOPS_AND_JUMPS,
    REMOVE_UNUSED_CONSTS
        .begins("_PyCfg_OptimizeCodeUnit")
        .why("behind folding, which leaves constants unused"),
    ADD_CHECKS_FOR_LOADS_OF_UNINITIALIZED_VARIABLES
        .why("before super-instructions, which it does not know"),
    INSERT_SUPERINSTRUCTIONS,
    PUSH_COLD_BLOCKS_TO_END,
    RESOLVE_LINE_NUMBERS.why("the new layout has jumps of its own"),
    CONVERT_PSEUDO_CONDITIONAL_JUMPS
        .begins("_PyCfg_OptimizedCfgToInstructionSequence")
        .why("before the depth, which it changes"),
    CALCULATE_STACKDEPTH,
    PREPARE_LOCALSPLUS
        .why("behind the depth, in which a generator's first two instructions must not count"),
    CONVERT_PSEUDO_OPS
        .why("behind the depth, which needs block pushes, and the cells, which LOAD_CLOSURE names"),
    NORMALIZE_JUMPS.why("the layout is final"),
    OPTIMIZE_LOAD_FAST.why("nothing may move once a reference is borrowed"),
];

static PYTHON_3_13: &[Step] = &[
    MARK_EXCEPT_HANDLERS
        .begins("_PyCfg_OptimizeCodeUnit")
        .why("what follows moves and copies instructions, which keep their handlers"),
    LABEL_EXCEPTION_TARGETS,
    CHECK_CFG
        .begins("optimize_cfg")
        .why("in debug builds only, since blocks are made so"),
    INLINE_SMALL_OR_NO_LINENO_BLOCKS,
    REMOVE_UNREACHABLE.why("counts predecessors, which the next pass asks for"),
    RESOLVE_LINE_NUMBERS.why("folding and threading look at lines"),
    OPTIMIZE_LOAD_CONST.why("before the blocks, so that these see known branches"),
    OPTIMIZE_BASIC_BLOCKS,
    REMOVE_REDUNDANT_NOPS_AND_PAIRS,
    REMOVE_UNREACHABLE.why("threading and folded conditions cut blocks off"),
    REMOVE_REDUNDANT_NOPS_AND_JUMPS,
    REMOVE_UNUSED_CONSTS
        .begins("_PyCfg_OptimizeCodeUnit")
        .why("behind folded tuples and branches, which leave constants unused"),
    ADD_CHECKS_FOR_LOADS_OF_UNINITIALIZED_VARIABLES
        .why("before super-instructions, which it does not know"),
    INSERT_SUPERINSTRUCTIONS,
    PUSH_COLD_BLOCKS_TO_END,
    RESOLVE_LINE_NUMBERS.why("the new layout has jumps of its own"),
    CALCULATE_STACKDEPTH.begins("_PyCfg_OptimizedCfgToInstructionSequence"),
    PREPARE_LOCALSPLUS
        .why("behind the depth, in which a generator's first two instructions must not count"),
    CONVERT_PSEUDO_OPS
        .why("behind the depth, which needs block pushes, and the cells, which LOAD_CLOSURE names"),
    NORMALIZE_JUMPS.why("the layout is final"),
];

static PYTHON_3_12: &[Step] = &[
    MARK_EXCEPT_HANDLERS
        .begins("_PyCfg_OptimizeCodeUnit")
        .why("what follows moves and copies instructions, which keep their handlers"),
    LABEL_EXCEPTION_TARGETS,
    single_round::ELIMINATE_EMPTY_BLOCKS.begins("optimize_cfg"),
    single_round::INLINE_SMALL_EXIT_BLOCKS,
    single_round::OPTIMIZE_BASIC_BLOCKS,
    REMOVE_REDUNDANT_NOPS_AND_PAIRS,
    single_round::INLINE_SMALL_EXIT_BLOCKS.why("threading has led more jumps to exits"),
    single_round::REMOVE_UNREACHABLE,
    REMOVE_REDUNDANT_NOPS,
    single_round::ELIMINATE_EMPTY_BLOCKS.why("threading and inlining have emptied blocks"),
    REMOVE_REDUNDANT_JUMPS.why("leaves `NOP`s, which stay"),
    REMOVE_UNUSED_CONSTS
        .begins("_PyCfg_OptimizeCodeUnit")
        .why("behind folded tuples and branches, which leave constants unused"),
    ADD_CHECKS_FOR_LOADS_OF_UNINITIALIZED_VARIABLES,
    PUSH_COLD_BLOCKS_TO_END_ONCE,
    RESOLVE_LINE_NUMBERS.why("the layout is final"),
    explicit_blocks::GUARANTEE_LINENO_FOR_EXITS,
    PREPARE_LOCALSPLUS
        .begins("optimize_and_assemble_code_unit")
        .why("before the depth, in which a generator's first instructions count"),
    CALCULATE_STACKDEPTH,
    single_round::CONVERT_BLOCK_OPS,
    NORMALIZE_JUMPS,
];

static PYTHON_3_11: &[Step] = &[
    explicit_blocks::SKIP_EMPTY_TARGETS
        .begins("assemble")
        .why("code generation has laid the blocks out"),
    explicit_blocks::EXTEND_BLOCKS,
    PREPARE_LOCALSPLUS,
    explicit_blocks::OPTIMIZE_BASIC_BLOCKS.begins("optimize_cfg"),
    explicit_blocks::EXTEND_BLOCKS.why("threading has led more jumps to exits"),
    explicit_blocks::REMOVE_UNREACHABLE,
    explicit_blocks::CLEAN_BASIC_BLOCKS,
    explicit_blocks::REMOVE_REDUNDANT_JUMPS,
    explicit_blocks::DUPLICATE_EXITS_WITHOUT_LINENO.begins("assemble"),
    explicit_blocks::TRIM_UNUSED_CONSTS,
    PROPAGATE_LINE_NUMBERS,
    explicit_blocks::GUARANTEE_LINENO_FOR_EXITS,
    CALCULATE_STACKDEPTH.why("block pushes still say how deep the stack is at their handlers"),
    LABEL_EXCEPTION_TARGETS,
    explicit_blocks::CONVERT_EXCEPTION_HANDLERS_TO_NOPS,
    explicit_blocks::CLEAN_BASIC_BLOCKS.why("pushes and pops of blocks are `NOP`s now"),
    explicit_blocks::DIRECT_JUMPS.why("the layout is final"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::{explicit_blocks, from_sequence, to_sequence};

    const PIPELINES: [&[Step]; 4] = [PYTHON_3_11, PYTHON_3_12, PYTHON_3_13, PYTHON_3_14];

    #[test]
    fn a_pass_that_comes_again_says_why() {
        for steps in PIPELINES {
            for (at, step) in steps.iter().enumerate() {
                let again = steps[..at]
                    .iter()
                    .any(|other| other.pass.name == step.pass.name);
                assert!(!again || !step.why.is_empty(), "{}", step.pass.name);
            }
        }
    }

    #[test]
    fn each_pass_says_what_it_does_in_a_line() {
        let ends = [
            &from_sequence::PASS,
            &explicit_blocks::from_sequence::PASS,
            &to_sequence::PASS,
        ];
        let passes = PIPELINES.into_iter().flatten().map(|step| step.pass);
        for pass in passes.chain(ends) {
            assert!((20..96).contains(&pass.what.len()), "{}", pass.name);
            assert!(
                !pass.what.contains('\n') && !pass.what.ends_with('.'),
                "{}",
                pass.name
            );
        }
    }

    #[test]
    fn each_pipeline_says_which_function_calls_it() {
        for steps in PIPELINES {
            assert!(steps[0].begins.is_some());
        }
    }
}
