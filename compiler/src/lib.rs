//! AST to code objects, and the library's front door.

pub mod codegen;
pub mod error;
pub mod symtable;
pub mod assemble;

pub use error::CompileError;
use pycsmith_bytecode::{CodeObject, Target};

/// How to compile.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    pub target: Target,
    /// 0, 1 (no `assert`, `__debug__` is false) or 2 (no docstrings either).
    pub optimize: u8,
    /// `co_filename`.
    pub filename: String,
}

/// Compiles a module's source as CPython's `compile(source, filename, "exec")` would.
pub fn compile(_source: &[u8], _options: &CompileOptions) -> Result<CodeObject, CompileError> {
    todo!()
}
