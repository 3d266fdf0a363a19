//! AST to code objects, and the library's front door.
//!
//! ```
//! use pycsmith_bytecode::Target;
//! use pycsmith_compiler::{CompileOptions, compile};
//!
//! let options = CompileOptions { target: Target::PY314, optimize: 0, filename: "hello.py".to_owned() };
//! let code = compile(b"print('hello')\n", &options)?;
//! assert_eq!(code.names.iter().next().and_then(|name| name.as_str()), Some("print"));
//! # Ok::<(), pycsmith_compiler::CompileError>(())
//! ```

pub mod assemble;
mod branchless;
pub mod codegen;
pub mod error;
mod folding;
pub mod future;
mod interned;
mod levels;
pub mod lift;
mod observer;
mod sharing;
pub mod stages;
pub mod stats;
pub mod symtable;
pub mod unparse;

use bumpalo::Bump;
use std::sync::Arc;

use assemble::Buffers;
use codegen::Compiler;
use codegen::known_consts::KnownConsts;
use codegen::names::KnownNames;
use codegen::unit::{Tables, Unit};
pub use error::CompileError;
use interned::Interned;
use pycsmith_bytecode::{CodeObject, PyStr, Target};
use pycsmith_ir::{ConstPool, InstructionSequence};
use pycsmith_parser::{Interner, Parsed};
use symtable::SymbolTable;

/// How to compile.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    pub target: Target,
    /// 0, 1 (no `assert`, `__debug__` is false) or 2 (no docstrings either).
    pub optimize: u8,
    /// `co_filename`.
    pub filename: String,
}

/// Stack that a compilation starts with, in bytes; what nests deeper gets more.
pub(crate) const STACK: usize = 1024 * 1024;
/// The piece of stack it gets if there is less.
pub(crate) const NEW_STACK: usize = 4 * 1024 * 1024;
/// Memory for trees that a [`Session`] keeps from file to file, in bytes.
const KEPT_ARENA: usize = 16 * 1024 * 1024;
/// For how many units a [`Session`] keeps tables.
const KEPT_TABLES: usize = 16;

/// Compiles a module's source as CPython's `compile(source, filename, "exec", dont_inherit=True,
/// optimize=options.optimize)` would.
///
/// # Errors
/// What CPython raises, with its words and place ([`CompileError::Syntax`]); what the target cannot do; or an internal
/// contradiction.
pub fn compile(source: &[u8], options: &CompileOptions) -> Result<CodeObject, CompileError> {
    Session::new().compile(source, options)
}

/// Compiles file after file, and keeps memory from one to the next. What it gives does not depend on what it
/// compiled before. A thread that compiles many files keeps one.
#[derive(Default)]
pub struct Session {
    arena: Bump,
    names: Interner,
    name_objects: Vec<Option<Arc<PyStr>>>,
    spare_objects: Vec<Arc<PyStr>>,
    pool: ConstPool,
    symtable: SymbolTable,
    free_sequences: Vec<InstructionSequence>,
    free_tables: Vec<Tables>,
    known_names: KnownNames,
    known_consts: KnownConsts,
    buffers: Buffers,
    /// Who watches the next compilation.
    observer: Option<Box<observer::Observer>>,
}

impl Session {
    pub fn new() -> Session {
        Session::default()
    }

    /// [`compile`].
    ///
    /// # Errors
    /// Those of [`compile`].
    pub fn compile(
        &mut self,
        source: &[u8],
        options: &CompileOptions,
    ) -> Result<CodeObject, CompileError> {
        let mut arena = std::mem::take(&mut self.arena);
        let result = stacker::maybe_grow(STACK, NEW_STACK, || {
            self.compile_in(&arena, source, options)
        });
        arena.reset();
        if arena.allocated_bytes() <= KEPT_ARENA {
            self.arena = arena;
        }
        self.names.reset();
        result.map(Arc::unwrap_or_clone).map_err(|error| *error)
    }

    fn compile_in(
        &mut self,
        arena: &Bump,
        source: &[u8],
        options: &CompileOptions,
    ) -> error::Result<Arc<CodeObject>> {
        let parsed = pycsmith_parser::parse(source, arena, &mut self.names, options.target)
            .map_err(|error| Box::new(CompileError::Syntax(error)))?;
        self.code_of(arena, &parsed, options).map_err(|mut error| {
            if let CompileError::Syntax(error) = &mut *error {
                pycsmith_parser::error::fill_text(error, &parsed.text);
                error.is_late = true;
            }
            error
        })
    }

