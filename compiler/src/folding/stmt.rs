//! Statements (`astfold_stmt`).

use pycsmith_parser::ast::{
    AnnAssign, Arg, Arguments, Body, ClassDef, Constant, ExceptHandler, Expr, ExprKind, For,
    FunctionDef, If, Match, Stmt, StmtKind, Try, TypeAlias, TypeParam, TypeParamKind, While, With,
    WithItem,
};

use super::{Folder, RED_ZONE, STACK_PIECE, rebuild};

impl<'a> Folder<'a> {
    pub(super) fn stmts(&mut self, stmts: &Body<'a>) -> Option<Body<'a>> {
        self.list(stmts, Self::stmt)
    }

    /// Statements of a module, function or class. One that became a string must not become the docstring: it is
    /// wrapped into an f-string (`astfold_body`).
    pub(super) fn body(&mut self, stmts: &Body<'a>) -> Option<Body<'a>> {
        let folded = self.stmts(stmts)?;
        let (Some(old), Some(new)) = (stmts.first(), folded.first()) else {
            return Some(folded);
        };
        if is_docstring(old) || !is_docstring(new) {
            return Some(folded);
        }
        let StmtKind::Expr { value } = new.kind else {
            return Some(folded);
        };
        let value = self.arena.alloc(Expr {
            kind: ExprKind::JoinedStr {
                values: std::slice::from_ref(value),
            },
            loc: new.loc,
        });
        let wrapped = self.arena.alloc_slice_copy(folded);
        wrapped[0].kind = StmtKind::Expr { value };
        Some(wrapped)
    }

    fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Option<Stmt<'a>> {
        let kind = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.stmt_kind(&stmt.kind))?;
        Some(Stmt { kind, ..*stmt })
    }

