//! The control-flow graph: basic blocks of instructions (CPython's `cfg_builder` and `basicblock`, `Python/flowgraph.c`).
//!
//! All instructions of a graph live in one buffer; a block is a range of it. A block that outgrows its range
//! moves to the end of the buffer. What is in no block's range is a `NOP`, so that a pass that asks for other
//! instructions, and not for their blocks, may go over [the whole buffer](Cfg::code). Blocks are named by [`BlockId`], which passes never renumber, and stand in
//! layout order along [`Block::next`]:
//!
//! ```text
//! let mut b = cfg.entry;
//! while b.is_some() {
//!     for instr in cfg.instrs_mut(b) { ... }
//!     b = cfg[b].next;
//! }
//! ```

use std::hint::select_unpredictable;
use std::ops::{Index, IndexMut};

use pycsmith_bytecode::{Location, Op};

use crate::ops::{OpKind, kind};
use crate::sequence::Label;

/// A block of one [`Cfg`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId(pub u32);

impl BlockId {
    /// No block (CPython's null pointer).
    pub const NONE: BlockId = BlockId(u32::MAX);

    #[inline]
    pub const fn is_none(self) -> bool {
        self.0 == u32::MAX
    }

    #[inline]
    pub const fn is_some(self) -> bool {
        !self.is_none()
    }
}

/// One instruction of a block (CPython's `cfg_instr`), or of a [sequence](crate::InstructionSequence).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instr {
    pub op: Op,
    /// The operand; of no meaning where `target` says it (jumps and block pushes).
    pub arg: u32,
    /// Where a jump or a block push goes, [`BlockId::NONE`] for all others (`i_target`).
    pub target: BlockId,
    /// The handler of exceptions raised here, or [`BlockId::NONE`] (`i_except`).
    pub handler: BlockId,
    pub loc: Location,
}

const _: () = assert!(size_of::<Instr>() <= 32);

impl Instr {
    #[inline]
    pub const fn new(op: Op, arg: u32, loc: Location) -> Instr {
        Instr {
            op,
            arg,
            target: BlockId::NONE,
            handler: BlockId::NONE,
            loc,
        }
    }

    #[inline]
    pub const fn jump(op: Op, target: BlockId, loc: Location) -> Instr {
        Instr {
            op,
            arg: 0,
            target,
            handler: BlockId::NONE,
            loc,
        }
    }

    /// Makes it `op` without an operand; target, handler and location stay (`INSTR_SET_OP0`).
    #[inline]
    pub fn set_op0(&mut self, op: Op) {
        self.op = op;
        self.arg = 0;
    }

    /// Makes it `op arg`; target, handler and location stay (`INSTR_SET_OP1`).
    #[inline]
    pub fn set_op1(&mut self, op: Op, arg: u32) {
        self.op = op;
        self.arg = arg;
    }

    /// The sets of [`kind`] that it is in.
    #[inline]
    pub fn kinds(&self) -> u32 {
        self.op.kinds() | no_line(self.loc.line)
    }

    /// Line from 1, negative where there is none.
    #[inline]
    pub const fn line(&self) -> i32 {
        self.loc.line
    }
}

/// The sets of [`kind`] that any of them is in.
#[inline]
pub fn all_kinds(instrs: &[Instr]) -> u32 {
    let (mut kinds, mut lines) = (0, 0);
    for instr in instrs {
        kinds |= instr.op.kinds();
        // Negative if any is.
        lines |= instr.loc.line;
    }
    kinds | no_line(lines)
}

/// The position of the first one from `start` on that is in one of these sets of [`kind`].
#[inline]
pub fn find_any(instrs: &[Instr], start: usize, kinds: u32) -> Option<usize> {
    let mut behind = instrs.get(start..)?.iter();
    let at = behind.position(|instr| instr.op.is_any(kinds))?;
    Some(start + at)
}

/// Which of the first 64 instructions have a property: a bit each, the lowest for the first one.
///
/// No branch depends on what they are, as that is as good as chance.
#[inline]
pub fn which_are(instrs: &[Instr], has: impl Fn(&Instr) -> bool) -> u64 {
    let first = &instrs[..instrs.len().min(64)];
    let add = |bits, instr| bits << 1 | u64::from(has(instr));
    first.iter().rev().fold(0, add)
}

