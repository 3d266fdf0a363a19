//! Replaces a jump to a short exit, or to an exit without lines, by a copy of it.
//!
//! ```text
//! b0:                               b0:
//!     STORE_FAST        x               STORE_FAST        x
//!     JUMP              b2              NOP
//! b1:                                   LOAD_CONST        None
//!     RAISE_VARARGS     0     =>        RETURN_VALUE
//! b2:                               b1:
//!     LOAD_CONST        None            RAISE_VARARGS     0
//!     RETURN_VALUE                  b2:
//!                                       LOAD_CONST        None
//!                                       RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, OpKind, kind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "inline_small_or_no_lineno_blocks",
    what: "Replaces a jump to a short exit, or to one without lines, by a copy of it",
    mirrors: "inline_small_or_no_lineno_blocks",
    requires: &[Property::Terminated],
    establishes: &[],
};

/// Longest exit that is copied, in instructions.
pub const MAX_COPY_SIZE: usize = 4;

/// Stops at this many times the graph's size, which only jumps without lines that go in a circle reach.
const MAX_GROWTH: usize = 64;

pub fn run(cfg: &mut Cfg) {
    if !cfg.may_have(kind::UNCONDITIONAL) {
        return;
    }
    let mut room = cfg.code().len().saturating_mul(MAX_GROWTH);
    loop {
        let mut changed = false;
        let mut b = cfg.entry;
        while b.is_some() {
            changed |= inline(cfg, b, &mut room);
            b = cfg[b].next;
        }
        if !changed {
            return;
        }
    }
}

/// Whether the block ended with such a jump.
fn inline(cfg: &mut Cfg, b: BlockId, room: &mut usize) -> bool {
    if !cfg[b].may_have(kind::UNCONDITIONAL) {
        return false;
    }
    let Some(last) = cfg.last(b) else {
        return false;
    };
    if !last.op.is_unconditional_jump() {
        return false;
    }
    let target = last.target;
    if target == b {
        // A circle of one block: what would be copied ends with the jump that is gone.
        return false;
    }
    let small_exit = cfg.exits_scope(target) && cfg[target].len() <= MAX_COPY_SIZE;
    let exit_without_lines = cfg.no_fallthrough(target) && has_no_lineno(cfg, target);
    if !small_exit && !exit_without_lines {
        return false;
    }
    let Some(rest) = room.checked_sub(cfg[target].len()) else {
        return false;
    };
    *room = rest;
    cfg.edges_counted = false;
    replace_jump(cfg, b, target);
    if exit_without_lines && last.op == Op::JUMP {
        // The jump that is gone let signals in, so the one copied has to.
        if let Some(copied) = cfg.last_mut(b)
            && copied.op.is_unconditional_jump()
        {
            copied.op = Op::JUMP;
            cfg.note(b, Op::JUMP.kinds());
        }
    }
    let predecessors = &mut cfg[target].predecessors;
    *predecessors = predecessors.wrapping_sub(1);
    true
}

/// The jump at the end of `b` becomes a copy of `target`, behind a `NOP` that keeps its line.
pub fn replace_jump(cfg: &mut Cfg, b: BlockId, target: BlockId) {
    if let Some(last) = cfg.last_mut(b) {
        last.set_op0(Op::NOP);
        last.target = BlockId::NONE;
    }
    cfg.note(b, kind::NOP);
    cfg.append_from(b, target);
}

/// No instruction has a line (`basicblock_has_no_lineno`).
pub fn has_no_lineno(cfg: &Cfg, b: BlockId) -> bool {
    let block = &cfg[b];
    (block.may_have(kind::NO_LINE) || block.is_empty())
        && cfg.instrs(b).iter().all(|instr| instr.line() < 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cfg;

    #[test]
    fn a_circle_without_lines_ends() {
        let mut cfg = cfg("NOP @1\nJUMP L1\nL0:\nNOP\nJUMP L1\nL1:\nNOP\nJUMP L0");
        run(&mut cfg);
        let len = cfg.layout().map(|b| cfg[b].len()).sum::<usize>();
        assert!(len < 2000, "{len} instructions");
    }

    #[test]
    fn a_circle_of_one_block_stays() {
        let mut cfg = cfg("NOP @1\nJUMP L0\nL0:\nNOP\nJUMP L0");
        run(&mut cfg);
        let last = cfg.layout().last().expect("a block");
        assert_eq!(cfg.instrs(last).len(), 2);
        assert!(cfg.no_fallthrough(last));
    }
}
