//! A load of a local that may be unbound has to check.
//!
//! ```text
//! b0:                             b0:
//!     DELETE_FAST 0                   DELETE_FAST 0
//!     LOAD_FAST 0           =>        LOAD_FAST_CHECK 0
//!     LOAD_FAST 0                     LOAD_FAST 0
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::{BlockId, Cfg, OpKind};

use super::{Pass, Property};

pub const PASS: Pass = Pass {
    name: "add_checks_for_loads_of_uninitialized_variables",
    mirrors: "add_checks_for_loads_of_uninitialized_variables",
    requires: &[Property::HandlersLabelled],
    establishes: &[Property::LoadsChecked],
};

/// Locals that are followed from block to block; the others only within a block.
const TRACKED: u32 = 64;

/// `nparams` of the `nlocals` locals are bound at the start.
pub fn run(cfg: &mut Cfg, nlocals: u32, nparams: u32) {
    if nlocals == 0 {
        return;
    }
    if nlocals > TRACKED {
        scan_many_locals(cfg, nlocals);
    }
    let mut worklist = cfg.take_worklist();
    for block in &mut cfg.blocks {
        block.unsafe_locals_mask = 0;
    }
    let below = |n: u32| if n >= TRACKED { u64::MAX } else { (1 << n) - 1 };
    let unbound = below(nlocals) & !below(nparams);
    enter(cfg, &mut worklist, cfg.entry, unbound);
    let mut b = cfg.entry;
    while b.is_some() {
        scan_block(cfg, &mut worklist, b);
        b = cfg[b].next;
    }
    while let Some(b) = worklist.pop() {
        cfg[b].visited = false;
        scan_block(cfg, &mut worklist, b);
    }
    cfg.worklist = worklist;
}

/// These locals may be unbound at the start of the block (`maybe_push`).
fn enter(cfg: &mut Cfg, worklist: &mut Vec<BlockId>, b: BlockId, unsafe_mask: u64) {
    let block = &mut cfg[b];
    if block.unsafe_locals_mask | unsafe_mask != block.unsafe_locals_mask {
        block.unsafe_locals_mask |= unsafe_mask;
        if !block.visited {
            block.visited = true;
            worklist.push(b);
        }
    }
}

fn scan_block(cfg: &mut Cfg, worklist: &mut Vec<BlockId>, b: BlockId) {
    let mut unsafe_mask = cfg[b].unsafe_locals_mask;
    let mut entered = (BlockId::NONE, 0);
    for i in 0..cfg[b].len() {
        let instr = &mut cfg.instrs_mut(b)[i];
        let handler = instr.handler;
        let before = unsafe_mask;
        if instr.arg < TRACKED {
            let bit = 1 << instr.arg;
            match instr.op {
                Op::DELETE_FAST | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST_MAYBE_NULL => {
                    unsafe_mask |= bit;
                }
                Op::STORE_FAST | Op::LOAD_FAST_CHECK => unsafe_mask &= !bit,
                Op::LOAD_FAST => {
                    if unsafe_mask & bit != 0 {
                        instr.op = Op::LOAD_FAST_CHECK;
                    }
                    unsafe_mask &= !bit;
                }
                _ => {}
            }
        }
        if handler.is_some() && entered != (handler, before) {
            entered = (handler, before);
            enter(cfg, worklist, handler, before);
        }
    }
    let next = cfg[b].next;
    if next.is_some() && cfg.has_fallthrough(b) {
        enter(cfg, worklist, next, unsafe_mask);
    }
    if let Some(last) = cfg.last(b)
        && last.op.is_jump()
    {
        enter(cfg, worklist, last.target, unsafe_mask);
    }
}

/// The locals from the 64th on (`fast_scan_many_locals`).
fn scan_many_locals(cfg: &mut Cfg, nlocals: u32) {
    // The number of the last block that was sure to bind it.
    let mut states = vec![0u32; (nlocals - TRACKED) as usize];
    let mut number = 0;
    let mut b = cfg.entry;
    while b.is_some() {
        number += 1;
        for instr in cfg.instrs_mut(b) {
            if instr.arg < TRACKED {
                continue;
            }
            let Some(state) = states.get_mut((instr.arg - TRACKED) as usize) else {
                continue;
            };
            match instr.op {
                Op::DELETE_FAST | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST_MAYBE_NULL => {
                    *state = number - 1;
                }
                Op::STORE_FAST => *state = number,
                Op::LOAD_FAST => {
                    if *state != number {
                        instr.op = Op::LOAD_FAST_CHECK;
                    }
                    *state = number;
                }
                _ => {}
            }
        }
        b = cfg[b].next;
    }
}
