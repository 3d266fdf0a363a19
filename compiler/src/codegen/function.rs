//! `def`, `async def` and `lambda` (CPython's `codegen_function`, `codegen_function_body`, `codegen_lambda`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::Label;
use pycsmith_parser::ast::{Arguments, Ctx, Expr, Exprs, FunctionDef, Lambda, Stmt};
use pycsmith_parser::interner::names;

use super::annotations::function_annotations;
use super::closure::{attributes, make_closure};
use super::expr::oparg::intrinsic_2;
use super::fblock::{self, FBlockKind};
use super::generator::wrap_in_stopiteration_handler;
use super::module::{self, optimize_and_assemble};
use super::names::nameop;
use super::type_params::{enter_type_params, type_params};
use super::unit::{ArgCounts, ScopeType, enter_scope, mangle, scope_id};
use super::{Compiler, Result, docstring, expr, stmt};
use crate::symtable::{KeyKind, ScopeKey};

/// Evaluates decorators (`codegen_decorators`).
pub fn decorators<'a>(c: &mut Compiler<'a>, decorators: Exprs<'a>) -> Result {
    decorators
        .iter()
        .try_for_each(|decorator| expr::visit(c, decorator))
}

/// Calls them, innermost first (`codegen_apply_decorators`).
pub fn apply_decorators(c: &mut Compiler<'_>, decorators: Exprs<'_>) {
    for decorator in decorators.iter().rev() {
        c.call(decorator.loc, 0);
    }
}

/// The line where a definition starts: its first decorator's, if it has one.
pub fn first_line(loc: Location, decorators: Exprs<'_>) -> i32 {
    decorators
        .first()
        .map_or(loc.line, |decorator| decorator.loc.line)
}

/// Pushes the defaults of parameters; says which (`codegen_default_arguments`).
fn default_arguments<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    args: &'a Arguments<'a>,
) -> Result<u32> {
    let mut flags = 0;
    if !args.defaults.is_empty() {
        args.defaults
            .iter()
            .try_for_each(|default| expr::visit(c, default))?;
        c.op_i(loc, Op::BUILD_TUPLE, args.defaults.len() as u32);
        flags |= attributes::DEFAULTS;
    }
    let mut count = 0;
    let const_keys = c.target.builds_const_key_maps();
    let mut keys = Vec::new();
    for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
        if let Some(default) = default {
            count += 1;
            let name = mangle(c, arg.arg);
            let name = c.mangled_constant(arg.arg, name);
            if const_keys {
                keys.push(name);
            } else {
                c.load_const(loc, name);
            }
            expr::visit(c, default)?;
        }
    }
    if count > 0 {
        if const_keys {
            c.load_const(loc, Constant::Tuple(keys.into()));
            c.op_i(loc, Op::BUILD_CONST_KEY_MAP, count);
        } else {
            c.op_i(loc, Op::BUILD_MAP, count);
        }
        flags |= attributes::KWDEFAULTS;
    }
    Ok(flags)
}

fn arg_counts(args: &Arguments<'_>) -> ArgCounts {
    ArgCounts {
        argcount: args.args.len() as u32,
        posonlyargcount: args.posonlyargs.len() as u32,
        kwonlyargcount: args.kwonlyargs.len() as u32,
    }
}

