//! Makes a graph of an instruction sequence: a block starts at each label that is a target, and behind each jump,
//! return and raise.
//!
//! ```text
//!     POP_JUMP_IF_FALSE L1            b0:
//!     NOP                                 POP_JUMP_IF_FALSE b2
//!     JUMP L1                         b1:
//! L0:                          =>         NOP
//! L1:                                     JUMP b2
//!     RETURN_VALUE                    b2:
//!                                         RETURN_VALUE
//! ```

use std::hint::select_unpredictable;

use pycsmith_bytecode::Op;
use pycsmith_ir::cfg::{all_kinds, no_line};
use pycsmith_ir::{BlockId, Cfg, Instr, InstructionSequence, Label, OpKind, kind};

use super::Pass;
use crate::Bug;

pub const PASS: Pass = Pass {
    name: "from_sequence",
    what: "Makes a graph of an instruction sequence",
    mirrors: "_PyCfg_FromInstructionSequence, translate_jump_labels_to_targets",
    requires: &[],
    establishes: &[],
};

const ENDS_BLOCK: u32 = kind::JUMP | kind::SCOPE_EXIT;

/// Fills `cfg`, which is cleared first, with the instructions of `sequence`, which are taken out of it. With `all_labels`,
/// a block starts at labels that nothing jumps to as well.
///
/// # Errors
/// A jump to a label that was never placed, or that stands behind the last instruction; one among deferred annotations.
pub fn run(cfg: &mut Cfg, sequence: &mut InstructionSequence, all_labels: bool) -> Result<(), Bug> {
    debug_assert!(knows_its_jumps(sequence));
    cfg.clear();
    cfg.loads_small_ints = sequence.loads_small_ints;
    let length = sequence.instrs.len();
    let mut targets = Places::new(std::mem::take(&mut cfg.scratch_bits), length);
    for &jump in &sequence.jumps {
        let jump = &mut sequence.instrs[jump as usize];
        let target = target_index(&sequence.labels, length, jump)?;
        targets.add(target as usize);
        // Not the block yet, but where it starts.
        jump.target = BlockId(target);
    }
    let instrs = &sequence.instrs[..];
    // Of labels that stand at one place, the number of the last one counts; elsewhere a label is numbered by its place.
    let mut numbers = Vec::new();
    if all_labels {
        numbers.resize(length, 0);
        for (number, &index) in (1..).zip(&sequence.labels) {
            if let Some(place) = numbers.get_mut(index as usize) {
                targets.add(index as usize);
                *place = number;
            }
        }
        cfg.next_label = sequence.labels.len() as u32 + 1;
    } else {
        cfg.next_label = length as u32;
    }
    // For each target the block that starts there; of no meaning elsewhere.
    let mut block_at = std::mem::take(&mut cfg.scratch);
    if block_at.len() < length {
        block_at.resize(length, 0);
    }
    let mut ends = std::mem::take(&mut cfg.scratch_pairs);
    let count = block_ends(instrs, &targets, &mut ends);
    let mut start = 0;
    for &(end, kinds) in &ends[..count] {
        if kinds & kind::PLACEHOLDER != 0 {
            replace_placeholder(sequence, end as usize - 1)?;
            return run(cfg, sequence, all_labels);
        }
        let number = numbers.get(start as usize).map_or(start, |&number| number);
        let is_target = targets.has(start as usize);
        let label = Label(select_unpredictable(is_target, number, Label::NONE.0));
        // Perhaps for nothing.
        block_at[start as usize] = cfg.blocks.len() as u32;
        cfg.add_block(start as usize, (end - start) as usize, label, kinds);
        start = end;
    }
    if length == 0 {
        cfg.add_block(0, 0, Label::NONE, 0);
    }
    cfg.end_blocks();
    for &jump in &sequence.jumps {
        let jump = &mut sequence.instrs[jump as usize];
        jump.arg = 0;
        jump.target = BlockId(block_at[jump.target.0 as usize]);
    }
    cfg.take_code(&mut sequence.instrs);
    cfg.scratch = block_at;
    cfg.scratch_bits = targets.bits;
    cfg.scratch_pairs = ends;
    Ok(())
}

