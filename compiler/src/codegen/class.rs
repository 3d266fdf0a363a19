//! `class` (CPython's `codegen_class`, `codegen_class_body`).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_parser::ast::{ClassDef, Ctx, Stmt};
use pycsmith_parser::interner::names;

use super::closure::make_closure;
use super::expr::oparg::intrinsic_1;
use super::function::{apply_decorators, decorators, first_line};
use super::module::{body, optimize_and_assemble};
use super::names::{cellvar_op, nameop};
use super::type_params::{enter_type_params, type_params};
use super::unit::{ArgCounts, ScopeType, enter_scope, scope_id, static_attributes_as_tuple};
use super::{Compiler, Result, expr};
use crate::symtable::{KeyKind, ScopeKey};

/// A class definition statement.
pub fn class_def<'a>(c: &mut Compiler<'a>, s: &'a Stmt<'a>, class: &'a ClassDef<'a>) -> Result {
    let loc = s.loc;
    decorators(c, class.decorator_list)?;
    let firstlineno = first_line(loc, class.decorator_list);
    let generic = !class.type_params.is_empty();
    if generic {
        if !c.target.mangles_in_generic_class_only() {
            // CPython quirk (3.12.1, compiler_class): this stays so behind the class.
            c.unit_mut().private = Some(class.name);
        }
        c.null_below(loc);
        let key = ScopeKey::of(class, KeyKind::TypeParams);
        enter_type_params(
            c,
            class.name,
            key,
            firstlineno,
            Some(class.name),
            ArgCounts::default(),
        )?;
        type_params(c, class.type_params)?;
        nameop(c, loc, names::DOT_TYPE_PARAMS, Ctx::Store)?;
    }
    class_body(c, loc, class, firstlineno)?;
    if generic {
        nameop(c, loc, names::DOT_TYPE_PARAMS, Ctx::Load)?;
        c.op_i(loc, Op::CALL_INTRINSIC_1, intrinsic_1::SUBSCRIPT_GENERIC);
        nameop(c, loc, names::DOT_GENERIC_BASE, Ctx::Store)?;
        expr::call_helper_impl(
            c,
            loc,
            2,
            class.bases,
            Some(names::DOT_GENERIC_BASE),
            class.keywords,
        )?;
        let code = optimize_and_assemble(c, false)?;
        make_closure(c, loc, code, 0)?;
        c.null_above(loc);
        c.op_i(loc, Op::CALL, 0);
    } else {
        expr::call_helper(c, loc, 2, class.bases, class.keywords)?;
    }
    apply_decorators(c, class.decorator_list);
    nameop(c, loc, class.name, Ctx::Store)
}

/// The constant with the qualified name of the current unit.
fn qualname_constant(c: &mut Compiler<'_>) -> Constant {
    let (name, qualname) = (c.unit().name, c.unit().qualname);
    let object = c.assembler().strings.qualname_constant(name, qualname);
    c.unit_mut().qualname_object = Some(object.clone());
    Constant::Str(object)
}

/// Leaves `__build_class__`, null, the body's function and the name on the stack.
fn class_body<'a>(
    c: &mut Compiler<'a>,
    class_loc: Location,
    class: &'a ClassDef<'a>,
    firstlineno: i32,
) -> Result {
    let scope = scope_id(c, ScopeKey::of(class, KeyKind::Body))?;
    enter_scope(
        c,
        class.name,
        ScopeType::Class,
        scope,
        firstlineno,
        Some(class.name),
        ArgCounts::default(),
    );
    let loc = Location::line_start(firstlineno);
    nameop(c, loc, names::NAME, Ctx::Load)?;
    nameop(c, loc, names::MODULE_DUNDER, Ctx::Store)?;
    let qualname = qualname_constant(c);
    c.load_const(loc, qualname);
    nameop(c, loc, names::QUALNAME, Ctx::Store)?;
    if c.target.class_first_line() {
        c.load_const(loc, Constant::Int(firstlineno.into()));
        nameop(c, loc, names::FIRSTLINENO, Ctx::Store)?;
    }
    if !class.type_params.is_empty() {
        nameop(c, loc, names::DOT_TYPE_PARAMS, Ctx::Load)?;
        nameop(c, loc, names::TYPE_PARAMS_DUNDER, Ctx::Store)?;
    }
    let scope = c.scope();
    let (needs_classdict, needs_class_closure) = (scope.needs_classdict, scope.needs_class_closure);
    let conditional_annotations = scope.has_conditional_annotations;
    if needs_classdict {
        c.op(loc, Op::LOAD_LOCALS);
        cellvar_op(c, loc, Op::STORE_DEREF, names::CLASSDICT)?;
    }
    if conditional_annotations {
        c.op_i(loc, Op::BUILD_SET, 0);
        cellvar_op(c, loc, Op::STORE_DEREF, names::CONDITIONAL_ANNOTATIONS)?;
    }
    body(c, loc, class.body)?;
    let none = Location::NONE;
    if c.target.static_attributes() {
        let static_attributes = static_attributes_as_tuple(c);
        c.load_const(none, static_attributes);
        nameop(c, none, names::STATIC_ATTRIBUTES, Ctx::Store)?;
    }
    if needs_classdict {
        cellvar_op(c, none, Op::LOAD_CLOSURE, names::CLASSDICT)?;
        nameop(c, none, names::CLASSDICTCELL, Ctx::Store)?;
    }
    if needs_class_closure {
        cellvar_op(c, none, Op::LOAD_CLOSURE, names::CLASS)?;
        c.op_i(none, Op::COPY, 1);
        nameop(c, none, names::CLASSCELL, Ctx::Store)?;
    } else {
        c.load_const(none, Constant::None);
    }
    c.op(none, Op::RETURN_VALUE);
    let code = optimize_and_assemble(c, true)?;

    c.null_below(class_loc);
    c.op(class_loc, Op::LOAD_BUILD_CLASS);
    c.null_above(class_loc);
    make_closure(c, class_loc, code, 0)?;
    c.load_name_const(class_loc, class.name);
    Ok(())
}
