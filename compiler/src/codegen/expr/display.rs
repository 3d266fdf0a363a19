//! Lists, tuples and sets, as values and as targets.
//!
//! `[a, b]` pushes the items and builds; with a star, or with many items, a list is built first and extended.

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Ctx, ExprKind, Exprs};

use super::constant::frozenset;
use super::oparg::intrinsic_1;
use super::{STACK_USE_GUIDELINE, constant_of, visit, visit_all};
use crate::codegen::{Compiler, Result, names, syntax_error};

/// Which collection is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Build {
    List,
    Set,
    Tuple,
}

impl Build {
    /// The operation that builds a collection of the items on the stack.
    fn build(self) -> Op {
        match self {
            Build::List => Op::BUILD_LIST,
            Build::Set => Op::BUILD_SET,
            Build::Tuple => Op::BUILD_TUPLE,
        }
    }

    /// The operations that start a collection to be added to, add an item, and add all items of an iterable.
    /// A tuple starts as a list.
    fn grow(self) -> (Op, Op, Op) {
        match self {
            Build::List | Build::Tuple => (Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND),
            Build::Set => (Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE),
        }
    }
}

/// `codegen_list`.
pub(super) fn list<'a>(c: &mut Compiler<'a>, loc: Location, elts: Exprs<'a>, ctx: Ctx) -> Result {
    match ctx {
        Ctx::Load => starunpack_helper(c, loc, elts, None, 0, Build::List),
        Ctx::Store => assignment_helper(c, loc, elts),
        Ctx::Del => visit_all(c, elts),
    }
}

/// `codegen_tuple`.
pub(super) fn tuple<'a>(c: &mut Compiler<'a>, loc: Location, elts: Exprs<'a>, ctx: Ctx) -> Result {
    match ctx {
        Ctx::Load => starunpack_helper(c, loc, elts, None, 0, Build::Tuple),
        Ctx::Store => assignment_helper(c, loc, elts),
        Ctx::Del => visit_all(c, elts),
    }
}

/// `codegen_set`.
pub(super) fn set<'a>(c: &mut Compiler<'a>, loc: Location, elts: Exprs<'a>) -> Result {
    starunpack_helper(c, loc, elts, None, 0, Build::Set)
}

/// A tuple of `pushed` items that are on the stack, of `args`, and of the variable `injected` at the end.
pub(super) fn tuple_of_args<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    args: Exprs<'a>,
    injected: Option<Name>,
    pushed: u32,
) -> Result {
    starunpack_helper(c, loc, args, injected, pushed, Build::Tuple)
}

/// `starunpack_helper_impl`.
fn starunpack_helper<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    elts: Exprs<'a>,
    injected: Option<Name>,
    pushed: u32,
    build: Build,
) -> Result {
    let total = elts.len() + pushed as usize + usize::from(injected.is_some());
    if c.target.folds_on_ast() && fold(c, loc, elts, pushed, build) {
        return Ok(());
    }
    let big = total > STACK_USE_GUIDELINE;
    let (start, add, extend) = build.grow();
    let mut started = big;
    if big {
        c.op_i(loc, start, pushed);
    }
    for (index, elt) in elts.iter().enumerate() {
        if let ExprKind::Starred { value, .. } = elt.kind {
            if !started {
                c.op_i(loc, start, index as u32 + pushed);
                started = true;
            }
            visit(c, value)?;
            c.op_i(loc, extend, 1);
        } else {
            visit(c, elt)?;
            if started {
                c.op_i(loc, add, 1);
            }
        }
    }
    if let Some(name) = injected {
        names::nameop(c, loc, name, Ctx::Load)?;
        if started {
            c.op_i(loc, add, 1);
        }
    }
    if !started {
        c.op_i(loc, build.build(), total as u32);
        return Ok(());
    }
    if build == Build::Tuple {
        list_to_tuple(c, loc);
    }
    Ok(())
}

fn list_to_tuple(c: &mut Compiler<'_>, loc: Location) {
    if c.target.has_intrinsics() {
        c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::LIST_TO_TUPLE);
    } else {
        c.op(loc, Op::LIST_TO_TUPLE);
    }
}

/// Three or more constants are loaded as one tuple or frozenset; says whether that is done.
fn fold(c: &mut Compiler<'_>, loc: Location, elts: Exprs<'_>, pushed: u32, build: Build) -> bool {
    if elts.len() < 3 {
        return false;
    }
    // CPython quirk (3.13, starunpack_helper_impl): `injected` is forgotten here.
    let Some(items) = elts.iter().map(|elt| constant_of(c, elt)).collect() else {
        return false;
    };
    let items: Vec<Constant> = items;
    if build == Build::Tuple && pushed == 0 {
        c.load_const(loc, Constant::Tuple(items.into()));
        return true;
    }
    let (start, _, extend) = build.grow();
    c.op_i(loc, start, pushed);
    let folded = if build == Build::Set {
        frozenset(c, &items)
    } else {
        Constant::Tuple(items.into())
    };
    c.load_const(loc, folded);
    c.op_i(loc, extend, 1);
    if build == Build::Tuple {
        list_to_tuple(c, loc);
    }
    true
}

/// `assignment_helper`.
fn assignment_helper<'a>(c: &mut Compiler<'a>, loc: Location, elts: Exprs<'a>) -> Result {
    unpack_helper(c, loc, elts)?;
    for elt in elts {
        match elt.kind {
            ExprKind::Starred { value, .. } => visit(c, value)?,
            _ => visit(c, elt)?,
        }
    }
    Ok(())
}

/// `unpack_helper`.
fn unpack_helper(c: &mut Compiler<'_>, loc: Location, elts: Exprs<'_>) -> Result {
    let mut seen_star = false;
    for (before, elt) in elts.iter().enumerate() {
        if !matches!(elt.kind, ExprKind::Starred { .. }) {
            continue;
        }
        if seen_star {
            return syntax_error(loc, "multiple starred expressions in assignment");
        }
        let after = elts.len() - before - 1;
        if before >= 1 << 8 || after >= i32::MAX as usize >> 8 {
            return syntax_error(loc, "too many expressions in star-unpacking assignment");
        }
        c.op_i(loc, Op::UNPACK_EX, before as u32 + ((after as u32) << 8));
        seen_star = true;
    }
    if !seen_star {
        c.op_i(loc, Op::UNPACK_SEQUENCE, elts.len() as u32);
    }
    Ok(())
}
