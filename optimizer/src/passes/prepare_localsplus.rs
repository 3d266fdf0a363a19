//! Numbers cells and free variables behind the locals, and makes the cells at the start.
//!
//! ```text
//! b0:                        b0:
//!     RESUME 0                   COPY_FREE_VARS 1
//!     LOAD_DEREF 1      =>       MAKE_CELL 2
//!                                RESUME 0
//!                                LOAD_DEREF 3
//! ```

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::{Cfg, Instr, UnitShape};

use super::{Pass, Property};
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "prepare_localsplus",
    mirrors: "prepare_localsplus",
    requires: &[],
    establishes: &[Property::LocalsPlus],
};

/// The number of locals, cells and free variables, a cell that is also a local counted once.
///
/// # Errors
/// An instruction names a cell or free variable that does not exist.
pub fn run(cfg: &mut Cfg, shape: &UnitShape) -> Result<u32, Bug> {
    let ncells = shape.cell_locals.len() as u32;
    if ncells == 0 && shape.nfreevars == 0 {
        return Ok(shape.nlocals);
    }
    let mut next = shape.nlocals;
    let mut place = |local: Option<u32>| {
        local.unwrap_or_else(|| {
            next += 1;
            next - 1
        })
    };
    let mut places: Vec<u32> = shape
        .cell_locals
        .iter()
        .map(|&local| place(local))
        .collect();
    places.extend((0..shape.nfreevars).map(|_| place(None)));
    renumber(cfg, &places)?;
    insert_prefix(cfg, &places[..ncells as usize], shape.nfreevars);
    Ok(next)
}

/// `fix_cell_offsets`.
fn renumber(cfg: &mut Cfg, places: &[u32]) -> Result<(), Bug> {
    let mut b = cfg.entry;
    while b.is_some() {
        for instr in cfg.instrs_mut(b) {
            if matches!(
                instr.op,
                Op::MAKE_CELL
                    | Op::LOAD_CLOSURE
                    | Op::LOAD_DEREF
                    | Op::STORE_DEREF
                    | Op::DELETE_DEREF
                    | Op::LOAD_FROM_DICT_OR_DEREF
            ) {
                let Some(&place) = places.get(instr.arg as usize) else {
                    return Err(Bug(format!(
                        "{} {} of {}",
                        instr.op,
                        instr.arg,
                        places.len()
                    )));
                };
                instr.arg = place;
            }
        }
        b = cfg[b].next;
    }
    Ok(())
}

/// `insert_prefix_instructions`: cells in the order of their places, parameters first.
fn insert_prefix(cfg: &mut Cfg, cells: &[u32], nfreevars: u32) {
    let mut cells = cells.to_vec();
    cells.sort_unstable();
    let mut prefix = Vec::with_capacity(cells.len() + 1);
    if nfreevars > 0 {
        prefix.push(Instr::new(Op::COPY_FREE_VARS, nfreevars, Location::NONE));
    }
    prefix.extend(
        cells
            .into_iter()
            .map(|cell| Instr::new(Op::MAKE_CELL, cell, Location::NONE)),
    );
    let count = prefix.len();
    let entry = cfg.entry;
    for instr in prefix {
        cfg.push(entry, instr);
    }
    cfg.instrs_mut(entry).rotate_right(count);
}
