//! How generators and coroutines start and end.
//!
//! From 3.15 on the code generator says where a generator creates itself; a generator expression calls `iter` before:
//!
//! ```text
//!     RESUME AT_GEN_EXPR_START; LOAD_FAST .0; GET_ITER      # only a generator expression
//!     RETURN_GENERATOR; POP_TOP
//!     SETUP_CLEANUP handler                                 # not a lambda
//!     RESUME AT_FUNC_START
//!     <the body>
//! handler:
//!     CALL_INTRINSIC_1 STOPITERATION_ERROR; RERAISE 1
//! ```
//!
//! Before, the optimizer inserts `RETURN_GENERATOR` at the start of the unit (`prepare_localsplus`).

use pycsmith_bytecode::{Constant, Location, Op};

use super::Compiler;
use super::expr::oparg::{intrinsic_1, resume};

/// The start of the current unit, which is a generator or coroutine: it creates itself, if that is generated, and its first
/// `next` resumes here.
pub fn start(c: &mut Compiler<'_>) {
    let line = c.unit().firstlineno;
    if c.target.generates_return_generator() {
        let loc = Location::new(line, line, -1, -1);
        c.op(loc, Op::RETURN_GENERATOR);
        c.op(loc, Op::POP_TOP);
    }
    c.op_i(
        Location::line_start(line),
        Op::RESUME,
        resume::AT_FUNC_START,
    );
}

/// Turns a `StopIteration` that leaves the generator into a `RuntimeError`
/// (`codegen_wrap_in_stopiteration_handler`).
pub fn wrap_in_stopiteration_handler(c: &mut Compiler<'_>) {
    let handler = c.new_label();
    let sequence = &mut c.unit_mut().sequence;
    // Before the `RESUME`, behind what creates the generator.
    let created = sequence
        .instrs
        .iter()
        .position(|instr| instr.op == Op::RETURN_GENERATOR);
    let start = created.map_or(0, |at| at + 2);
    sequence.insert_jump(start, Op::SETUP_CLEANUP, handler, Location::NONE);
    c.load_const(Location::NONE, Constant::None);
    c.op(Location::NONE, Op::RETURN_VALUE);
    c.use_label(handler);
    c.op_i(
        Location::NONE,
        Op::CALL_INTRINSIC_1,
        intrinsic_1::STOPITERATION_ERROR,
    );
    c.op_i(Location::NONE, Op::RERAISE, 1);
}
