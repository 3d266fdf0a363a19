//! Statements (`symtable_visit_stmt`).

use std::sync::Arc;

use pycsmith_bytecode::Location;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{
    Alias, AnnAssign, Arguments, Body, ClassDef, ExceptHandler, Expr, ExprKind, For, FunctionDef,
    ImportFrom, MatchCase, Stmt, StmtKind, Try, TypeAlias, With,
};
use pycsmith_parser::interner::names as known;

use super::build::{Builder, TOP};
use super::notes::NotesReader;
use super::{BlockType, KeyKind, ScopeKey, SymbolTable, def};
use crate::error::{Result, syntax_error};
use crate::future::is_future_import;

impl<'a> Builder<'_> {
    pub fn visit_body(&mut self, body: Body<'a>) -> Result {
        body.iter().try_for_each(|stmt| self.visit_stmt(stmt))
    }

    pub fn visit_stmt(&mut self, stmt: &'a Stmt<'a>) -> Result {
        self.nest()?;
        self.visit_stmt_kind(stmt)?;
        self.nesting -= 1;
        Ok(())
    }

    #[inline]
    fn visit_stmt_kind(&mut self, stmt: &'a Stmt<'a>) -> Result {
        let loc = stmt.loc;
        match stmt.kind {
            StmtKind::FunctionDef(function) => self.visit_function(function, loc, false, None),
            StmtKind::AsyncFunctionDef(function) => self.visit_function(function, loc, true, None),
            StmtKind::ClassDef(class) => self.visit_class(class, loc, None),
            StmtKind::TypeAlias(alias) => self.visit_type_alias(alias, loc),
            StmtKind::Return { value } => self.visit_optional(value),
            StmtKind::Delete { targets } => self.visit_exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.visit_exprs(targets)?;
                self.visit_expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.visit_expr(target)?;
                self.visit_expr(value)
            }
            StmtKind::AnnAssign(assign) => self.visit_ann_assign(assign, loc),
            StmtKind::For(stmt) => self.visit_for(stmt),
            StmtKind::AsyncFor(stmt) => {
                self.require_coroutine("'async for' outside async function", loc)?;
                self.visit_for(stmt)
            }
            StmtKind::While(stmt) => {
                self.visit_expr(&stmt.test)?;
                self.conditional(|this| {
                    this.visit_body(stmt.body)?;
                    this.visit_body(stmt.orelse)
                })
            }
            StmtKind::If(stmt) => {
                self.visit_expr(&stmt.test)?;
                self.conditional(|this| {
                    this.visit_body(stmt.body)?;
                    this.visit_body(stmt.orelse)
                })
            }
            StmtKind::Match(stmt) => {
                self.visit_expr(&stmt.subject)?;
                let used = self.cur().annotations_used;
                self.conditional(|this| {
                    stmt.cases
                        .iter()
                        .try_for_each(|case| this.visit_match_case(case))
                })?;
                if !self.target.finds_annotations_in_cases() {
                    self.cur_mut().annotations_used = used;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => {
                if let Some(exc) = exc {
                    self.visit_expr(exc)?;
                    self.visit_optional(cause)?;
                }
                Ok(())
            }
            StmtKind::Try(stmt) | StmtKind::TryStar(stmt) => self.visit_try(stmt),
            StmtKind::Assert { test, msg } => {
                self.visit_expr(test)?;
                self.visit_optional(msg)
            }
            StmtKind::Import { names, is_lazy } => {
                if is_lazy {
                    self.check_lazy_import("lazy import", loc)?;
                }
                names.iter().try_for_each(|alias| self.visit_alias(alias))
            }
            StmtKind::ImportFrom(import) => {
                if import.is_lazy {
                    self.check_lazy_import("lazy from ... import", loc)?;
                    if import.names.iter().any(|alias| alias.name == known::STAR) {
                        return syntax_error(loc, "lazy from ... import * is not allowed");
                    }
                }
                import
                    .names
                    .iter()
                    .try_for_each(|alias| self.visit_alias(alias))?;
                self.check_import_from(import, loc)
            }
            StmtKind::Global { names } => self.visit_declaration(names, def::GLOBAL, loc),
            StmtKind::Nonlocal { names } => self.visit_declaration(names, def::NONLOCAL, loc),
            StmtKind::Expr { value } => self.visit_expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
            StmtKind::With(stmt) => self.visit_with(stmt),
            StmtKind::AsyncWith(stmt) => {
                self.require_coroutine("'async with' outside async function", loc)?;
                self.visit_with(stmt)
            }
        }
    }

    /// Runs `visit` as in a block that may not run (`ENTER_CONDITIONAL_BLOCK`).
    fn conditional(&mut self, visit: impl FnOnce(&mut Self) -> Result) -> Result {
        let outer = std::mem::replace(&mut self.cur_mut().in_conditional_block, true);
        visit(self)?;
        self.cur_mut().in_conditional_block = outer;
        Ok(())
    }

    /// `symtable_raise_if_not_coroutine`.
    fn require_coroutine(&self, message: &str, loc: Location) -> Result {
        if self.cur().coroutine {
            Ok(())
        } else {
            syntax_error(loc, message)
        }
    }

    /// The defaults of a function or lambda, in the scope around it.
    pub fn visit_defaults(&mut self, args: &'a Arguments<'a>) -> Result {
        self.visit_exprs(args.defaults)?;
        args.kw_defaults
            .iter()
            .flatten()
            .try_for_each(|default| self.visit_expr(default))
    }

    /// `body` has the notes on the function's body, if there are any.
    pub fn visit_function(
        &mut self,
        function: &'a FunctionDef<'a>,
        loc: Location,
        is_async: bool,
        body: Option<&mut NotesReader<'a>>,
    ) -> Result {
        self.add_def(function.name, def::LOCAL, loc)?;
        self.visit_defaults(&function.args)?;
        let decorators_first = self.target.visits_decorators_first();
        if decorators_first {
            self.visit_exprs(function.decorator_list)?;
        }
        let generic = !function.type_params.is_empty();
        if generic {
            let key = ScopeKey::of(function, KeyKind::TypeParams);
            self.enter_type_param_block(function.name, key, loc)?;
            // CPython quirk (3.14, symtable_visit_stmt): `.defaults` is a parameter without any defaults too,
            // because the parser's list is never NULL.
            self.add_def(known::DOT_DEFAULTS, def::PARAM, loc)?;
            if function.args.kw_defaults.iter().any(Option::is_some) {
                self.add_def(known::DOT_KWDEFAULTS, def::PARAM, loc)?;
            }
            self.visit_type_params(function.type_params)?;
        }
        let key = ScopeKey::of(function, KeyKind::Body);
        let id = self.new_scope(function.name, BlockType::Function, Some(key), loc);
        self.scope_mut(id).has_docstring = self.has_docstring(function.body);
        if self.leaves_annotations_out(function) {
            self.scope_mut(id).lacks_annotations = true;
        } else {
            self.visit_function_annotations(function, loc)?;
        }
        if !decorators_first {
            self.visit_exprs(function.decorator_list)?;
        }
        self.enter_existing_block(id, true);
        self.cur_mut().coroutine |= is_async;
        self.visit_arguments(&function.args)?;
        self.visit_noted_body(function.body, body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    /// `body` has the notes on the class's body, if there are any.
    pub fn visit_class(
        &mut self,
        class: &'a ClassDef<'a>,
        loc: Location,
        body: Option<&mut NotesReader<'a>>,
    ) -> Result {
        self.add_def(class.name, def::LOCAL, loc)?;
        let decorators_first = self.target.visits_decorators_first();
        if decorators_first {
            self.visit_exprs(class.decorator_list)?;
        }
        let mut outer_private = self.private;
        let generic = !class.type_params.is_empty();
        if generic && !self.target.mangles_in_generic_class_only() {
            // CPython quirk (3.12.1, symtable_visit_stmt): this stays so behind the class.
            outer_private = Some(class.name);
        }
        if generic {
            let key = ScopeKey::of(class, KeyKind::TypeParams);
            self.enter_type_param_block(class.name, key, loc)?;
            for name in [known::DOT_TYPE_PARAMS, known::DOT_GENERIC_BASE] {
                self.add_def(name, def::LOCAL, loc)?;
                self.add_def(name, def::USE, loc)?;
            }
            self.private = Some(class.name);
            if self.target.mangles_in_generic_class_only() {
                let set = self.mangled_sets.len() as u32;
                self.mangled_sets.push(Vec::new());
                self.cur_mut().mangled_set = Some(set);
            }
            self.visit_type_params(class.type_params)?;
        }
        self.visit_exprs(class.bases)?;
        self.check_keywords(class.keywords)?;
        self.visit_keywords(class.keywords)?;
        if !decorators_first {
            self.visit_exprs(class.decorator_list)?;
        }
        let key = ScopeKey::of(class, KeyKind::Body);
        self.enter_block(class.name, BlockType::Class, Some(key), loc)?;
        self.private = Some(class.name);
        if generic {
            self.add_def(known::TYPE_PARAMS_DUNDER, def::LOCAL, loc)?;
            self.add_def(known::DOT_TYPE_PARAMS, def::USE, loc)?;
        }
        self.cur_mut().has_docstring = self.has_docstring(class.body);
        self.visit_noted_body(class.body, body)?;
        self.exit_block();
        if generic {
            self.publish_mangled_names();
            self.exit_block();
        }
        self.private = outer_private;
        Ok(())
    }

    /// Gives all scopes that share the current one's set of names to mangle the set's final contents.
    fn publish_mangled_names(&mut self) {
        let Some(set) = self.cur().mangled_set else {
            return;
        };
        let names: Arc<[Name]> = self.mangled_sets[set as usize].as_slice().into();
        let SymbolTable { scopes, count, .. } = &mut self.table;
        for scope in &mut scopes[self.cur.0 as usize..*count] {
            if scope.mangled_set == Some(set) {
                scope.mangled_names = Some(names.clone());
            }
        }
    }

    fn visit_type_alias(&mut self, alias: &'a TypeAlias<'a>, loc: Location) -> Result {
        self.visit_expr(&alias.name)?;
        let ExprKind::Name { id: name, .. } = alias.name.kind else {
            return crate::error::bug("the name of a type alias is not a name");
        };
        let in_class = self.cur().kind == BlockType::Class;
        let generic = !alias.type_params.is_empty();
        if generic {
            let key = ScopeKey::of(alias, KeyKind::TypeParams);
            self.enter_type_param_block(name, key, loc)?;
            self.visit_type_params(alias.type_params)?;
        }
        let key = ScopeKey::of(alias, KeyKind::Body);
        self.enter_block(name, BlockType::TypeAlias, Some(key), loc)?;
        self.see_class_scope(in_class, alias.value.loc)?;
        self.visit_expr(&alias.value)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    fn visit_ann_assign(&mut self, assign: &'a AnnAssign<'a>, loc: Location) -> Result {
        self.cur_mut().annotations_used = true;
        let target = &assign.target;
        if let ExprKind::Name { id, .. } = target.kind {
            let flags = self.lookup(id);
            if assign.simple && self.cur != TOP && flags & (def::GLOBAL | def::NONLOCAL) != 0 {
                let kind = if flags & def::GLOBAL != 0 {
                    "' can't be global"
                } else {
                    "' can't be nonlocal"
                };
                return self.error_of(id, "annotated name '", kind, loc);
            }
            if assign.simple {
                self.add_def(id, def::ANNOT | def::LOCAL, target.loc)?;
            }
            if assign.value.is_some() {
                self.add_def(id, def::LOCAL, target.loc)?;
            }
        } else {
            self.visit_expr(target)?;
        }
        self.visit_annotation(&assign.annotation)?;
        self.visit_optional(assign.value)
    }

    fn visit_for(&mut self, stmt: &'a For<'a>) -> Result {
        self.visit_expr(&stmt.target)?;
        self.visit_expr(&stmt.iter)?;
        self.conditional(|this| {
            this.visit_body(stmt.body)?;
            this.visit_body(stmt.orelse)
        })
    }

    fn visit_with(&mut self, stmt: &'a With<'a>) -> Result {
        self.conditional(|this| {
            for item in stmt.items {
                this.visit_expr(&item.context_expr)?;
                this.visit_optional(item.optional_vars)?;
            }
            this.visit_body(stmt.body)
        })
    }

    fn visit_try(&mut self, stmt: &'a Try<'a>) -> Result {
        let outer = std::mem::replace(&mut self.cur_mut().in_try_block, true);
        self.conditional(|this| {
            let orelse_last = this.target.visits_orelse_after_handlers();
            this.visit_body(stmt.body)?;
            if !orelse_last {
                this.visit_body(stmt.orelse)?;
            }
            stmt.handlers
                .iter()
                .try_for_each(|handler| this.visit_handler(handler))?;
            if orelse_last {
                this.visit_body(stmt.orelse)?;
            }
            this.visit_body(stmt.finalbody)
        })?;
        self.cur_mut().in_try_block = outer;
        Ok(())
    }

    /// `check_lazy_import_context`: lazy imports stand in a module and in no `try` (PEP 810).
    fn check_lazy_import(&self, what: &str, loc: Location) -> Result {
        let scope = self.cur();
        let place = if scope.in_try_block {
            "try/except blocks"
        } else if scope.kind == BlockType::Function {
            "functions"
        } else if scope.kind == BlockType::Class {
            "classes"
        } else {
            return Ok(());
        };
        syntax_error(loc, format!("{what} not allowed inside {place}"))
    }

    fn visit_handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result {
        self.visit_optional(handler.type_)?;
        if let Some(name) = handler.name {
            self.add_def(name, def::LOCAL, handler.loc)?;
        }
        self.visit_body(handler.body)
    }

    fn visit_match_case(&mut self, case: &'a MatchCase<'a>) -> Result {
        self.visit_pattern(&case.pattern)?;
        self.visit_optional(case.guard)?;
        self.visit_body(case.body)
    }

    /// `symtable_visit_alias`: the name that an import binds.
    fn visit_alias(&mut self, alias: &Alias) -> Result {
        let name = alias.asname.unwrap_or(alias.name);
        if name == known::STAR {
            if self.cur().kind != BlockType::Module {
                return syntax_error(alias.loc, "import * only allowed at module level");
            }
            return Ok(());
        }
        let text = self.names.resolve(name);
        let bound = match text.split_once('.') {
            None => name,
            Some((first, _)) => {
                let first = first.to_owned();
                self.names.intern(&first)
            }
        };
        self.add_def(bound, def::IMPORT, alias.loc)
    }

    /// `check_import_from`: a `from __future__` import that is not at the beginning.
    fn check_import_from(&self, import: &ImportFrom<'_>, loc: Location) -> Result {
        if !is_future_import(import, self.target) {
            return Ok(());
        }
        let allowed = self.future_location.is_some_and(|last| {
            loc.line <= last.line && !(loc.line == last.end_line && loc.col > last.end_col)
        });
        if allowed {
            return Ok(());
        }
        syntax_error(
            loc,
            "from __future__ imports must occur at the beginning of the file",
        )
    }

    /// `global` and `nonlocal`.
    fn visit_declaration(&mut self, names: &[Name], flag: u32, loc: Location) -> Result {
        let word = if flag == def::GLOBAL {
            "global"
        } else {
            "nonlocal"
        };
        for &name in names {
            let flags = self.lookup(name);
            if flags & (def::PARAM | def::LOCAL | def::USE | def::ANNOT) != 0 {
                let name = self.names.resolve(name);
                let message = if flags & def::PARAM != 0 {
                    format!("name '{name}' is parameter and {word}")
                } else if flags & def::USE != 0 {
                    format!("name '{name}' is used prior to {word} declaration")
                } else if flags & def::ANNOT != 0 {
                    format!("annotated name '{name}' can't be {word}")
                } else {
                    format!("name '{name}' is assigned to before {word} declaration")
                };
                return syntax_error(loc, message);
            }
            self.add_def(name, flag, loc)?;
            self.record_directive(name, loc);
        }
        Ok(())
    }

    pub fn visit_optional(&mut self, expr: Option<&'a Expr<'a>>) -> Result {
        expr.map_or(Ok(()), |expr| self.visit_expr(expr))
    }
}
