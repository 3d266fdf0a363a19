//! Lets loads of locals borrow the reference where the local outlives it.
//!
//! ```text
//! b0:                          b0:
//!     LOAD_FAST 0                  LOAD_FAST_BORROW 0
//!     LOAD_ATTR 0                  LOAD_ATTR 0
//!     STORE_FAST 1         =>      STORE_FAST 1
//!     LOAD_FAST 0                  LOAD_FAST 0           # stays on the stack beyond the store
//!     LOAD_CONST 0                 LOAD_CONST 0
//!     STORE_FAST 0                 STORE_FAST 0
//! ```
//!
//! Each block is run on a stack of references, each of which knows the load that made it. A load does not borrow
//! if its reference is still on the stack when the local changes or the block ends, or if it is stored in a local.

use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{BlockId, Cfg, Instr, OpKind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "optimize_load_fast",
    mirrors: "optimize_load_fast",
    requires: &[Property::DepthsKnown],
    establishes: &[],
};

/// A reference on the stack.
#[derive(Clone, Copy)]
struct Ref {
    /// The instruction of the block that made it, or [`NONE`].
    instr: u32,
    /// The local that it refers to, or [`NONE`].
    local: u32,
}

const NONE: u32 = u32::MAX;

/// # Errors
/// The stack underflows.
pub fn run(cfg: &mut Cfg, target: Target) -> Result<(), Bug> {
    let opcodes = target.opcodes();
    let mut worklist = cfg.take_worklist();
    let mut stack = Stack {
        refs: Vec::new(),
        keeps: Vec::new(),
    };
    let entry = cfg.entry;
    cfg[entry].start_depth = 0;
    visit(cfg, entry, &mut worklist);
    while let Some(b) = worklist.pop() {
        stack.reset(cfg[b].len(), cfg[b].start_depth);
        for (i, instr) in cfg.instrs(b).iter().enumerate() {
            if stack.step(i as u32, instr, opcodes).is_none() {
                return Err(Bug(format!(
                    "{} in block b{} finds too little on the stack",
                    instr.op, b.0
                )));
            }
        }
        for instr in 0..cfg[b].len() {
            let instr = &cfg.instrs(b)[instr];
            if instr.op.has_target() {
                let target = instr.target;
                visit(cfg, target, &mut worklist);
            }
        }
        let next = cfg[b].next;
        // An empty block does not lead on here.
        if next.is_some() && !cfg[b].is_empty() && cfg.has_fallthrough(b) {
            visit(cfg, next, &mut worklist);
        }
        stack.keep_unconsumed();
        for (instr, keep) in cfg.instrs_mut(b).iter_mut().zip(&stack.keeps) {
            match instr.op {
                Op::LOAD_FAST if !keep => instr.op = Op::LOAD_FAST_BORROW,
                Op::LOAD_FAST_LOAD_FAST if !keep => {
                    instr.op = Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW
                }
                _ => {}
            }
        }
    }
    cfg.worklist = worklist;
    Ok(())
}

fn visit(cfg: &mut Cfg, b: BlockId, worklist: &mut Vec<BlockId>) {
    let block = &mut cfg[b];
    if !block.visited {
        block.visited = true;
        worklist.push(b);
    }
}

struct Stack {
    refs: Vec<Ref>,
    /// For each instruction of the block: its reference must be a strong one.
    keeps: Vec<bool>,
}

impl Stack {
    fn reset(&mut self, instrs: usize, depth: i32) {
        self.keeps.clear();
        self.keeps.resize(instrs, false);
        self.refs.clear();
        self.refs.resize(
            depth.max(0) as usize,
            Ref {
                instr: NONE,
                local: NONE,
            },
        );
    }

    fn push(&mut self, instr: u32, local: u32) {
        self.refs.push(Ref { instr, local });
    }

    fn keep(&mut self, instr: u32) {
        if let Some(keep) = self.keeps.get_mut(instr as usize) {
            *keep = true;
        }
    }

    /// References to the local that are on the stack must not be borrowed.
    fn kill_local(&mut self, local: u32) {
        for i in 0..self.refs.len() {
            if self.refs[i].local == local {
                self.keep(self.refs[i].instr);
            }
        }
    }

    fn store_local(&mut self, local: u32, value: Ref) {
        self.kill_local(local);
        self.keep(value.instr);
    }

    fn keep_unconsumed(&mut self) {
        for i in 0..self.refs.len() {
            self.keep(self.refs[i].instr);
        }
    }

    fn drop_top(&mut self, count: i32) -> Option<()> {
        let len = self.refs.len().checked_sub(usize::try_from(count).ok()?)?;
        self.refs.truncate(len);
        Some(())
    }

