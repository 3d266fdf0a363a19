//! Assembly (CPython's `assemble.c`): instructions to a code object.

mod exceptions;
mod jumps;
mod localsplus;
mod locations;

use std::sync::Arc;

use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{CodeObject, Constant, Names, Op};
use pycsmith_ir::sequence::Instruction;
use pycsmith_ir::{ConstId, ConstPool, InstructionSequence};
use pycsmith_optimizer::Optimized;
use pycsmith_parser::Name;

use crate::codegen::unit::Unit;
use crate::codegen::{Compiler, Result, bug};
use crate::interned;

/// Makes the code object of `unit` (`_PyAssemble_MakeCodeObject`). `consts` are its constants in their final order,
/// `flags` its `co_flags`.
///
/// # Errors
/// [`CompileError::Bug`](crate::CompileError::Bug) for a sequence that the optimizer should not have made: a label
/// without a place, a pseudo-instruction, a handler below the bottom of the stack.
pub fn make_code_object(
    c: &mut Compiler<'_>,
    unit: &Unit<'_>,
    optimized: Optimized,
    consts: &[ConstId],
    flags: u32,
) -> Result<Arc<CodeObject>> {
    let table = c.target.opcodes();
    let Optimized {
        mut sequence,
        stack_depth,
        nlocalsplus,
    } = optimized;
    let mut buffers = std::mem::take(&mut c.buffers);
    let Buffers {
        jumps,
        offsets,
        code,
        bytes,
        items,
    } = &mut buffers;
    let InstructionSequence { instrs, labels, .. } = &mut sequence;
    jumps::resolve(c.target, instrs, labels, offsets, jumps)?;
    emit(
        table,
        instrs,
        offsets.last().copied().unwrap_or(0) as usize,
        code,
    )?;
    exceptions::table(instrs, labels, offsets, bytes)?;
    let exceptiontable = c.pool.intern_bytes(bytes);
    locations::table(c.target, instrs, offsets, unit.firstlineno, bytes);
    let linetable = c.pool.intern_bytes(bytes);

    items.clear();
    for &name in &unit.names.order {
        items.push(string(c, name));
    }
    let names = merged_names(&mut c.pool, items)?;
    items.extend(consts.iter().map(|&id| c.pool.get(id).clone()));
    let consts = interned::merged_consts(c, items);
    localsplus::compute(c, unit, flags, nlocalsplus, items, bytes)?;
    let (name, qualname) = interned::names_of(c, unit);
    let object = CodeObject {
        argcount: unit.posonlyargcount + unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        // CPython quirk (3.13, `init_code`): at least one slot, even where none is used.
        stacksize: stack_depth.max(u32::from(c.target.has_a_stack_slot())),
        flags,
        code: code.as_flattened().into(),
        exceptiontable,
        linetable,
        names,
        consts,
        localsplusnames: merged_names(&mut c.pool, items)?,
        localspluskinds: bytes[..].into(),
        filename: c.filename.clone(),
        name,
        qualname,
        firstlineno: unit.firstlineno,
    };
    c.buffers = buffers;
    c.free_sequence(sequence);
    Ok(Arc::new(object))
}

/// Memory that goes from unit to unit.
#[derive(Default)]
pub struct Buffers {
    jumps: Vec<jumps::Jump>,
    offsets: Vec<u32>,
    /// Code units.
    code: Vec<[u8; 2]>,
    bytes: Vec<u8>,
    items: Vec<Constant>,
}

fn string(c: &mut Compiler<'_>, name: Name) -> Constant {
    Constant::Str(c.name_object(name))
}

/// The one tuple of the compilation that is equal to `names`, which are taken out
/// (`_PyCompile_ConstCacheMergeOne`).
fn merged_names(pool: &mut ConstPool, names: &mut Vec<Constant>) -> Result<Names> {
    let (id, _) = pool.intern_tuple(names);
    if let Constant::Tuple(items) = pool.get(id)
        && let Some(names) = Names::from_tuple(items.clone())
    {
        return Ok(names);
    }
    bug("a name that is not a string")
}

/// Code units of an instruction with `EXTENDED_ARG` prefixes and inline caches (`instr_size`).
#[inline]
fn size(table: &OpcodeTable, instr: &Instruction) -> u32 {
    let units = 1 + table.caches(instr.op);
    if instr.arg <= 0xFF {
        return units;
    }
    units + 1 + u32::from(instr.arg > 0xFFFF) + u32::from(instr.arg > 0xFF_FFFF)
}

/// The code units of the instructions, `total` of them by their [`size`]s, into `code`, which is overwritten (`write_instr`).
fn emit(
    table: &OpcodeTable,
    instrs: &[Instruction],
    total: usize,
    code: &mut Vec<[u8; 2]>,
) -> Result {
    code.clear();
    code.resize(total, [0, 0]);
    let opcode = |op: Op| match table.number(op).map(u8::try_from) {
        Some(Ok(number)) => Ok(number),
        _ => bug(format!("{op} is no instruction of the target")),
    };
    let extended_arg = opcode(Op::EXTENDED_ARG)?;
    let mut at = 0;
    for instr in instrs {
        let number = opcode(instr.op)?;
        let [low, prefixes @ ..] = instr.arg.to_le_bytes();
        if instr.arg > 0xFF {
            let count = 4 - instr.arg.leading_zeros() as usize / 8 - 1;
            for &byte in prefixes[..count].iter().rev() {
                code[at] = [extended_arg, byte];
                at += 1;
            }
        }
        code[at] = [number, low];
        at += 1 + table.caches(instr.op) as usize;
    }
    Ok(())
}
