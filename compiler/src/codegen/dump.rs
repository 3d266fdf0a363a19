//! What code generation hands to the optimizer, printed for debugging.
//!
//! CPython shows the same through `_testinternalcapi.compiler_codegen`. Instructions are numbered from 0, jumps
//! show the number of their target:
//!
//! ```text
//! code f
//!    0  RESUME               0           @1:0-1:0
//!    1  LOAD_FAST            0           @2:11-2:12
//!    2  TO_BOOL              0           @2:11-2:12
//!    3  POP_JUMP_IF_FALSE    -> 5        @2:11-2:12
//! ```

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use bumpalo::Bump;
use pycsmith_bytecode::code::{flags, kinds};
use pycsmith_bytecode::{CodeObject, Constant, Location, Names, PyStr};
use pycsmith_ir::ops::OpKind;
use pycsmith_ir::{ConstId, ConstPool, InstructionSequence};
use pycsmith_parser::{Interner, Name};

use super::Compiler;
use super::unit::Unit;
use crate::interned::Interned;
use crate::{CompileError, CompileOptions, future, symtable};

/// The instructions of one code unit as they were generated.
pub struct Recorded {
    pub qualname: String,
    /// Units around this one.
    pub depth: usize,
    pub sequence: InstructionSequence,
    pub consts: Vec<Constant>,
}

/// The generated code of a module and all in it, inner units before outer ones.
///
/// # Errors
/// Those of [`crate::compile`] up to here.
pub fn codegen(source: &[u8], options: &CompileOptions) -> Result<Vec<Recorded>, CompileError> {
    stacker::maybe_grow(crate::STACK, crate::NEW_STACK, || units_of(source, options))
        .map_err(|error| *error)
}

fn units_of(source: &[u8], options: &CompileOptions) -> super::Result<Vec<Recorded>> {
    let arena = Bump::new();
    let mut names = Interner::new();
    let parsed = pycsmith_parser::parse(source, &arena, &mut names, options.target)
        .map_err(|error| Box::new(CompileError::Syntax(error)))?;
    let interned = Interned::new(&names, options.target);
    let future_flags = future::future_flags(parsed.module, &names, options.target)?;
    let (target, level) = (options.target, options.optimize);
    let module = crate::folding::fold(parsed.module, &arena, target, level, future_flags);
    let symtable = symtable::build(module, future_flags, &mut names, target, level)?;
    let mut c = Compiler {
        target: options.target,
        opt_level: options.optimize,
        future_flags,
        filename: Arc::new(PyStr::new(
            &options.filename,
            options.target.interns_qualnames(),
        )),
        names,
        pool: ConstPool::new(),
        symtable,
        units: Vec::new(),
        name_objects: Vec::new(),
        interned,
        free_sequences: Vec::new(),
        free_units: Vec::new(),
        last_serial: 0,
        known_loads: Vec::new(),
        buffers: Default::default(),
        scratch: String::new(),
        recorded: Some(Vec::new()),
        observed: None,
    };
    super::module::module(&mut c, module)?;
    Ok(c.recorded.take().unwrap_or_default())
}

/// Keeps `sequence` and gives a code object without code that stands for it: equal to that of another unit if
/// the two have the same instructions and constants.
pub(super) fn record(
    c: &mut Compiler<'_>,
    unit: &Unit<'_>,
    sequence: InstructionSequence,
    consts: Vec<ConstId>,
) -> Arc<CodeObject> {
    let name = c.name_object(unit.name);
    let mut digest = Vec::with_capacity(sequence.instrs.len() * 21);
    for instr in &sequence.instrs {
        let Location {
            line,
            end_line,
            col,
            end_col,
        } = instr.loc;
        digest.push(instr.op as u8);
        for number in [instr.arg as i32, line, end_line, col, end_col] {
            digest.extend_from_slice(&number.to_le_bytes());
        }
    }
    let names = |order: &[Name], c: &mut Compiler<'_>| -> Names {
        order.iter().map(|&name| c.name_object(name)).collect()
    };
    let localsplusnames = names(
        &[&unit.varnames.order[..], &unit.freevars.order].concat(),
        c,
    );
    let mut localspluskinds = vec![kinds::LOCAL; unit.varnames.len()];
    localspluskinds.resize(localsplusnames.len(), kinds::FREE);
    let code = CodeObject {
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize: 0,
        flags: flags::NEWLOCALS,
        code: [].into(),
        consts: consts.iter().map(|&id| c.pool.get(id).clone()).collect(),
        names: names(&unit.names.order, c),
        localsplusnames,
        localspluskinds: localspluskinds.into(),
        filename: c.filename.clone(),
        name: name.clone(),
        qualname: name,
        firstlineno: unit.firstlineno,
        linetable: digest.into(),
        exceptiontable: [].into(),
    };
    let recorded = Recorded {
        qualname: c.names.resolve(unit.qualname).to_owned(),
        depth: c.units.len(),
        sequence,
        consts: code.consts.to_vec(),
    };
    if let Some(all) = &mut c.recorded {
        all.push(recorded);
    }
    Arc::new(code)
}

impl Display for Recorded {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(out, "code {}", self.qualname)?;
        write_sequence(out, &self.sequence, &self.consts)?;
        if let Some(annotations) = &self.sequence.annotations {
            writeln!(out, "annotations of {}", self.qualname)?;
            write_sequence(out, annotations, &self.consts)?;
        }
        Ok(())
    }
}

fn write_sequence(
    out: &mut Formatter<'_>,
    sequence: &InstructionSequence,
    consts: &[Constant],
) -> fmt::Result {
    for (index, instr) in sequence.instrs.iter().enumerate() {
        let arg = if instr.op.has_target() {
            match sequence.labels.get(instr.arg as usize) {
                Some(&u32::MAX) | None => format!("-> label {} (nowhere)", instr.arg),
                Some(target) => format!("-> {target}"),
            }
        } else {
            instr.arg.to_string()
        };
        let Location {
            line,
            end_line,
            col,
            end_col,
        } = instr.loc;
        let op = format!("{:?}", instr.op);
        write!(
            out,
            "{index:4}  {op:<28} {arg:<12} @{line}:{col}-{end_line}:{end_col}"
        )?;
        if instr.op.has_const()
            && let Some(value) = consts.get(instr.arg as usize)
        {
            write!(out, "  # {}", short(value))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn short(value: &Constant) -> String {
    match value {
        Constant::Code(code) => format!("code {}", String::from_utf8_lossy(&code.name.wtf8)),
        Constant::Str(text) => format!("{:?}", String::from_utf8_lossy(&text.wtf8)),
        other => format!("{other:?}").chars().take(60).collect(),
    }
}
