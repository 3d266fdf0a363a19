//! Assembly (CPython's `assemble.c`): instructions to a code object.

mod check;
mod exceptions;
mod jumps;
mod localsplus;
mod locations;
mod measure;
mod module;

pub use measure::{Ruler, Size};
pub use module::{AssembleError, Assembled, module, to_pyc};

use std::sync::Arc;

use pycsmith_bytecode::opcode::{Encoding, Form, OpcodeTable};
use pycsmith_bytecode::{CodeObject, Constant, Names, Op, PyStr, Target};
use pycsmith_ir::{ConstId, ConstPool, Instr, InstructionSequence};
use pycsmith_optimizer::Optimized;
use pycsmith_parser::Name;
use pycsmith_parser::interner::names;
use rustc_hash::FxHashMap;

use crate::codegen::expr::oparg::get_iter;
use crate::codegen::unit::Table;
use crate::codegen::{Result, bug};
use crate::interned::Strings;

/// What a code object has besides its instructions (CPython's `_PyCompile_CodeUnitMetadata`).
pub(crate) struct Metadata<'u> {
    pub(crate) name: Name,
    pub(crate) qualname: Name,
    /// The object of `qualname` if code refers to it.
    pub(crate) qualname_object: Option<&'u Arc<PyStr>>,
    /// The scope is one of type parameters.
    pub(crate) has_type_params: bool,
    /// It evaluates annotations. Its parameter is `.format`, so that it hides no `format` of theirs; outside it is `format`.
    pub(crate) is_annotate: bool,
    pub(crate) names: &'u [Name],
    /// In their final order.
    pub(crate) consts: &'u [ConstId],
    /// Parameters first.
    pub(crate) varnames: &'u Table<Name>,
    pub(crate) cellvars: &'u Table<Name>,
    pub(crate) freevars: &'u Table<Name>,
    /// Those of `varnames` that are hidden from `locals()`.
    pub(crate) fast_hidden: &'u FxHashMap<Name, bool>,
    /// Positional parameters, those that are positional only included.
    pub(crate) argcount: u32,
    pub(crate) posonlyargcount: u32,
    pub(crate) kwonlyargcount: u32,
    /// `co_flags`.
    pub(crate) flags: u32,
    pub(crate) firstlineno: i32,
}

/// What assembling a unit needs of its module.
pub(crate) struct Assembler<'c> {
    pub(crate) strings: Strings<'c>,
    pub(crate) pool: &'c mut ConstPool,
    pub(crate) filename: &'c Arc<PyStr>,
    pub(crate) buffers: &'c mut Buffers,
}

impl Assembler<'_> {
    /// Makes the code object of `unit` (`_PyAssemble_MakeCodeObject`); the jumps of the sequence become distances.
    ///
    /// # Errors
    /// [`CompileError::Bug`](crate::CompileError::Bug) for a sequence that the optimizer should not have made: a label
    /// without a place, a pseudo-instruction, a handler below the bottom of the stack.
    pub(crate) fn make_code_object(
        &mut self,
        unit: &Metadata<'_>,
        optimized: &mut Optimized,
    ) -> Result<Arc<CodeObject>> {
        let Assembler {
            strings,
            pool,
            filename,
            buffers,
        } = self;
        let target = strings.target;
        let table = target.opcodes();
        let Buffers {
            jumps,
            offsets,
            runs,
            code,
            bytes,
            locals,
        } = &mut **buffers;
        let InstructionSequence {
            instrs,
            labels,
            handlers,
            ..
        } = &mut optimized.sequence;
        if !emit_short(target, instrs, labels, offsets, jumps, code)? {
            jumps::resolve(target, instrs, labels, offsets, jumps)?;
            let end = offsets.last().copied().unwrap_or(0);
            emit(table, instrs, end as usize, code)?;
        }
        exceptions::table(instrs, labels, handlers, offsets, bytes)?;
        let exceptiontable = pool.intern_bytes(bytes);
        locations::table(target, instrs, offsets, unit.firstlineno, runs, bytes);
        let linetable = pool.intern_bytes(bytes);

        let names = as_names(strings.merged_names(pool, unit.names))?;
        let consts = strings.merged_consts(pool, unit.consts);
        let count = optimized.nlocalsplus;
        localsplus::compute(target, unit, count, locals, bytes)?;
        let localsplusnames = match locals.first_mut() {
            // In a tuple of its own (`codegen_leave_annotations_scope`).
            Some(first) if unit.is_annotate => {
                *first = names::FORMAT;
                let objects = locals.iter().map(|&name| strings.name_object(name));
                objects.collect()
            }
            _ => as_names(strings.merged_names(pool, locals))?,
        };
        let (name, qualname) = strings.names_of(unit);
        // CPython quirk (3.13, `init_code`): at least one slot, even where none is used.
        let least_slots = u32::from(target.has_a_stack_slot());
        Ok(Arc::new(CodeObject {
            argcount: unit.argcount,
            posonlyargcount: unit.posonlyargcount,
            kwonlyargcount: unit.kwonlyargcount,
            stacksize: optimized.stack_depth.max(least_slots),
            flags: unit.flags,
            code: code.as_flattened().into(),
            exceptiontable,
            linetable,
            names,
            consts,
            localsplusnames,
            localspluskinds: bytes[..].into(),
            filename: filename.clone(),
            name,
            qualname,
            firstlineno: unit.firstlineno,
        }))
    }
}

