//! Lets loads of locals borrow the reference where the local outlives it.
//!
//! ```text
//! LOAD_FAST  x           LOAD_FAST_BORROW x
//! LOAD_ATTR  a           LOAD_ATTR        a
//! STORE_FAST y     =>    STORE_FAST       y
//! LOAD_FAST  x           LOAD_FAST        x      # on the stack beyond the store
//! LOAD_CONST None        LOAD_CONST       None
//! STORE_FAST x           STORE_FAST       x
//! RETURN_VALUE           RETURN_VALUE
//! ```
//!
//! Each block is run on a stack of references, each of which knows the load that made it. A load does not borrow
//! if its reference is still on the stack when the local changes or the block ends, or if it is stored in a local.

use std::hint::select_unpredictable;

use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::{Block, BlockId, Cfg, Instr, OpKind, kind};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "optimize_load_fast",
    what: "Lets loads of locals borrow the reference where the local outlives it",
    mirrors: "optimize_load_fast",
    requires: &[Property::DepthsKnown],
    establishes: &[],
};

/// A reference on the stack: the instruction of the block that made it, and the local that it refers to; each may
/// be [`NONE`].
type Ref = (u32, u32);

const NONE: u32 = u32::MAX;

/// What an instruction does that pops some references and pushes new ones, of which there may be two with something to
/// say about them.
#[derive(Clone, Copy)]
struct Way {
    /// It does something else.
    is_other: bool,
    /// The upper one is the reference that was popped last: a method's object, its first argument.
    keeps: bool,
    /// The lower one's local is the operand without so many bits,
    shift: u8,
    /// or none ([`NONE`]).
    lower: u32,
    /// The upper one's local is the operand's last four bits (0), or none ([`NONE`]).
    upper: u32,
    /// The operation that borrows, if it can.
    becomes: Op,
}

static WAYS: [Way; Op::COUNT] = ways();

const fn ways() -> [Way; Op::COUNT] {
    let mut ways = [Way {
        is_other: false,
        keeps: false,
        shift: 0,
        lower: NONE,
        upper: NONE,
        becomes: Op::NOP,
    }; Op::COUNT];
    let mut i = 0;
    while i < Op::COUNT {
        ways[i].becomes = Op::ALL[i];
        i += 1;
    }
    let mut i = 0;
    while i < OTHERS.len() {
        ways[OTHERS[i] as usize].is_other = true;
        i += 1;
    }
    ways[Op::LOAD_ATTR as usize].keeps = true;
    ways[Op::LOAD_SPECIAL as usize].keeps = true;
    let load = &mut ways[Op::LOAD_FAST as usize];
    load.lower = 0;
    load.becomes = Op::LOAD_FAST_BORROW;
    let loads = &mut ways[Op::LOAD_FAST_LOAD_FAST as usize];
    (loads.lower, loads.upper, loads.shift) = (0, 0, 4);
    loads.becomes = Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW;
    ways
}

/// What does more to references than pop some and push new ones.
const OTHERS: &[Op] = &[
    Op::LOAD_FAST_AND_CLEAR,
    Op::DELETE_FAST,
    Op::STORE_FAST,
    Op::STORE_FAST_LOAD_FAST,
    Op::STORE_FAST_STORE_FAST,
    Op::COPY,
    Op::SWAP,
    Op::FORMAT_SIMPLE,
    Op::GET_ANEXT,
    Op::GET_ITER,
    Op::GET_LEN,
    Op::GET_YIELD_FROM_ITER,
    Op::IMPORT_FROM,
    Op::MATCH_KEYS,
    Op::MATCH_MAPPING,
    Op::MATCH_SEQUENCE,
    Op::WITH_EXCEPT_START,
    Op::DICT_MERGE,
    Op::DICT_UPDATE,
    Op::LIST_APPEND,
    Op::LIST_EXTEND,
    Op::MAP_ADD,
    Op::RERAISE,
    Op::SET_ADD,
    Op::SET_UPDATE,
    Op::END_SEND,
    Op::SET_FUNCTION_ATTRIBUTE,
    Op::CHECK_EXC_MATCH,
    Op::FOR_ITER,
    Op::LOAD_SUPER_ATTR,
    Op::PUSH_EXC_INFO,
    Op::SEND,
    Op::SETUP_FINALLY,
    Op::SETUP_WITH,
    Op::SETUP_CLEANUP,
];