/// The positions of the bits that are set, from the lowest on.
#[inline]
pub fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (place < 64).then_some(place)
    })
}

/// The lowest `count` bits, all of them from 64 on.
#[inline]
pub const fn low_bits(count: usize) -> u64 {
    if count < 64 {
        (1 << count) - 1
    } else {
        u64::MAX
    }
}

/// [`kind::NO_LINE`] if the line is negative.
#[inline]
pub const fn no_line(line: i32) -> u32 {
    if line < 0 { kind::NO_LINE } else { 0 }
}

/// A basic block (CPython's `basicblock`).
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// First instruction in the graph's buffer.
    start: u32,
    /// Number of instructions (`b_iused`).
    len: u32,
    /// Room in the buffer.
    capacity: u32,
    /// The block that follows in layout order (`b_next`).
    pub next: BlockId,
    /// The label it has if it is a jump target, else [`Label::NONE`].
    pub label: Label,
    /// Edges that lead here, once computed (`b_predecessors`). CPython quirk (flowgraph.c): inlining takes one off before any are
    /// counted, so until then there may be fewer than none.
    pub predecessors: i32,
    /// Stack depth at its start, in slots; [`Block::DEPTH_UNKNOWN`] until computed (`b_startdepth`).
    pub start_depth: i32,
    /// Marked by passes that visit blocks.
    pub visited: bool,
    /// Exceptions are handled here.
    pub except_handler: bool,
    /// As a handler, it wants the offset of the raising instruction on the stack.
    pub preserve_lasti: bool,
    /// Reached only by exceptions: laid out at the end.
    pub cold: bool,
    /// Reached by normal flow.
    pub warm: bool,
    /// The sets of [`kind`] that its instructions may be in: more than they are, never less. What appends
    /// instructions keeps it so; who makes an instruction another one [notes](Cfg::note) what that is.
    pub kinds: u32,
    /// Bit per local (of the first 64): it may be unbound here (`b_unsafe_locals_mask`).
    pub unsafe_locals_mask: u64,
}

impl Block {
    pub const DEPTH_UNKNOWN: i32 = i32::MIN;

    const EMPTY: Block = Block {
        start: 0,
        len: 0,
        capacity: 0,
        next: BlockId::NONE,
        label: Label::NONE,
        predecessors: 0,
        start_depth: 0,
        visited: false,
        except_handler: false,
        preserve_lasti: false,
        cold: false,
        warm: false,
        kinds: 0,
        unsafe_locals_mask: 0,
    };

    /// Its instructions in the graph's buffer (see [`Cfg::parts`]).
    #[inline]
    pub const fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }

    /// Number of instructions.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// There may be an instruction in one of these sets of [`kind`].
    #[inline]
    pub const fn may_have(&self, kinds: u32) -> bool {
        self.kinds & kinds != 0
    }
}

/// A code unit as a graph of blocks. `clear` it to use its buffers for another unit.
#[derive(Clone, Debug)]
pub struct Cfg {
    pub blocks: Vec<Block>,
    pub entry: BlockId,
    code: Vec<Instr>,
    /// The sets of [`kind`] that any instruction may be in, as [`Block::kinds`].
    pub kinds: u32,
    /// That of the sequence: small integers have their own load already.
    pub loads_small_ints: bool,
    /// `Block::predecessors` holds, and unreachable blocks are empty. Who changes an edge clears it.
    pub edges_counted: bool,
    /// The number of the next new label.
    pub next_label: u32,
    /// A worklist for passes that walk along edges; empty between them.
    pub worklist: Vec<BlockId>,
    /// Room for numbers that a pass needs; of no meaning between them.
    pub scratch: Vec<u32>,
    /// The same, of pairs.
    pub scratch_pairs: Vec<(u32, u32)>,
    /// The same, of bits.
    pub scratch_bits: Vec<u64>,
}

impl Default for Cfg {
    fn default() -> Cfg {
        Cfg {
            blocks: Vec::new(),
            entry: BlockId::NONE,
            code: Vec::new(),
            kinds: 0,
            loads_small_ints: false,
            edges_counted: false,
            next_label: 0,
            worklist: Vec::new(),
            scratch: Vec::new(),
            scratch_pairs: Vec::new(),
            scratch_bits: Vec::new(),
        }
    }
}

