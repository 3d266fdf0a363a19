//! A run of swaps becomes the shortest one that moves the stack the same way.
//!
//! ```text
//! SWAP 3          NOP
//! SWAP 2          NOP
//! SWAP 3    =>    NOP
//! SWAP 3          NOP
//! SWAP 2          SWAP 3
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::Instr;
use smallvec::SmallVec;

/// Deepest stack that is followed, in slots: beyond it, a run stays as it is.
const MAX_DEPTH: u32 = 1 << 16;

const VISITED: u32 = u32::MAX;

/// The run that begins with the `SWAP` at `i`. Returns where it ends, or `i` if it is left as it is
/// (`swaptimize`).
pub fn swaptimize(instrs: &mut [Instr], i: usize) -> usize {
    let is_run = |instr: &&Instr| matches!(instr.op, Op::SWAP | Op::NOP);
    let len = instrs[i..].iter().take_while(is_run).count();
    let run = &mut instrs[i..i + len];
    let swaps = run.iter().filter(|instr| instr.op == Op::SWAP);
    let depth = swaps.clone().map(|swap| swap.arg).max().unwrap_or(0);
    if swaps.clone().count() < 2 || depth > MAX_DEPTH || swaps.clone().any(|swap| swap.arg == 0) {
        return i;
    }
    let mut stack: SmallVec<[u32; 16]> = (0..depth).collect();
    for swap in swaps {
        stack.swap(0, swap.arg as usize - 1);
    }
    // Each cycle of the permutation takes one swap of the top with each of its members, found from the last swap
    // backwards. There are never more than there were.
    let mut free = len;
    for start in 0..depth {
        if stack[start as usize] == VISITED || stack[start as usize] == start {
            continue;
        }
        let mut at = start;
        loop {
            if at != 0 {
                free -= 1;
                run[free].set_op1(Op::SWAP, at + 1);
            }
            let next = std::mem::replace(&mut stack[at as usize], VISITED);
            if next == VISITED {
                break;
            }
            at = next;
        }
    }
    for unused in &mut run[..free] {
        unused.set_op0(Op::NOP);
    }
    i + len - 1
}
