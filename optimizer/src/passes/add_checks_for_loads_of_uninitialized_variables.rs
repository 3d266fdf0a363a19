//! Makes a load that may find its local unbound a checked one.
//!
//! ```text
//! b0:                             b0:
//!     LOAD_GLOBAL       g             LOAD_GLOBAL       g
//!     POP_JUMP_IF_FALSE b2            POP_JUMP_IF_FALSE b2
//! b1:                             b1:
//!     LOAD_CONST        1     =>      LOAD_CONST        1
//!     STORE_FAST        x             STORE_FAST        x
//! b2:                             b2:
//!     LOAD_FAST         x             LOAD_FAST_CHECK   x
//!     LOAD_FAST         x             LOAD_FAST         x
//!     RAISE_VARARGS     2             RAISE_VARARGS     2
//! ```

use std::hint::select_unpredictable;

use pycsmith_bytecode::Op;
use pycsmith_ir::cfg::low_bits;
use pycsmith_ir::{Block, BlockId, Cfg, OpKind, kind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "add_checks_for_loads_of_uninitialized_variables",
    what: "Makes a load that may find its local unbound a checked one",
    mirrors: "add_checks_for_loads_of_uninitialized_variables",
    requires: &[Property::HandlersLabelled],
    establishes: &[Property::LoadsChecked],
};

/// Locals that are followed along edges: a bit each.
const TRACKED: u32 = 64;

/// `nlocals` includes the `nparams` parameters, which are bound at the start.
pub fn run(cfg: &mut Cfg, nlocals: u32, nparams: u32) {
    if nlocals == 0 || !cfg.may_have(kind::LOCAL) {
        return;
    }
    if nlocals > TRACKED {
        fast_scan_many_locals(cfg, nlocals);
    }
    if nlocals.min(TRACKED) <= nparams && !cfg.may_have(kind::UNBINDS) {
        // All are bound from the start.
        return;
    }
    let mut worklist = cfg.take_worklist();
    for block in &mut cfg.blocks {
        block.unsafe_locals_mask = 0;
    }
    // The first origin of unbound locals: all but the parameters, at the start.
    let start_mask = low_bits(nlocals as usize) & !low_bits(nparams as usize);
    maybe_push(&mut cfg.blocks, cfg.entry, start_mask, &mut worklist);
    // The second: deletions, anywhere.
    let mut b = cfg.entry;
    while b.is_some() {
        cfg[b].visited = false;
        scan_block_for_locals(cfg, b, &mut worklist);
        b = cfg[b].next;
    }
    while let Some(b) = worklist.pop() {
        // Perhaps it was scanned since.
        if cfg[b].visited {
            cfg[b].visited = false;
            scan_block_for_locals(cfg, b, &mut worklist);
        }
    }
    cfg.worklist = worklist;
}

/// Puts the block on the worklist if the mask tells it anything new; `visited` means that it is there.
fn maybe_push(blocks: &mut [Block], b: BlockId, unsafe_mask: u64, worklist: &mut Vec<BlockId>) {
    let block = &mut blocks[b.0 as usize];
    let both = block.unsafe_locals_mask | unsafe_mask;
    if block.unsafe_locals_mask != both {
        block.unsafe_locals_mask = both;
        if !block.visited {
            block.visited = true;
            worklist.push(b);
        }
    }
}

fn scan_block_for_locals(cfg: &mut Cfg, b: BlockId, worklist: &mut Vec<BlockId>) {
    let (blocks, code) = cfg.parts();
    let Block {
        next,
        unsafe_locals_mask,
        kinds,
        ..
    } = blocks[b.0 as usize];
    // Bit i: local i may be unbound.
    let mut unsafe_mask = unsafe_locals_mask;
    if unsafe_mask == 0 && kinds & kind::UNBINDS == 0 {
        // None is, that stays so, and tells the others nothing new.
        return;
    }
    let instrs = &mut code[blocks[b.0 as usize].range()];
    // What its handler was told last.
    let mut told = (BlockId::NONE, 0);
    for instr in &mut *instrs {
        if instr.handler.is_some() && (instr.handler, unsafe_mask) != told {
            told = (instr.handler, unsafe_mask);
            maybe_push(blocks, instr.handler, unsafe_mask, worklist);
        }
        // What stands here is as good as chance: no branch depends on it.
        let (op, kinds) = (instr.op, instr.op.kinds());
        let is_tracked = (kinds & kind::LOCAL != 0) & (instr.arg < TRACKED);
        let bit = u64::from(is_tracked) << (instr.arg & (TRACKED - 1));
        let is_unsafe_load = (op == Op::LOAD_FAST) & (unsafe_mask & bit != 0);
        instr.op = select_unpredictable(is_unsafe_load, Op::LOAD_FAST_CHECK, op);
        unsafe_mask &= !select_unpredictable(kinds & kind::BINDS != 0, bit, 0);
        unsafe_mask |= select_unpredictable(kinds & kind::UNBINDS != 0, bit, 0);
    }
    let last = instrs.last();
    if next.is_some() && !last.is_some_and(|last| last.op.no_fallthrough()) {
        maybe_push(blocks, next, unsafe_mask, worklist);
    }
    if let Some(last) = last
        && last.op.is_jump()
    {
        maybe_push(blocks, last.target, unsafe_mask, worklist);
    }
}

/// Locals from the 65th on are known to be bound only behind a store or load in the same block.
fn fast_scan_many_locals(cfg: &mut Cfg, nlocals: u32) {
    // The number of the block in which the local was last seen bound.
    let mut bound_in = vec![0_u32; (nlocals - TRACKED) as usize];
    let mut number = 0;
    let mut b = cfg.entry;
    while b.is_some() {
        number += 1;
        for instr in cfg.instrs_mut(b) {
            let Some(index) = instr.arg.checked_sub(TRACKED) else {
                continue;
            };
            match instr.op {
                Op::DELETE_FAST | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST_MAYBE_NULL => {
                    if let Some(bound_in) = bound_in.get_mut(index as usize) {
                        *bound_in = number - 1;
                    }
                }
                Op::STORE_FAST | Op::LOAD_FAST => {
                    let Some(bound_in) = bound_in.get_mut(index as usize) else {
                        continue;
                    };
                    if instr.op == Op::LOAD_FAST && *bound_in != number {
                        instr.op = Op::LOAD_FAST_CHECK;
                    }
                    *bound_in = number;
                }
                _ => {}
            }
        }
        b = cfg[b].next;
    }
}
