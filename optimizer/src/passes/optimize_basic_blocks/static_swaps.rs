//! Instead of two values, the instructions that pop them change places.
//!
//! ```text
//! SWAP       2          NOP
//! STORE_FAST x    =>    STORE_FAST y
//! STORE_FAST y          STORE_FAST x
//! ```

use pycsmith_bytecode::Op;
use pycsmith_ir::Instr;

/// It pops one value and does nothing that could be seen before or after its neighbours do the same.
fn is_swappable(op: Op) -> bool {
    matches!(op, Op::STORE_FAST | Op::STORE_FAST_MAYBE_NULL | Op::POP_TOP)
}

fn stores_to(instr: &Instr) -> Option<u32> {
    matches!(instr.op, Op::STORE_FAST | Op::STORE_FAST_MAYBE_NULL).then_some(instr.arg)
}

/// The next instruction behind `i` that is no `NOP`, if it can be swapped and all on the way is on line `line`
/// (which is not asked if it is negative).
fn next_swappable(instrs: &[Instr], i: usize, line: i32) -> Option<usize> {
    for (at, instr) in instrs.iter().enumerate().skip(i + 1) {
        if line >= 0 && instr.line() != line {
            // A tracer would see the names bound in another order.
            return None;
        }
        if instr.op != Op::NOP {
            return is_swappable(instr.op).then_some(at);
        }
    }
    None
}

/// The swaps at and before `i`, the nearest first, until one cannot go (`apply_static_swaps`). With `keeps_order`, two
/// stores to one local stay in their order.
pub fn apply_static_swaps(instrs: &mut [Instr], i: usize, keeps_order: bool) {
    for at in (0..=i).rev() {
        let Instr { op, arg, .. } = instrs[at];
        if op == Op::NOP || is_swappable(op) {
            continue;
        }
        if op != Op::SWAP {
            return;
        }
        let Some((j, k)) = operands(instrs, at, arg, keeps_order) else {
            return;
        };
        instrs[at].set_op0(Op::NOP);
        instrs.swap(j, k);
    }
}

/// The first instruction behind the swap at `at` and the `depth`-th, if they may change places.
fn operands(instrs: &[Instr], at: usize, depth: u32, keeps_order: bool) -> Option<(usize, usize)> {
    let j = next_swappable(instrs, at, -1)?;
    let line = instrs[j].line();
    let mut k = j;
    for _ in 1..depth {
        k = next_swappable(instrs, k, line)?;
    }
    if !keeps_order {
        return Some((j, k));
    }
    let (store_j, store_k) = (stores_to(&instrs[j]), stores_to(&instrs[k]));
    if store_j.is_some() || store_k.is_some() {
        if store_j == store_k {
            return None;
        }
        let conflict =
            |store: Option<u32>| store.is_some() && (store == store_j || store == store_k);
        if instrs[j + 1..k]
            .iter()
            .any(|instr| conflict(stores_to(instr)))
        {
            return None;
        }
    }
    Some((j, k))
}
