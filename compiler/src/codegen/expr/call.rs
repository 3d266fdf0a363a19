//! Calls.
//!
//! `f(a, k=b)` pushes the function, a null (or `self`), the arguments and, with keywords, the tuple of their
//! names. Stars or many arguments go through a tuple and a dict and `CALL_FUNCTION_EX`.

use pycsmith_bytecode::{Location, Op};
use pycsmith_ir::ConstId;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Call, Ctx, ExprKind, Exprs, Keyword};
use rustc_hash::FxHashMap;

use super::{
    STACK_USE_GUIDELINE, builtin_call, display, method_call, visit, visit_all, visit_likely_name,
};
use crate::codegen::{Compiler, Result, names, syntax_error};

/// `codegen_call`. (CPython's `check_caller` only warns.)
pub(super) fn call<'a>(c: &mut Compiler<'a>, loc: Location, e: &'a Call<'a>) -> Result {
    validate_keywords(c, e.keywords)?;
    if method_call::maybe_optimize_method_call(c, loc, e)? {
        return Ok(());
    }
    let unpacks = e.may_unpack && unpacks(e.args, e.keywords);
    if c.target.pushes_null_first() {
        c.op(e.func.loc, Op::PUSH_NULL);
        visit_likely_name(c, &e.func)?;
        return call_validated(c, loc, 0, e.args, None, e.keywords, unpacks);
    }
    let skip_normal_call = c.new_label();
    visit_likely_name(c, &e.func)?;
    if c.target.loops_over_generators() {
        builtin_call::maybe_optimize_function_call(c, e, skip_normal_call)?;
    }
    c.op(e.func.loc, Op::PUSH_NULL);
    call_validated(c, loc, 0, e.args, None, e.keywords, unpacks)?;
    c.use_label(skip_normal_call);
    Ok(())
}

/// Pushes arguments and calls; `pushed` arguments are on the stack already (`codegen_call_helper`).
pub fn call_helper<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    pushed: u32,
    args: Exprs<'a>,
    keywords: &'a [Keyword<'a>],
) -> Result {
    call_helper_impl(c, loc, pushed, args, None, keywords)
}

/// [`call_helper`] with the variable `injected` as last positional argument (for the bases of a generic class).
pub fn call_helper_impl<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    pushed: u32,
    args: Exprs<'a>,
    injected: Option<Name>,
    keywords: &'a [Keyword<'a>],
) -> Result {
    validate_keywords(c, keywords)?;
    let unpacks = unpacks(args, keywords);
    call_validated(c, loc, pushed, args, injected, keywords, unpacks)
}

/// Whether there is a star among the arguments.
pub(super) fn unpacks(args: Exprs<'_>, keywords: &[Keyword<'_>]) -> bool {
    args.iter()
        .any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
        || keywords.iter().any(|keyword| keyword.arg.is_none())
}

fn call_validated<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    pushed: u32,
    args: Exprs<'a>,
    injected: Option<Name>,
    keywords: &'a [Keyword<'a>],
    unpacks: bool,
) -> Result {
    if unpacks || args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE {
        return call_ex(c, loc, pushed, args, injected, keywords);
    }

    visit_all(c, args)?;
    let mut count = pushed + args.len() as u32;
    if let Some(name) = injected {
        names::nameop(c, loc, name, Ctx::Load)?;
        count += 1;
    }
    if keywords.is_empty() {
        c.call(loc, count);
    } else {
        simple_keywords(c, loc, keywords)?;
        c.call_kw(loc, count + keywords.len() as u32);
    }
    Ok(())
}

/// Pushes the values of keywords, and pushes or announces the tuple of their names (`codegen_call_simple_kw_helper`).
pub(super) fn simple_keywords<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    keywords: &'a [Keyword<'a>],
) -> Result {
    let names = keyword_values(c, keywords)?;
    if c.target.names_keywords_ahead() {
        let index = c.add_const_id(names);
        c.op_i(loc, Op::KW_NAMES, index);
    } else {
        c.load_const_id(loc, names);
    }
    Ok(())
}

/// Pushes the values of keywords; gives the tuple of their names.
fn keyword_values<'a>(c: &mut Compiler<'a>, keywords: &'a [Keyword<'a>]) -> Result<ConstId> {
    for keyword in keywords {
        visit(c, &keyword.value)?;
    }
    Ok(c.name_tuple(keywords.iter().filter_map(|keyword| keyword.arg)))
}

