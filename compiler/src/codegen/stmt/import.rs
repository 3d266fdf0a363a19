//! `import` and `from ... import` (`codegen_import`, `codegen_from_import`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Alias, Ctx, ImportFrom};
use pycsmith_parser::interner;

use crate::codegen::emit::NameOp;
use crate::codegen::expr::oparg::{import_name, intrinsic_1};
use crate::codegen::unit::ScopeType;
use crate::codegen::{Compiler, Result, names};

/// `import a.b, c as d`.
pub fn import(c: &mut Compiler<'_>, loc: Location, aliases: &[Alias], is_lazy: bool) -> Result {
    let flags = flags(c, is_lazy, false);
    for alias in aliases {
        c.load_const(loc, Constant::Int(0));
        c.load_const(loc, Constant::None);
        c.op_name(loc, NameOp::ImportName(flags), alias.name);
        if let Some(asname) = alias.asname {
            import_as(c, loc, alias.name, asname)?;
        } else {
            let dot = c.names.resolve(alias.name).find('.');
            let bound = match dot {
                Some(dot) => substring(c, alias.name, 0, dot),
                None => alias.name,
            };
            names::nameop(c, loc, bound, Ctx::Store)?;
        }
    }
    Ok(())
}

/// The flags of an `IMPORT_NAME`: whether it is lazy, and whether it must not become so by a setting
/// (`codegen_import`, `codegen_from_import`).
fn flags(c: &Compiler<'_>, is_lazy: bool, star: bool) -> u32 {
    let unit = c.unit();
    if is_lazy {
        import_name::LAZY
    } else if star
        || unit.scope_type != ScopeType::Module
        || unit.fblocks.iter().any(|block| block.kind.is_part_of_try())
    {
        import_name::EAGER
    } else {
        0
    }
}

/// Binds what `import a.b.c as asname` imported: the first module is on the stack, the rest are its attributes
/// (`codegen_import_as`).
fn import_as(c: &mut Compiler<'_>, loc: Location, name: Name, asname: Name) -> Result {
    let Some(mut dot) = c.names.resolve(name).find('.') else {
        return names::nameop(c, loc, asname, Ctx::Store);
    };
    loop {
        let start = dot + 1;
        let text = c.names.resolve(name);
        let next = text[start..].find('.').map(|at| start + at);
        let end = next.unwrap_or(text.len());
        let attr = substring(c, name, start, end);
        // CPython quirk (3.14, codegen_import_as): the parts are not mangled, unlike the whole name.
        let index = names::name_index(c, attr);
        c.op_i(loc, Op::IMPORT_FROM, index);
        match next {
            Some(next) => dot = next,
            None => break,
        }
        c.op_i(loc, Op::SWAP, 2);
        c.op(loc, Op::POP_TOP);
    }
    names::nameop(c, loc, asname, Ctx::Store)?;
    c.op(loc, Op::POP_TOP);
    Ok(())
}

/// The name spelled by bytes `start..end` of `name`.
fn substring(c: &mut Compiler<'_>, name: Name, start: usize, end: usize) -> Name {
    let part = c.names.resolve(name)[start..end].to_owned();
    c.names.intern(&part)
}

/// `from module import a, b as c`.
pub fn from_import(c: &mut Compiler<'_>, loc: Location, from: &ImportFrom<'_>) -> Result {
    c.load_const(loc, Constant::Int(i64::from(from.level)));
    let fromlist = from
        .names
        .iter()
        .map(|alias| Constant::Str(c.name_object(alias.name)))
        .collect();
    c.load_const(loc, Constant::Tuple(fromlist));
    let module = from.module.unwrap_or(interner::names::EMPTY);
    let star = from
        .names
        .iter()
        .any(|alias| alias.name == interner::names::STAR);
    let flags = flags(c, from.is_lazy, star);
    c.op_name(loc, NameOp::ImportName(flags), module);
    for alias in from.names {
        if alias.name == interner::names::STAR {
            if c.target.has_intrinsics() {
                c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::IMPORT_STAR);
                c.op(Location::NONE, Op::POP_TOP);
            } else {
                c.op(loc, Op::IMPORT_STAR);
            }
            return Ok(());
        }
        c.op_name(loc, NameOp::Plain(Op::IMPORT_FROM), alias.name);
        names::nameop(c, loc, alias.asname.unwrap_or(alias.name), Ctx::Store)?;
    }
    c.op(loc, Op::POP_TOP);
    Ok(())
}
