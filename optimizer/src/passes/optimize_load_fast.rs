//! Loads of locals borrow the reference where the local outlives the use of the value.
//!
//! ```text
//! LOAD_FAST 0                  LOAD_FAST_BORROW 0
//! LOAD_ATTR 0            =>    LOAD_ATTR 0
//! LOAD_FAST 0                  LOAD_FAST 0
//! STORE_FAST 1                 STORE_FAST 1
//! ```

use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{BlockId, Cfg, Instr, OpKind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "optimize_load_fast",
    mirrors: "optimize_load_fast",
    requires: &[Property::DepthsKnown, Property::NoPseudoOps],
    establishes: &[],
};

const NONE: u32 = u32::MAX;

/// A value on the stack.
#[derive(Clone, Copy)]
struct Ref {
    /// Position of the instruction that pushed it, or `NONE`: another block did.
    instr: u32,
    /// The local that it is a reference to, or `NONE`.
    local: u32,
}

#[derive(Default)]
struct State {
    refs: Vec<Ref>,
    /// For each instruction, whether it has to keep its own reference.
    owns: Vec<bool>,
    underflow: bool,
}

impl State {
    fn push(&mut self, instr: usize, local: u32) {
        self.refs.push(Ref {
            instr: instr as u32,
            local,
        });
    }

    fn pop(&mut self) -> Ref {
        self.refs.pop().unwrap_or_else(|| {
            self.underflow = true;
            Ref {
                instr: NONE,
                local: NONE,
            }
        })
    }

    fn keep(&mut self, value: Ref) {
        if let Some(owns) = self.owns.get_mut(value.instr as usize) {
            *owns = true;
        }
    }

    /// The local gets another value (`kill_local`).
    fn kill(&mut self, local: u32) {
        for i in 0..self.refs.len() {
            if self.refs[i].local == local {
                self.keep(self.refs[i]);
            }
        }
    }

    /// The top is stored (`store_local`).
    fn store(&mut self, local: u32) {
        let value = self.pop();
        self.kill(local);
        self.keep(value);
    }
}

/// # Errors
/// More is popped than there is.
pub fn run(cfg: &mut Cfg, target: Target) -> Result<(), Bug> {
    let table = target.opcodes();
    let mut state = State::default();
    let mut worklist = cfg.take_worklist();
    enter(cfg, &mut worklist, cfg.entry);
    while let Some(b) = worklist.pop() {
        state.owns.clear();
        state.owns.resize(cfg[b].len(), false);
        state.refs.clear();
        let depth = usize::try_from(cfg[b].start_depth).unwrap_or(0);
        state.refs.resize(
            depth,
            Ref {
                instr: NONE,
                local: NONE,
            },
        );
        for i in 0..cfg[b].len() {
            let instr = cfg.instrs(b)[i];
            if instr.op.has_target() {
                enter(cfg, &mut worklist, instr.target);
            }
            simulate(&mut state, table, i, instr);
        }
        if state.underflow {
            return Err(Bug(format!("block b{} pops an empty stack", b.0)));
        }
        let next = cfg[b].next;
        // CPython quirk (3.14, flowgraph.c): the walk ends at an empty block, so loads that are only reached
        // through one keep their references.
        if next.is_some() && !cfg[b].is_empty() && cfg.has_fallthrough(b) {
            enter(cfg, &mut worklist, next);
        }
        for i in 0..state.refs.len() {
            state.keep(state.refs[i]);
        }
        for (instr, &owns) in cfg.instrs_mut(b).iter_mut().zip(&state.owns) {
            match instr.op {
                Op::LOAD_FAST if !owns => instr.op = Op::LOAD_FAST_BORROW,
                Op::LOAD_FAST_LOAD_FAST if !owns => {
                    instr.op = Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW;
                }
                _ => {}
            }
        }
    }
    cfg.worklist = worklist;
    Ok(())
}

fn enter(cfg: &mut Cfg, worklist: &mut Vec<BlockId>, b: BlockId) {
    let block = &mut cfg[b];
    if !block.visited {
        block.visited = true;
        worklist.push(b);
    }
}

fn simulate(state: &mut State, table: &OpcodeTable, i: usize, instr: Instr) {
    let Instr { op, arg, .. } = instr;
    match op {
        Op::DELETE_FAST => state.kill(arg),
        Op::LOAD_FAST => state.push(i, arg),
        Op::LOAD_FAST_AND_CLEAR => {
            state.kill(arg);
            state.push(i, arg);
        }
        Op::LOAD_FAST_LOAD_FAST => {
            state.push(i, arg >> 4);
            state.push(i, arg & 15);
        }
        Op::STORE_FAST => state.store(arg),
        Op::STORE_FAST_LOAD_FAST => {
            state.store(arg >> 4);
            state.push(i, arg & 15);
        }
        Op::STORE_FAST_STORE_FAST => {
            state.store(arg >> 4);
            state.store(arg & 15);
        }
        Op::COPY => match state.refs.len().checked_sub(arg as usize) {
            Some(at) if at < state.refs.len() => state.refs.push(state.refs[at]),
            _ => state.underflow = true,
        },
        Op::SWAP => match (state.refs.len().checked_sub(arg as usize), state.refs.len()) {
            (Some(at), len) if at < len => state.refs.swap(at, len - 1),
            _ => state.underflow = true,
        },
        // They look at their operands and leave them.
        Op::FORMAT_SIMPLE
        | Op::GET_ANEXT
        | Op::GET_LEN
        | Op::IMPORT_FROM
        | Op::MATCH_KEYS
        | Op::MATCH_MAPPING
        | Op::MATCH_SEQUENCE
        | Op::WITH_EXCEPT_START => {
            // CPython quirk (3.14, flowgraph.c): an inner `i` hides the position, so that the block's first
            // instructions pass for the origin of these values.
            let pushed = table.num_pushed(op, arg) - table.num_popped(op, arg);
            for wrong in 0..usize::try_from(pushed).unwrap_or(0) {
                state.push(wrong, NONE);
            }
        }
        // They change what lies deeper, and push nothing.
        Op::DICT_MERGE
        | Op::DICT_UPDATE
        | Op::LIST_APPEND
        | Op::LIST_EXTEND
        | Op::MAP_ADD
        | Op::RERAISE
        | Op::SET_ADD
        | Op::SET_UPDATE => {
            for _ in table.num_pushed(op, arg)..table.num_popped(op, arg) {
                state.pop();
            }
        }
        Op::END_SEND | Op::SET_FUNCTION_ATTRIBUTE => {
            let top = state.pop();
            for _ in 1..table.num_popped(op, arg) {
                state.pop();
            }
            state.refs.push(top);
        }
        Op::CHECK_EXC_MATCH | Op::SEND => {
            state.pop();
            state.push(i, NONE);
        }
        Op::FOR_ITER => state.push(i, NONE),
        Op::LOAD_ATTR | Op::LOAD_SUPER_ATTR => {
            let object = state.pop();
            if op == Op::LOAD_SUPER_ATTR {
                state.pop();
                state.pop();
            }
            state.push(i, NONE);
            if arg & 1 != 0 {
                // A method call: the object itself may come back.
                state.refs.push(object);
            }
        }
        Op::LOAD_SPECIAL | Op::PUSH_EXC_INFO => {
            let top = state.pop();
            state.push(i, NONE);
            state.refs.push(top);
        }
        _ if op.is_block_push() => {}
        _ => {
            for _ in 0..table.num_popped(op, arg) {
                state.pop();
            }
            for _ in 0..table.num_pushed(op, arg) {
                state.push(i, NONE);
            }
        }
    }
}
