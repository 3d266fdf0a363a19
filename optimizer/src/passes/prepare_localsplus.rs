//! Numbers cells and free variables behind the locals, and creates them at the start of the unit.
//!
//! ```text
//! .locals x y                        .locals x y
//! .cells c                           .cells c
//! .free d                            .free d
//! b0:                                .state localsplus
//!     RESUME        0     =>         b0:
//!     STORE_DEREF   c                    COPY_FREE_VARS 1
//!     STORE_DEREF   d                    MAKE_CELL      c
//!     RAISE_VARARGS 0                    RESUME         0
//!                                        STORE_DEREF    c
//!                                        STORE_DEREF    d
//!                                        RAISE_VARARGS  0
//! ```
//!
//! (Two locals, one cell, one free variable.) A generator also creates itself there, unless the code generator has seen to that.

use pycsmith_bytecode::code::flags::ANY_GENERATOR;
use pycsmith_bytecode::{Location, Op, Target};
use pycsmith_ir::{Cfg, Instr, OpKind, UnitShape, kind};
use smallvec::SmallVec;

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "prepare_localsplus",
    what: "Numbers cells and free variables behind the locals, and creates them at the start",
    mirrors: "prepare_localsplus: build_cellfixedoffsets, insert_prefix_instructions, fix_cell_offsets",
    requires: &[],
    establishes: &[Property::LocalsPlus],
};

/// The number of locals, cells and free variables, a cell that is also a local counted once.
///
/// # Errors
/// An instruction for a cell or free variable that the unit does not have; a unit that starts with the prefix already.
pub fn run(cfg: &mut Cfg, shape: &UnitShape, target: Target) -> Result<u32, Bug> {
    let prefixed = match cfg.first(cfg.entry).map(|instr| instr.op) {
        Some(Op::COPY_FREE_VARS | Op::MAKE_CELL) => true,
        Some(Op::RETURN_GENERATOR) => !target.generates_return_generator(),
        _ => false,
    };
    if prefixed {
        return Err(Bug("it has been here already".to_owned()));
    }
    let mut fixed = build_cellfixedoffsets(shape);
    insert_prefix_instructions(cfg, shape, &fixed, target);
    if fixed.is_empty() {
        return Ok(shape.nlocals);
    }
    // Cells that are locals too leave gaps: close them.
    let mut dropped = 0;
    for (i, place) in fixed.iter_mut().enumerate() {
        if *place == shape.nlocals + i as u32 {
            *place -= dropped;
        } else {
            dropped += 1;
        }
    }
    fix_cell_offsets(cfg, &fixed)?;
    Ok(shape.nlocals + fixed.len() as u32 - dropped)
}

/// For each cell and free variable its place behind the locals, or that of the local it shares.
fn build_cellfixedoffsets(shape: &UnitShape) -> SmallVec<[u32; 8]> {
    let own = |i: usize| shape.nlocals + i as u32;
    let ncells = shape.cell_locals.len();
    let cells = shape
        .cell_locals
        .iter()
        .enumerate()
        .map(|(i, local)| local.unwrap_or(own(i)));
    cells
        .chain((0..shape.nfreevars as usize).map(|i| own(ncells + i)))
        .collect()
}

fn insert_prefix_instructions(cfg: &mut Cfg, shape: &UnitShape, fixed: &[u32], target: Target) {
    let ncells = shape.cell_locals.len();
    let mut prefix: SmallVec<[Instr; 8]> = SmallVec::new();
    if shape.nfreevars > 0 {
        prefix.push(Instr::new(
            Op::COPY_FREE_VARS,
            shape.nfreevars,
            Location::NONE,
        ));
    }
    // The operand is the cell's own index here, as everywhere until `fix_cell_offsets`.
    let mut cells: SmallVec<[u32; 8]> = (0..ncells as u32).collect();
    cells.sort_unstable_by_key(|&cell| fixed[cell as usize]);
    prefix.extend(
        cells
            .iter()
            .map(|&cell| Instr::new(Op::MAKE_CELL, cell, Location::NONE)),
    );
    if shape.flags & ANY_GENERATOR != 0 && !target.generates_return_generator() {
        let loc = Location::new(shape.firstlineno, shape.firstlineno, -1, -1);
        prefix.push(Instr::new(Op::RETURN_GENERATOR, 0, loc));
        let loc = if target.locates_generator_start() {
            loc
        } else {
            Location::NONE
        };
        prefix.push(Instr::new(Op::POP_TOP, 0, loc));
    }
    cfg.prepend(cfg.entry, &prefix);
}

fn fix_cell_offsets(cfg: &mut Cfg, fixed: &[u32]) -> Result<(), Bug> {
    let mut b = cfg.entry;
    while b.is_some() {
        let instrs: &mut [Instr] = if cfg[b].may_have(kind::DEREF) {
            cfg.instrs_mut(b)
        } else {
            &mut []
        };
        for instr in instrs {
            if instr.op.is_any(kind::DEREF) {
                let Some(&place) = fixed.get(instr.arg as usize) else {
                    return Err(Bug(format!(
                        "{} {} of {} cells and free variables",
                        instr.op,
                        instr.arg,
                        fixed.len()
                    )));
                };
                instr.arg = place;
            }
        }
        b = cfg[b].next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg, cfg_text};

    #[test]
    fn cells_that_are_locals_share_their_place() {
        let mut cfg = cfg("RESUME 0\nLOAD_DEREF 0\nLOAD_DEREF 1\nLOAD_DEREF 2\nRETURN_VALUE");
        let shape = UnitShape {
            flags: 0x20,
            firstlineno: 7,
            nlocals: 2,
            nparams: 2,
            cell_locals: vec![None, Some(1)],
            nfreevars: 1,
            ..UnitShape::default()
        };
        assert_eq!(
            run(&mut cfg, &shape, Target::PY314).map_err(|bug| bug.0),
            Ok(4)
        );
        assert_eq!(
            cfg_text(&cfg),
            "b0: COPY_FREE_VARS 1; MAKE_CELL 1; MAKE_CELL 2; RETURN_GENERATOR; POP_TOP; RESUME 0; LOAD_DEREF 2; \
             LOAD_DEREF 1; LOAD_DEREF 3; RETURN_VALUE\n"
        );
    }
}