/// # Errors
/// The stack underflows in a block with loads of locals.
pub fn run(cfg: &mut Cfg, target: Target) -> Result<(), Bug> {
    if !cfg.may_have(kind::LOCAL) {
        return Ok(());
    }
    let mut worklist = cfg.take_worklist();
    let mut stack = Stack {
        refs: std::mem::take(&mut cfg.scratch_pairs),
        depth: 0,
        opcodes: target.opcodes(),
        ascribes_to_first: !target.ascribes_new_references(),
    };
    let entry = cfg.entry;
    let (blocks, code) = cfg.parts();
    blocks[entry.0 as usize].start_depth = 0;
    visit(blocks, entry, &mut worklist);
    while let Some(b) = worklist.pop() {
        let Block {
            next,
            start_depth,
            kinds,
            ..
        } = blocks[b.0 as usize];
        let instrs = &mut code[blocks[b.0 as usize].range()];
        let Some(last) = instrs.last() else {
            if target.borrows_behind_empty_blocks() && next.is_some() {
                visit(blocks, next, &mut worklist);
            }
            continue;
        };
        if next.is_some() && !last.op.no_fallthrough() {
            visit(blocks, next, &mut worklist);
        }
        if kinds & kind::JUMP != 0 {
            // A jump is the last instruction, or has a `NOT_TAKEN` behind it.
            for instr in instrs.iter().rev().take(2) {
                if instr.op.is_jump() {
                    visit(blocks, instr.target, &mut worklist);
                }
            }
        }
        if kinds & kind::BLOCK_PUSH != 0 {
            for instr in instrs.iter().filter(|instr| instr.op.has_target()) {
                visit(blocks, instr.target, &mut worklist);
            }
        }
        if kinds & kind::LOCAL == 0 {
            continue;
        }
        stack.start(start_depth);
        if let Err(i) = stack.run(instrs) {
            return Err(Bug(format!(
                "{} in block b{} finds too little on the stack",
                instrs[i].op, b.0
            )));
        }
        stack.keep_unconsumed(instrs);
    }
    let refs = stack.refs;
    cfg.worklist = worklist;
    cfg.scratch_pairs = refs;
    Ok(())
}

fn visit(blocks: &mut [Block], b: BlockId, worklist: &mut Vec<BlockId>) {
    let block = &mut blocks[b.0 as usize];
    if !block.visited {
        block.visited = true;
        worklist.push(b);
    }
}

/// The reference that an instruction makes must be a strong one.
fn keep(instrs: &mut [Instr], instr: u32) {
    if let Some(instr) = instrs.get_mut(instr as usize) {
        match instr.op {
            Op::LOAD_FAST_BORROW => instr.op = Op::LOAD_FAST,
            Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW => instr.op = Op::LOAD_FAST_LOAD_FAST,
            _ => {}
        }
    }
}

/// The references on the stack somewhere in a block. All loads before are borrows, but those known to need a
/// reference of their own.
struct Stack<'a> {
    /// The first `depth` of them; what is behind these is of no meaning.
    refs: Vec<Ref>,
    depth: usize,
    opcodes: &'a OpcodeTable,
    /// New values above kept ones are ascribed to the block's first instructions.
    ascribes_to_first: bool,
}