/// A function definition statement (`codegen_function`).
pub fn function_def<'a>(
    c: &mut Compiler<'a>,
    s: &'a Stmt<'a>,
    def: &'a FunctionDef<'a>,
    is_async: bool,
) -> Result {
    let loc = s.loc;
    decorators(c, def.decorator_list)?;
    let firstlineno = first_line(loc, def.decorator_list);
    let generic = !def.type_params.is_empty();
    if generic {
        c.null_below(loc);
    }
    let mut flags = default_arguments(c, loc, &def.args)?;
    let mut passed = 0;
    if generic {
        passed = (flags & (attributes::DEFAULTS | attributes::KWDEFAULTS)).count_ones();
        if passed == 2 {
            c.op_i(loc, Op::SWAP, 2);
        }
        let counts = ArgCounts {
            argcount: passed,
            ..ArgCounts::default()
        };
        enter_type_params(
            c,
            def.name,
            ScopeKey::of(def, KeyKind::TypeParams),
            firstlineno,
            None,
            counts,
        )?;
        type_params(c, def.type_params)?;
        for index in 0..passed {
            c.op_i(loc, Op::LOAD_FAST, index);
        }
    }
    flags |= function_annotations(c, loc, def)?;
    function_body(c, loc, def, is_async, flags, firstlineno)?;
    if generic {
        c.op_i(loc, Op::SWAP, 2);
        c.op_i(
            loc,
            Op::CALL_INTRINSIC_2,
            intrinsic_2::SET_FUNCTION_TYPE_PARAMS,
        );
        let code = optimize_and_assemble(c, false)?;
        make_closure(c, loc, code, 0)?;
        if passed > 0 {
            c.op_i(loc, Op::SWAP, passed + 1);
            // Where there is no null, the first argument stands in its place.
            let count = passed - u32::from(!c.target.pushes_null_first());
            c.op_i(loc, Op::CALL, count);
        } else {
            c.null_above(loc);
            c.op_i(loc, Op::CALL, 0);
        }
    }
    apply_decorators(c, def.decorator_list);
    nameop(c, loc, def.name, Ctx::Store)
}

/// Keeps the place of a docstring that is not there, where it has one.
pub fn no_docstring(c: &mut Compiler<'_>) {
    if c.target.first_constant_is_docstring() {
        c.add_const(Constant::None);
    }
}

fn function_body<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    def: &'a FunctionDef<'a>,
    is_async: bool,
    flags: u32,
    firstlineno: i32,
) -> Result {
    let scope_type = if is_async {
        ScopeType::AsyncFunction
    } else {
        ScopeType::Function
    };
    let scope = scope_id(c, ScopeKey::of(def, KeyKind::Body))?;
    enter_scope(
        c,
        def.name,
        scope_type,
        scope,
        firstlineno,
        None,
        arg_counts(&def.args),
    );
    let body = module::split_docstring(c, def.body);
    if let Some((docstring, _)) = body.docstring {
        let docstring = docstring::docstring_constant(c, docstring)?;
        c.add_const(docstring);
    } else {
        no_docstring(c);
    }
    let scope = c.scope();
    let generator = (scope.coroutine || scope.generator) && c.target.handles_stop_iteration();
    let counted = c.target.counts_stop_iteration_handler();
    if counted && (generator || c.target.starts_blocks_at_all_labels()) {
        let start = c.new_label();
        c.use_label(start);
        if generator {
            let none = Location::NONE;
            fblock::push(c, none, FBlockKind::StopIteration, start, Label::NONE)?;
        }
    }
    body.emit_start(c)?;
    body.rest.iter().try_for_each(|s| stmt::visit(c, s))?;
    if generator {
        wrap_in_stopiteration_handler(c);
        if counted {
            fblock::pop(c);
        }
    }
    let code = optimize_and_assemble(c, true)?;
    make_closure(c, loc, code, flags)
}

/// A lambda expression (`codegen_lambda`).
pub fn lambda<'a>(c: &mut Compiler<'a>, e: &'a Expr<'a>, lambda: &'a Lambda<'a>) -> Result {
    let loc = e.loc;
    let flags = default_arguments(c, loc, &lambda.args)?;
    let scope = scope_id(c, ScopeKey::of(lambda, KeyKind::Body))?;
    enter_scope(
        c,
        names::LAMBDA,
        ScopeType::Lambda,
        scope,
        loc.line,
        None,
        arg_counts(&lambda.args),
    );
    no_docstring(c);
    expr::visit(c, &lambda.body)?;
    let generator = c.scope().generator;
    if !generator {
        let loc = if c.target.returns_at_lambda_body() {
            lambda.body.loc
        } else {
            Location::line_start(loc.line)
        };
        let loc = c.here(loc);
        c.op(loc, Op::RETURN_VALUE);
    }
    let code = optimize_and_assemble(c, !generator)?;
    make_closure(c, loc, code, flags)
}
