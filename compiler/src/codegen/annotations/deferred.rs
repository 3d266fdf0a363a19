//! Annotations evaluated on demand, by a function of their own (PEP 649).

use pycsmith_bytecode::{Constant, Location, Op};
use pycsmith_ir::InstructionSequence;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Ctx, ExprKind, FunctionDef, Stmt, StmtKind};
use pycsmith_parser::interner::names;

use super::signature;
use crate::codegen::closure::{attributes, make_closure};
use crate::codegen::emit::NameOp;
use crate::codegen::module::optimize_and_assemble;
use crate::codegen::names::{cellvar_op, load_freevar, name_index, nameop};
use crate::codegen::unit::{ArgCounts, ScopeType, Unit, enter_scope};
use crate::codegen::{Compiler, Result, bug, expr};
use crate::symtable::{self, BlockType, KeyKind, ScopeId, ScopeKey};

/// The highest `format` that lazily evaluated code knows: `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`.
const VALUE_WITH_FAKE_GLOBALS: i64 = 2;
/// `COMPARE_OP` operand of `>`: the operation above five bits, the mask of a true result below.
const COMPARE_GREATER: u32 = 4 << 5 | 4;
/// `LOAD_COMMON_CONSTANT` operand.
const CONSTANT_NOTIMPLEMENTEDERROR: u32 = 1;

/// Opens the scope of lazily evaluated code, which refuses formats that it does not know
/// (`codegen_setup_annotations_scope`).
pub fn setup_annotations_scope(c: &mut Compiler<'_>, loc: Location, scope: ScopeId, name: Name) {
    let counts = ArgCounts {
        posonlyargcount: 1,
        ..ArgCounts::default()
    };
    enter_scope(
        c,
        name,
        ScopeType::Annotations,
        scope,
        loc.line,
        None,
        counts,
    );
    c.op_i(loc, Op::LOAD_FAST, 0);
    c.load_const(loc, Constant::Int(VALUE_WITH_FAKE_GLOBALS));
    c.op_i(loc, Op::COMPARE_OP, COMPARE_GREATER);
    let body = c.new_label();
    c.jump(loc, Op::POP_JUMP_IF_FALSE, body);
    c.op_i(loc, Op::LOAD_COMMON_CONSTANT, CONSTANT_NOTIMPLEMENTEDERROR);
    c.op_i(loc, Op::RAISE_VARARGS, 1);
    c.use_label(body);
}

/// Puts a function's name before the last part of the current unit's qualified name, even where the function itself is global.
fn qualify(c: &mut Compiler<'_>, function: Name) {
    // CPython quirk (3.15, `compiler_set_qualname`): what is directly in the type parameters of a module is not qualified.
    if matches!(&c.outer[..], [_, _, outer] if outer.scope_type == ScopeType::TypeParams) {
        return;
    }
    let Unit { name, qualname, .. } = *c.unit();
    let (name, qualname) = (c.names.resolve(name), c.names.resolve(qualname));
    let outer = qualname.strip_suffix(name).unwrap_or_default();
    let text = format!("{outer}{}.{name}", c.names.resolve(function));
    c.unit_mut().qualname = c.names.intern(&text);
}

/// Closes it and makes its function (`codegen_leave_annotations_scope`). The assembler calls its parameter `format`.
fn leave_annotations_scope(c: &mut Compiler<'_>, loc: Location) -> Result {
    c.op(loc, Op::RETURN_VALUE);
    c.unit_mut().is_annotate = true;
    let code = optimize_and_assemble(c, true)?;
    make_closure(c, loc, code, 0)
}

/// Pushes a function's `__annotate__`, if it has annotations (`codegen_function_annotations`).
pub(super) fn function_annotations<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    def: &'a FunctionDef<'a>,
) -> Result<u32> {
    let Some(id) = c.symtable.lookup(ScopeKey::of(def, KeyKind::Annotations)) else {
        return Ok(0);
    };
    let scope = c.symtable.scope(id);
    if !scope.annotations_used {
        return Ok(0);
    }
    let name = scope.name;
    setup_annotations_scope(c, loc, id, name);
    if c.target.qualifies_annotate_functions() {
        qualify(c, def.name);
    }
    let count = signature(c, loc, def)?;
    c.op_i(loc, Op::BUILD_MAP, count);
    leave_annotations_scope(c, loc)?;
    Ok(attributes::ANNOTATE)
}

