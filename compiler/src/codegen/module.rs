//! Bodies of modules and classes, and the way from a finished unit to its code object (CPython's `codegen_body`,
//! `_PyCompile_OptimizeAndAssemble`).

use pycsmith_bytecode::code::flags;
use pycsmith_bytecode::{CodeObject, Constant, Location, Op};
use pycsmith_ir::UnitShape;
use pycsmith_parser::ast::{self, Body, Ctx, Expr, ExprKind, Module, StmtKind};
use pycsmith_parser::interner::names;
use std::sync::Arc;

use super::annotations::deferred::process_deferred_annotations;
use super::emit::NameOp;
use super::names::nameop;
use super::unit::{ArgCounts, ScopeType, enter_scope, exit_scope, scope_id};
use super::{Compiler, Result, bug, docstring, stmt};
use crate::observer::{self, Job};
use crate::symtable::{KeyKind, ScopeKey};

/// The compiler flags that code objects inherit (`PyCF_MASK`).
const INHERITED_FLAGS: u32 = flags::FUTURE_DIVISION
    | flags::FUTURE_ABSOLUTE_IMPORT
    | flags::FUTURE_WITH_STATEMENT
    | flags::FUTURE_PRINT_FUNCTION
    | flags::FUTURE_UNICODE_LITERALS
    | flags::FUTURE_BARRY_AS_BDFL
    | flags::FUTURE_GENERATOR_STOP
    | flags::FUTURE_ANNOTATIONS;

/// Generates a module's code object (`compiler_mod`).
pub fn module<'a>(c: &mut Compiler<'a>, module: &'a Module<'a>) -> Result<Arc<CodeObject>> {
    let scope = scope_id(c, ScopeKey::of(module, KeyKind::Body))?;
    c.known_names
        .begin_module(&c.names, c.symtable.scope(scope));
    enter_scope(
        c,
        names::MODULE,
        ScopeType::Module,
        scope,
        1,
        None,
        ArgCounts::default(),
    );
    let first = split_docstring(c, module.body).first;
    let loc = first.unwrap_or(Location::line_start(1));
    if c.scope().has_conditional_annotations {
        c.op_i(loc, Op::BUILD_SET, 0);
        c.op_name(
            loc,
            NameOp::Plain(Op::STORE_NAME),
            names::CONDITIONAL_ANNOTATIONS,
        );
    }
    body(c, loc, module.body)?;
    optimize_and_assemble(c, true)
}

/// The statements of a module or class; `loc` is that of its annotations' set-up (`codegen_body`).
pub fn body<'a>(c: &mut Compiler<'a>, loc: Location, stmts: Body<'a>) -> Result {
    let future = c.future_flags & flags::FUTURE_ANNOTATIONS != 0;
    let deferred = c.target.defers_annotations() && !future;
    if !deferred && c.scope().annotations_used {
        c.op(loc, Op::SETUP_ANNOTATIONS);
    }
    let body = split_docstring(c, stmts);
    if let Some((docstring, loc)) = body.docstring {
        let docstring = docstring::docstring_constant(c, docstring)?;
        c.load_const(loc, docstring);
        nameop(c, Location::NONE, names::DOC, Ctx::Store)?;
    }
    body.emit_start(c)?;
    body.rest.iter().try_for_each(|s| stmt::visit(c, s))?;
    if deferred {
        process_deferred_annotations(c, loc)?;
    }
    Ok(())
}

/// A body whose docstring is taken off.
pub struct DocBody<'a> {
    /// WTF-8, and where it stands; none at level 2.
    pub docstring: Option<(&'a [u8], Location)>,
    /// What `ast_preprocess.c` puts in place of a docstring that level 2 removes.
    start: Start<'a>,
    pub rest: Body<'a>,
    /// Where the first statement stands that is there.
    pub first: Option<Location>,
}

enum Start<'a> {
    Nothing,
    /// `pass`, where the docstring was all of the body.
    Pass(Location),
    /// An f-string of the next statement, so that it does not become the docstring.
    JoinedStr(&'a Expr<'a>),
}

impl<'a> DocBody<'a> {
    /// Generates what stands in the place of a removed docstring.
    pub fn emit_start(&self, c: &mut Compiler<'a>) -> Result {
        match self.start {
            Start::Nothing => {}
            Start::Pass(loc) => c.op(loc, Op::NOP),
            Start::JoinedStr(value) => {
                super::expr::visit(c, value)?;
                c.op(Location::NONE, Op::POP_TOP);
            }
        }
        Ok(())
    }
}

/// `_PyAST_GetDocString`: the expression statement of a string that `stmts` starts with.
fn docstring_of<'a>(stmts: Body<'a>) -> Option<(&'a [u8], &'a Expr<'a>)> {
    match stmts.first()?.kind {
        StmtKind::Expr { value } => match value.kind {
            ExprKind::Constant(ast::Constant::Str { wtf8, .. }) => Some((wtf8, value)),
            _ => None,
        },
        _ => None,
    }
}

