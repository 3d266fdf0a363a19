//! A jump to a short exit without lines becomes a copy of the exit.
//!
//! ```text
//! b0:                              b0:
//!     JUMP          b2 @2:0-2:4        NOP           @2:0-2:4
//! b1:                                  LOAD_CONST    None
//!     RAISE_VARARGS 0          =>      RETURN_VALUE
//! b2:                              b1:
//!     LOAD_CONST    None               RAISE_VARARGS 0
//!     RETURN_VALUE                 b2:
//!                                      LOAD_CONST    None
//!                                      RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::Cfg;

use super::super::Pass;
use super::super::inline_small_or_no_lineno_blocks::{MAX_COPY_SIZE, replace_jump};
use super::newest_first;

pub const PASS: Pass = Pass {
    name: "extend_blocks",
    what: "Replaces a jump to a short exit without lines by a copy of the exit",
    mirrors: "extend_block",
    requires: &[],
    establishes: &[],
};

pub fn run(cfg: &mut Cfg) {
    for b in newest_first(cfg) {
        let Some(last) = cfg.last(b) else { continue };
        let exit = last.target;
        if last.op != Op::JUMP
            || !cfg.exits_scope(exit)
            || cfg[exit].len() > MAX_COPY_SIZE
            || cfg.instrs(exit).iter().any(|instr| instr.line() > 0)
        {
            continue;
        }
        replace_jump(cfg, b, exit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn a_short_exit_without_lines_is_copied() {
        let mut cfg = cfg("JUMP L0 @1
             JUMP L1 @1
             L0:
             LOAD_CONST 0 @-1
             RETURN_VALUE @-1
             L1:
             RETURN_VALUE @3");
        run(&mut cfg);
        assert_eq!(
            cfg_text(&cfg),
            "b0: NOP; LOAD_CONST 0; RETURN_VALUE\nb1: JUMP b3\nb2: LOAD_CONST 0; RETURN_VALUE\nb3: RETURN_VALUE\n"
        );
    }
}
