//! Frame blocks: what must be undone when control leaves a construct (CPython's `_PyCompile_FBlockInfo`).

use pycsmith_bytecode::Location;
use pycsmith_ir::Label;
use pycsmith_parser::Name;
use pycsmith_parser::ast::Body;

/// CPython's `COMPILE_FBLOCK_*`.
#[derive(Clone, Copy, Debug)]
pub enum FBlockKind<'a> {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    /// The `finally` body, to be generated again on the way out.
    FinallyTry(Body<'a>),
    FinallyEnd,
    With,
    AsyncWith,
    /// The name bound by `except ... as name`.
    HandlerCleanup(Option<Name>),
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    StopIteration,
}

#[derive(Clone, Copy, Debug)]
pub struct FBlock<'a> {
    pub kind: FBlockKind<'a>,
    pub block: Label,
    pub exit: Label,
    pub loc: Location,
}
