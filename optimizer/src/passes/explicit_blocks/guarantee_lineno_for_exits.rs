//! A return that still has no line gets that of what stands before it.
//!
//! ```text
//! b0:                                b0:
//!     RERAISE      0    @3:0-3:4         RERAISE      0    @3:0-3:4
//! b1:                            =>  b1:
//!     LOAD_CONST   None                  LOAD_CONST   None @3:-1--1:-1
//!     RETURN_VALUE                       RETURN_VALUE      @3:-1--1:-1
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::Cfg;

use super::super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "guarantee_lineno_for_exits",
    what: "Gives a return that still has no line that of what stands before it",
    mirrors: "guarantee_lineno_for_exits",
    requires: &[],
    establishes: &[Property::LinesResolved],
};

/// `firstlineno` is the line of a return with nothing before it.
pub fn run(cfg: &mut Cfg, firstlineno: i32) {
    let mut line = firstlineno;
    let mut b = cfg.entry;
    while b.is_some() {
        if let Some(last) = cfg.last(b) {
            if last.line() >= 0 {
                line = last.line();
            } else if last.op == Op::RETURN_VALUE {
                for instr in cfg.instrs_mut(b) {
                    // The rest of the location stays unknown.
                    instr.loc.line = line;
                }
            }
        }
        b = cfg[b].next;
    }
}

#[cfg(test)]
mod tests {
    use pycsmith_ir::BlockId;

    use super::*;
    use crate::testing::cfg;

    #[test]
    fn returns_take_the_line_before() {
        let mut cfg = cfg("RERAISE 0 @3\nLOAD_CONST 0 @-1\nRETURN_VALUE @-1\nRERAISE 0 @-1");
        run(&mut cfg, 1);
        let line = |b| cfg.first(BlockId(b)).unwrap().line();
        assert_eq!((line(1), line(2)), (3, -1));
    }
}