/// Whether `jumps` says of all jumps and block pushes where they stand.
fn knows_its_jumps(sequence: &InstructionSequence) -> bool {
    let led = |&at: &usize| sequence.instrs[at].op.is_any(kind::JUMP | kind::BLOCK_PUSH);
    let all = (0..sequence.instrs.len()).filter(led);
    all.eq(sequence.jumps.iter().map(|&at| at as usize))
}

/// Puts the deferred annotations in the place of what stands at `at`.
///
/// # Errors
/// They lead elsewhere.
#[inline(never)]
fn replace_placeholder(sequence: &mut InstructionSequence, at: usize) -> Result<(), Bug> {
    let annotations = sequence.annotations.take();
    let instrs = annotations.map_or(Vec::new(), |annotations| annotations.instrs);
    if all_kinds(&instrs) & (ENDS_BLOCK | kind::BLOCK_PUSH | kind::PLACEHOLDER) != 0 {
        return Err(Bug("a jump among deferred annotations".to_owned()));
    }
    let behind = |place: &&mut u32| **place != u32::MAX && **place as usize > at;
    let places = sequence.labels.iter_mut().chain(&mut sequence.jumps);
    for place in places.filter(behind) {
        *place = *place - 1 + instrs.len() as u32;
    }
    sequence.instrs.splice(at..=at, instrs);
    Ok(())
}

/// Where a jump's label stands among `length` instructions.
#[inline]
fn target_index(labels: &[u32], length: usize, jump: &Instr) -> Result<u32, Bug> {
    match labels.get(jump.arg as usize) {
        Some(&index) if (index as usize) < length => Ok(index),
        _ => Err(nowhere(jump.op, jump.arg)),
    }
}

#[cold]
fn nowhere(op: Op, label: u32) -> Bug {
    Bug(format!("{op} to label {label}, which stands nowhere"))
}

/// Places in a sequence, a bit each.
struct Places {
    bits: Vec<u64>,
}

impl Places {
    /// That behind `length` instructions. The buffer's contents are of no meaning.
    fn new(mut bits: Vec<u64>, length: usize) -> Places {
        bits.clear();
        bits.resize(length / 64 + 1, 0);
        let mut places = Places { bits };
        places.add(length);
        places
    }

    #[inline]
    fn add(&mut self, index: usize) {
        self.bits[index / 64] |= 1 << (index % 64);
    }

    #[inline]
    fn has(&self, index: usize) -> bool {
        self.bits[index / 64] >> (index % 64) & 1 != 0
    }
}

/// Puts into `ends` the instruction behind each block, and the sets of [`kind`] that the block's are in. A block ends
/// before a target, with an instruction that ends blocks, or the placeholder. The number of blocks; what is behind these
/// in `ends` is of no meaning.
fn block_ends(instrs: &[Instr], targets: &Places, ends: &mut Vec<(u32, u32)>) -> usize {
    if ends.len() < instrs.len() {
        ends.resize(instrs.len(), (0, 0));
    }
    let (mut count, mut behind, mut kinds, mut lines, mut last) = (0, 0, 0, 0, 0);
    for (word, instrs) in instrs.chunks(64).enumerate() {
        // The lowest bit is that of the next instruction.
        let next_word = targets.bits.get(word + 1).copied().unwrap_or(0);
        let mut ahead = targets.bits[word] >> 1 | next_word << 63;
        for instr in instrs {
            let own = instr.op.kinds();
            kinds |= own & !kind::OF_NEIGHBORS | of_neighbors(last, own);
            last = own;
            // Negative if any is.
            lines |= instr.loc.line;
            behind += 1;
            // Written for each, and kept for the last one: no branch depends on what they are.
            ends[count] = (behind, kinds | no_line(lines));
            let is_end = (own & (ENDS_BLOCK | kind::PLACEHOLDER) != 0) | (ahead & 1 != 0);
            ahead >>= 1;
            count += usize::from(is_end);
            // All bits, or none.
            let same_block = u32::from(is_end).wrapping_sub(1);
            kinds &= same_block;
            lines &= same_block as i32;
        }
    }
    count
}

