//! The code object.

use std::sync::Arc;

use crate::constant::{Constant, Names, PyStr};
use crate::small_bytes::SmallBytes;

/// `co_flags` bits (`Include/cpython/code.h`).
pub mod flags {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const ANY_GENERATOR: u32 = GENERATOR | COROUTINE | ASYNC_GENERATOR;
    pub const FUTURE_DIVISION: u32 = 0x2_0000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x4_0000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x8_0000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x10_0000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x20_0000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x40_0000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x80_0000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;
    pub const NO_MONITORING_EVENTS: u32 = 0x200_0000;
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    pub const METHOD: u32 = 0x800_0000;
}

/// `co_localspluskinds` bits (`Include/internal/pycore_code.h`).
pub mod kinds {
    pub const ARG_POS: u8 = 0x02;
    pub const ARG_KW: u8 = 0x04;
    pub const ARG_VAR: u8 = 0x08;
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// A CPython code object of 3.11 or later, with the fields that marshal writes.
#[derive(Clone, Debug)]
pub struct CodeObject {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    /// Of the evaluation stack, in slots.
    pub stacksize: u32,
    pub flags: u32,
    /// Code units (two bytes each), inline caches included.
    pub code: Arc<[u8]>,
    pub consts: Arc<[Constant]>,
    pub names: Names,
    pub localsplusnames: Names,
    /// One byte of [`kinds`] for each name.
    pub localspluskinds: SmallBytes,
    pub filename: Arc<PyStr>,
    pub name: Arc<PyStr>,
    pub qualname: Arc<PyStr>,
    pub firstlineno: i32,
    pub linetable: Arc<[u8]>,
    pub exceptiontable: Arc<[u8]>,
}
