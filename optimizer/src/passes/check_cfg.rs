//! Checks that jumps, returns and raises stand only at the end of a block.
//!
//! ```text
//! b0:
//!     RETURN_VALUE  =>  check_cfg: malformed control flow graph: RETURN_VALUE inside block b0
//!     NOP
//! ```

use pycsmith_ir::{Cfg, OpKind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "check_cfg",
    what: "Checks that jumps, returns and raises stand only at the end of a block",
    mirrors: "check_cfg",
    requires: &[],
    establishes: &[Property::Terminated],
};

/// # Errors
/// The graph is malformed.
pub fn run(cfg: &Cfg) -> Result<(), Bug> {
    for b in cfg.layout() {
        let Some((_, body)) = cfg.instrs(b).split_last() else {
            continue;
        };
        if let Some(instr) = body.iter().find(|instr| instr.op.is_terminator()) {
            return Err(Bug(format!(
                "malformed control flow graph: {} inside block b{}",
                instr.op, b.0
            )));
        }
    }
    Ok(())
}
