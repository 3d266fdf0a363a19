//! The stack's depth and the open blocks, along all edges from the entry.

use pycsmith_bytecode::{Op, Target};
use rustc_hash::FxHashMap;

use super::{Context, Fault};
use crate::cfg::{Block, BlockId, Cfg, Instr};
use crate::ops::{OpKind, kind};

/// Deepest stack, in slots: passes keep a note for each slot.
const MAX_DEPTH: i32 = 1 << 20;

/// Checks that no instruction takes more than there is, that all ways to a block agree in the depth and in which blocks are open,
/// that no way ends without leaving the unit, and that where an exception may be raised the stack is at least as deep as its handler
/// wants it to be unwound. Where blocks know their depth, that is it.
pub(super) fn check(cfg: &Cfg, context: &Context<'_>) -> Result<(), Fault> {
    let mut walk = Walk::new(cfg, context.target);
    walk.depths_known = context.stack_depth.is_some();
    // Later the pops are gone, and instructions know their handlers.
    let mut instrs = cfg.layout().flat_map(|b| cfg.instrs(b));
    walk.follows_blocks = !walk.depths_known
        && !cfg.edges_counted
        && !context.done.handlers_labelled
        && cfg.may_have(kind::BLOCK_PUSH | kind::POP_BLOCK)
        && instrs.all(|instr| instr.handler.is_none());
    let counted = context.target.generators_start_with_value();
    let mut first = cfg.instrs(cfg.entry).iter();
    let at_entry = counted && first.any(|instr| instr.op == Op::RETURN_GENERATOR);
    walk.run(i32::from(at_entry))?;
    walk.handlers()?;
    walk.known(context.stack_depth)
}

/// See [`super::max_depth`].
pub(super) fn max_depth(cfg: &Cfg, target: Target, at_entry: i32) -> Result<u32, Fault> {
    let mut walk = Walk::new(cfg, target);
    walk.depths_known = true;
    walk.run(at_entry)?;
    Ok(walk.deepest as u32)
}

/// An instruction with a handler, and the depth before it.
struct Protected {
    block: BlockId,
    instr: usize,
    handler: BlockId,
    depth: i32,
}

/// An open block, and the one around it: an index into [`Walk::open`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Open {
    handler: BlockId,
    outer: u32,
    /// Depth to which the stack is unwound for the handler.
    unwound: i32,
}

/// [`Walk::open`]: no block is open.
const BOTTOM: u32 = 0;

/// Where control comes to a block.
#[derive(Clone, Copy, PartialEq)]
struct Start {
    depth: i32,
    open: u32,
}

struct Walk<'a> {
    cfg: &'a Cfg,
    target: Target,
    /// Blocks say their depths.
    depths_known: bool,
    follows_blocks: bool,
    /// For each block that is reached.
    at_start: Vec<Option<Start>>,
    todo: Vec<(BlockId, Start)>,
    protected: Vec<Protected>,
    /// Equal ones are one.
    open: Vec<Open>,
    open_index: FxHashMap<Open, u32>,
    /// Greatest depth before an instruction.
    deepest: i32,
}