impl Index<BlockId> for Cfg {
    type Output = Block;

    #[inline]
    fn index(&self, block: BlockId) -> &Block {
        &self.blocks[block.0 as usize]
    }
}

impl IndexMut<BlockId> for Cfg {
    #[inline]
    fn index_mut(&mut self, block: BlockId) -> &mut Block {
        &mut self.blocks[block.0 as usize]
    }
}

impl Cfg {
    /// An empty graph with room for `instrs` instructions.
    pub fn with_capacity(instrs: usize) -> Cfg {
        Cfg {
            code: Vec::with_capacity(instrs),
            ..Cfg::default()
        }
    }

    /// Forgets all blocks and keeps the buffers.
    pub fn clear(&mut self) {
        self.blocks.clear();
        self.code.clear();
        self.kinds = 0;
        self.loads_small_ints = false;
        self.edges_counted = false;
        self.next_label = 0;
        self.entry = BlockId::NONE;
    }

    /// Gives the block a label if it has none.
    pub fn label(&mut self, block: BlockId) {
        if self[block].label == Label::NONE {
            self[block].label = Label(self.next_label);
            self.next_label += 1;
        }
    }

    /// A new empty block, not yet in the layout.
    #[inline]
    pub fn new_block(&mut self) -> BlockId {
        let id = BlockId(self.blocks.len() as u32);
        self.blocks.push(Block {
            start: self.code.len() as u32,
            ..Block::EMPTY
        });
        id
    }

    /// The block's instructions.
    #[inline]
    pub fn instrs(&self, block: BlockId) -> &[Instr] {
        let Block { start, len, .. } = self[block];
        &self.code[start as usize..(start + len) as usize]
    }

    /// The block's instructions, to be changed in place.
    #[inline]
    pub fn instrs_mut(&mut self, block: BlockId) -> &mut [Instr] {
        let Block { start, len, .. } = self[block];
        &mut self.code[start as usize..(start + len) as usize]
    }

    /// The blocks and the buffer of instructions apart, to change blocks while going through instructions:
    /// those of a block are `code[blocks[b].range()]`.
    #[inline]
    pub fn parts(&mut self) -> (&mut [Block], &mut [Instr]) {
        (&mut self.blocks, &mut self.code)
    }

    /// There may be an instruction in one of these sets of [`kind`].
    #[inline]
    pub const fn may_have(&self, kinds: u32) -> bool {
        self.kinds & kinds != 0
    }

    /// Says that the block has instructions of these sets of [`kind`], made of others.
    #[inline]
    pub fn note(&mut self, block: BlockId, kinds: u32) {
        self[block].kinds |= kinds;
        self.kinds |= kinds;
    }

    /// Finds out which sets of [`kind`] the block's instructions are in.
    pub fn recount_kinds(&mut self, block: BlockId) {
        let kinds = all_kinds(self.instrs(block));
        self[block].kinds = kinds;
        self.kinds |= kinds;
    }

    /// Room for `instrs` more instructions.
    pub fn reserve(&mut self, instrs: usize) {
        self.code.reserve(instrs);
    }

    /// Takes instructions over, of which [blocks](Cfg::add_block) are to be made, and leaves an empty buffer in their place.
    pub fn take_code(&mut self, instrs: &mut Vec<Instr>) {
        std::mem::swap(&mut self.code, instrs);
        instrs.clear();
    }

    /// Makes a block, the next one of the layout, of `len` instructions of these sets of [`kind`], which stand at `start`
    /// of the buffer.
    #[inline]
    pub fn add_block(&mut self, start: usize, len: usize, label: Label, kinds: u32) {
        self.kinds |= kinds;
        self.blocks.push(Block {
            start: start as u32,
            len: len as u32,
            capacity: len as u32,
            next: BlockId(self.blocks.len() as u32 + 1),
            label,
            kinds,
            ..Block::EMPTY
        });
    }

    /// The block made last is the last one of the layout, and the first one its first.
    pub fn end_blocks(&mut self) {
        self.entry = BlockId(0);
        if let Some(last) = self.blocks.last_mut() {
            last.next = BlockId::NONE;
        }
    }