    fn stmt_kind(&mut self, kind: &'a StmtKind<'a>) -> Option<StmtKind<'a>> {
        let arena = self.arena;
        Some(match *kind {
            StmtKind::FunctionDef(def) => StmtKind::FunctionDef(arena.alloc(self.function(def)?)),
            StmtKind::AsyncFunctionDef(def) => {
                StmtKind::AsyncFunctionDef(arena.alloc(self.function(def)?))
            }
            StmtKind::ClassDef(def) => StmtKind::ClassDef(arena.alloc(rebuild!(
                self,
                def,
                ClassDef {
                    type_params: type_params,
                    bases: exprs,
                    keywords: keywords,
                    body: body,
                    decorator_list: exprs,
                }
            )?)),
            StmtKind::Return { ref value } => StmtKind::Return {
                value: self.optional_expr(value)?,
            },
            StmtKind::Delete { ref targets } => StmtKind::Delete {
                targets: self.exprs(targets)?,
            },
            StmtKind::Assign {
                ref targets,
                ref value,
            } => {
                let new = (self.exprs(targets), self.expr_ref(value));
                if let (None, None) = new {
                    return None;
                }
                StmtKind::Assign {
                    targets: new.0.unwrap_or(targets),
                    value: new.1.unwrap_or(value),
                }
            }
            StmtKind::TypeAlias(alias) => StmtKind::TypeAlias(arena.alloc(rebuild!(
                self,
                alias,
                TypeAlias {
                    name: expr,
                    type_params: type_params,
                    value: expr
                }
            )?)),
            StmtKind::AugAssign {
                ref target,
                op,
                ref value,
            } => {
                let new = (self.expr_ref(target), self.expr_ref(value));
                if let (None, None) = new {
                    return None;
                }
                StmtKind::AugAssign {
                    target: new.0.unwrap_or(target),
                    op,
                    value: new.1.unwrap_or(value),
                }
            }
            StmtKind::AnnAssign(assign) => StmtKind::AnnAssign(arena.alloc(rebuild!(
                self,
                assign,
                AnnAssign {
                    target: expr,
                    annotation: annotation,
                    value: optional_expr
                }
            )?)),
            StmtKind::For(loop_) => StmtKind::For(arena.alloc(rebuild!(
                self,
                loop_,
                For {
                    target: expr,
                    iter: iterated,
                    body: stmts,
                    orelse: stmts
                }
            )?)),
            StmtKind::AsyncFor(loop_) => StmtKind::AsyncFor(arena.alloc(rebuild!(
                self,
                loop_,
                For {
                    target: expr,
                    iter: expr,
                    body: stmts,
                    orelse: stmts
                }
            )?)),
            StmtKind::While(loop_) => StmtKind::While(arena.alloc(rebuild!(
                self,
                loop_,
                While {
                    test: expr,
                    body: stmts,
                    orelse: stmts
                }
            )?)),
            StmtKind::If(if_) => StmtKind::If(arena.alloc(rebuild!(
                self,
                if_,
                If {
                    test: expr,
                    body: stmts,
                    orelse: stmts
                }
            )?)),
            StmtKind::With(with) => StmtKind::With(arena.alloc(self.with(with)?)),
            StmtKind::AsyncWith(with) => StmtKind::AsyncWith(arena.alloc(self.with(with)?)),
            StmtKind::Match(match_) => StmtKind::Match(arena.alloc(rebuild!(
                self,
                match_,
                Match {
                    subject: expr,
                    cases: match_cases
                }
            )?)),
            StmtKind::Raise { ref exc, ref cause } => {
                let new = (self.optional_expr(exc), self.optional_expr(cause));
                if let (None, None) = new {
                    return None;
                }
                StmtKind::Raise {
                    exc: new.0.unwrap_or(*exc),
                    cause: new.1.unwrap_or(*cause),
                }
            }
            StmtKind::Try(try_) => StmtKind::Try(arena.alloc(self.try_(try_)?)),
            StmtKind::TryStar(try_) => StmtKind::TryStar(arena.alloc(self.try_(try_)?)),
            StmtKind::Assert { ref test, ref msg } => {
                let new = (self.expr_ref(test), self.optional_expr(msg));
                if let (None, None) = new {
                    return None;
                }
                StmtKind::Assert {
                    test: new.0.unwrap_or(test),
                    msg: new.1.unwrap_or(*msg),
                }
            }
            StmtKind::Expr { ref value } => StmtKind::Expr {
                value: self.expr_ref(value)?,
            },
            StmtKind::Import { .. }
            | StmtKind::ImportFrom(_)
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue => return None,
        })
    }

    fn function(&mut self, def: &'a FunctionDef<'a>) -> Option<FunctionDef<'a>> {
        rebuild!(
            self,
            def,
            FunctionDef {
                type_params: type_params,
                args: arguments,
                body: body,
                decorator_list: exprs,
                returns: optional_annotation,
            }
        )
    }

    fn with(&mut self, with: &'a With<'a>) -> Option<With<'a>> {
        rebuild!(
            self,
            with,
            With {
                items: with_items,
                body: stmts
            }
        )
    }

    fn with_items(&mut self, items: &&'a [WithItem<'a>]) -> Option<&'a [WithItem<'a>]> {
        self.list(items, |folder, item| {
            rebuild!(
                folder,
                item,
                WithItem {
                    context_expr: expr,
                    optional_vars: optional_expr
                }
            )
        })
    }

    fn match_cases(
        &mut self,
        cases: &&'a [pycsmith_parser::ast::MatchCase<'a>],
    ) -> Option<&'a [pycsmith_parser::ast::MatchCase<'a>]> {
        self.list(cases, Self::match_case)
    }

    fn try_(&mut self, try_: &'a Try<'a>) -> Option<Try<'a>> {
        rebuild!(
            self,
            try_,
            Try {
                body: stmts,
                handlers: handlers,
                orelse: stmts,
                finalbody: stmts
            }
        )
    }

    fn handlers(&mut self, handlers: &&'a [ExceptHandler<'a>]) -> Option<&'a [ExceptHandler<'a>]> {
        self.list(handlers, |folder, handler| {
            rebuild!(
                folder,
                handler,
                ExceptHandler {
                    type_: optional_expr,
                    body: stmts
                }
            )
        })
    }

    pub(super) fn arguments(&mut self, args: &Arguments<'a>) -> Option<Arguments<'a>> {
        rebuild!(
            self,
            args,
            Arguments {
                posonlyargs: args,
                args: args,
                vararg: optional_arg,
                kwonlyargs: args,
                kw_defaults: optional_exprs,
                kwarg: optional_arg,
                defaults: exprs,
            }
        )
    }

    fn args(&mut self, args: &&'a [Arg<'a>]) -> Option<&'a [Arg<'a>]> {
        self.list(args, Self::arg)
    }

    fn optional_arg(&mut self, arg: &Option<&'a Arg<'a>>) -> Option<Option<&'a Arg<'a>>> {
        self.optional(arg, Self::arg)
    }

    fn arg(&mut self, arg: &'a Arg<'a>) -> Option<Arg<'a>> {
        rebuild!(
            self,
            arg,
            Arg {
                annotation: optional_annotation
            }
        )
    }

    fn annotation(&mut self, annotation: &'a Expr<'a>) -> Option<Expr<'a>> {
        if self.keeps_annotations {
            return None;
        }
        self.expr(annotation)
    }

    fn optional_annotation(
        &mut self,
        annotation: &Option<&'a Expr<'a>>,
    ) -> Option<Option<&'a Expr<'a>>> {
        self.optional(annotation, Self::annotation)
    }

    fn type_params(&mut self, params: &&'a [TypeParam<'a>]) -> Option<&'a [TypeParam<'a>]> {
        self.list(params, |folder, param| {
            rebuild!(
                folder,
                param,
                TypeParam {
                    kind: type_param_kind,
                    default_value: optional_expr
                }
            )
        })
    }

    fn type_param_kind(&mut self, kind: &TypeParamKind<'a>) -> Option<TypeParamKind<'a>> {
        match kind {
            TypeParamKind::TypeVar { bound } => Some(TypeParamKind::TypeVar {
                bound: self.optional_expr(bound)?,
            }),
            TypeParamKind::ParamSpec | TypeParamKind::TypeVarTuple => None,
        }
    }
}

fn is_docstring(stmt: &Stmt<'_>) -> bool {
    matches!(stmt.kind, StmtKind::Expr { value }
        if matches!(value.kind, ExprKind::Constant(Constant::Str { .. })))
}
