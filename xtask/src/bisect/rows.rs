//! A finished unit as rows of text: what the passes decided, before assembly. Those of one of ours and those decoded from a code
//! object are equal where the passes did what CPython's do.

use pycsmith_bytecode::tables::{self, Handler};
use pycsmith_bytecode::{CodeObject, Constant, Location, Op, Target};
use pycsmith_compiler::codegen::expr::oparg::get_iter;
use pycsmith_ir::text::constants;
use pycsmith_ir::{BlockId, CodeUnit, Instr, InstructionSequence, OpKind, UnitConst};
use pycsmith_optimizer::passes::to_sequence;

pub type Rows = Vec<String>;

/// `END_ASYNC_FOR` names the `SEND` of its loop in a graph, and in code the `END_SEND`, so many instructions behind it.
const END_SEND: u32 = 4;

/// The rows of a unit behind its last pass.
///
/// # Errors
/// It is not what an assembler takes: a jump to nowhere, a constant that is not there.
pub fn of_unit(unit: &CodeUnit, target: Target) -> Result<Rows, String> {
    let mut sequence = InstructionSequence::default();
    to_sequence::run(&mut unit.graph.0.clone(), &mut sequence, false);
    let consts: Vec<String> = unit.consts.iter().map(unit_const).collect();
    let place = |label: u32| {
        let place = sequence.labels.get(label as usize).copied();
        let within = |place: &u32| (*place as usize) < sequence.instrs.len();
        place
            .filter(within)
            .ok_or_else(|| format!("label {label} stands nowhere"))
    };
    let handler = |number: BlockId| match sequence.handlers.get(number.0 as usize) {
        None => Ok(None),
        Some(info) => {
            let depth = info.start_depth as i64 - 1 - i64::from(info.preserve_lasti);
            Ok::<_, String>(Some((place(info.label.0)?, depth, info.preserve_lasti)))
        }
    };
    let mut rows = Vec::with_capacity(sequence.instrs.len() + consts.len() + 1);
    for (index, instr) in sequence.instrs.iter().enumerate() {
        let (op, operand) = if instr.op.has_target() {
            let to = place(instr.arg)? + END_SEND * u32::from(instr.op == Op::END_ASYNC_FOR);
            (directed(instr.op, to as usize > index), format!("to {to}"))
        } else {
            // Assembly writes the other operand for `yield from`.
            let yields_from = instr.op == Op::GET_ITER && instr.arg == get_iter::YIELD_FROM;
            let arg = if yields_from {
                get_iter::YIELD_FROM_CORO_CHECK
            } else {
                instr.arg
            };
            (instr.op, operand(instr.op, arg, &consts, target)?)
        };
        if target.opcodes().is_pseudo(op) {
            return Err(format!("{op} is left"));
        }
        rows.push(row(op.name(), &operand, instr.loc, handler(instr.handler)?));
    }
    end(
        &mut rows,
        unit.stack_depth
            .unwrap_or(0)
            .max(u32::from(target.has_a_stack_slot())),
        &consts,
    );
    Ok(rows)
}

/// The rows of a code object.
pub fn of_code(code: &CodeObject, target: Target) -> Rows {
    let table = target.opcodes();
    let decoded = tables::instructions(&code.code, table);
    let consts: Vec<String> = code.consts.iter().map(constant).collect();
    let locations: Vec<Location> = tables::locations(code)
        .into_iter()
        .flat_map(|(units, location)| std::iter::repeat_n(location, units as usize))
        .collect();
    let number = |offset: u32| decoded.iter().position(|instr| instr.start == offset);
    let handlers = tables::handlers(code);
    let handler = |start: u32| {
        let covers = |handler: &&Handler| (handler.start..handler.end).contains(&start);
        let Handler {
            target,
            depth,
            lasti,
            ..
        } = handlers.iter().find(covers)?;
        Some((number(*target)? as u32, i64::from(*depth), *lasti))
    };
    let mut rows = Vec::with_capacity(decoded.len() + consts.len() + 1);
    for instr in &decoded {
        let name = instr.op.map_or("?", Op::name);
        let operand = match (instr.jump_target(table), instr.op) {
            (Some(offset), _) => match number(offset) {
                Some(to) => format!("to {to}"),
                None => format!("to offset {offset}"),
            },
            (None, Some(op)) => operand(op, instr.arg, &consts, target).unwrap_or_default(),
            (None, None) => instr.number.to_string(),
        };
        let location = locations.get(instr.start as usize).copied();
        rows.push(row(
            name,
            &operand,
            location.unwrap_or(Location::NONE),
            handler(instr.start),
        ));
    }
    end(&mut rows, code.stacksize, &consts);
    rows
}

/// An instruction anywhere in the pipeline, without where it jumps to.
pub fn of_instr(instr: &Instr, consts: &[UnitConst], target: Target) -> String {
    let operand = if instr.op.has_target() {
        "to ?".to_owned()
    } else if target.opcodes().has_const(instr.op) {
        let value = consts.get(instr.arg as usize);
        value.map(unit_const).unwrap_or_default()
    } else {
        instr.arg.to_string()
    };
    row(instr.op.name(), &operand, instr.loc, None)
}

/// The stack and the table of constants.
fn end(rows: &mut Rows, stack: u32, consts: &[String]) {
    rows.push(format!(".stack {stack}"));
    rows.extend(consts.iter().map(|value| format!(".const {value}")));
}

/// The `JUMP`s that assembly gives a direction.
fn directed(op: Op, forward: bool) -> Op {
    match op {
        Op::JUMP | Op::JUMP_NO_INTERRUPT if forward => Op::JUMP_FORWARD,
        Op::JUMP => Op::JUMP_BACKWARD,
        Op::JUMP_NO_INTERRUPT => Op::JUMP_BACKWARD_NO_INTERRUPT,
        other => other,
    }
}

fn operand(op: Op, arg: u32, consts: &[String], target: Target) -> Result<String, String> {
    if !target.opcodes().has_const(op) {
        return Ok(arg.to_string());
    }
    let value = consts.get(arg as usize).cloned();
    value.ok_or_else(|| format!("{op} of constant {arg}, which is not there"))
}

fn row(op: &str, operand: &str, loc: Location, handler: Option<(u32, i64, bool)>) -> String {
    let Location {
        line,
        end_line,
        col,
        end_col,
    } = loc;
    // As much as a location table keeps.
    let place = match (line < 0, col < 0 || end_col < 0) {
        (true, _) => String::new(),
        (false, true) => format!("@{line}"),
        (false, false) => format!("@{line}:{col}-{end_line}:{end_col}"),
    };
    let handler = match handler {
        None => String::new(),
        Some((to, depth, lasti)) => {
            format!(
                " handler {to} depth {depth}{}",
                if lasti { " lasti" } else { "" }
            )
        }
    };
    format!("{op:<28} {operand:<20} {place}{handler}")
        .trim_end()
        .to_owned()
}

fn unit_const(value: &UnitConst) -> String {
    match value {
        UnitConst::Value(value) => constants::text(value),
        // Units of one name are numbered; code objects are not.
        UnitConst::Code(id) => format!("code {}", id.split('~').next().unwrap_or_default()),
    }
}

fn constant(value: &Constant) -> String {
    match value {
        Constant::Code(code) => format!("code {}", String::from_utf8_lossy(&code.qualname.wtf8)),
        value => constants::text(value),
    }
}
