//! What a `.pyc` file says of itself.

mod text;

use std::sync::Arc;

pub(crate) use text::shown;
pub use text::{Options, text};

use crate::code::{CodeObject, flags, kinds};
use crate::constant::{Constant, PyStr};
use crate::dis::{model, named_operand};
use crate::magic::{self, Writer};
use crate::opcode::Op;
use crate::pyc::{self, PycError, Validation};
use crate::tables::{self, Decoded};
use crate::version::Target;

/// A `.pyc` file taken apart.
#[derive(Debug)]
pub struct Info {
    /// Of the whole file, in bytes.
    pub size: usize,
    pub magic: u16,
    pub writer: Writer,
    pub validation: Result<Validation, PycError>,
    pub body: Result<Body, PycError>,
    pub level: Level,
}

/// What stands behind the header.
#[derive(Debug)]
pub struct Body {
    pub target: Target,
    /// Each before those in it, each once.
    pub codes: Vec<Arc<CodeObject>>,
    /// Bytes of the marshalled code.
    pub marshalled: usize,
    /// Bytes behind it, where nothing should be.
    pub rest: usize,
}

/// The optimization levels that a file may have been compiled at; no file tells its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    pub possible: Vec<u8>,
    pub evidence: Evidence,
}

/// What tells the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The file's name.
    Name,
    /// The code has `assert` statements, which only level 0 keeps.
    Asserts,
    /// It has docstrings, which level 2 drops, and no `assert` statements.
    Docstrings,
    /// It has neither, or cannot be read.
    Nothing,
}

impl Info {
    /// `level` is what the file's name says.
    ///
    /// # Errors
    /// If the file does not begin with a magic number of CPython 3.6 or later.
    pub fn of(data: &[u8], level: Option<u8>) -> Result<Info, PycError> {
        let magic = pyc::read_magic(data)?;
        let writer = magic::writer(magic).ok_or(PycError::UnknownMagic(magic))?;
        let validation = pyc::read_validation(data, magic).map(|(validation, _)| validation);
        let body = pyc::read_whole(data).map(|pyc| Body {
            target: pyc.target,
            codes: model::all(&pyc.code),
            marshalled: data.len() - pyc.header.len - pyc.rest.len(),
            rest: pyc.rest.len(),
        });
        let level = match level {
            Some(level) => Level::new(&[level], Evidence::Name),
            None => body.as_ref().map_or(Level::UNKNOWN, Body::level),
        };
        Ok(Info {
            size: data.len(),
            magic,
            writer,
            validation,
            body,
            level,
        })
    }

    /// Whether the code cannot be read though its version can.
    pub fn is_damaged(&self) -> bool {
        let unreadable = |error: &PycError| {
            !matches!(
                error,
                PycError::UnknownMagic(_) | PycError::UnsupportedVersion(_)
            )
        };
        self.validation.is_err() || self.body.as_ref().is_err_and(unreadable)
    }
}

impl Level {
    const UNKNOWN: Level = Level {
        possible: Vec::new(),
        evidence: Evidence::Nothing,
    };

    fn new(possible: &[u8], evidence: Evidence) -> Level {
        Level {
            possible: possible.to_vec(),
            evidence,
        }
    }
}

impl Body {
    fn level(&self) -> Level {
        let any = |has: fn(&CodeObject, Target) -> bool| {
            self.codes.iter().any(|code| has(code, self.target))
        };
        if any(has_assert) {
            Level::new(&[0], Evidence::Asserts)
        } else if any(has_docstring) {
            Level::new(&[0, 1], Evidence::Docstrings)
        } else {
            Level::UNKNOWN
        }
    }
}

fn has_assert(code: &CodeObject, target: Target) -> bool {
    tables::instructions(&code.code, target.opcodes())
        .iter()
        .any(|instr| match instr.op {
            Some(Op::LOAD_ASSERTION_ERROR) => true,
            Some(op @ Op::LOAD_COMMON_CONSTANT) => {
                named_operand(op, instr.arg) == Some("AssertionError")
            }
            _ => false,
        })
}

fn has_docstring(code: &CodeObject, target: Target) -> bool {
    if code.flags & flags::OPTIMIZED == 0 {
        return stores_docstring(code, target);
    }
    if target.flags_docstrings() {
        return code.flags & flags::HAS_DOCSTRING != 0;
    }
    // A function's first constant is its docstring or None; a lambda or comprehension has none.
    let is_named = code.name.wtf8.first() != Some(&b'<');
    is_named && matches!(code.consts.first(), Some(Constant::Str(_)))
}

/// Whether a module or class assigns a string to `__doc__`.
fn stores_docstring(code: &CodeObject, target: Target) -> bool {
    let is_string = |instr: &Decoded| {
        instr.op == Some(Op::LOAD_CONST)
            && matches!(code.consts.get(instr.arg as usize), Some(Constant::Str(_)))
    };
    let is_store = |instr: &Decoded| {
        let name = code.names.get(instr.arg as usize);
        instr.op == Some(Op::STORE_NAME) && name.is_some_and(|name| &name.wtf8[..] == b"__doc__")
    };
    tables::instructions(&code.code, target.opcodes())
        .windows(2)
        .any(|pair| is_string(&pair[0]) && is_store(&pair[1]))
}

/// The names of `code` that have one of these [`kinds`]: `co_varnames`, `co_cellvars`, `co_freevars`.
pub fn variables(code: &CodeObject, kind: u8) -> impl Iterator<Item = &Arc<PyStr>> {
    let both = code.localsplusnames.iter().zip(code.localspluskinds.iter());
    both.filter(move |(_, of)| **of & kind != 0)
        .map(|(name, _)| name)
}

/// `co_nlocals`.
pub fn nlocals(code: &CodeObject) -> usize {
    variables(code, kinds::LOCAL).count()
}
