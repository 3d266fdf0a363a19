//! Instructions to blocks.

use pycsmith_bytecode::opcode::{OpcodeTable, Operand};
use pycsmith_bytecode::tables::{self, Decoded, Handler};
use pycsmith_bytecode::{CodeObject, Location, Op, Target};

use super::budget::Budget;
use super::{Result, fault};
use crate::cfg::{BlockId, Cfg, Instr};
use crate::ops::OpKind;
use crate::sequence::Label;

/// Bytes in a code unit.
const UNIT: u32 = 2;

/// The graph of `code`.
pub(super) fn of(code: &CodeObject, target: Target, budget: &mut Budget) -> Result<Cfg> {
    let opcodes = target.opcodes();
    if code.code.is_empty() || !code.code.len().is_multiple_of(UNIT as usize) {
        return fault("co_code is empty or ends within a code unit");
    }
    let decoded = decode(code, opcodes)?;
    let mut lifting = Lifting {
        opcodes,
        starts: beginnings(&decoded),
        targets: Vec::new(),
        handlers: handlers(code, &decoded),
        decoded,
    };
    lifting.targets = lifting.jump_targets()?;
    lifting.spend_operands(code, budget)?;
    lifting.graph(&locations(code, &lifting.decoded))
}

fn at<T>(instr: &Decoded, message: impl Into<String>) -> Result<T> {
    Err((Some(instr.offset * UNIT), message.into()))
}

/// The instructions, if all are of the target and none has prefixes that it does not need or caches with something in
/// them.
fn decode(code: &CodeObject, opcodes: &OpcodeTable) -> Result<Vec<Decoded>> {
    let decoded = tables::instructions(&code.code, opcodes);
    let units = code.code.as_chunks::<2>().0;
    for instr in &decoded {
        let Some(op) = instr.op else {
            return at(instr, format!("the target has no opcode {}", instr.number));
        };
        let prefixes = match instr.arg {
            0..=0xFF => 0,
            0x100..=0xFFFF => 1,
            0x1_0000..=0xFF_FFFF => 2,
            _ => 3,
        };
        if instr.offset - instr.start != prefixes {
            return at(
                instr,
                "it has more EXTENDED_ARG in front of it than it needs",
            );
        }
        let caches = &units[instr.offset as usize + 1..instr.end as usize];
        if caches.len() != opcodes.caches(op) as usize {
            return at(instr, "co_code ends within its inline caches");
        }
        if caches.iter().any(|unit| *unit != [0, 0]) {
            return at(instr, "its inline caches are not empty");
        }
    }
    Ok(decoded)
}

/// The offset at which each instruction begins, prefixes included, in code units.
fn beginnings(decoded: &[Decoded]) -> Vec<u32> {
    decoded.iter().map(|instr| instr.start).collect()
}

/// What protects an instruction.
#[derive(Clone, Copy)]
struct Protection {
    /// The number of the handler's first instruction.
    handler: usize,
    /// Stack depth at that instruction, in slots.
    start_depth: i32,
    lasti: bool,
}

/// The handler of each instruction. Entries that instructions cannot show are left out.
fn handlers(code: &CodeObject, decoded: &[Decoded]) -> Vec<Option<Protection>> {
    let mut found = vec![None; decoded.len()];
    let index = |offset: u32| decoded.partition_point(|instr| instr.start < offset);
    let mut done = 0;
    for Handler {
        start,
        end,
        target,
        depth,
        lasti,
    } in tables::handlers(code)
    {
        let (first, last, handler) = (index(start), index(end), index(target));
        let begins = decoded
            .get(handler)
            .is_some_and(|instr| instr.start == target);
        let slots = i64::from(depth) + 1 + i64::from(lasti);
        let (true, Ok(start_depth)) = (begins && first >= done, i32::try_from(slots)) else {
            continue;
        };
        for protection in &mut found[first..last.max(first)] {
            *protection = Some(Protection {
                handler,
                start_depth,
                lasti,
            });
        }
        done = last.max(done);
    }
    found
}

/// The location of each instruction.
fn locations(code: &CodeObject, decoded: &[Decoded]) -> Vec<Location> {
    let mut runs = tables::locations(code).into_iter();
    let (mut end, mut current) = (0u32, Location::NONE);
    let mut at = |offset| {
        while end <= offset {
            match runs.next() {
                Some((units, location)) => (end, current) = (end.saturating_add(units), location),
                None => return Location::NONE,
            }
        }
        current
    };
    decoded.iter().map(|instr| at(instr.start)).collect()
}

struct Lifting {
    opcodes: &'static OpcodeTable,
    decoded: Vec<Decoded>,
    /// Where each instruction begins, in code units.
    starts: Vec<u32>,
    /// For each jump, the number of the instruction that it goes to.
    targets: Vec<Option<usize>>,
    handlers: Vec<Option<Protection>>,
}

