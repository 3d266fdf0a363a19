//! Removes the `NOP`s whose line a neighbour keeps.
//!
//! ```text
//! NOP          @1:0-1:4        LOAD_FAST x  @1:0-1:1
//! LOAD_FAST x  @1:0-1:1  =>    NOP          @2:0-2:4
//! NOP          @2:0-2:4        RETURN_VALUE @3:0-3:4
//! RETURN_VALUE @3:0-3:4
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, kind};

use super::super::Pass;

pub const PASS: Pass = Pass {
    name: "clean_basic_blocks",
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
    if !cfg[b].may_have(kind::NOP) {
        return;
    }
    let next = cfg.next_nonempty(cfg[b].next);
    let following_line = match next {
        BlockId::NONE => None,
        next => cfg.first(next).map(|first| first.line()),
    };
    let instrs = cfg.instrs_mut(b);
    let mut kept = 0;
    let mut previous_line = -1;
    for i in 0..instrs.len() {
        let line = instrs[i].line();
        if instrs[i].op == Op::NOP {
            if line < 0 || previous_line == line {
                continue;
            }
            match instrs.get(i + 1).map(|next| next.line()) {
                Some(next_line) if next_line == line => continue,
                Some(next_line) if next_line < 0 => {
                    instrs[i + 1].loc = instrs[i].loc;
                    continue;
                }
                Some(_) => {}
                None if following_line == Some(line) => continue,
                None => {}
            }
        }
        instrs[kept] = instrs[i];
        kept += 1;
        previous_line = line;
    }
    cfg.truncate(b, kept);
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
