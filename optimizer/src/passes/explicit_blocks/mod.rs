//! Passes over a graph whose blocks code generation has laid out itself, one for each place that it may jump to,
//! empty ones among them (`Target::generates_blocks`).
//!
//! The order in which the blocks were made can be seen in the layout of copied exits: here a [`BlockId`] is that
//! order. CPython's list of them (`b_list`) begins with the newest.

use pycsmith_ir::{BlockId, Cfg, OpKind};

pub mod clean_basic_blocks;
pub mod convert_exception_handlers_to_nops;
pub mod direct_jumps;
pub mod duplicate_exits_without_lineno;
pub mod extend_blocks;
pub mod from_sequence;
pub mod guarantee_lineno_for_exits;
pub mod optimize_basic_blocks;
pub mod remove_redundant_jumps;
pub mod remove_unreachable;
pub mod skip_empty_targets;
pub mod trim_unused_consts;

use super::optimize_basic_blocks::retarget_jumps::skip_empty;
use crate::Bug;

/// All blocks, the newest first.
fn newest_first(cfg: &Cfg) -> impl Iterator<Item = BlockId> + use<> {
    (0..cfg.blocks.len() as u32).rev().map(BlockId)
}

/// `eliminate_empty_basic_blocks`: they leave the layout, and jumps go to what follows them.
fn eliminate_empty(cfg: &mut Cfg) -> Result<(), Bug> {
    let mut b = cfg.entry;
    while b.is_some() {
        let mut next = cfg[b].next;
        while next.is_some() && cfg[next].is_empty() && cfg[next].next.is_some() {
            next = cfg[next].next;
        }
        cfg[b].next = next;
        b = next;
    }
    let mut b = cfg.entry;
    while b.is_some() {
        if let Some(last) = cfg.last(b)
            && last.op.is_jump()
            && last.target.is_some()
        {
            skip_empty(cfg, b, cfg[b].len() - 1)?;
        }
        b = cfg[b].next;
    }
    Ok(())
}