    /// The effect of instruction number `i` of the block; `None` if the stack is too short.
    fn step(&mut self, i: u32, instr: &Instr, opcodes: &OpcodeTable) -> Option<()> {
        let Instr { op, arg, .. } = *instr;
        match op {
            Op::LOAD_FAST => self.push(i, arg),
            Op::LOAD_FAST_LOAD_FAST => {
                self.push(i, arg >> 4);
                self.push(i, arg & 15);
            }
            Op::LOAD_FAST_AND_CLEAR => {
                self.kill_local(arg);
                self.push(i, arg);
            }
            Op::DELETE_FAST => self.kill_local(arg),
            Op::STORE_FAST => {
                let value = self.refs.pop()?;
                self.store_local(arg, value);
            }
            Op::STORE_FAST_LOAD_FAST => {
                let value = self.refs.pop()?;
                self.store_local(arg >> 4, value);
                self.push(i, arg & 15);
            }
            Op::STORE_FAST_STORE_FAST => {
                let value = self.refs.pop()?;
                self.store_local(arg >> 4, value);
                let value = self.refs.pop()?;
                self.store_local(arg & 15, value);
            }
            Op::COPY => {
                let index = self.refs.len().checked_sub(arg as usize)?;
                let value = *self.refs.get(index)?;
                self.refs.push(value);
            }
            Op::SWAP => {
                let index = self.refs.len().checked_sub(arg as usize)?;
                let top = self.refs.len().checked_sub(1)?;
                if index > top {
                    return None;
                }
                self.refs.swap(index, top);
            }
            Op::FORMAT_SIMPLE
            | Op::GET_ANEXT
            | Op::GET_LEN
            | Op::GET_YIELD_FROM_ITER
            | Op::IMPORT_FROM
            | Op::MATCH_KEYS
            | Op::MATCH_MAPPING
            | Op::MATCH_SEQUENCE
            | Op::WITH_EXCEPT_START => {
                // CPython quirk (3.14, `optimize_load_fast` in `flowgraph.c`): the new values are ascribed to the
                // block's first instructions, not to this one (a loop variable hides the outer one).
                let pushed = opcodes.num_pushed(op, arg) - opcodes.num_popped(op, arg);
                for first in 0..pushed {
                    self.push(first as u32, NONE);
                }
            }
            Op::DICT_MERGE
            | Op::DICT_UPDATE
            | Op::LIST_APPEND
            | Op::LIST_EXTEND
            | Op::MAP_ADD
            | Op::RERAISE
            | Op::SET_ADD
            | Op::SET_UPDATE => {
                self.drop_top(opcodes.num_popped(op, arg) - opcodes.num_pushed(op, arg))?;
            }
            Op::END_SEND | Op::SET_FUNCTION_ATTRIBUTE => {
                let top = self.refs.pop()?;
                self.refs.pop()?;
                self.refs.push(top);
            }
            Op::CHECK_EXC_MATCH => {
                self.refs.pop()?;
                self.push(i, NONE);
            }
            Op::FOR_ITER => self.push(i, NONE),
            Op::LOAD_ATTR | Op::LOAD_SUPER_ATTR => {
                let object = self.refs.pop()?;
                if op == Op::LOAD_SUPER_ATTR {
                    self.drop_top(2)?;
                }
                self.push(i, NONE);
                if arg & 1 != 0 {
                    // Perhaps a method, which keeps the object as its first argument.
                    self.refs.push(object);
                }
            }
            Op::LOAD_SPECIAL | Op::PUSH_EXC_INFO => {
                let top = self.refs.pop()?;
                self.push(i, NONE);
                self.refs.push(top);
            }
            Op::SEND => {
                self.refs.pop()?;
                self.push(i, NONE);
            }
            op if op.is_block_push() => {}
            op => {
                self.drop_top(opcodes.num_popped(op, arg))?;
                for _ in 0..opcodes.num_pushed(op, arg) {
                    self.push(i, NONE);
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn loads_borrow_unless_the_local_goes_first() {
        let mut cfg = cfg("LOAD_FAST 0
             LOAD_ATTR 0
             STORE_FAST 1
             LOAD_FAST 0
             LOAD_CONST 0
             STORE_FAST 0
             LOAD_FAST 1
             STORE_FAST 2
             LOAD_FAST_LOAD_FAST 18
             BINARY_OP 0
             BINARY_OP 0
             RETURN_VALUE");
        run(&mut cfg, Target::PY314).unwrap();
        assert_eq!(
            cfg_text(&cfg),
            "b0: LOAD_FAST_BORROW 0; LOAD_ATTR 0; STORE_FAST 1; LOAD_FAST 0; LOAD_CONST 0; STORE_FAST 0; \
             LOAD_FAST 1; STORE_FAST 2; LOAD_FAST_BORROW_LOAD_FAST_BORROW 18; BINARY_OP 0; BINARY_OP 0; \
             RETURN_VALUE\n"
        );
    }

    #[test]
    fn what_is_left_at_the_end_of_a_block_is_strong() {
        let mut cfg = cfg("LOAD_FAST 0\nLOAD_FAST 1\nPOP_JUMP_IF_FALSE L1\nL1:\nRETURN_VALUE");
        cfg.blocks[1].start_depth = 1;
        run(&mut cfg, Target::PY314).unwrap();
        assert_eq!(
            cfg_text(&cfg),
            "b0: LOAD_FAST 0; LOAD_FAST_BORROW 1; POP_JUMP_IF_FALSE b1\nb1: RETURN_VALUE\n"
        );
    }

    #[test]
    fn an_empty_stack_is_a_bug() {
        assert!(run(&mut cfg("COPY 1\nRETURN_VALUE"), Target::PY314).is_err());
    }
}
