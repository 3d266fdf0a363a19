//! `from __future__` imports (CPython's `future.c`).

use pycsmith_bytecode::{Location, Target};
use pycsmith_parser::ast::{Constant, ExprKind, ImportFrom, Module, Stmt, StmtKind};
use pycsmith_parser::interner::names as known;
use pycsmith_parser::{Interner, Name};

use crate::error::{Result, syntax_error};

/// `CO_FUTURE_BARRY_AS_BDFL`: `<>` for `!=`.
pub const CO_FUTURE_BARRY_AS_BDFL: u32 = 0x40_0000;
/// `CO_FUTURE_ANNOTATIONS`: annotations are strings (PEP 563).
pub const CO_FUTURE_ANNOTATIONS: u32 = 0x100_0000;

/// Features that every supported version has anyway: they set no flag.
const MANDATORY: [&str; 8] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
];

/// `_PyFuture_FromAST`: the `CO_FUTURE_*` flags that the imports at the beginning of `module` turn on.
///
/// Errors: unknown features. Imports in other places are found by the symbol table.
pub fn future_flags(module: &Module<'_>, names: &Interner, target: Target) -> Result<u32> {
    let mut flags = 0;
    for (import, _) in imports(module, target) {
        for alias in import.names {
            flags |= match alias.name {
                known::ANNOTATIONS_FUTURE => CO_FUTURE_ANNOTATIONS,
                known::BARRY_AS_FLUFL => CO_FUTURE_BARRY_AS_BDFL,
                known::BRACES => return syntax_error(alias.loc, "not a chance"),
                name => mandatory(name, names, alias.loc)?,
            };
        }
    }
    Ok(flags)
}

fn mandatory(name: Name, names: &Interner, loc: Location) -> Result<u32> {
    let text = names.resolve(name);
    if MANDATORY.contains(&text) {
        return Ok(0);
    }
    // CPython quirk (3.14, future.c): the name is cut after 100 bytes, before a code point that would not fit.
    let end = text.floor_char_boundary(100);
    syntax_error(
        loc,
        format!("future feature {} is not defined", &text[..end]),
    )
}

/// The position of the last of the imports at the beginning (`ff_location`).
pub fn last_import(module: &Module<'_>, target: Target) -> Option<Location> {
    imports(module, target).last().map(|(_, loc)| loc)
}

/// Whether this is `from __future__ import ...`.
pub fn is_future_import(import: &ImportFrom<'_>, target: Target) -> bool {
    (import.level == 0 || target.relative_future_imports()) && import.module == Some(known::FUTURE)
}

/// The `from __future__` imports that follow the docstring without anything between them.
fn imports<'a>(
    module: &Module<'a>,
    target: Target,
) -> impl Iterator<Item = (&'a ImportFrom<'a>, Location)> {
    let skip = usize::from(matches!(
        module.body.first(),
        Some(Stmt { kind: StmtKind::Expr { value }, .. })
            if matches!(value.kind, ExprKind::Constant(Constant::Str { .. }))
    ));
    module.body[skip..]
        .iter()
        .map_while(move |stmt| match stmt.kind {
            StmtKind::ImportFrom(import) if is_future_import(import, target) => {
                Some((import, stmt.loc))
            }
            _ => None,
        })
}