impl Lifting {
    fn jump_targets(&self) -> Result<Vec<Option<usize>>> {
        self.decoded
            .iter()
            .map(|instr| self.jump_target(instr))
            .collect()
    }

    fn jump_target(&self, instr: &Decoded) -> Result<Option<usize>> {
        let Some(op) = instr.op.filter(|&op| self.opcodes.has_jump(op)) else {
            return Ok(None);
        };
        let mut goal = instr.jump_target(self.opcodes);
        if op == Op::END_ASYNC_FOR {
            goal = goal.and_then(|end_send| end_send.checked_sub(self.opcodes.send_to_end_send()));
        }
        let place = goal.and_then(|goal| self.starts.binary_search(&goal).ok());
        match place {
            Some(index) => Ok(Some(index)),
            None => at(
                instr,
                format!("{op} does not go to the beginning of an instruction"),
            ),
        }
    }

    /// Operands that are spelled out.
    fn spend_operands(&self, code: &CodeObject, budget: &mut Budget) -> Result<()> {
        for instr in &self.decoded {
            let Some(op) = instr.op else { continue };
            let index = instr.arg as usize;
            let name = |index: usize| {
                code.names
                    .get(index)
                    .map_or(0, |name| name.wtf8.len() as u64)
            };
            let local = |index: usize| {
                let name = code.localsplusnames.get(index);
                name.map_or(0, |name| name.wtf8.len() as u64)
            };
            let length = match self.opcodes.operand(op) {
                Operand::Const => match code.consts.get(index) {
                    Some(value) => budget.size(value, 0),
                    None => 0,
                },
                Operand::Name => name(index),
                Operand::NameFlag => name(index >> 1),
                Operand::NameFlags => name(index >> 2),
                Operand::Local | Operand::Free => local(index),
                Operand::LocalPair => local(index >> 4) + local(index & 15),
                _ => 0,
            };
            budget.spend(length)?;
        }
        Ok(())
    }

    /// Whether a block begins at each instruction.
    fn block_starts(&self) -> Vec<bool> {
        let mut starts = vec![false; self.decoded.len()];
        starts[0] = true;
        for &index in self.targets.iter().flatten() {
            starts[index] = true;
        }
        for protection in self.handlers.iter().flatten() {
            starts[protection.handler] = true;
        }
        let op = |index: usize| self.decoded.get(index).and_then(|instr: &Decoded| instr.op);
        for index in 1..starts.len() {
            let (Some(before), Some(this)) = (op(index - 1), op(index)) else {
                continue;
            };
            // The mark of the way not taken stands behind its jump.
            let marks = this == Op::NOT_TAKEN && before.is_conditional_jump() && !starts[index];
            let behind_mark = before == Op::NOT_TAKEN
                && index >= 2
                && !starts[index - 1]
                && op(index - 2).is_some_and(OpKind::is_conditional_jump);
            starts[index] |= before.is_terminator() && !marks || behind_mark;
        }
        starts
    }

    fn graph(&self, locations: &[Location]) -> Result<Cfg> {
        let starts = self.block_starts();
        // The block of each instruction.
        let mut blocks = Vec::with_capacity(starts.len());
        let mut count = 0;
        for &start in &starts {
            count += u32::from(start);
            blocks.push(BlockId(count - 1));
        }
        let mut cfg = Cfg::with_capacity(self.decoded.len());
        for (index, decoded) in self.decoded.iter().enumerate() {
            if starts[index] {
                let (block, number) = (cfg.new_block(), blocks[index]);
                match number.0.checked_sub(1) {
                    None => cfg.entry = block,
                    Some(before) => cfg[BlockId(before)].next = block,
                }
            }
            let Some(op) = decoded.op else { continue };
            let mut instr = Instr::new(op, decoded.arg, locations[index]);
            if let Some(to) = self.targets[index] {
                instr.op = undirected(op, to > index);
                instr.arg = 0;
                instr.target = blocks[to];
            }
            if let Some(protection) = self.handlers[index] {
                instr.handler = blocks[protection.handler];
            }
            cfg.push(blocks[index], instr);
        }
        for &to in self.targets.iter().flatten() {
            cfg[blocks[to]].label = Label(blocks[to].0);
        }
        for protection in self.handlers.iter().flatten() {
            let block = &mut cfg[blocks[protection.handler]];
            block.except_handler = true;
            block.start_depth = protection.start_depth;
            block.preserve_lasti = protection.lasti;
        }
        Ok(cfg)
    }
}

/// The jump that the assembler gives this direction.
fn undirected(op: Op, forward: bool) -> Op {
    match op {
        Op::JUMP_FORWARD if forward => Op::JUMP,
        Op::JUMP_BACKWARD if !forward => Op::JUMP,
        Op::JUMP_BACKWARD_NO_INTERRUPT if !forward => Op::JUMP_NO_INTERRUPT,
        other => other,
    }
}