/// Takes the docstring off a body, as the optimization level wants it (`astfold_body` of `ast_preprocess.c`).
pub fn split_docstring<'a>(c: &Compiler<'_>, stmts: Body<'a>) -> DocBody<'a> {
    let whole = DocBody {
        docstring: None,
        start: Start::Nothing,
        rest: stmts,
        first: stmts.first().map(|s| s.loc),
    };
    let Some((docstring, value)) = docstring_of(stmts) else {
        return whole;
    };
    let rest = &stmts[1..];
    let kept = c.opt_level < 2;
    if !kept && c.target.executes_dropped_docstrings() {
        return whole;
    }
    if kept || !c.target.removes_docstrings_from_ast() {
        return DocBody {
            docstring: kept.then_some((docstring, value.loc)),
            rest,
            ..whole
        };
    }
    let first = rest.first().map(|s| s.loc);
    if rest.is_empty() {
        let Location { line, col, .. } = stmts[0].loc;
        let pass = Location::new(line, line, col, col + 4);
        return DocBody {
            start: Start::Pass(pass),
            rest,
            first: Some(pass),
            ..whole
        };
    }
    match docstring_of(rest) {
        Some((_, value)) => DocBody {
            start: Start::JoinedStr(value),
            rest: &rest[1..],
            first,
            ..whole
        },
        None => DocBody {
            rest,
            first,
            ..whole
        },
    }
}

/// `compute_code_flags`.
fn compute_code_flags(c: &Compiler<'_>) -> u32 {
    let scope = c.scope();
    let mut result = 0;
    if scope.is_function_like() {
        result |= flags::NEWLOCALS | flags::OPTIMIZED;
        for (holds, flag) in [
            (scope.nested, flags::NESTED),
            (scope.generator && !scope.coroutine, flags::GENERATOR),
            (scope.generator && scope.coroutine, flags::ASYNC_GENERATOR),
            (scope.varargs, flags::VARARGS),
            (scope.varkeywords, flags::VARKEYWORDS),
            (
                scope.has_docstring && c.target.flags_docstrings(),
                flags::HAS_DOCSTRING,
            ),
            (scope.method && c.target.flags_methods(), flags::METHOD),
        ] {
            if holds {
                result |= flag;
            }
        }
    }
    if scope.coroutine && !scope.generator {
        result |= flags::COROUTINE;
    }
    result | c.future_flags & INHERITED_FLAGS
}

/// Whether the last block ends with a return (`b_return`).
fn returned(c: &Compiler<'_>) -> bool {
    let sequence = &c.unit().sequence;
    let end = sequence.instrs.len();
    let placed = sequence
        .blocks
        .as_ref()
        .and_then(|blocks| blocks.placements.last())
        .is_some_and(|label| sequence.labels[label.0 as usize] as usize == end);
    !placed
        && sequence
            .instrs
            .last()
            .is_some_and(|last| last.op == Op::RETURN_VALUE)
}

/// Ends the current unit, closes its scope and makes its code object. With `add_none` code that runs off the
/// end returns `None` (`_PyCompile_OptimizeAndAssemble`, `_PyCodegen_AddReturnAtEnd`, `_PyCompile_ExitScope`).
pub fn optimize_and_assemble(c: &mut Compiler<'_>, add_none: bool) -> Result<Arc<CodeObject>> {
    let flags = compute_code_flags(c);
    if !(c.target.generates_blocks() && returned(c)) {
        if add_none {
            c.load_const(Location::NONE, Constant::None);
        }
        c.op(Location::NONE, Op::RETURN_VALUE);
    }
    let nparams = c.scope().varnames.len() as u32;
    let mut unit = exit_scope(c)?;
    if !unit.cellvars.is_empty() {
        unit.varnames.update();
    }
    let sequence = std::mem::take(&mut unit.sequence);
    let mut consts = std::mem::take(&mut unit.consts);
    let shape = UnitShape {
        flags,
        firstlineno: unit.firstlineno,
        nlocals: unit.varnames.len() as u32,
        nparams,
        cell_locals: unit
            .cellvars
            .order
            .iter()
            .map(|&name| unit.varnames.get(name))
            .collect(),
        nfreevars: unit.freevars.len() as u32,
        nnames: unit.names.order.len() as u32,
    };
    let job = Job {
        target: c.target,
        sequence,
        consts: &mut consts,
        pool: &mut c.pool,
        shape: &shape,
        depth: c.outer.len(),
    };
    let mut optimized = match observer::optimize(c.observer.as_deref_mut(), &unit, &c.names, job) {
        Ok(optimized) => optimized,
        Err(error) => return bug(error.0),
    };
    let metadata = unit.metadata(&consts, flags);
    let object = c.assembler().make_code_object(&metadata, &mut optimized)?;
    c.free_sequence(optimized.sequence);
    if let Some(observer) = &mut c.observer {
        observer.finished(&object);
    }
    unit.consts = consts;
    c.free_unit(unit);
    Ok(object)
}
