//! Drops the constants behind the last one that an instruction uses.
//!
//! ```text
//! .consts None 1 2           .consts None 1
//! b0:                        b0:
//!     LOAD_CONST 1     =>        LOAD_CONST 1
//!     RETURN_VALUE               RETURN_VALUE
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{Cfg, ConstId};

use super::super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "trim_unused_consts",
    what: "Drops the constants behind the last one that an instruction uses",
    mirrors: "trim_unused_consts",
    requires: &[Property::Reachable],
    establishes: &[],
};

pub fn run(cfg: &Cfg, consts: &mut Vec<ConstId>) {
    // The first one may be the docstring.
    let mut last = 0;
    for b in cfg.layout() {
        for instr in cfg.instrs(b) {
            if matches!(instr.op, Op::LOAD_CONST | Op::KW_NAMES) {
                last = last.max(instr.arg as usize);
            }
        }
    }
    consts.truncate(last + 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cfg;

    #[test]
    fn only_the_tail_goes() {
        let cfg = cfg("LOAD_CONST 2\nRETURN_VALUE");
        let mut consts: Vec<_> = (0..5).map(ConstId).collect();
        run(&cfg, &mut consts);
        assert_eq!(consts.len(), 3);
        let mut consts = Vec::new();
        run(&cfg, &mut consts);
        assert!(consts.is_empty());
    }
}
