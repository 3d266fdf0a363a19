//! The verifier: what must hold of every graph, between any two passes.
//!
//! | what | where |
//! | --- | --- |
//! | each block is once in the layout, and control does not run off its end | here |
//! | jumps, block pushes and handlers lead to blocks of the layout | here |
//! | jumps, returns and raises end their block | here |
//! | the target has the operation, and it still may stand there | [`operands`] |
//! | its operand means something: in a table of the unit, or to the interpreter | [`operands`] |
//! | its location can stand in a location table | [`locations`] |
//! | only exceptions lead to handlers, and loops not out of them | [`handlers`] |
//! | the stack is deep enough, equally deep on all ways to a block, and as deep as handlers expect | [`stack`] |

mod handlers;
mod locations;
mod operands;
mod stack;
#[cfg(test)]
mod tests;

use std::fmt;

use pycsmith_bytecode::{Constant, Op, Target};

use crate::UnitShape;
use crate::cfg::{BlockId, Cfg, Instr};
use crate::ops::{OpKind, kind};
use crate::unit::{CodeUnit, UnitConst};

/// Where a graph contradicts itself, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// [`BlockId::NONE`] if it is about the unit as a whole.
    pub block: BlockId,
    /// Index of the instruction in the block, if it is about one.
    pub instr: Option<usize>,
    pub message: String,
}

impl Fault {
    fn in_block(block: BlockId, message: impl Into<String>) -> Fault {
        Fault {
            block,
            instr: None,
            message: message.into(),
        }
    }

    fn at(block: BlockId, instr: usize, message: impl Into<String>) -> Fault {
        Fault {
            block,
            instr: Some(instr),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.block.is_some() {
            write!(f, "block b{}", self.block.0)?;
            if let Some(instr) = self.instr {
                write!(f, ", instruction {instr}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// What a graph is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub target: Target,
    pub shape: &'a UnitShape,
    /// Number of the unit's constants.
    pub nconsts: usize,
    /// Locals, cells and free variables, once these are counted together ([`CodeUnit::localsplus`]).
    pub nlocalsplus: Option<u32>,
    /// In slots, once it is known; then blocks know the depth at their start.
    pub stack_depth: Option<u32>,
    pub done: Done,
}

/// What passes have done, as far as it is known: what they have removed must not come back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Instructions know their handlers.
    pub handlers_labelled: bool,
    /// No pseudo-instruction but `JUMP` and `JUMP_NO_INTERRUPT` is left.
    pub pseudo_ops_converted: bool,
    /// Conditional jumps go forwards, or say themselves that they go backwards.
    pub jumps_normalized: bool,
}

/// Checks all that the head of this module lists.
///
/// # Errors
/// The first fault found.
pub fn verify(cfg: &Cfg, context: &Context<'_>) -> Result<(), Fault> {
    let places = graph(cfg, context.target)?;
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            in_prefix(cfg, context.target, b, index, instr)
                .and_then(|()| operands::check(context, instr))
                .and_then(|()| operands::check_direction(context, &places, b, instr))
                .and_then(|()| locations::check(instr.loc))
                .map_err(|message| Fault::at(b, index, message))?;
        }
    }
    handlers::check(cfg)?;
    stack::check(cfg, context)
}

/// Checks the layout, targets, handlers, ends of blocks and operations, without tables or depths.
///
/// # Errors
/// The first fault found.
pub fn structure(cfg: &Cfg, target: Target) -> Result<(), Fault> {
    graph(cfg, target).map(drop)
}

/// The greatest stack depth of a graph without block pushes, in slots: handlers begin at the depths that their blocks say, the
/// entry at `at_entry`.
///
/// # Errors
/// The first contradiction found.
pub fn max_depth(cfg: &Cfg, target: Target, at_entry: i32) -> Result<u32, Fault> {
    stack::max_depth(cfg, target, at_entry)
}

fn graph(cfg: &Cfg, target: Target) -> Result<Places, Fault> {
    let places = layout(cfg)?;
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            in_block(cfg, &places, b, index, instr)
                .and_then(|()| operands::is_of(target, instr.op))
                .map_err(|message| Fault::at(b, index, message))?;
        }
    }
    Ok(places)
}

/// A generator creates itself before all else, unless code generation sees to that.
fn in_prefix(
    cfg: &Cfg,
    target: Target,
    b: BlockId,
    index: usize,
    instr: &Instr,
) -> Result<(), String> {
    if instr.op != Op::RETURN_GENERATOR || target.generates_return_generator() {
        return Ok(());
    }
    let ahead = &cfg.instrs(b)[..index];
    let prefix = |instr: &Instr| matches!(instr.op, Op::COPY_FREE_VARS | Op::MAKE_CELL);
    if b == cfg.entry && ahead.iter().all(prefix) {
        return Ok(());
    }
    Err("RETURN_GENERATOR behind the beginning of the unit".to_owned())
}

