//! Instructions and constants as they go to a reference interpreter and come back.

use std::collections::BTreeMap;
use std::sync::Arc;

use pycsmith_bytecode::{Constant, Location, Op, PyStr, Target, marshal};
use pycsmith_ir::ops::OpKind;
use pycsmith_ir::text::constants;
use pycsmith_ir::{Cfg, CodeUnit, Graph, InstructionSequence, Label, UnitConst};
use pycsmith_optimizer::fill_graph;
use pycsmith_optimizer::passes::to_sequence;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Instructions in order: opcode, operand, line, end line, column, end column each. The operand of a jump is the index of the
/// instruction it goes to.
pub type Flat = Vec<[i32; 6]>;

/// A unit's constants.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct WireConsts {
    /// A marshalled tuple with `None` for each code object, in hexadecimal digits.
    values: String,
    /// The names of the code objects, by index.
    codes: BTreeMap<String, String>,
}

impl WireConsts {
    /// # Errors
    /// A constant that marshal cannot hold.
    pub fn of(consts: &[UnitConst], target: Target) -> Result<WireConsts, String> {
        let mut codes = BTreeMap::new();
        let values = consts.iter().enumerate().map(|(index, value)| match value {
            UnitConst::Value(value) => value.clone(),
            UnitConst::Code(id) => {
                codes.insert(index.to_string(), id.clone());
                Constant::None
            }
        });
        let tuple = Constant::Tuple(values.collect());
        let mut bytes = Vec::new();
        marshal::write_constant(&tuple, target, &mut bytes).map_err(|error| error.to_string())?;
        Ok(WireConsts {
            values: to_hex(&bytes),
            codes,
        })
    }

