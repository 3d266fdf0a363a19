//! The verifier: what must hold of every graph, between any two passes.

use std::fmt;

use pycsmith_bytecode::{Op, Target};

use crate::cfg::{BlockId, Cfg, Instr};
use crate::ops::OpKind;

/// Where a graph contradicts itself, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub block: BlockId,
    /// Index of the instruction in the block, if it is about one.
    pub instr: Option<usize>,
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block b{}", self.block.0)?;
        if let Some(instr) = self.instr {
            write!(f, ", instruction {instr}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Checks the layout, jump targets, handlers, ends of blocks, kinds, opcodes and stack depths.
///
/// # Errors
/// The first fault found.
pub fn verify(cfg: &Cfg, target: Target) -> Result<(), Fault> {
    structure(cfg, target)?;
    depths(cfg, target, &[(cfg.entry, 0)]).map(|_| ())
}

/// Checks what [`verify`] does, but for stack depths.
///
/// # Errors
/// The first fault found.
pub fn structure(cfg: &Cfg, target: Target) -> Result<(), Fault> {
    let in_layout = layout(cfg)?;
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            instruction(cfg, target, &in_layout, b, index, instr).map_err(|message| Fault {
                block: b,
                instr: Some(index),
                message,
            })?;
        }
    }
    Ok(())
}

/// The greatest stack depth of a graph without block pushes, in slots: handlers begin at the depths that their blocks say, the
/// entry at `at_entry`.
///
/// # Errors
/// The first contradiction found.
pub fn max_depth(cfg: &Cfg, target: Target, at_entry: i32) -> Result<u32, Fault> {
    let mut starts = vec![(cfg.entry, at_entry)];
    let mut is_start = vec![false; cfg.blocks.len()];
    for b in cfg.layout() {
        for instr in cfg.instrs(b) {
            let handler = instr.handler;
            if handler.is_some() && !std::mem::replace(&mut is_start[handler.0 as usize], true) {
                starts.push((handler, cfg[handler].start_depth));
            }
        }
    }
    depths(cfg, target, &starts).map(|depth| depth as u32)
}

/// Checks that no instruction is of kinds that its block does not tell of ([`crate::Block::kinds`]).
///
/// # Errors
/// The first fault found.
pub fn verify_kinds(cfg: &Cfg) -> Result<(), Fault> {
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            told(cfg, b, instr).map_err(|message| Fault {
                block: b,
                instr: Some(index),
                message,
            })?;
        }
    }
    Ok(())
}

fn told(cfg: &Cfg, b: BlockId, instr: &Instr) -> Result<(), String> {
    let untold = instr.kinds() & !(cfg[b].kinds & cfg.kinds);
    if untold == 0 {
        return Ok(());
    }
    Err(format!(
        "{} is of kinds {untold:#x}, which its block and the graph do not both tell of",
        instr.op
    ))
}

/// For each block, whether it is in the layout.
fn layout(cfg: &Cfg) -> Result<Vec<bool>, Fault> {
    let mut seen = vec![false; cfg.blocks.len()];
    let fault = |block, message: &str| {
        Err(Fault {
            block,
            instr: None,
            message: message.to_owned(),
        })
    };
    let mut b = cfg.entry;
    if b.is_none() {
        return fault(b, "no entry");
    }
    while b.is_some() {
        match seen.get_mut(b.0 as usize) {
            None => return fault(b, "no such block"),
            Some(true) => return fault(b, "twice in the layout"),
            Some(seen) => *seen = true,
        }
        let next = cfg[b].next;
        if next.is_none() && !cfg[b].is_empty() && cfg.has_fallthrough(b) {
            return fault(b, "control runs off the end");
        }
        b = next;
    }
    Ok(seen)
}

/// A conditional jump may have the mark of the way not taken behind it.
fn before_not_taken(cfg: &Cfg, b: BlockId, index: usize) -> bool {
    matches!(cfg.instrs(b)[index..], [jump, after] if jump.op.is_conditional_jump() && after.op == Op::NOT_TAKEN)
}

fn instruction(
    cfg: &Cfg,
    target: Target,
    in_layout: &[bool],
    b: BlockId,
    index: usize,
    instr: &Instr,
) -> Result<(), String> {
    let laid_out = |b: BlockId| in_layout.get(b.0 as usize).copied().unwrap_or(false);
    told(cfg, b, instr)?;
    if !target.opcodes().has(instr.op) {
        return Err(format!("the target has no {}", instr.op));
    }
    if instr.op.is_terminator() && index + 1 != cfg[b].len() && !before_not_taken(cfg, b, index) {
        return Err(format!("{} inside the block", instr.op));
    }
    if instr.op.has_target() && !laid_out(instr.target) {
        return Err(format!("{} to a block outside the layout", instr.op));
    }
    if instr.handler.is_some() && !laid_out(instr.handler) {
        return Err(format!("{} has a handler outside the layout", instr.op));
    }
    Ok(())
}

