//! What must hold of a unit that is assembled: it may have been written by hand, or read from any file.

use pycsmith_bytecode::opcode::Operand;
use pycsmith_bytecode::{Op, Target};
use pycsmith_ir::verify::{self, Fault};
use pycsmith_ir::{BlockId, CodeUnit, Instr};
use pycsmith_optimizer::passes::calculate_stackdepth;

/// Checks the unit, and gives its stack depth: the one that it states, or what its instructions need.
///
/// # Errors
/// The first fault found.
pub(super) fn unit(unit: &CodeUnit, target: Target) -> Result<u32, Fault> {
    let cfg = &unit.graph.0;
    let limits = Limits::of(unit);
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            limits.check(instr, target).map_err(|message| Fault {
                block: b,
                instr: Some(index),
                message,
            })?;
        }
    }
    verify::structure(cfg, target)?;
    let has_cells = !unit.cellvars.is_empty() || !unit.freevars.is_empty();
    if has_cells && !unit.localsplus {
        return unfit(
            "its cells have no slots yet: run pycsmith opt over it, or say .state localsplus",
        );
    }
    if unit.nparams() as usize > unit.varnames.len() || unit.posonlyargcount > unit.argcount {
        return unfit("it has more parameters than locals");
    }
    handler_depths(unit)?;
    match unit.stack_depth {
        Some(depth) => Ok(depth),
        None => verify::max_depth(
            cfg,
            target,
            calculate_stackdepth::depth_at_entry(target, unit.flags),
        ),
    }
}

/// A fault of the whole unit.
fn unfit<T>(message: &str) -> Result<T, Fault> {
    Err(Fault {
        block: BlockId::NONE,
        instr: None,
        message: message.to_owned(),
    })
}

/// Handlers must say how deep the stack is where they begin.
fn handler_depths(unit: &CodeUnit) -> Result<(), Fault> {
    let cfg = &unit.graph.0;
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            let Some(handler) = cfg.blocks.get(instr.handler.0 as usize) else {
                continue;
            };
            let least = 1 + i32::from(handler.preserve_lasti);
            if handler.start_depth < least {
                return Err(Fault {
                    block: b,
                    instr: Some(index),
                    message: format!(
                        "its handler b{0} must say how deep the stack is there, what was raised included, at least \"b{0}: depth={least}\"",
                        instr.handler.0
                    ),
                });
            }
        }
    }
    Ok(())
}

/// How long the tables are.
struct Limits {
    consts: usize,
    names: usize,
    localsplus: usize,
}

impl Limits {
    fn of(unit: &CodeUnit) -> Limits {
        Limits {
            consts: unit.consts.len(),
            names: unit.names.len(),
            localsplus: unit.free_names().len(),
        }
    }

    fn check(&self, instr: &Instr, target: Target) -> Result<(), String> {
        let opcodes = target.opcodes();
        let op = instr.op;
        if !opcodes.has(op) {
            return Err(format!("the target has no {op}"));
        }
        if opcodes.is_pseudo(op) && !matches!(op, Op::JUMP | Op::JUMP_NO_INTERRUPT) {
            return Err(format!(
                "{op} is a pseudo-instruction: run pycsmith opt over the text first"
            ));
        }
        let arg = instr.arg as usize;
        let (index, table, what) = match opcodes.operand(op) {
            Operand::Const => (arg, self.consts, "constants"),
            Operand::Name => (arg, self.names, "names"),
            Operand::NameFlag => (arg >> 1, self.names, "names"),
            Operand::NameFlags => (arg >> 2, self.names, "names"),
            Operand::Local | Operand::Free => (arg, self.localsplus, "variables"),
            Operand::LocalPair => ((arg >> 4).max(arg & 15), self.localsplus, "variables"),
            _ => return Ok(()),
        };
        match index < table {
            true => Ok(()),
            false => Err(format!(
                "{op} has the index {index}, but there are {table} {what}"
            )),
        }
    }
}
