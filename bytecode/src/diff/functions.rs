//! Two functions by the numbers: instructions, and those of one round of each loop.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::CodeObject;
use crate::dis::Lines;
use crate::opcode::Op;
use crate::tables::{self, Decoded};
use crate::version::Target;

/// Most loops of a function that are looked at.
const MOST: usize = 100;

/// What a function consists of.
#[derive(Debug)]
pub struct Profile {
    pub instructions: usize,
    /// Inline caches included.
    pub bytes: usize,
    /// Those of the source, by their first instruction.
    pub loops: Vec<Loop>,
    /// How often each operation stands there.
    pub operations: BTreeMap<&'static str, usize>,
}

/// The blocks from which control comes back to the first of them.
#[derive(Debug)]
pub struct Loop {
    /// Line of its first instruction; -1 if it has none.
    pub line: i32,
    pub blocks: usize,
    pub instructions: usize,
    /// Instructions of one round, on the shortest and the longest way; loops within it are passed once, exceptions do not happen.
    pub round: (usize, usize),
    /// How often each operation stands there.
    pub operations: BTreeMap<&'static str, usize>,
}

impl Profile {
    pub fn new(code: &CodeObject, target: Target) -> Profile {
        let decoded = tables::instructions(&code.code, target.opcodes());
        let graph = Graph::new(&decoded, target);
        let mut lines = Lines::new(code);
        let mut loops: Vec<Loop> = graph
            .latches()
            .iter()
            .take(MOST)
            .map(|(&head, latches)| graph.natural_loop(head, latches))
            .collect();
        for (of, &head) in loops.iter_mut().zip(graph.latches().keys()) {
            of.line = lines.at(decoded[graph.starts[head]].offset).line;
        }
        Profile {
            instructions: decoded.len(),
            bytes: code.code.len(),
            loops,
            operations: operations(&decoded),
        }
    }
}

fn operations<'a>(decoded: impl IntoIterator<Item = &'a Decoded>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for instr in decoded {
        *counts.entry(instr.op.map_or("?", Op::name)).or_default() += 1;
    }
    counts
}

/// Basic blocks in the order of the code.
struct Graph<'a> {
    decoded: &'a [Decoded],
    /// Index of the first instruction of each, and behind the last.
    starts: Vec<usize>,
    /// The blocks behind each, exceptions aside; with whether it is an `await` that goes round.
    next: Vec<Vec<(usize, bool)>>,
}

impl Graph<'_> {
    fn new(decoded: &[Decoded], target: Target) -> Graph<'_> {
        let table = target.opcodes();
        let index_of = |instr: &Decoded| {
            // What END_ASYNC_FOR tells is no jump.
            let offset = instr
                .jump_target(table)
                .filter(|_| instr.op != Some(Op::END_ASYNC_FOR))?;
            decoded.binary_search_by_key(&offset, |it| it.start).ok()
        };
        let mut starts = BTreeSet::from([0, decoded.len()]);
        for (index, instr) in decoded.iter().enumerate() {
            starts.extend(index_of(instr));
            if instr.op.is_some_and(|op| table.is_terminator(op)) {
                starts.insert(index + 1);
            }
        }
        let starts: Vec<usize> = starts.into_iter().collect();
        let block_of = |index: usize| starts.binary_search(&index).ok();
        let blocks = starts.len() - 1;
        let next = starts[1..].iter().map(|&end| {
            let last = &decoded[end - 1];
            let waits = last.op == Some(Op::JUMP_BACKWARD_NO_INTERRUPT);
            let jump = index_of(last).and_then(block_of).map(|to| (to, waits));
            let falls = !last.op.is_some_and(|op| table.no_fallthrough(op));
            let behind = block_of(end)
                .filter(|&to| falls && to < blocks)
                .map(|to| (to, false));
            jump.into_iter().chain(behind).collect()
        });
        let next = next.collect();
        Graph {
            decoded,
            next,
            starts,
        }
    }

    /// The first blocks of loops, each with those from which control comes back to it.
    fn latches(&self) -> BTreeMap<usize, Vec<usize>> {
        let mut latches: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (block, next) in self.next.iter().enumerate() {
            for &(to, waits) in next {
                if to <= block && !waits {
                    latches.entry(to).or_default().push(block);
                }
            }
        }
        latches
    }

    fn instructions(&self, block: usize) -> std::ops::Range<usize> {
        self.starts[block]..self.starts[block + 1]
    }

    fn natural_loop(&self, head: usize, latches: &[usize]) -> Loop {
        let body = self.body(head, latches);
        let count = |block: &usize| self.instructions(*block).len();
        let all = body
            .iter()
            .flat_map(|&block| &self.decoded[self.instructions(block)]);
        Loop {
            line: -1,
            blocks: body.len(),
            instructions: body.iter().map(count).sum(),
            round: self.round(head, latches, &body),
            operations: operations(all),
        }
    }

    /// The blocks from which a latch is reached without passing the head.
    fn body(&self, head: usize, latches: &[usize]) -> BTreeSet<usize> {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.next.len()];
        for (block, next) in self.next.iter().enumerate() {
            for &(to, _) in next {
                before[to].push(block);
            }
        }
        let mut body = BTreeSet::from([head]);
        let mut pending = latches.to_vec();
        while let Some(block) = pending.pop() {
            if block > head && body.insert(block) {
                pending.extend(&before[block]);
            }
        }
        body
    }

    /// Fewest and most instructions from the head to a latch, both included.
    fn round(&self, head: usize, latches: &[usize], body: &BTreeSet<usize>) -> (usize, usize) {
        let length = |block: usize| self.instructions(block).len();
        let mut ways: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        ways.insert(head, (length(head), length(head)));
        for &block in body {
            let Some(&(fewest, most)) = ways.get(&block) else {
                continue;
            };
            for &(to, _) in &self.next[block] {
                if to > block && body.contains(&to) {
                    let (one, other) = (fewest + length(to), most + length(to));
                    let way = ways.entry(to).or_insert((one, other));
                    *way = (way.0.min(one), way.1.max(other));
                }
            }
        }
        let ends: Vec<_> = latches.iter().filter_map(|latch| ways.get(latch)).collect();
        (
            ends.iter().map(|way| way.0).min().unwrap_or(0),
            ends.iter().map(|way| way.1).max().unwrap_or(0),
        )
    }
}
