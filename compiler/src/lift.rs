//! `.pyc` files to modules of units, such that [assembling](crate::assemble) them gives the same bytes.

use std::fmt;
use std::sync::Arc;

use pycsmith_bytecode::constant::should_intern;
use pycsmith_bytecode::pyc::{self, Header, PycError};
use pycsmith_bytecode::{CodeObject, Constant, Target, compare};
use pycsmith_ir::lift::{self, LiftError, Lifted};
use pycsmith_ir::{CodeModule, UnitConst};
use rustc_hash::FxHashSet;

use crate::assemble::{self, AssembleError, Assembled};
use crate::sharing::Told;
use crate::stages::strings;

/// What a `.pyc` file holds.
#[derive(Debug)]
pub struct LiftedPyc {
    pub module: CodeModule,
    /// Why assembling the module gives other bytes, if it does: the file is of a kind that CPython does not write.
    pub deviation: Option<String>,
}

/// Why a file cannot be lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiftPycError {
    /// It is no `.pyc` file, or of no version that has units.
    Pyc(PycError),
    Lift(LiftError),
    /// It is of another version than the target.
    OtherVersion {
        minor: u8,
        target: Target,
    },
}

impl fmt::Display for LiftPycError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LiftPycError::Pyc(error) => error.fmt(f),
            LiftPycError::Lift(error) => error.fmt(f),
            LiftPycError::OtherVersion { minor, target } => {
                write!(f, "a file of 3.{minor}, not of {target}")
            }
        }
    }
}

impl std::error::Error for LiftPycError {}

impl From<LiftError> for LiftPycError {
    fn from(error: LiftError) -> LiftPycError {
        LiftPycError::Lift(error)
    }
}

/// The module in a `.pyc` file of `target`. Without one it is the release of the file's version that would have written such
/// a file, the newest if several would.
///
/// # Errors
/// What is wrong with the file, or with its code.
pub fn lift_pyc(data: &[u8], target: Option<Target>) -> Result<LiftedPyc, LiftPycError> {
    let (header, newest, code) = pyc::read(data).map_err(LiftPycError::Pyc)?;
    if let Some(target) = target
        && target.minor != header.minor
    {
        let minor = header.minor;
        return Err(LiftPycError::OtherVersion { minor, target });
    }
    let lifted = lift::lift(&code, target.unwrap_or(newest))?;
    let first = for_target(data, header, lifted);
    if first.deviation.is_none() || target.is_some() {
        return Ok(first);
    }
    for release in newest.older_releases() {
        let found = for_target(data, header, lift::lift(&code, release)?);
        if found.deviation.is_none() {
            return Ok(found);
        }
    }
    Ok(first)
}

fn for_target(data: &[u8], header: Header, lifted: Lifted) -> LiftedPyc {
    let Lifted { mut module, codes } = lifted;
    module.file.validation = Some(header.validation);
    let mut result = assemble::module(&module);
    if let Ok(assembled) = &result {
        let mut changed = false;
        for (unit, (made, code)) in module
            .units
            .iter_mut()
            .zip(assembled.units.iter().zip(&codes))
        {
            if made.linetable != code.linetable {
                unit.raw.linetable = Some(code.linetable.clone());
                changed = true;
            }
            if made.exceptiontable != code.exceptiontable {
                unit.raw.exceptiontable = Some(code.exceptiontable.clone());
                changed = true;
            }
        }
        if changed {
            result = assemble::module(&module);
        }
    }
    let deviation = match deviation(data, &module, result.as_ref(), &codes) {
        Some(found) if result.is_ok() => tell_sharing(data, &mut module, &codes, found),
        other => other,
    };
    LiftedPyc { module, deviation }
}

/// Finds what the text must say of the sharing of constants, beside what follows from the rules, so that the file comes back:
/// identifiers, or which objects constants are, or both. If nothing helps, the module is left as it is and `found` is why.
fn tell_sharing(
    data: &[u8],
    module: &mut CodeModule,
    codes: &[Arc<CodeObject>],
    found: String,
) -> Option<String> {
    let plain = module.clone();
    let identifiers = hidden_identifiers(module, codes);
    for (with_identifiers, with_objects) in [(true, false), (false, true), (true, true)] {
        *module = plain.clone();
        if with_identifiers {
            module.file.identifiers.clone_from(&identifiers);
        }
        if with_objects {
            tell_objects(module, codes);
        }
        let result = assemble::module(module);
        // None: it comes back.
        deviation(data, module, result.as_ref(), codes)?;
    }
    *module = plain;
    Some(found)
}

/// Says which objects constants are, where assembly makes others of them than `codes` have.
fn tell_objects(module: &mut CodeModule, codes: &[Arc<CodeObject>]) {
    let Ok(assembled) = assemble::module(module) else {
        return;
    };
    let made = assembled.units.iter().map(Arc::as_ref);
    let pairs: Vec<_> = made.zip(codes.iter().map(Arc::as_ref)).collect();
    let told = Told::of(&pairs, module.target);
    if told.is_empty() {
        return;
    }
    for (unit, code) in module.units.iter_mut().zip(codes) {
        for (value, wanted) in unit.consts.iter_mut().zip(code.consts.iter()) {
            if let UnitConst::Value(value) = value {
                *value = told.apply(wanted);
            }
        }
    }
}

/// Why the file would not come back.
fn deviation(
    data: &[u8],
    module: &CodeModule,
    result: Result<&Assembled, &AssembleError>,
    codes: &[Arc<CodeObject>],
) -> Option<String> {
    let assembled = match result {
        Ok(assembled) => assembled,
        Err(error) => return Some(error.message.clone()),
    };
    let validation = module.file.validation?;
    let written = pyc::write(&assembled.code, module.target, validation);
    if written.as_ref().is_ok_and(|bytes| bytes == data) {
        return None;
    }
    let original = codes.last()?;
    let difference = compare::first_difference_of(&assembled.code, original, module.target);
    Some(match difference {
        Some(difference) => difference.cause,
        None => "marshal's references or forms".to_owned(),
    })
}

/// What the source may have as identifiers although no table has them: the strings of sets and slices, which can be objects
/// of their own for no other reason.
fn hidden_identifiers(module: &CodeModule, codes: &[Arc<CodeObject>]) -> Vec<String> {
    let mut shown: FxHashSet<&str> = FxHashSet::default();
    for unit in &module.units {
        let tables = [&unit.names, &unit.varnames, &unit.cellvars, &unit.freevars];
        shown.extend(tables.into_iter().flatten().map(|name| &name[..]));
    }
    let mut found = Vec::new();
    for value in codes.iter().flat_map(|code| code.consts.iter()) {
        let in_set = matches!(value, Constant::FrozenSet(_) | Constant::Slice(_));
        strings(value, &mut |text| {
            let is_word = !text.wtf8.is_empty() && should_intern(&text.wtf8);
            let told = text
                .as_str()
                .filter(|text| in_set && is_word && !shown.contains(text));
            found.extend(told.map(str::to_owned));
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}
