//! Assembly (CPython's `assemble.c`): instructions to a code object.

mod check;
mod emission;
mod exceptions;
mod jumps;
mod localsplus;
mod locations;
mod measure;
mod module;
mod starts;

pub use measure::{Ruler, Size};
pub use module::{AssembleError, Assembled, module, to_pyc};

use std::sync::Arc;

use pycsmith_bytecode::{CodeObject, PyStr};
use pycsmith_ir::{ConstId, ConstPool, InstructionSequence};
use pycsmith_optimizer::Optimized;
use pycsmith_parser::Name;
use pycsmith_parser::interner::names;
use rustc_hash::FxHashMap;

use crate::codegen::Result;
use crate::codegen::unit::Table;
use crate::interned::Strings;
use emission::{Emission, Emitted};
use starts::Start;

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
        let Buffers {
            emission,
            starts,
            bytes,
            entries,
            locals,
        } = &mut **buffers;
        let InstructionSequence {
            instrs,
            labels,
            handlers,
            ..
        } = &mut optimized.sequence;
        let Emitted {
            code,
            offsets,
            is_protected,
        } = emission.emit(target, instrs, labels)?;
        bytes.clear();
        if is_protected {
            exceptions::table(instrs, labels, handlers, offsets, starts, bytes)?;
        }
        let exceptiontable = pool.intern_bytes(bytes);
        let linetable =
            locations::table(target, instrs, offsets, unit.firstlineno, starts, entries);
        let linetable = pool.intern_bytes(linetable);

        let names = strings.merged_names(pool, unit.names);
        let consts = strings.merged_consts(pool, unit.consts);
        let count = optimized.nlocalsplus;
        let localspluskinds = localsplus::compute(target, unit, count, locals, bytes)?;
        let localsplusnames = match locals.first_mut() {
            // In a tuple of its own (`codegen_leave_annotations_scope`).
            Some(first) if unit.is_annotate => {
                *first = names::FORMAT;
                let objects = locals.iter().map(|&name| strings.name_object(name));
                objects.collect()
            }
            _ => strings.merged_names(pool, locals),
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
            code: code.into(),
            exceptiontable,
            linetable,
            names,
            consts,
            localsplusnames,
            localspluskinds,
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
    emission: Emission,
    starts: Vec<Start>,
    bytes: Vec<u8>,
    /// Those of the location table.
    entries: Vec<u8>,
    locals: Vec<Name>,
}