impl<'a> Walk<'a> {
    fn new(cfg: &'a Cfg, target: Target) -> Walk<'a> {
        let bottom = Open {
            handler: BlockId::NONE,
            outer: BOTTOM,
            unwound: 0,
        };
        Walk {
            cfg,
            target,
            depths_known: false,
            follows_blocks: false,
            at_start: vec![None; cfg.blocks.len()],
            todo: Vec::new(),
            protected: Vec::new(),
            open: vec![bottom],
            open_index: FxHashMap::default(),
            deepest: 0,
        }
    }

    fn run(&mut self, at_entry: i32) -> Result<(), Fault> {
        let start = Start {
            depth: at_entry,
            open: BOTTOM,
        };
        self.enter(self.cfg.entry, start, self.cfg.entry, 0)?;
        while let Some((b, start)) = self.todo.pop() {
            self.block(b, start)?;
        }
        Ok(())
    }

    /// Control comes to `to` from the instruction at `instr` of `from`.
    fn enter(
        &mut self,
        to: BlockId,
        start: Start,
        from: BlockId,
        instr: usize,
    ) -> Result<(), Fault> {
        let Some(known) = self.at_start[to.0 as usize] else {
            self.at_start[to.0 as usize] = Some(start);
            self.todo.push((to, start));
            return Ok(());
        };
        if known.depth != start.depth {
            let message = format!(
                "block b{} starts with {} slots on the stack, and {} from here",
                to.0, known.depth, start.depth
            );
            return Err(Fault::at(from, instr, message));
        }
        if known.open != start.open {
            let message = format!("block b{} starts with other blocks open than here", to.0);
            return Err(Fault::at(from, instr, message));
        }
        Ok(())
    }

    fn block(&mut self, b: BlockId, start: Start) -> Result<(), Fault> {
        let opcodes = self.target.opcodes();
        let Start {
            mut depth,
            mut open,
        } = start;
        for (index, instr) in self.cfg.instrs(b).iter().enumerate() {
            let Instr { op, arg, .. } = *instr;
            let fault = |message: String| Err(Fault::at(b, index, message));
            self.deepest = self.deepest.max(depth);
            if opcodes.num_popped(op, arg) > depth {
                return fault(format!("{op} takes more than there is on the stack"));
            }
            self.protect(b, index, instr, depth)?;
            // The jump of END_ASYNC_FOR is there for tracing only.
            if op.has_target() && op != Op::END_ASYNC_FOR {
                let depth = depth.saturating_add(opcodes.stack_effect(op, arg, true));
                self.enter(instr.target, Start { depth, open }, b, index)?;
            }
            if self.follows_blocks {
                open = self
                    .open_behind(instr, Start { depth, open })
                    .map_err(|message| Fault::at(b, index, message))?;
            }
            depth = depth.saturating_add(opcodes.stack_effect(op, arg, false));
            if depth < 0 {
                return fault(format!("{op} takes more than there is on the stack"));
            }
            if depth > MAX_DEPTH {
                return fault(format!(
                    "{op} makes the stack deeper than {MAX_DEPTH} slots"
                ));
            }
        }
        if !self.cfg.has_fallthrough(b) {
            return Ok(());
        }
        let next = self.cfg[b].next;
        if next.is_none() {
            return Err(Fault::in_block(b, "control runs off the end"));
        }
        let last = self.cfg[b].len().saturating_sub(1);
        self.enter(next, Start { depth, open }, b, last)
    }

    /// The blocks open behind an instruction, of those before it.
    fn open_behind(&mut self, instr: &Instr, before: Start) -> Result<u32, String> {
        let Start { depth, open } = before;
        let op = instr.op;
        let Open {
            handler,
            outer,
            unwound,
        } = self.open[open as usize];
        if op.is_block_push() {
            let effect = self.target.opcodes().stack_effect(op, instr.arg, true);
            return Ok(self.intern(Open {
                handler: instr.target,
                outer: open,
                unwound: depth + effect - pushed(op != Op::SETUP_FINALLY),
            }));
        }
        if op == Op::POP_BLOCK {
            return match open {
                BOTTOM => Err("POP_BLOCK without an open block".to_owned()),
                _ => Ok(outer),
            };
        }
        if handler.is_some() && raises(op) && depth < unwound {
            return Err(too_shallow(depth, handler, unwound));
        }
        Ok(open)
    }

    fn intern(&mut self, block: Open) -> u32 {
        let next = self.open.len() as u32;
        let index = *self.open_index.entry(block).or_insert(next);
        if index == next {
            self.open.push(block);
        }
        index
    }

    /// Notes the handler of an instruction. Without its block push, the depth that the handler's block says is its depth.
    fn protect(
        &mut self,
        b: BlockId,
        index: usize,
        instr: &Instr,
        depth: i32,
    ) -> Result<(), Fault> {
        let handler = instr.handler;
        if handler.is_none() {
            return Ok(());
        }
        let known = self.cfg[handler].start_depth;
        if self.depths_known && known != Block::DEPTH_UNKNOWN {
            let start = Start {
                depth: known.clamp(0, MAX_DEPTH),
                open: BOTTOM,
            };
            self.enter(handler, start, b, index)?;
        }
        if raises(instr.op) {
            self.protected.push(Protected {
                block: b,
                instr: index,
                handler,
                depth,
            });
        }
        Ok(())
    }

    /// The interpreter drops what is above the handler's depth, less what it pushes for the handler.
    fn handlers(&self) -> Result<(), Fault> {
        for protected in &self.protected {
            let handler = protected.handler;
            let Some(Start { depth, .. }) = self.at_start[handler.0 as usize] else {
                continue;
            };
            let unwound = depth - pushed(self.cfg[handler].preserve_lasti);
            if unwound < 0 {
                let message = format!("a handler, but only {depth} slots are on the stack");
                return Err(Fault::in_block(handler, message));
            }
            if protected.depth < unwound {
                let message = too_shallow(protected.depth, handler, unwound);
                return Err(Fault::at(protected.block, protected.instr, message));
            }
        }
        Ok(())
    }

    /// What blocks and the unit say of depths is right.
    fn known(&self, stack_depth: Option<u32>) -> Result<(), Fault> {
        let Some(stack_depth) = stack_depth else {
            return Ok(());
        };
        for b in self.cfg.layout() {
            let known = self.cfg[b].start_depth;
            if let Some(Start { depth, .. }) = self.at_start[b.0 as usize]
                && known != depth
            {
                let message = format!("starts with {depth} slots on the stack, not {known}");
                return Err(Fault::in_block(b, message));
            }
        }
        if self.deepest as u32 > stack_depth {
            let message = format!(
                "the stack gets {} slots deep, and {stack_depth} are said",
                self.deepest
            );
            return Err(Fault::in_block(BlockId::NONE, message));
        }
        Ok(())
    }
}

/// Slots that the interpreter fills for a handler: the exception, and below it perhaps where it was raised.
fn pushed(lasti: bool) -> i32 {
    1 + i32::from(lasti)
}

fn too_shallow(depth: i32, handler: BlockId, unwound: i32) -> String {
    format!(
        "{depth} slots are on the stack, but the handler b{} wants it unwound to {unwound}",
        handler.0
    )
}

/// Whether an exception can be raised at it. What cannot may have the handler of what stood in its place before; and 3.15 returns
/// from generator expressions where the stack is less deep than the handler around it wants.
fn raises(op: Op) -> bool {
    const NEVER: &[Op] = &[
        Op::NOP,
        Op::NOT_TAKEN,
        Op::POP_BLOCK,
        Op::RETURN_VALUE,
        Op::RETURN_CONST,
    ];
    !op.is_any(kind::UNCONDITIONAL | kind::CONST) && !NEVER.contains(&op)
}