    /// The whole buffer: the instructions of all blocks, and `NOP`s that are in none.
    #[inline]
    pub fn code(&self) -> &[Instr] {
        debug_assert!(self.rest_is_nops());
        &self.code
    }

    /// [`Cfg::code`], to be changed in place.
    #[inline]
    pub fn code_mut(&mut self) -> &mut [Instr] {
        debug_assert!(self.rest_is_nops());
        &mut self.code
    }

    /// Whether what is in no block is a `NOP`.
    fn rest_is_nops(&self) -> bool {
        let mut is_rest = vec![true; self.code.len()];
        for block in &self.blocks {
            is_rest[block.range()].fill(false);
        }
        let mut rest = self
            .code
            .iter()
            .zip(is_rest)
            .filter(|&(_, is_rest)| is_rest);
        rest.all(|(instr, _)| instr.op == Op::NOP)
    }

    /// The blocks of which `has` is true, in layout order, in the buffer of the worklist; give it back through [`Cfg::worklist`].
    ///
    /// No branch depends on what is said of a block, as that is as good as chance.
    #[inline]
    pub fn blocks_that(&mut self, has: impl Fn(&Cfg, &Block) -> bool) -> Vec<BlockId> {
        let mut found = std::mem::take(&mut self.worklist);
        found.clear();
        let mut b = self.entry;
        while b.is_some() {
            let block = &self[b];
            found.push(b);
            found.truncate(found.len() - usize::from(!has(self, block)));
            b = block.next;
        }
        found
    }

    /// The kinds of the last instruction of a block; none if there is none.
    #[inline]
    pub fn kinds_of_last(&self, block: &Block) -> u32 {
        let last = (block.start + block.len).wrapping_sub(1);
        let kinds = self
            .code
            .get(last as usize)
            .map_or(0, |last| last.op.kinds());
        select_unpredictable(block.is_empty(), 0, kinds)
    }

    /// The first instruction (a copy).
    #[inline]
    pub fn first(&self, block: BlockId) -> Option<Instr> {
        self.instrs(block).first().copied()
    }

    /// The last instruction (a copy; `basicblock_last_instr`).
    #[inline]
    pub fn last(&self, block: BlockId) -> Option<Instr> {
        self.instrs(block).last().copied()
    }

    /// The last instruction, to be changed in place.
    #[inline]
    pub fn last_mut(&mut self, block: BlockId) -> Option<&mut Instr> {
        self.instrs_mut(block).last_mut()
    }

    /// Appends to the block, handler included.
    #[inline]
    pub fn push(&mut self, block: BlockId, instr: Instr) {
        let Block {
            start,
            len,
            capacity,
            ..
        } = self[block];
        let end = (start + len) as usize;
        if len < capacity {
            self.code[end] = instr;
        } else {
            if end != self.code.len() {
                self.relocate(block);
            }
            self.code.push(instr);
            self[block].capacity += 1;
        }
        let kinds = instr.kinds();
        let block = &mut self[block];
        block.len += 1;
        block.kinds |= kinds;
        self.kinds |= kinds;
    }

    /// Appends an instruction as CPython's `basicblock_addop` does.
    ///
    /// CPython quirk (3.12 and later, `basicblock_addop` in `flowgraph.c`): the new instruction's handler is not
    /// set. It is whatever an instruction removed earlier from the end of this block left in that place, and none
    /// where there never was one. Exception tables show it, at `NOT_TAKEN` for example.
    pub fn add_op(&mut self, block: BlockId, mut instr: Instr) {
        let Block {
            start,
            len,
            capacity,
            ..
        } = self[block];
        if len < capacity {
            instr.handler = self.code[(start + len) as usize].handler;
        }
        self.push(block, instr);
    }

    /// The handlers of what was removed from the end of the block, which [`Cfg::add_op`] gives to new instructions; the
    /// last one is not [`BlockId::NONE`].
    pub fn leftover_handlers(&self, block: BlockId) -> Vec<BlockId> {
        let Block {
            start,
            len,
            capacity,
            ..
        } = self[block];
        let room = &self.code[(start + len) as usize..(start + capacity) as usize];
        let used = room
            .iter()
            .rposition(|instr| instr.handler.is_some())
            .map_or(0, |last| last + 1);
        room[..used].iter().map(|instr| instr.handler).collect()
    }

