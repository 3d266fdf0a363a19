//! Assembly (CPython's `assemble.c`): instructions to a code object.

mod exceptions;
mod jumps;
mod localsplus;
mod locations;

use std::sync::Arc;

use pycsmith_bytecode::opcode::OpcodeTable;
use pycsmith_bytecode::{CodeObject, Constant, Names, Op};
use pycsmith_ir::sequence::Instruction;
use pycsmith_ir::{ConstId, ConstPool};
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
    consts: Vec<ConstId>,
    flags: u32,
) -> Result<Arc<CodeObject>> {
    let table = c.target.opcodes();
    let Optimized {
        sequence,
        stack_depth,
        nlocalsplus,
    } = optimized;
    let (mut instrs, labels) = (sequence.instrs, sequence.labels);
    jumps::apply_labels(table, &mut instrs, &labels)?;
    jumps::resolve_unconditional(&mut instrs);
    let offsets = jumps::resolve_offsets(table, &mut instrs)?;
    let code = emit(table, &instrs, offsets.last().copied().unwrap_or(0))?;
    locations::resolve_next(table, &mut instrs);
    let linetable = locations::table(&instrs, &offsets, unit.firstlineno);
    let exceptiontable = exceptions::table(&instrs, &offsets)?;

    let names: Vec<Constant> = unit
        .names
        .order
        .iter()
        .map(|&name| string(c, name))
        .collect();
    let (localsplusnames, localspluskinds) = localsplus::compute(c, unit, flags, nlocalsplus)?;
    let consts: Vec<Constant> = consts
        .into_iter()
        .map(|id| c.pool.get(id).clone())
        .collect();
    let (name, qualname) = (c.name_object(unit.name), c.name_object(unit.qualname));
    c.interned.add_qualname(unit.qualname);
    Ok(Arc::new(CodeObject {
        argcount: unit.posonlyargcount + unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        // CPython quirk (3.14, `init_code`): at least one slot, even where none is used.
        stacksize: stack_depth.max(1),
        flags,
        code: code.into(),
        exceptiontable: merged_bytes(&mut c.pool, &exceptiontable),
        linetable: merged_bytes(&mut c.pool, &linetable),
        names: merged_names(&mut c.pool, names)?,
        consts: interned::merged_consts(c, consts),
        localsplusnames: merged_names(&mut c.pool, localsplusnames)?,
        localspluskinds: localspluskinds.into(),
        filename: c.filename.clone(),
        name,
        qualname,
        firstlineno: unit.firstlineno,
    }))
}

fn string(c: &mut Compiler<'_>, name: Name) -> Constant {
    Constant::Str(c.name_object(name))
}

/// The one object of the compilation with these bytes (`_PyCompile_ConstCacheMergeOne`).
fn merged_bytes(pool: &mut ConstPool, bytes: &[u8]) -> Arc<[u8]> {
    let id = pool.intern_whole(Constant::Bytes(bytes.into()));
    match pool.get(id) {
        Constant::Bytes(merged) => merged.clone(),
        _ => bytes.into(),
    }
}

/// The one tuple of the compilation that is equal to `items`, whose members are left alone.
fn merged_tuple(pool: &mut ConstPool, items: Vec<Constant>) -> Arc<[Constant]> {
    let items: Arc<[Constant]> = items.into();
    let id = pool.intern_whole(Constant::Tuple(items.clone()));
    match pool.get(id) {
        Constant::Tuple(merged) => merged.clone(),
        _ => items,
    }
}

fn merged_names(pool: &mut ConstPool, names: Vec<Constant>) -> Result<Names> {
    match Names::from_tuple(merged_tuple(pool, names)) {
        Some(names) => Ok(names),
        None => bug("a name that is not a string"),
    }
}

/// Code units of an instruction with `EXTENDED_ARG` prefixes and inline caches (`instr_size`).
#[inline]
fn size(table: &OpcodeTable, instr: &Instruction) -> u32 {
    let prefixes = u32::from(instr.arg > 0xFF)
        + u32::from(instr.arg > 0xFFFF)
        + u32::from(instr.arg > 0xFF_FFFF);
    prefixes + 1 + table.caches(instr.op)
}

/// The bytes of the instructions, `total` code units (`write_instr`).
fn emit(table: &OpcodeTable, instrs: &[Instruction], total: u32) -> Result<Vec<u8>> {
    let mut code = Vec::with_capacity(total as usize * 2);
    let opcode = |op: Op| match table.number(op).map(u8::try_from) {
        Some(Ok(number)) => Ok(number),
        _ => bug(format!("{op} is no instruction of the target")),
    };
    let extended_arg = opcode(Op::EXTENDED_ARG)?;
    for instr in instrs {
        let number = opcode(instr.op)?;
        let [low, prefixes @ ..] = instr.arg.to_le_bytes();
        if instr.arg > 0xFF {
            let count = 4 - instr.arg.leading_zeros() as usize / 8 - 1;
            prefixes[..count]
                .iter()
                .rev()
                .for_each(|&byte| code.extend_from_slice(&[extended_arg, byte]));
        }
        code.extend_from_slice(&[number, low]);
        let caches = table.caches(instr.op) as usize;
        code.resize(code.len() + 2 * caches, 0);
    }
    Ok(code)
}