/// The general form: a tuple of positional arguments, and a dict of keyword arguments or null.
fn call_ex<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    pushed: u32,
    args: Exprs<'a>,
    injected: Option<Name>,
    keywords: &'a [Keyword<'a>],
) -> Result {
    match args {
        // CPython quirk (3.14, codegen_call_helper_impl): `injected` is forgotten here; it only comes with
        // `pushed` arguments.
        [arg]
            if pushed == 0
                && let ExprKind::Starred { value, .. } = arg.kind =>
        {
            visit(c, value)?
        }
        _ => display::tuple_of_args(c, loc, args, injected, pushed)?,
    }
    if !keywords.is_empty() {
        keyword_dict(c, loc, keywords)?;
    } else if c.target.calls_ex_with_null() {
        c.op(loc, Op::PUSH_NULL);
    }
    let has_keywords = !c.target.calls_ex_with_null() && !keywords.is_empty();
    c.op_i(loc, Op::CALL_FUNCTION_EX, u32::from(has_keywords));
    Ok(())
}

fn keyword_dict<'a>(c: &mut Compiler<'a>, loc: Location, keywords: &'a [Keyword<'a>]) -> Result {
    let mut have_dict = false;
    // Where the run of named keywords that are not yet generated starts.
    let mut start = 0;
    for (index, keyword) in keywords.iter().enumerate() {
        if keyword.arg.is_some() {
            continue;
        }
        if start < index {
            merge_keywords(c, loc, &keywords[start..index], &mut have_dict)?;
        }
        if !have_dict {
            c.op_i(loc, Op::BUILD_MAP, 0);
            have_dict = true;
        }
        visit(c, &keyword.value)?;
        c.op_i(loc, Op::DICT_MERGE, 1);
        start = index + 1;
    }
    if start < keywords.len() {
        merge_keywords(c, loc, &keywords[start..], &mut have_dict)?;
    }
    Ok(())
}

fn merge_keywords<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    keywords: &'a [Keyword<'a>],
    have_dict: &mut bool,
) -> Result {
    subkwargs(c, loc, keywords)?;
    if *have_dict {
        c.op_i(loc, Op::DICT_MERGE, 1);
    }
    *have_dict = true;
    Ok(())
}

/// `codegen_subkwargs`: a map of named keywords.
fn subkwargs<'a>(c: &mut Compiler<'a>, loc: Location, keywords: &'a [Keyword<'a>]) -> Result {
    let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
    if c.target.builds_const_key_maps() && keywords.len() > 1 && !big {
        let names = keyword_values(c, keywords)?;
        c.load_const_id(loc, names);
        c.op_i(loc, Op::BUILD_CONST_KEY_MAP, keywords.len() as u32);
        return Ok(());
    }
    if big {
        c.op_i(Location::NONE, Op::BUILD_MAP, 0);
    }
    for keyword in keywords {
        if let Some(name) = keyword.arg {
            c.load_name_const(loc, name);
        }
        visit(c, &keyword.value)?;
        if big {
            c.op_i(Location::NONE, Op::MAP_ADD, 1);
        }
    }
    if !big {
        c.op_i(loc, Op::BUILD_MAP, keywords.len() as u32);
    }
    Ok(())
}

/// `codegen_validate_keywords`: the first name that comes again is reported, where it comes again first.
#[inline]
fn validate_keywords(c: &Compiler<'_>, keywords: &[Keyword<'_>]) -> Result {
    match keywords {
        [] | [_] => Ok(()),
        _ => refuse_repeated_keywords(c, keywords),
    }
}

#[inline(never)]
fn refuse_repeated_keywords(c: &Compiler<'_>, keywords: &[Keyword<'_>]) -> Result {
    const FEW: usize = 12;
    let repeated = if keywords.len() <= FEW {
        keywords.iter().enumerate().find_map(|(index, keyword)| {
            let name = keyword.arg?;
            keywords[index + 1..]
                .iter()
                .find(|other| other.arg == Some(name))
        })
    } else {
        let mut first_use: FxHashMap<Name, usize> = FxHashMap::default();
        let mut found: Option<(usize, &Keyword<'_>)> = None;
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(name) = keyword.arg else { continue };
            let first = *first_use.entry(name).or_insert(index);
            if first < index && found.is_none_or(|(earliest, _)| first < earliest) {
                found = Some((first, keyword));
            }
        }
        found.map(|(_, keyword)| keyword)
    };
    match repeated.and_then(|keyword| Some((keyword.loc, keyword.arg?))) {
        Some((loc, name)) => syntax_error(
            loc,
            format!("keyword argument repeated: {}", c.names.resolve(name)),
        ),
        None => Ok(()),
    }
}