/// Runs along all edges from blocks of known depths and compares the depths where ways meet; gives the greatest one.
fn depths(cfg: &Cfg, target: Target, starts: &[(BlockId, i32)]) -> Result<i32, Fault> {
    let opcodes = target.opcodes();
    let mut depths = vec![None; cfg.blocks.len()];
    let mut todo = Vec::new();
    let mut greatest = 0;
    for &(block, depth) in starts {
        depths[block.0 as usize] = Some(depth);
        todo.push(block);
    }
    while let Some(b) = todo.pop() {
        let mut depth = depths[b.0 as usize].unwrap_or(0);
        let mut enter = |block: BlockId, depth: i32, instr: usize| match depths[block.0 as usize] {
            None => {
                depths[block.0 as usize] = Some(depth);
                todo.push(block);
                Ok(())
            }
            Some(known) if known == depth => Ok(()),
            Some(known) => Err(Fault {
                block: b,
                instr: Some(instr),
                message: format!(
                    "block b{} starts with {known} slots on the stack, and {depth} from here",
                    block.0
                ),
            }),
        };
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            greatest = depth.max(greatest);
            if instr.op.has_target() && instr.op != Op::END_ASYNC_FOR {
                let at_target =
                    depth.saturating_add(opcodes.stack_effect(instr.op, instr.arg, true));
                enter(instr.target, at_target, index)?;
            }
            depth = depth.saturating_add(opcodes.stack_effect(instr.op, instr.arg, false));
            if instr.op == Op::RETURN_GENERATOR && target.generators_start_with_value() {
                // What the generator is sent first, which the effect does not count.
                depth = depth.saturating_add(1);
            }
            if depth < 0 {
                let message = format!("{} takes more than there is on the stack", instr.op);
                return Err(Fault {
                    block: b,
                    instr: Some(index),
                    message,
                });
            }
        }
        let next = cfg[b].next;
        if next.is_some() && cfg.has_fallthrough(b) {
            enter(next, depth, cfg[b].len())?;
        }
    }
    Ok(greatest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pycsmith_bytecode::Location;

    fn graph(ops: &[(Op, u32)]) -> Cfg {
        let mut cfg = Cfg::default();
        cfg.entry = cfg.new_block();
        for &(op, arg) in ops {
            cfg.push(cfg.entry, Instr::new(op, arg, Location::NONE));
        }
        cfg
    }

    fn message(cfg: &Cfg) -> Option<String> {
        verify(cfg, Target::PY314)
            .err()
            .map(|fault| fault.to_string())
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(
            message(&graph(&[(Op::LOAD_CONST, 0), (Op::RETURN_VALUE, 0)])),
            None
        );
        let cases: [(&[(Op, u32)], &str); 4] = [
            (
                &[(Op::POP_TOP, 0), (Op::RERAISE, 0)],
                "block b0, instruction 0: POP_TOP takes more than there is on the stack",
            ),
            (&[(Op::NOP, 0)], "block b0: control runs off the end"),
            (
                &[(Op::RERAISE, 0), (Op::RERAISE, 0)],
                "block b0, instruction 0: RERAISE inside the block",
            ),
            (
                &[(Op::JUMP, 0)],
                "block b0, instruction 0: JUMP to a block outside the layout",
            ),
        ];
        for (ops, expected) in cases {
            assert_eq!(message(&graph(ops)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn generators_find_what_they_are_sent() {
        let cfg = graph(&[
            (Op::RETURN_GENERATOR, 0),
            (Op::POP_TOP, 0),
            (Op::RAISE_VARARGS, 0),
        ]);
        for target in Target::all() {
            assert_eq!(verify(&cfg, target), Ok(()), "{target}");
        }
    }

    #[test]
    fn blocks_tell_of_their_kinds() {
        let mut cfg = graph(&[(Op::LOAD_CONST, 0), (Op::RETURN_VALUE, 0)]);
        let entry = cfg.entry;
        cfg.instrs_mut(entry)[0].set_op0(Op::NOP);
        assert!(verify_kinds(&cfg).is_err());
        cfg.note(entry, crate::kind::NOP);
        assert_eq!(verify_kinds(&cfg), Ok(()));
    }

    #[test]
    fn depths_agree_at_joins() {
        let mut cfg = graph(&[(Op::LOAD_CONST, 0)]);
        let (a, b) = (cfg.entry, cfg.new_block());
        cfg[a].next = b;
        cfg.push(a, Instr::jump(Op::POP_JUMP_IF_TRUE, b, Location::NONE));
        cfg.push(b, Instr::new(Op::LOAD_CONST, 0, Location::NONE));
        cfg.push(b, Instr::jump(Op::JUMP, b, Location::NONE));
        assert!(
            message(&cfg)
                .unwrap()
                .contains("starts with 0 slots on the stack, and 1 from here")
        );
    }
}