    /// Gives the block room behind its last instruction, with the handlers of what stood there.
    pub fn set_leftover_handlers(&mut self, block: BlockId, handlers: &[BlockId]) {
        let len = self[block].len();
        for &handler in handlers {
            let leftover = Instr {
                handler,
                ..Instr::new(Op::NOP, 0, Location::NONE)
            };
            self.push(block, leftover);
        }
        self.truncate(block, len);
    }

    /// The edges that were counted no longer hold, and nothing asks for the counts again.
    pub fn forget_edges(&mut self) {
        self.edges_counted = false;
        for block in &mut self.blocks {
            block.predecessors = 0;
        }
    }

    /// For each block, the edges that lead to it from what the entry reaches, one for the entry itself included.
    pub fn count_predecessors(&self) -> Vec<i32> {
        let mut counts = vec![0i32; self.blocks.len()];
        let mut worklist = Vec::new();
        let enter = |b: BlockId, counts: &mut Vec<i32>, worklist: &mut Vec<BlockId>| {
            if let Some(count) = counts.get_mut(b.0 as usize) {
                *count += 1;
                if *count == 1 {
                    worklist.push(b);
                }
            }
        };
        enter(self.entry, &mut counts, &mut worklist);
        while let Some(b) = worklist.pop() {
            if self.has_fallthrough(b) {
                enter(self[b].next, &mut counts, &mut worklist);
            }
            for instr in self.instrs(b).iter().filter(|i| i.op.has_target()) {
                enter(instr.target, &mut counts, &mut worklist);
            }
        }
        counts
    }

    /// Moves the block to the end of the buffer, where it can grow.
    fn relocate(&mut self, block: BlockId) {
        let Block { start, len, .. } = self[block];
        let new_start = self.code.len() as u32;
        self.code.reserve(len as usize + 4);
        self.code
            .extend_from_within(start as usize..(start + len) as usize);
        self.truncate(block, 0);
        let block = &mut self[block];
        block.len = len;
        block.start = new_start;
        block.capacity = len;
    }

    /// Inserts before position `at` of the block (`basicblock_insert_instruction`).
    pub fn insert(&mut self, block: BlockId, at: usize, instr: Instr) {
        self.push(block, instr);
        self.instrs_mut(block)[at..].rotate_right(1);
    }

    /// Inserts all of `instrs` before the first instruction of the block.
    pub fn prepend(&mut self, block: BlockId, instrs: &[Instr]) {
        if instrs.is_empty() {
            return;
        }
        let Block { len, capacity, .. } = self[block];
        if len < capacity {
            for &instr in instrs {
                self.push(block, instr);
            }
            self.instrs_mut(block).rotate_right(instrs.len());
            return;
        }
        let (start, range) = (self.code.len(), self[block].range());
        self.code.extend_from_slice(instrs);
        self.code.extend_from_within(range);
        self.note(block, all_kinds(instrs));
        self.truncate(block, 0);
        let block = &mut self[block];
        block.start = start as u32;
        block.len = len + instrs.len() as u32;
        block.capacity = block.len;
    }

    /// Keeps the first `len` instructions.
    pub fn truncate(&mut self, block: BlockId, len: usize) {
        let len = len.min(self[block].len());
        for instr in &mut self.instrs_mut(block)[len..] {
            instr.op = Op::NOP;
        }
        self.cut(block, len);
    }

    /// [`Cfg::truncate`] of a block whose other instructions are `NOP`s.
    #[inline]
    pub fn cut(&mut self, block: BlockId, len: usize) {
        let block = &mut self[block];
        block.len = block.len.min(len as u32);
    }

    /// Appends a copy of all instructions of `from` to `to` (`basicblock_append_instructions`).
    pub fn append_from(&mut self, to: BlockId, from: BlockId) {
        for i in 0..self[from].len() {
            let instr = self.instrs(from)[i];
            self.push(to, instr);
        }
    }

