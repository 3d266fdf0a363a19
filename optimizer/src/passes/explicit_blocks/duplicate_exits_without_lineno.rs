//! An exit without a line that several jumps reach is copied for each, and takes the jump's line (PEP 626: a frame
//! that ends knows its line).
//!
//! ```text
//! .state counted
//! b0:                                    b0:
//!     POP_JUMP_IF_TRUE b3   @1:0-1:3         POP_JUMP_IF_TRUE b3   @1:0-1:3
//! b1:                                    b1:
//!     POP_JUMP_IF_TRUE b3   @2:0-2:3         POP_JUMP_IF_TRUE b4   @2:0-2:3
//! b2:                                    b2:
//!     RAISE_VARARGS    0    @2:0-2:3         RAISE_VARARGS    0    @2:0-2:3
//! b3:                                =>  b3:
//!     LOAD_CONST       None                  LOAD_CONST       None
//!     RETURN_VALUE                           RETURN_VALUE
//!                                        b4:
//!                                            LOAD_CONST       None @2:0-2:3
//!                                            RETURN_VALUE
//! ```

use pycsmith_ir::{Cfg, OpKind};

use super::super::inline_small_or_no_lineno_blocks::has_no_lineno;
use super::super::{Pass, Property};
use super::newest_first;

pub const PASS: Pass = Pass {
    name: "duplicate_exits_without_lineno",
    what: "Copies an exit without a line for each jump to it, with that jump's line",
    mirrors: "duplicate_exits_without_lineno",
    requires: &[Property::Reachable],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    for b in newest_first(cfg) {
        let Some(last) = cfg.last(b) else { continue };
        let target = last.target;
        if !last.op.is_jump()
            || target.is_none()
            || cfg[target].predecessors <= 1
            || !cfg.exits_scope(target)
            || !has_no_lineno(cfg, target)
        {
            continue;
        }
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
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].next = cfg.next_nonempty(cfg[b].next);
        b = cfg[b].next;
    }
    // What is left is reached by falling through, from one block.
    let mut b = cfg.entry;
    while b.is_some() {
        let next = cfg[b].next;
        if next.is_some()
            && let Some(last) = cfg.last(b)
            && cfg.has_fallthrough(b)
            && cfg.exits_scope(next)
            && has_no_lineno(cfg, next)
        {
            cfg.instrs_mut(next)[0].loc = last.loc;
        }
        b = next;
    }
}

#[cfg(test)]
mod tests {
    use pycsmith_ir::BlockId;

    use super::super::remove_unreachable;
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn each_jump_gets_its_exit() {
        let mut cfg = cfg("POP_JUMP_IF_TRUE L1 @1
             POP_JUMP_IF_TRUE L1 @2
             RETURN_VALUE @3
             L1:
             LOAD_CONST 0 @-1
             RETURN_VALUE @-1");
        remove_unreachable::run(&mut cfg).unwrap();
        run(&mut cfg);
        // The newest block comes first: it gets the copy.
        assert_eq!(
            cfg_text(&cfg),
            "b0: POP_JUMP_IF_TRUE b3\nb1: POP_JUMP_IF_TRUE b4\nb2: RETURN_VALUE\n\
             b3: LOAD_CONST 0; RETURN_VALUE\nb4: LOAD_CONST 0; RETURN_VALUE\n"
        );
        assert_eq!(cfg.instrs(BlockId(4))[0].line(), 2);
    }
}
