//! `break` and `continue` (`codegen_break`, `codegen_continue`).

use pycsmith_bytecode::{Location, Op};

use crate::codegen::{Compiler, Result, fblock, syntax_error};

/// `break`: undoes everything up to the loop, and the loop itself.
pub fn break_stmt(c: &mut Compiler<'_>, loc: Location) -> Result {
    let origin = loc;
    let mut loc = loc;
    c.op(loc, Op::NOP);
    let Some(target) = fblock::unwind_fblock_stack(c, &mut loc, false, true)? else {
        return syntax_error(origin, "'break' outside loop");
    };
    fblock::unwind_fblock(c, &mut loc, &target, false)?;
    c.jump(loc, Op::JUMP, target.exit);
    c.set_loc(loc);
    Ok(())
}

/// `continue`: undoes everything up to the loop.
pub fn continue_stmt(c: &mut Compiler<'_>, loc: Location) -> Result {
    let origin = loc;
    let mut loc = loc;
    c.op(loc, Op::NOP);
    let Some(target) = fblock::unwind_fblock_stack(c, &mut loc, false, true)? else {
        return syntax_error(origin, "'continue' not properly in loop");
    };
    c.jump(loc, Op::JUMP, target.block);
    c.set_loc(loc);
    Ok(())
}