/// Notes a variable's annotation, and at run time that it was reached, where that is not certain.
pub(super) fn variable<'a>(c: &mut Compiler<'a>, s: &'a Stmt<'a>) -> Result {
    let loc = s.loc;
    let Some(index) = add_deferred_annotation(c, s) else {
        return Ok(());
    };
    if c.unit().scope_type == ScopeType::Class {
        cellvar_op(c, loc, Op::LOAD_DEREF, names::CONDITIONAL_ANNOTATIONS)?;
    } else {
        c.op_name(
            loc,
            NameOp::Plain(Op::LOAD_NAME),
            names::CONDITIONAL_ANNOTATIONS,
        );
    }
    c.load_const(loc, Constant::Int(index.into()));
    c.op_i(loc, Op::SET_ADD, 1);
    c.op(loc, Op::POP_TOP);
    Ok(())
}

/// `_PyCompile_AddDeferredAnnotation`: the annotation's number if it may not be executed.
fn add_deferred_annotation<'a>(c: &mut Compiler<'a>, s: &'a Stmt<'a>) -> Option<u32> {
    let unit = c.unit_mut();
    let mut index = None;
    if unit.scope_type == ScopeType::Module || unit.in_conditional_block > 0 {
        index = Some(unit.next_conditional_annotation_index);
        unit.next_conditional_annotation_index += 1;
    }
    unit.deferred_annotations.push((s, index));
    index
}

/// Makes the `__annotate__` of a module or class of what its body deferred
/// (`codegen_process_deferred_annotations`).
pub fn process_deferred_annotations(c: &mut Compiler<'_>, loc: Location) -> Result {
    let deferred = std::mem::take(&mut c.unit_mut().deferred_annotations);
    if deferred.is_empty() {
        return Ok(());
    }
    let scope_type = c.unit().scope_type;
    // A module's goes to its beginning, in place of `ANNOTATIONS_PLACEHOLDER`.
    let separate = scope_type == ScopeType::Module;
    if separate {
        let unit = c.unit_mut();
        let own = std::mem::take(&mut unit.sequence);
        unit.sequence.loads_small_ints = own.loads_small_ints;
        unit.stashed_sequence = Some(own);
    }
    let scope = c.scope();
    let in_class = scope.kind == BlockType::Class;
    let Some(block) = scope.annotation_block else {
        return bug("deferred annotations without a scope");
    };
    let name = c.symtable.scope(block).name;
    setup_annotations_scope(c, loc, block, name);
    deferred_annotations_body(c, loc, &deferred, scope_type)?;
    leave_annotations_scope(c, loc)?;
    nameop(
        c,
        loc,
        if in_class {
            names::ANNOTATE_FUNC
        } else {
            names::ANNOTATE
        },
        Ctx::Store,
    )?;
    if separate {
        let unit = c.unit_mut();
        let own = unit.stashed_sequence.take().unwrap_or_default();
        let annotations: InstructionSequence = std::mem::replace(&mut unit.sequence, own);
        unit.sequence.annotations = Some(Box::new(annotations));
    }
    Ok(())
}

/// `codegen_deferred_annotations_body`: the dictionary of the annotations that were executed.
fn deferred_annotations_body<'a>(
    c: &mut Compiler<'a>,
    loc: Location,
    deferred: &[(&'a Stmt<'a>, Option<u32>)],
    outer: ScopeType,
) -> Result {
    c.op_i(loc, Op::BUILD_MAP, 0);
    for &(s, index) in deferred {
        let StmtKind::AnnAssign(assign) = s.kind else {
            return bug("a deferred annotation is no annotated assignment");
        };
        let ExprKind::Name { id, .. } = assign.target.kind else {
            return bug("a deferred annotation of no name");
        };
        let private = c.unit().private;
        let mangled = symtable::mangle(private, id, &mut c.names);
        let not_set = c.new_label();
        if let Some(index) = index {
            c.load_const(s.loc, Constant::Int(index.into()));
            if outer == ScopeType::Class {
                load_freevar(c, s.loc, names::CONDITIONAL_ANNOTATIONS);
            } else {
                let arg = name_index(c, names::CONDITIONAL_ANNOTATIONS);
                c.op_i(s.loc, Op::LOAD_GLOBAL, arg << 1);
            }
            c.op_i(s.loc, Op::CONTAINS_OP, 0);
            c.jump(s.loc, Op::POP_JUMP_IF_FALSE, not_set);
        }
        expr::visit(c, &assign.annotation)?;
        c.op_i(s.loc, Op::COPY, 2);
        let mangled = c.mangled_constant(id, mangled);
        c.load_const(s.loc, mangled);
        c.op(loc, Op::STORE_SUBSCR);
        c.use_label(not_set);
    }
    Ok(())
}