    /// The constants, with the items of sets in an order of ours: that of the interpreter's depends on which of them are
    /// one object with something else in its process.
    ///
    /// # Errors
    /// It is no marshalled tuple.
    pub fn read(&self, target: Target) -> Result<Vec<UnitConst>, String> {
        let bytes = from_hex(&self.values).ok_or("not hexadecimal digits")?;
        match marshal::read(&bytes, target) {
            Ok(Constant::Tuple(values)) => Ok(values
                .iter()
                .enumerate()
                .map(|(index, value)| match self.codes.get(&index.to_string()) {
                    Some(id) => UnitConst::Code(id.clone()),
                    None => UnitConst::Value(in_order(value)),
                })
                .collect()),
            Ok(_) => Err("not a tuple of constants".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The constant with the items of all sets in it in the order of their text.
fn in_order(value: &Constant) -> Constant {
    match value {
        Constant::Tuple(items) => Constant::Tuple(items.iter().map(in_order).collect()),
        Constant::FrozenSet(items) => {
            let mut items: Vec<Constant> = items.iter().map(in_order).collect();
            items.sort_by_cached_key(constants::text);
            Constant::FrozenSet(items.into())
        }
        other => other.clone(),
    }
}

/// `consts` as they would come back: with the items of sets in another order.
///
/// # Errors
/// A constant that marshal cannot hold.
pub fn there_and_back(consts: &[UnitConst], target: Target) -> Result<Vec<UnitConst>, String> {
    WireConsts::of(consts, target)?.read(target)
}

/// The constants with strings in the place of code objects, for an assembler.
pub fn without_code(consts: Vec<UnitConst>) -> Vec<UnitConst> {
    let stand_in = |value| match value {
        UnitConst::Code(id) => {
            let text = PyStr::constant(format!("code {id}"));
            UnitConst::Value(Constant::Str(Arc::new(text)))
        }
        value => value,
    };
    consts.into_iter().map(stand_in).collect()
}

pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `None` if there is anything but pairs of digits.
pub fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// `sequence` without its labels.
///
/// # Errors
/// An operation that the target does not have, or a label that stands nowhere.
pub fn flat(sequence: &InstructionSequence, target: Target) -> Result<Flat, String> {
    let table = target.opcodes();
    let count = sequence.instrs.len() as u32;
    let row = |instr: &pycsmith_ir::Instr| {
        let number = table
            .number(instr.op)
            .ok_or_else(|| format!("the target has no {}", instr.op))?;
        let arg = if instr.op.has_target() {
            let place = sequence.labels.get(instr.arg as usize).copied();
            place
                .filter(|&place| place < count)
                .ok_or_else(|| format!("{} to nowhere", instr.op))?
        } else {
            instr.arg
        };
        let Location {
            line,
            end_line,
            col,
            end_col,
        } = instr.loc;
        Ok([i32::from(number), arg as i32, line, end_line, col, end_col])
    };
    sequence.instrs.iter().map(row).collect()
}

/// The instructions of a graph, in layout order.
///
/// # Errors
/// Those of [`flat`].
pub fn flat_graph(graph: &Graph, target: Target) -> Result<Flat, String> {
    let mut sequence = InstructionSequence::default();
    to_sequence::run(&mut graph.0.clone(), &mut sequence, false);
    flat(&sequence, target)
}

/// The graph of `instrs`; only jumps make labels.
///
/// # Errors
/// An unknown opcode, or a jump to nowhere.
pub fn graph(instrs: &[[i32; 6]], target: Target) -> Result<Graph, String> {
    let mut sequence = sequence(instrs, target)?;
    let mut cfg = Cfg::default();
    fill_graph(target, &mut cfg, &mut sequence).map_err(|bug| bug.0)?;
    Ok(Graph(cfg))
}

fn sequence(instrs: &[[i32; 6]], target: Target) -> Result<InstructionSequence, String> {
    let mut sequence = InstructionSequence {
        labels: vec![u32::MAX; instrs.len()],
        ..InstructionSequence::default()
    };
    for &[number, arg, line, end_line, col, end_col] in instrs {
        let op = op_numbered(number, target)
            .ok_or_else(|| format!("{number} is no opcode of the target"))?;
        let loc = Location {
            line,
            end_line,
            col,
            end_col,
        };
        if op.has_target() {
            let label = sequence.labels.get_mut(arg as usize);
            *label.ok_or_else(|| format!("{op} to {arg}, which is nowhere"))? = arg as u32;
            sequence.push_jump(op, Label(arg as u32), loc);
        } else {
            sequence.push(op, arg as u32, loc);
        }
    }
    Ok(sequence)
}

/// Pseudo-instructions have numbers from 256 on.
pub fn op_numbered(number: i32, target: Target) -> Option<Op> {
    let table = target.opcodes();
    match u8::try_from(number) {
        Ok(number) => table.op(number),
        Err(_) => Op::ALL
            .into_iter()
            .find(|&op| table.number(op).map(i32::from) == Some(number)),
    }
}

/// What `optimize_cfg` asks to know of a unit.
///
/// # Errors
/// The unit does not fit on the wire.
pub fn to_optimize(unit: &CodeUnit, target: Target) -> Result<Value, String> {
    Ok(json!({
        "instrs": flat_graph(&unit.graph, target)?,
        "consts": WireConsts::of(&unit.consts, target)?,
        "nlocals": unit.varnames.len(),
    }))
}

/// The `co_filename` of what is assembled.
pub const FILENAME: &str = "unit.py";

/// What `assemble_code_object` asks to know of a unit.
///
/// # Errors
/// The unit does not fit on the wire.
pub fn to_assemble(unit: &CodeUnit, target: Target) -> Result<Value, String> {
    Ok(json!({
        "filename": FILENAME,
        "instrs": flat_graph(&unit.graph, target)?,
        "consts": WireConsts::of(&unit.consts, target)?,
        "name": unit.name,
        "qualname": unit.qualname,
        "firstlineno": unit.firstlineno,
        // Theirs leaves out those that are positional only.
        "argcount": unit.argcount.saturating_sub(unit.posonlyargcount),
        "posonlyargcount": unit.posonlyargcount,
        "kwonlyargcount": unit.kwonlyargcount,
        "names": unit.names,
        "varnames": unit.varnames,
        "cellvars": unit.cellvars,
        "freevars": unit.freevars,
        "hidden": unit.hidden,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_bytes() {
        assert_eq!(
            from_hex(&to_hex(&[0, 0x7f, 0xff])),
            Some(vec![0, 0x7f, 0xff])
        );
        assert_eq!(from_hex("0g"), None);
    }

    #[test]
    fn instructions_come_back() {
        let target = Target::PY314;
        let number = |op| i32::from(target.opcodes().number(op).expect("3.14 has it"));
        let instrs = [
            [number(Op::SETUP_FINALLY), 3, 1, 1, 0, 5],
            [number(Op::LOAD_CONST), 0, 1, 1, 0, 5],
            [number(Op::POP_JUMP_IF_FALSE), 0, 2, 2, 0, 5],
            [number(Op::RERAISE), 1, -1, -1, -1, -1],
        ];
        let graph = graph(&instrs, target).expect("labels stand somewhere");
        assert_eq!(flat_graph(&graph, target), Ok(instrs.to_vec()));
    }

    #[test]
    fn faults_of_the_wire_are_told() {
        let target = Target::PY314;
        assert!(graph(&[[9999, 0, 1, 1, 0, 0]], target).is_err());
        let jump = i32::from(target.opcodes().number(Op::JUMP).expect("3.14 has it"));
        assert!(graph(&[[jump, 7, 1, 1, 0, 0]], target).is_err());
    }

    #[test]
    fn sets_of_the_same_items_are_the_same() {
        let item = |text: &str| {
            let text = PyStr::constant(text);
            Constant::Tuple([Constant::Str(Arc::new(text))].into())
        };
        let set = |items: [&str; 3]| {
            let set = Constant::FrozenSet(items.map(item).into());
            UnitConst::Value(Constant::Tuple([set].into()))
        };
        let read = |set| there_and_back(&[set], Target::PY314).expect("marshal holds them");
        assert_eq!(read(set(["a", "b", "c"])), read(set(["c", "a", "b"])));
        assert_ne!(read(set(["a", "b", "c"])), read(set(["a", "b", "d"])));
    }

    #[test]
    fn constants_come_back_with_the_names_of_code() {
        let consts = [
            UnitConst::Value(Constant::None),
            UnitConst::Code("f.<locals>.g".to_owned()),
        ];
        let wire = WireConsts::of(&consts, Target::PY314).expect("marshal holds them");
        assert_eq!(wire.read(Target::PY314), Ok(consts.to_vec()));
    }
}