    /// A new block with the same instructions, not yet in the layout (`copy_basicblock`).
    pub fn copy_block(&mut self, block: BlockId) -> BlockId {
        let copy = self.new_block();
        self.append_from(copy, block);
        copy
    }

    /// Control never runs from its last instruction into the next block (`basicblock_nofallthrough`).
    #[inline]
    pub fn no_fallthrough(&self, block: BlockId) -> bool {
        self.instrs(block)
            .last()
            .is_some_and(|last| last.op.no_fallthrough())
    }

    /// Control may run into the next block (`BB_HAS_FALLTHROUGH`).
    #[inline]
    pub fn has_fallthrough(&self, block: BlockId) -> bool {
        !self.no_fallthrough(block)
    }

    /// It ends by leaving the code unit (`basicblock_exits_scope`).
    #[inline]
    pub fn exits_scope(&self, block: BlockId) -> bool {
        self.instrs(block)
            .last()
            .is_some_and(|last| last.op.is_scope_exit())
    }

    /// `block`, or the first one behind it that is not empty (`next_nonempty_block`).
    #[inline]
    pub fn next_nonempty(&self, mut block: BlockId) -> BlockId {
        while block.is_some() && self[block].is_empty() {
            block = self[block].next;
        }
        block
    }

    /// Takes the worklist, empty, and marks all blocks as not visited (`make_cfg_traversal_stack`).
    /// Give it back through [`Cfg::worklist`].
    pub fn take_worklist(&mut self) -> Vec<BlockId> {
        for block in &mut self.blocks {
            block.visited = false;
        }
        let mut worklist = std::mem::take(&mut self.worklist);
        worklist.clear();
        worklist
    }

    /// The blocks in layout order.
    pub fn layout(&self) -> Layout<'_> {
        Layout {
            cfg: self,
            next: self.entry,
        }
    }
}

/// Iterator over the blocks in layout order.
pub struct Layout<'a> {
    cfg: &'a Cfg,
    next: BlockId,
}

impl Iterator for Layout<'_> {
    type Item = BlockId;

    #[inline]
    fn next(&mut self) -> Option<BlockId> {
        if self.next.is_none() {
            return None;
        }
        let block = self.next;
        self.next = self.cfg[block].next;
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ops(cfg: &Cfg, block: BlockId) -> Vec<Op> {
        cfg.instrs(block).iter().map(|instr| instr.op).collect()
    }

    fn instr(op: Op) -> Instr {
        Instr::new(op, 0, Location::NONE)
    }

    #[test]
    fn a_block_that_outgrows_its_range_moves() {
        let mut cfg = Cfg::default();
        let a = cfg.new_block();
        cfg.push(a, instr(Op::NOP));
        cfg.push(a, instr(Op::POP_TOP));
        let b = cfg.new_block();
        cfg.push(b, instr(Op::RETURN_VALUE));
        cfg.insert(a, 1, instr(Op::PUSH_NULL));
        assert_eq!(ops(&cfg, a), [Op::NOP, Op::PUSH_NULL, Op::POP_TOP]);
        assert_eq!(ops(&cfg, b), [Op::RETURN_VALUE]);
        cfg.truncate(a, 1);
        cfg.append_from(a, b);
        assert_eq!(ops(&cfg, a), [Op::NOP, Op::RETURN_VALUE]);
        cfg.append_from(b, b);
        assert_eq!(ops(&cfg, b), [Op::RETURN_VALUE, Op::RETURN_VALUE]);
        let c = cfg.copy_block(a);
        assert_eq!(ops(&cfg, c), ops(&cfg, a));
    }

    #[test]
    fn fallthrough_is_decided_by_the_last_instruction() {
        let mut cfg = Cfg::default();
        let a = cfg.new_block();
        assert!(cfg.has_fallthrough(a));
        cfg.push(a, Instr::jump(Op::POP_JUMP_IF_TRUE, a, Location::NONE));
        assert!(cfg.has_fallthrough(a));
        cfg.push(a, Instr::jump(Op::JUMP, a, Location::NONE));
        assert!(cfg.no_fallthrough(a) && !cfg.exits_scope(a));
        cfg.push(a, instr(Op::RERAISE));
        assert!(cfg.no_fallthrough(a) && cfg.exits_scope(a));
    }
}