    fn code_of(
        &mut self,
        arena: &Bump,
        parsed: &Parsed<'_, '_>,
        options: &CompileOptions,
    ) -> error::Result<Arc<CodeObject>> {
        let interned = Interned::new(&self.names, options.target);
        let future_flags = future::future_flags(parsed.module, &self.names, options.target)?;
        let (target, level) = (options.target, options.optimize);
        let module = folding::fold(parsed.module, arena, target, level, future_flags);
        let symtable = symtable::build_in(
            std::mem::take(&mut self.symtable),
            module,
            future_flags,
            &mut self.names,
            target,
            level,
        )?;
        // Those of the last file are free only now: its code objects, which share them, go first as a rule.
        interned::make_identifiers(&self.names, &mut self.name_objects, &mut self.spare_objects);
        let mut compiler = Compiler {
            target: options.target,
            opt_level: options.optimize,
            future_flags,
            filename: Arc::new(PyStr::new(
                &options.filename,
                options.target.interns_qualnames(),
            )),
            names: std::mem::replace(&mut self.names, Interner::placeholder()),
            pool: std::mem::take(&mut self.pool),
            symtable,
            current: Box::new(Unit::of_no_code()),
            outer: Vec::new(),
            name_objects: std::mem::take(&mut self.name_objects),
            interned,
            free_sequences: std::mem::take(&mut self.free_sequences),
            nesting: 0,
            free_units: Vec::new(),
            free_tables: std::mem::take(&mut self.free_tables),
            last_serial: 0,
            known_names: std::mem::take(&mut self.known_names),
            known_consts: std::mem::take(&mut self.known_consts),
            buffers: std::mem::take(&mut self.buffers),
            observer: self.observer.take(),
        };
        let result = codegen::module::module(&mut compiler, module);
        self.observer = compiler.observer;
        if let Some(observer) = &mut self.observer {
            observer.end(&compiler.names, &compiler.interned);
        }
        self.names = compiler.names;
        self.name_objects = compiler.name_objects;
        self.free_sequences = compiler.free_sequences;
        self.free_tables = compiler.free_tables;
        let units = compiler.free_units.into_iter();
        let free = units.map(|unit| unit.into_tables());
        self.free_tables.extend(free.take(KEPT_TABLES));
        self.free_tables.truncate(KEPT_TABLES);
        self.known_names = compiler.known_names;
        self.known_names.clear();
        self.known_consts = compiler.known_consts;
        self.known_consts.clear();
        self.buffers = compiler.buffers;
        self.symtable = compiler.symtable;
        self.symtable.clear();
        self.pool = compiler.pool;
        self.pool.clear();
        result
    }
}

/// The symbol table of a source as text (see [`symtable::dump`]), of the tree as it is parsed, with asserts and docstrings.
///
/// # Errors
/// If the source is not valid Python.
pub fn dump_symbols(source: &[u8], target: Target) -> Result<String, CompileError> {
    stacker::maybe_grow(STACK, NEW_STACK, || {
        let (arena, mut names) = (Bump::new(), Interner::new());
        let parsed = pycsmith_parser::parse(source, &arena, &mut names, target)
            .map_err(CompileError::Syntax)?;
        let table = future::future_flags(parsed.module, &names, target)
            .and_then(|flags| symtable::build(parsed.module, flags, &mut names, target, 0));
        match table {
            Ok(table) => Ok(symtable::dump(&table, &names)),
            Err(error) => Err(*error),
        }
    })
}

/// The syntax tree of a source, as `python -m ast -a` of the target prints it, without a newline at the end.
///
/// # Errors
/// If the source is not valid Python.
pub fn dump_ast(source: &[u8], target: Target) -> Result<String, CompileError> {
    stacker::maybe_grow(STACK, NEW_STACK, || {
        let (arena, mut names) = (Bump::new(), Interner::new());
        let parsed = pycsmith_parser::parse(source, &arena, &mut names, target)
            .map_err(CompileError::Syntax)?;
        let comments = pycsmith_parser::type_comments::find(&parsed.text, parsed.module, target)
            .map_err(CompileError::Syntax)?;
        Ok(pycsmith_parser::dump::dump_with(
            parsed.module,
            &names,
            &comments,
            pycsmith_parser::dump::DumpOptions::of_target(target),
        ))
    })
}
