//! Gives lines to exits and to instructions that have none (PEP 626: a frame that ends knows its line).
//!
//! An exit without a line that several jumps reach is copied for each, and takes the jump's line; then lines run
//! forward within a block and into blocks with one predecessor.
//!
//! ```text
//! .state counted
//! b0:                                    b0:
//!     POP_JUMP_IF_TRUE b3   @1:0-1:3         POP_JUMP_IF_TRUE b4   @1:0-1:3
//! b1:                                    b1:
//!     POP_JUMP_IF_TRUE b3   @2:0-2:3         POP_JUMP_IF_TRUE b3   @2:0-2:3
//! b2:                                    b2:
//!     RAISE_VARARGS    0    @2:0-2:3         RAISE_VARARGS    0    @2:0-2:3
//! b3:                                =>  b3:
//!     LOAD_CONST       None                  LOAD_CONST       None @2:0-2:3
//!     RETURN_VALUE                           RETURN_VALUE          @2:0-2:3
//!                                        b4:
//!                                            LOAD_CONST       None @1:0-1:3
//!                                            RETURN_VALUE          @1:0-1:3
//! ```

use std::hint::select_unpredictable;

use pycsmith_bytecode::{Location, Target};
use pycsmith_ir::cfg::no_line;
use pycsmith_ir::{Block, BlockId, Cfg, Instr, OpKind, kind};

use super::inline_small_or_no_lineno_blocks::has_no_lineno;
use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "resolve_line_numbers",
    what: "Copies exits that have no line, and gives lines to instructions that have none",
    mirrors: "resolve_line_numbers: duplicate_exits_without_lineno, propagate_line_numbers",
    requires: &[Property::Reachable],
    establishes: &[Property::LinesResolved],
};

/// The second half alone.
pub const PROPAGATE: Pass = Pass {
    name: "propagate_line_numbers",
    what: "Gives instructions without a line that of what stands before them",
    mirrors: "propagate_line_numbers",
    requires: &[Property::Reachable],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg, target: Target) {
    if !cfg.may_have(kind::NO_LINE) {
        return;
    }
    if starts_without_line(cfg) {
        duplicate_exits_without_lineno(cfg, target.copies_eval_checks());
        propagate_line_numbers(cfg);
    } else {
        propagate_in_blocks(cfg);
    }
}

/// Whether the first instruction of any block may have no line.
fn starts_without_line(cfg: &mut Cfg) -> bool {
    let (blocks, code) = cfg.parts();
    let mut lines = 0;
    for block in blocks {
        let first = code.get(block.range().start).map_or(0, Instr::line);
        // Negative if any is.
        lines |= select_unpredictable(block.is_empty(), 0, first);
    }
    lines < 0
}

fn is_exit_or_eval_check_without_lineno(cfg: &Cfg, b: BlockId, eval_checks: bool) -> bool {
    cfg[b].may_have(kind::NO_LINE)
        && has_no_lineno(cfg, b)
        && (cfg.exits_scope(b)
            || eval_checks && cfg.instrs(b).iter().any(|instr| instr.op.has_eval_break()))
}

fn duplicate_exits_without_lineno(cfg: &mut Cfg, eval_checks: bool) {
    let shared = |block: &Block| block.may_have(kind::NO_LINE) && block.predecessors > 1;
    let any_shared = cfg.blocks.iter().any(shared);
    let mut b = if any_shared { cfg.entry } else { BlockId::NONE };
    while b.is_some() {
        if cfg[b].may_have(kind::JUMP)
            && let Some(last) = cfg.last(b)
            && last.op.is_jump()
        {
            let target = cfg.next_nonempty(last.target);
            if target.is_some()
                && cfg[target].predecessors > 1
                && is_exit_or_eval_check_without_lineno(cfg, target, eval_checks)
            {
                let copy = cfg.copy_block(target);
                cfg.instrs_mut(copy)[0].loc = last.loc;
                if let Some(last) = cfg.last_mut(b) {
                    last.target = copy;
                }
                cfg[target].predecessors -= 1;
                cfg[copy].predecessors = 1;
                cfg.edges_counted = false;
                cfg[copy].next = cfg[target].next;
                cfg.label(copy);
                cfg[target].next = copy;
            }
        }
        b = cfg[b].next;
    }
    // What is left has one predecessor, which falls through.
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        if next.is_some()
            && cfg[next].may_have(kind::NO_LINE)
            && let Some(last) = cfg.last(b)
            && cfg.has_fallthrough(b)
            && is_exit_or_eval_check_without_lineno(cfg, next, eval_checks)
        {
            cfg.instrs_mut(next)[0].loc = last.loc;
        }
        b = next;
    }
}

/// Lines run forward within a block and into blocks with one predecessor.
pub fn propagate_line_numbers(cfg: &mut Cfg) {
    let mut left = 0;
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        let block = &cfg[b];
        let no_line_here = block.may_have(kind::NO_LINE);
        let next_waits = next.is_some() && waits(&cfg[next]);
        let jumps = block.may_have(kind::JUMP);
        if no_line_here {
            left |= propagate_in_block(cfg, b);
        }
        if (next_waits || jumps)
            && let Some(&Instr {
                op, target, loc, ..
            }) = cfg.instrs(b).last()
        {
            if next_waits && !op.no_fallthrough() {
                hand_on(cfg, next, loc);
            }
            if op.is_jump() && target.is_some() && waits(&cfg[target]) {
                hand_on(cfg, target, loc);
            }
        }
        b = next;
    }
    cfg.kinds = cfg.kinds & !kind::NO_LINE | left;
}

/// [`propagate_line_numbers`] where all blocks begin with a line.
fn propagate_in_blocks(cfg: &mut Cfg) {
    let mut left = 0;
    for b in 0..cfg.blocks.len() {
        let b = BlockId(b as u32);
        if cfg[b].may_have(kind::NO_LINE) {
            left |= propagate_in_block(cfg, b);
        }
    }
    cfg.kinds = cfg.kinds & !kind::NO_LINE | left;
}

/// [`kind::NO_LINE`] if an instruction without a line is left.
fn propagate_in_block(cfg: &mut Cfg, b: BlockId) -> u32 {
    let instrs = cfg.instrs_mut(b);
    let mut lines = 0;
    for i in 0..instrs.len() {
        // Which ones have none is as good as chance: no branch depends on it, all get a location.
        let has_none = instrs[i].line() == Location::NONE.line;
        let from = i - usize::from(has_none & (i > 0));
        instrs[i].loc = instrs[from].loc;
        // Negative if any is.
        lines |= instrs[i].line();
    }
    let left = no_line(lines);
    cfg[b].kinds = cfg[b].kinds & !kind::NO_LINE | left;
    left
}

/// It takes over a line if its first instruction has none.
fn waits(block: &Block) -> bool {
    block.may_have(kind::NO_LINE) && block.predecessors == 1
}

/// Gives `loc` to the first instruction, if it has no line.
fn hand_on(cfg: &mut Cfg, b: BlockId, loc: Location) {
    if let Some(first) = cfg.instrs_mut(b).first_mut()
        && first.line() == Location::NONE.line
    {
        first.loc = loc;
    }
}
