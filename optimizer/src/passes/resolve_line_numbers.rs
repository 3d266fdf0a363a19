//! Gives every instruction that needs one a line. An exit without a line that several jumps reach is copied for
//! each; then lines flow to what follows without one.
//!
//! ```text
//! b0:                                b0:
//!     POP_JUMP_IF_TRUE b2   @1           POP_JUMP_IF_TRUE b3   @1
//! b1:                                b1:
//!     POP_TOP               @2           POP_TOP               @2
//! b2:                          =>    b2:
//!     LOAD_CONST 0          @-1          LOAD_CONST 0          @2
//!     RETURN_VALUE          @-1          RETURN_VALUE          @2
//!                                    b3:
//!                                        LOAD_CONST 0          @1
//!                                        RETURN_VALUE          @1
//! ```

use pycsmith_bytecode::Location;
use pycsmith_ir::{BlockId, Cfg, OpKind};

use super::inline_small_or_no_lineno_blocks::has_no_lineno;
use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "resolve_line_numbers",
    mirrors: "resolve_line_numbers",
    requires: &[Property::Reachable],
    establishes: &[Property::LinesResolved],
};

pub fn run(cfg: &mut Cfg) {
    duplicate_exits_without_lineno(cfg);
    propagate_line_numbers(cfg);
}

/// It leaves the unit or checks for signals, and has no line.
fn is_exit_or_eval_check_without_lineno(cfg: &Cfg, b: BlockId) -> bool {
    (cfg.exits_scope(b) || cfg.instrs(b).iter().any(|instr| instr.op.has_eval_break()))
        && has_no_lineno(cfg, b)
}

fn duplicate_exits_without_lineno(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        if let Some(last) = cfg.last(b)
            && last.op.is_jump()
        {
            let target = cfg.next_nonempty(last.target);
            if target.is_some()
                && cfg[target].predecessors > 1
                && is_exit_or_eval_check_without_lineno(cfg, target)
            {
                let copy = cfg.copy_block(target);
                cfg.instrs_mut(copy)[0].loc = last.loc;
                if let Some(last) = cfg.last_mut(b) {
                    last.target = copy;
                }
                cfg[target].predecessors -= 1;
                cfg[copy].predecessors = 1;
                cfg[copy].next = cfg[target].next;
                cfg[target].next = copy;
            }
        }
        b = cfg[b].next;
    }
    // What is left is reached by falling through only.
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        if next.is_some()
            && let Some(last) = cfg.last(b)
            && cfg.has_fallthrough(b)
            && is_exit_or_eval_check_without_lineno(cfg, next)
            && let Some(first) = cfg.instrs_mut(next).first_mut()
        {
            first.loc = last.loc;
        }
        b = next;
    }
}

/// `maybe_propagate_location` to the first instruction.
fn propagate_to(cfg: &mut Cfg, b: BlockId, loc: Location) {
    if b.is_some()
        && cfg[b].predecessors == 1
        && let Some(first) = cfg.instrs_mut(b).first_mut()
        && first.loc.line == Location::NONE.line
    {
        first.loc = loc;
    }
}

fn propagate_line_numbers(cfg: &mut Cfg) {
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        if let Some(last) = cfg.last(b) {
            let mut previous = Location::NONE;
            for instr in cfg.instrs_mut(b) {
                if instr.loc.line == Location::NONE.line {
                    instr.loc = previous;
                }
                previous = instr.loc;
            }
            if cfg.has_fallthrough(b) {
                propagate_to(cfg, next, previous);
            }
            if last.op.is_jump() {
                let mut target = last.target;
                while target.is_some() && cfg[target].is_empty() && cfg[target].predecessors == 1 {
                    target = cfg[target].next;
                }
                propagate_to(cfg, target, previous);
            }
        }
        b = next;
    }
}