/// [`verify`] of a unit that comes from its text or a file, with its tables.
///
/// # Errors
/// The first fault found.
pub fn verify_unit(unit: &CodeUnit, target: Target) -> Result<(), Fault> {
    let whole = |message: String| Fault::in_block(BlockId::NONE, message);
    if unit.nparams() as usize > unit.varnames.len() {
        return Err(whole(format!(
            "{} parameters of {} locals",
            unit.nparams(),
            unit.varnames.len()
        )));
    }
    if unit.posonlyargcount > unit.argcount {
        return Err(whole(
            "more parameters are positional only than are positional".to_owned(),
        ));
    }
    let free = unit.cellvars.iter().chain(&unit.freevars);
    for (what, names) in [
        ("locals", unit.varnames.iter().collect::<Vec<_>>()),
        ("cells and free variables", free.collect()),
        ("names", unit.names.iter().collect()),
    ] {
        if let Some(name) = repeated(names) {
            return Err(whole(format!("{name} is twice among the {what}")));
        }
    }
    let shape = unit.shape();
    let context = Context {
        target,
        shape: &shape,
        nconsts: unit.consts.len(),
        nlocalsplus: unit.localsplus.then(|| unit.free_names().len() as u32),
        stack_depth: unit.stack_depth,
        done: Done::default(),
    };
    verify(&unit.graph.0, &context)?;
    keyword_names(unit)
}

fn repeated(mut names: Vec<&String>) -> Option<&String> {
    names.sort_unstable();
    names
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
}

/// The constant of a `KW_NAMES` is a tuple of names.
fn keyword_names(unit: &CodeUnit) -> Result<(), Fault> {
    let is_names = |value: Option<&UnitConst>| match value {
        Some(UnitConst::Value(Constant::Tuple(items))) => {
            items.iter().all(|item| matches!(item, Constant::Str(_)))
        }
        _ => false,
    };
    let cfg = &unit.graph.0;
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            if instr.op == Op::KW_NAMES && !is_names(unit.consts.get(instr.arg as usize)) {
                return Err(Fault::at(
                    b,
                    index,
                    "KW_NAMES has a tuple of names as its operand",
                ));
            }
        }
    }
    Ok(())
}

/// Checks that no instruction is of kinds that its block does not tell of ([`crate::Block::kinds`]).
///
/// # Errors
/// The first fault found.
pub fn verify_kinds(cfg: &Cfg) -> Result<(), Fault> {
    for b in cfg.layout() {
        for (index, instr) in cfg.instrs(b).iter().enumerate() {
            told(cfg, b, instr).map_err(|message| Fault::at(b, index, message))?;
        }
    }
    Ok(())
}

fn told(cfg: &Cfg, b: BlockId, instr: &Instr) -> Result<(), String> {
    let untold = instr.kinds() & !(cfg[b].kinds & cfg.kinds | kind::OF_INSTRS);
    if untold == 0 {
        return Ok(());
    }
    Err(format!(
        "{} is of kinds {untold:#x}, which its block and the graph do not both tell of",
        instr.op
    ))
}

/// The place of each block in the layout.
struct Places(Vec<Option<u32>>);

impl Places {
    fn of(&self, b: BlockId) -> Option<u32> {
        self.0.get(b.0 as usize).copied().flatten()
    }
}

fn layout(cfg: &Cfg) -> Result<Places, Fault> {
    let mut places = vec![None; cfg.blocks.len()];
    let mut b = cfg.entry;
    if b.is_none() {
        return Err(Fault::in_block(b, "no entry"));
    }
    let mut count = 0;
    let mut last = BlockId::NONE;
    while b.is_some() {
        match places.get_mut(b.0 as usize) {
            None => return Err(Fault::in_block(b, "no such block")),
            Some(Some(_)) => return Err(Fault::in_block(b, "twice in the layout")),
            Some(place) => *place = Some(count),
        }
        count += 1;
        if !cfg[b].is_empty() {
            last = b;
        }
        b = cfg[b].next;
    }
    if last.is_some() && cfg.has_fallthrough(last) {
        return Err(Fault::in_block(last, "control runs off the end"));
    }
    Ok(Places(places))
}

/// A conditional jump may have the mark of the way not taken behind it.
fn before_not_taken(cfg: &Cfg, b: BlockId, index: usize) -> bool {
    matches!(cfg.instrs(b)[index..], [jump, after] if jump.op.is_conditional_jump() && after.op == Op::NOT_TAKEN)
}

fn in_block(
    cfg: &Cfg,
    places: &Places,
    b: BlockId,
    index: usize,
    instr: &Instr,
) -> Result<(), String> {
    told(cfg, b, instr)?;
    let op = instr.op;
    if op.is_terminator() && index + 1 != cfg[b].len() && !before_not_taken(cfg, b, index) {
        return Err(format!("{op} inside the block"));
    }
    if op.has_target() && places.of(instr.target).is_none() {
        return Err(format!("{op} to a block outside the layout"));
    }
    if !op.has_target() && instr.target.is_some() {
        return Err(format!("{op} goes to block b{}", instr.target.0));
    }
    if instr.handler.is_some() && places.of(instr.handler).is_none() {
        return Err(format!("{op} has a handler outside the layout"));
    }
    Ok(())
}
