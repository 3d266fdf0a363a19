//! Operations and operands.

use pycsmith_bytecode::opcode::Operand;
use pycsmith_bytecode::operand_limits::has_meaning;
use pycsmith_bytecode::{Op, Target};

use super::{Context, Places};
use crate::cfg::{BlockId, Instr};
use crate::ops::OpKind;
use crate::text::operand_of;

/// Operands end here (CPython: an assertion of `codegen_addop_i`).
const END: u32 = 1 << 30;

/// The target has the operation.
pub(super) fn is_of(target: Target, op: Op) -> Result<(), String> {
    match target.opcodes().has(op) {
        true => Ok(()),
        false => Err(format!("the target has no {op}")),
    }
}

/// The operation may stand in a graph at this point of the pipeline, and its operand means something.
pub(super) fn check(context: &Context<'_>, instr: &Instr) -> Result<(), String> {
    let Instr { op, arg, .. } = *instr;
    let opcodes = context.target.opcodes();
    if op.is_assembler_op() {
        return Err(format!("{op}: only the assembler makes it"));
    }
    if is_resolved_earlier(context.target, op) {
        return Err(format!("{op}: code generation puts another in its place"));
    }
    let stays = matches!(op, Op::JUMP | Op::JUMP_NO_INTERRUPT);
    if context.done.pseudo_ops_converted && opcodes.is_pseudo(op) && !stays {
        return Err(format!(
            "{op}, though pseudo-instructions have been converted"
        ));
    }
    if arg >= END {
        return Err(format!("{op} {arg}: operands end at 2**30"));
    }
    if !has_meaning(context.target, op, arg) {
        return Err(format!(
            "{op} {arg}: {}",
            operands_message(opcodes.has_arg(op))
        ));
    }
    let nlocals = context.nlocalsplus.unwrap_or(context.shape.nlocals);
    let within = |index: u32, count: u32, what: &str| {
        if index < count {
            return Ok(());
        }
        Err(format!("{op} {arg}: there are only {count} {what}"))
    };
    match operand_of(opcodes, op) {
        Operand::Const => within(arg, context.nconsts as u32, "constants"),
        Operand::Name => within(arg, context.shape.nnames, "names"),
        Operand::NameFlag => within(arg >> 1, context.shape.nnames, "names"),
        Operand::NameFlags => within(arg >> 2, context.shape.nnames, "names"),
        Operand::Local => within(arg, nlocals, "locals"),
        Operand::LocalPair => {
            within(arg >> 4, nlocals, "locals")?;
            within(arg & 15, nlocals, "locals")
        }
        Operand::Free => free(context, op, arg),
        Operand::None | Operand::Raw | Operand::Jump | Operand::Handler => Ok(()),
    }?;
    match op {
        Op::COPY_FREE_VARS if arg != context.shape.nfreevars => Err(format!(
            "{op} {arg}: there are {} free variables",
            context.shape.nfreevars
        )),
        _ => Ok(()),
    }
}

/// No graph has it: the name of an instruction sequence's place, or of an attribute access whose operand has flags.
fn is_resolved_earlier(target: Target, op: Op) -> bool {
    use Op::{
        ANNOTATIONS_PLACEHOLDER, LOAD_METHOD, LOAD_SUPER_METHOD, LOAD_ZERO_SUPER_ATTR,
        LOAD_ZERO_SUPER_METHOD,
    };
    let is_name = matches!(
        op,
        ANNOTATIONS_PLACEHOLDER
            | LOAD_METHOD
            | LOAD_SUPER_METHOD
            | LOAD_ZERO_SUPER_ATTR
            | LOAD_ZERO_SUPER_METHOD
    );
    is_name && target.opcodes().is_pseudo(op)
}

fn operands_message(has_arg: bool) -> &'static str {
    if has_arg {
        "this operand has no meaning"
    } else {
        "it has no operand"
    }
}

/// Cells and free variables count from the first cell; behind `prepare_localsplus`, from the first local.
fn free(context: &Context<'_>, op: Op, arg: u32) -> Result<(), String> {
    let shape = context.shape;
    let is_free = match context.nlocalsplus {
        None => arg < shape.cell_locals.len() as u32 + shape.nfreevars,
        Some(nlocalsplus) => {
            arg < nlocalsplus && (arg >= shape.nlocals || shape.cell_locals.contains(&Some(arg)))
        }
    };
    if is_free {
        return Ok(());
    }
    Err(format!("{op} {arg}: this is no cell and no free variable"))
}

/// Where the direction of a jump cannot be chosen any more, it goes there.
pub(super) fn check_direction(
    context: &Context<'_>,
    places: &Places,
    b: BlockId,
    instr: &Instr,
) -> Result<(), String> {
    let op = instr.op;
    let forward = match op {
        Op::POP_JUMP_BACKWARD_IF_FALSE
        | Op::POP_JUMP_BACKWARD_IF_TRUE
        | Op::POP_JUMP_BACKWARD_IF_NONE
        | Op::POP_JUMP_BACKWARD_IF_NOT_NONE => false,
        Op::POP_JUMP_FORWARD_IF_FALSE
        | Op::POP_JUMP_FORWARD_IF_TRUE
        | Op::POP_JUMP_FORWARD_IF_NONE
        | Op::POP_JUMP_FORWARD_IF_NOT_NONE => true,
        Op::FOR_ITER | Op::SEND => true,
        _ if op.is_conditional_jump() && context.done.jumps_normalized => true,
        _ => return Ok(()),
    };
    if (places.of(instr.target) > places.of(b)) == forward {
        return Ok(());
    }
    let direction = if forward { "forwards" } else { "backwards" };
    Err(format!("{op} does not go {direction}"))
}