impl Stack<'_> {
    /// So many references that were there before the block.
    #[inline]
    fn start(&mut self, depth: i32) {
        self.depth = depth.max(0) as usize;
        if self.refs.len() < self.depth {
            self.refs.resize(self.depth, (NONE, NONE));
        }
        self.refs[..self.depth].fill((NONE, NONE));
    }

    #[inline]
    fn push(&mut self, instr: u32, local: u32) {
        self.push_ref((instr, local));
    }

    #[inline]
    fn push_ref(&mut self, value: Ref) {
        match self.refs.get_mut(self.depth) {
            Some(place) => *place = value,
            None => self.refs.push(value),
        }
        self.depth += 1;
    }

    #[inline]
    fn pop(&mut self) -> Option<Ref> {
        self.depth = self.depth.checked_sub(1)?;
        self.refs.get(self.depth).copied()
    }

    /// The value goes into the local; references to what was there must not be borrowed.
    fn store_local(&self, instrs: &mut [Instr], local: u32, value: Ref) {
        self.kill_local(instrs, local);
        keep(instrs, value.0);
    }

    fn kill_local(&self, instrs: &mut [Instr], local: u32) {
        for &(instr, other) in &self.refs[..self.depth] {
            if other == local {
                keep(instrs, instr);
            }
        }
    }

    fn keep_unconsumed(&self, instrs: &mut [Instr]) {
        for &(instr, _) in &self.refs[..self.depth] {
            keep(instrs, instr);
        }
    }

    /// The effects of a block's instructions; the number of one that finds too few references is an error.
    ///
    /// Most instructions go one way, whatever they are: what they are is as good as chance, and a branch on it would be
    /// guessed wrong.
    fn run(&mut self, instrs: &mut [Instr]) -> Result<(), usize> {
        let opcodes = self.opcodes;
        let mut depth = self.depth;
        for i in 0..instrs.len() {
            let Instr { op, arg, .. } = instrs[i];
            let by = i as u32;
            let way = &WAYS[op as usize];
            if way.is_other {
                if op == Op::STORE_FAST && depth == 1 {
                    // Nothing else is on the stack.
                    depth = 0;
                    keep(instrs, self.refs[0].0);
                    continue;
                }
                self.depth = depth;
                self.step(instrs, i).ok_or(i)?;
                depth = self.depth;
                continue;
            }
            let (change, pushed) = opcodes.effect_and_pushed(op, arg);
            // Below the new ones. Too few are a great number here.
            let left = (depth as i32).wrapping_add(change).wrapping_sub(pushed) as u32 as usize;
            if left > depth {
                return Err(i);
            }
            if pushed as u32 > 2 {
                depth = self.fill(left, pushed, by);
                continue;
            }
            if self.refs.len() < left + 2 {
                self.refs.resize(left + 2, (NONE, NONE));
            }
            // Both are written, perhaps for nothing, and all operations stored, most of them as they were.
            let kept = self.refs[left];
            let made = (by, arg & 15 | way.upper);
            self.refs[left] = (by, arg >> way.shift | way.lower);
            self.refs[left + 1] = select_unpredictable(way.keeps, kept, made);
            instrs[i].op = way.becomes;
            depth = left + pushed as usize;
        }
        self.depth = depth;
        Ok(())
    }

    /// The references from `start` on are `count` ones that instruction `i` makes. Behind them.
    #[inline(never)]
    fn fill(&mut self, start: usize, count: i32, i: u32) -> usize {
        let end = start + usize::try_from(count).unwrap_or(0);
        if self.refs.len() < end {
            self.refs.resize(end, (i, NONE));
        }
        self.refs[start..end].fill((i, NONE));
        end
    }

    #[inline]
    fn drop_top(&mut self, count: i32) -> Option<()> {
        self.depth = self.depth.checked_sub(usize::try_from(count).ok()?)?;
        Some(())
    }

    /// The effect of an instruction that does more to references; `None` if the stack is too short.
    #[inline(never)]
    fn step(&mut self, instrs: &mut [Instr], at: usize) -> Option<()> {
        let opcodes = self.opcodes;
        let Instr { op, arg, .. } = instrs[at];
        let i = at as u32;
        match op {
            Op::LOAD_FAST_AND_CLEAR => {
                self.kill_local(instrs, arg);
                self.push(i, arg);
            }
            Op::DELETE_FAST => self.kill_local(instrs, arg),
            Op::STORE_FAST => {
                let value = self.pop()?;
                self.store_local(instrs, arg, value);
            }
            Op::STORE_FAST_LOAD_FAST => {
                let value = self.pop()?;
                self.store_local(instrs, arg >> 4, value);
                self.push(i, arg & 15);
            }
            Op::STORE_FAST_STORE_FAST => {
                let value = self.pop()?;
                self.store_local(instrs, arg >> 4, value);
                let value = self.pop()?;
                self.store_local(instrs, arg & 15, value);
            }
            Op::COPY => {
                let index = self.depth.checked_sub(arg as usize)?;
                let value = *self.refs[..self.depth].get(index)?;
                self.push_ref(value);
            }
            Op::SWAP => {
                let index = self.depth.checked_sub(arg as usize)?;
                let top = self.depth.checked_sub(1)?;
                if index > top {
                    return None;
                }
                self.refs.swap(index, top);
            }
            // An iterator for the iterable.
            Op::GET_ITER if opcodes.num_pushed(op, arg) == 1 => {
                self.pop()?;
                self.push(i, NONE);
            }
            Op::FORMAT_SIMPLE
            | Op::GET_ANEXT
            | Op::GET_ITER
            | Op::GET_LEN
            | Op::GET_YIELD_FROM_ITER
            | Op::IMPORT_FROM
            | Op::MATCH_KEYS
            | Op::MATCH_MAPPING
            | Op::MATCH_SEQUENCE
            | Op::WITH_EXCEPT_START => {
                // CPython quirk (3.14, `optimize_load_fast` in `flowgraph.c`): the new values are ascribed to the
                // block's first instructions, not to this one (a loop variable hides the outer one). There is never
                // more than one, so that the instruction it is ascribed to is not behind this one.
                let pushed = opcodes.num_pushed(op, arg) - opcodes.num_popped(op, arg);
                for first in 0..pushed {
                    let by = if self.ascribes_to_first {
                        first as u32
                    } else {
                        i
                    };
                    self.push(by, NONE);
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
                let top = self.pop()?;
                self.drop_top(opcodes.num_popped(op, arg) - 1)?;
                self.push_ref(top);
            }
            Op::CHECK_EXC_MATCH => {
                self.pop()?;
                self.push(i, NONE);
            }
            Op::FOR_ITER => self.push(i, NONE),
            Op::LOAD_SUPER_ATTR => {
                let object = self.pop()?;
                self.drop_top(2)?;
                self.push(i, NONE);
                if arg & 1 != 0 {
                    // Perhaps a method, which keeps the object as its first argument.
                    self.push_ref(object);
                }
            }
            Op::PUSH_EXC_INFO => {
                let top = self.pop()?;
                self.push(i, NONE);
                self.push_ref(top);
            }
            Op::SEND => {
                self.pop()?;
                self.push(i, NONE);
            }
            // Block pushes.
            _ => {}
        }
        Some(())
    }
}