/// Which of [`kind::OF_NEIGHBORS`] there are at an instruction of kinds `own` behind one of kinds `last`. (Perhaps that stands in
/// another block, and there are fewer.)
#[inline]
fn of_neighbors(last: u32, own: u32) -> u32 {
    const USES_BEHIND_CONST: u32 = kind::USES_CONST.trailing_zeros() - kind::CONST.trailing_zeros();
    let of_consts = own & last >> 1 & kind::OF_CONSTS;
    // What began with the last one shows now.
    let paired = last & own >> 1 & kind::PAIRED;
    of_consts | paired | own & (last & kind::CONST) << USES_BEHIND_CONST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cfg_text, sequence};

    #[test]
    fn blocks_start_at_targets_and_behind_terminators() {
        let sequence = sequence(
            "LOAD_FAST 0
             POP_JUMP_IF_FALSE L1
             LOAD_CONST 0
             RETURN_VALUE
             L1:
             LOAD_CONST 1
             RETURN_VALUE",
        );
        assert_eq!(
            cfg_text(&graph(&sequence, false)),
            "b0: LOAD_FAST 0; POP_JUMP_IF_FALSE b2\nb1: LOAD_CONST 0; RETURN_VALUE\nb2: LOAD_CONST 1; RETURN_VALUE\n"
        );
    }

    fn graph(sequence: &InstructionSequence, all_labels: bool) -> Cfg {
        let mut cfg = Cfg::default();
        run(&mut cfg, &mut sequence.clone(), all_labels).unwrap();
        cfg
    }

    fn message(sequence: &InstructionSequence) -> String {
        let mut cfg = Cfg::default();
        run(&mut cfg, &mut sequence.clone(), false).unwrap_err().0
    }

    #[test]
    fn block_pushes_stand_anywhere() {
        let sequence = sequence(
            "SETUP_FINALLY L1
             SETUP_WITH L2
             POP_BLOCK
             JUMP L0
             L1:
             L2:
             RERAISE 0
             L0:
             RETURN_VALUE",
        );
        assert_eq!(
            cfg_text(&graph(&sequence, false)),
            "b0: SETUP_FINALLY b1; SETUP_WITH b1; POP_BLOCK; JUMP b2\nb1: RERAISE 0\nb2: RETURN_VALUE\n"
        );
    }

    #[test]
    fn what_stood_in_the_graph_is_forgotten() {
        let mut cfg = graph(&sequence("LOAD_CONST 0\nRETURN_VALUE"), false);
        run(&mut cfg, &mut sequence("RAISE_VARARGS 0"), false).unwrap();
        assert_eq!(cfg_text(&cfg), "b0: RAISE_VARARGS 0\n");
    }

    #[test]
    fn blocks_know_the_kinds_of_their_instructions() {
        let cfg = graph(
            &sequence(
                "LOAD_FAST 0 @0
                 POP_JUMP_IF_FALSE L1 @0
                 SETUP_FINALLY L1 @1
                 LOAD_CONST 0 @1
                 NOP @-1
                 POP_TOP @1
                 L1:
                 RERAISE 0 @2",
            ),
            false,
        );
        let mut all = 0;
        for b in cfg.layout() {
            let own = all_kinds(cfg.instrs(b)) & !kind::OF_NEIGHBORS;
            assert_eq!(cfg[b].kinds & !kind::OF_NEIGHBORS, own, "b{}", b.0);
            all |= cfg[b].kinds;
        }
        assert_eq!(cfg.layout().count(), 3);
        assert_eq!(cfg.kinds, all);
        assert!(
            cfg[BlockId(1)].may_have(kind::NO_LINE) && !cfg[BlockId(0)].may_have(kind::NO_LINE)
        );
    }

    #[test]
    fn blocks_know_what_may_begin_in_them() {
        let kinds = |text: &str| {
            let cfg = graph(&sequence(text), false);
            cfg[cfg.entry].kinds & (kind::PEEPHOLE | kind::USES_CONST)
        };
        assert_eq!(kinds("LOAD_FAST 0\nBINARY_OP 0\nRETURN_VALUE"), 0);
        assert_eq!(
            kinds("LOAD_CONST 0\nBINARY_OP 0\nRETURN_VALUE"),
            kind::OF_CONSTS
        );
        assert_eq!(kinds("COMPARE_OP 0\nPOP_TOP\nRETURN_VALUE"), 0);
        assert_eq!(kinds("COMPARE_OP 0\nTO_BOOL\nRETURN_VALUE"), kind::PAIRED);
        assert_eq!(kinds("BUILD_LIST 0\nRETURN_VALUE"), kind::ALONE);
        assert_eq!(kinds("LOAD_FAST 0\nIS_OP 0\nRETURN_VALUE"), 0);
        assert_eq!(
            kinds("LOAD_CONST 0\nIS_OP 0\nRETURN_VALUE"),
            kind::USES_CONST
        );
    }

    #[test]
    fn a_label_is_numbered_by_its_place() {
        let cfg = graph(&sequence("NOP\nL0:\nNOP\nL1:\nL2:\nNOP\nJUMP L1"), false);
        assert_eq!(cfg_text(&cfg), "b0: NOP; NOP\nb1: NOP; JUMP b1\n");
        assert_eq!(
            [cfg[BlockId(0)].label, cfg[BlockId(1)].label],
            [Label::NONE, Label(2)]
        );
        assert_eq!(cfg.next_label, 4);
    }

    #[test]
    fn all_labels_start_blocks_and_the_last_of_a_place_gives_the_number() {
        let mut sequence = sequence("NOP\nL0:\nNOP\nL1:\nL2:\nNOP\nJUMP L1");
        // Never placed.
        sequence.new_label();
        let cfg = graph(&sequence, true);
        assert_eq!(cfg_text(&cfg), "b0: NOP\nb1: NOP\nb2: NOP; JUMP b2\n");
        let labels: Vec<_> = cfg.layout().map(|b| cfg[b].label).collect();
        assert_eq!(labels, [Label::NONE, Label(1), Label(3)]);
        assert_eq!(cfg.next_label, 5);
    }

    #[test]
    fn deferred_annotations_replace_their_placeholder() {
        let mut with = sequence(
            "RESUME 0
             ANNOTATIONS_PLACEHOLDER
             LOAD_CONST 0
             POP_JUMP_IF_TRUE L0
             L0:
             RAISE_VARARGS 0",
        );
        let text = |middle: &str| {
            format!(
                "b0: RESUME 0;{middle} LOAD_CONST 0; POP_JUMP_IF_TRUE b1\nb1: RAISE_VARARGS 0\n"
            )
        };
        assert_eq!(cfg_text(&graph(&with, false)), text(""));
        with.annotations = Some(Box::new(sequence("LOAD_CONST 1\nPOP_TOP @3")));
        let cfg = graph(&with, false);
        assert_eq!(cfg_text(&cfg), text(" LOAD_CONST 1; POP_TOP;"));
        assert!(cfg.may_have(kind::POP_TOP));
        with.annotations = Some(Box::new(sequence("NOP\nL0:\nJUMP L0")));
        assert_eq!(message(&with), "a jump among deferred annotations");
        let to_them = sequence("JUMP L0\nL0:\nANNOTATIONS_PLACEHOLDER\nRAISE_VARARGS 0");
        assert_eq!(
            cfg_text(&graph(&to_them, false)),
            "b0: JUMP b1\nb1: RAISE_VARARGS 0\n"
        );
    }

    #[test]
    fn a_label_nowhere_is_a_bug() {
        let mut sequence = sequence("NOP\nJUMP L0\nL0:");
        let expected = "JUMP to label 0, which stands nowhere";
        assert_eq!(message(&sequence), expected, "behind the last instruction");
        sequence.labels[0] = u32::MAX;
        assert_eq!(message(&sequence), expected, "not placed");
        sequence.labels[0] = 1;
        assert_eq!(graph(&sequence, false).layout().count(), 2);
        sequence.new_label();
        sequence.instrs[1].arg = 7;
        assert_eq!(message(&sequence), "JUMP to label 7, which stands nowhere");
    }
}