/// Memory that goes from unit to unit.
#[derive(Default)]
pub struct Buffers {
    jumps: Vec<jumps::Jump>,
    offsets: Vec<u32>,
    runs: Vec<locations::Start>,
    /// Code units.
    code: Vec<[u8; 2]>,
    bytes: Vec<u8>,
    locals: Vec<Name>,
}

/// A tuple of names as what it is.
fn as_names(tuple: Arc<[Constant]>) -> Result<Names> {
    match Names::from_tuple(tuple) {
        Some(names) => Ok(names),
        None => bug("a name that is not a string"),
    }
}

/// Code units of an instruction with `EXTENDED_ARG` prefixes and inline caches (`instr_size`).
#[inline]
fn size(encoding: Encoding, arg: u32) -> u32 {
    let units = u32::from(encoding.units);
    if arg <= 0xFF {
        return units;
    }
    units + 1 + u32::from(arg > 0xFFFF) + u32::from(arg > 0xFF_FFFF)
}

/// [`jumps::resolve`] and [`emit`] at once, where no jump needs an `EXTENDED_ARG`; says whether that is so. The instructions
/// stay as they are; `offsets`, `jumps` and `code` are overwritten.
fn emit_short(
    target: Target,
    instrs: &[Instr],
    labels: &[u32],
    offsets: &mut Vec<u32>,
    jumps: &mut Vec<jumps::Jump>,
    code: &mut Vec<[u8; 2]>,
) -> Result<bool> {
    let table = target.opcodes();
    jumps.clear();
    code.clear();
    // Most need no more.
    code.resize(4 * instrs.len(), [0, 0]);
    // All are overwritten.
    offsets.resize(instrs.len() + 1, 0);
    let mut at = 0;
    for (index, (instr, offset)) in instrs.iter().zip(&mut **offsets).enumerate() {
        *offset = at as u32;
        let encoding = table.encoding(instr.op);
        if encoding.form == Form::Plain
            && instr.arg <= 0xFF
            && let Some(unit) = code.get_mut(at)
        {
            *unit = [encoding.number, instr.arg as u8];
            at += usize::from(encoding.units);
            continue;
        }
        if code.len() < at + LONGEST {
            code.resize(2 * at + LONGEST, [0, 0]);
        }
        if !encoding.form.jumps() {
            at = write(table, instr, code, at)?;
            continue;
        }
        let place = jumps::place(labels, instr.arg, instrs.len())?;
        if jumps::first_guess(target, instr.arg, place) > 0xFF {
            return Ok(false);
        }
        let op = jumps::directed(instr.op, place as usize > index);
        at = write(table, &Instr::new(op, 0, instr.loc), code, at)?;
        let place = place as usize;
        jumps.push(jumps::Jump { index, op, place });
    }
    code.resize(at, [0, 0]);
    offsets[instrs.len()] = at as u32;
    for jump in &*jumps {
        let (start, end) = (offsets[jump.index], offsets[jump.index + 1]);
        let arg = jumps::distance(table, jump.op, end, offsets[jump.place])?;
        if arg > 0xFF {
            return Ok(false);
        }
        code[start as usize][1] = arg as u8;
    }
    Ok(true)
}

/// No instruction has more code units, prefixes and caches included.
const LONGEST: usize = 3 + 32;

/// The code units of the instructions, `total` of them by their [`size`]s, into `code`, which is overwritten (`write_instr`).
fn emit(table: &OpcodeTable, instrs: &[Instr], total: usize, code: &mut Vec<[u8; 2]>) -> Result {
    code.clear();
    code.resize(total, [0, 0]);
    let mut at = 0;
    for instr in instrs {
        at = write(table, instr, code, at)?;
    }
    Ok(())
}

/// Writes one instruction into the code units from `at` on and says where the next one goes.
fn write(table: &OpcodeTable, instr: &Instr, code: &mut [[u8; 2]], mut at: usize) -> Result<usize> {
    let encoding = table.encoding(instr.op);
    if !encoding.form.is_real() {
        return bug(format!("{} is no instruction of the target", instr.op));
    }
    let [mut low, prefixes @ ..] = instr.arg.to_le_bytes();
    if encoding.form == Form::Translated && instr.arg == get_iter::YIELD_FROM {
        low = get_iter::YIELD_FROM_CORO_CHECK as u8;
    }
    if instr.arg > 0xFF {
        let extended_arg = table.encoding(Op::EXTENDED_ARG).number;
        let count = 4 - instr.arg.leading_zeros() as usize / 8 - 1;
        for &byte in prefixes[..count].iter().rev() {
            code[at] = [extended_arg, byte];
            at += 1;
        }
    }
    code[at] = [encoding.number, low];
    Ok(at + usize::from(encoding.units))
}
