//! Removes the `NOP`s whose line a neighbour keeps.
//!
//! ```text
//! NOP          @1:0-1:4        LOAD_FAST x  @1:0-1:1
//! LOAD_FAST x  @1:0-1:1  =>    NOP          @2:0-2:4
//! NOP          @2:0-2:4        RETURN_VALUE @3:0-3:4
//! RETURN_VALUE @3:0-3:4
//! ```

use pycsmith_ir::{BlockId, Cfg, kind};

use super::super::Pass;
use super::super::remove_redundant_nops::in_block_before;

pub const PASS: Pass = Pass {
    name: "clean_basic_blocks",
    what: "Removes the `NOP`s whose line a neighbour keeps",
    mirrors: "clean_basic_block",
    requires: &[],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    if !cfg.may_have(kind::NOP) {
        return;
    }
    let mut b = cfg.entry;
    while b.is_some() {
        clean(cfg, b);
        b = cfg[b].next;
    }
}

/// The `NOP`s of one block.
pub(super) fn clean(cfg: &mut Cfg, b: BlockId) {
    if cfg[b].may_have(kind::NOP) {
        in_block_before(cfg, b, line_of_next_block);
    }
}

/// The line at which the next block that is not empty starts, be it with a `NOP` that is to go.
fn line_of_next_block(cfg: &Cfg, b: BlockId) -> Option<i32> {
    match cfg.next_nonempty(cfg[b].next) {
        BlockId::NONE => None,
        next => cfg.first(next).map(|first| first.line()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn a_nop_stays_only_for_its_line() {
        let mut cfg = cfg("NOP @1
             LOAD_FAST 0 @1
             NOP @2
             NOP @2
             LOAD_FAST 1 @3
             NOP @4
             POP_TOP @-1
             NOP @6
             NOP @6
             RETURN_VALUE @7");
        run(&mut cfg);
        assert_eq!(
            cfg_text(&cfg),
            "b0: LOAD_FAST 0; NOP; LOAD_FAST 1; POP_TOP; NOP; RETURN_VALUE\n"
        );
        assert_eq!(cfg.instrs(BlockId(0))[3].line(), 4);
    }
}
