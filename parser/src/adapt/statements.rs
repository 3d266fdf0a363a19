//! Statements.

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};

use super::Adapter;
use super::expressions::operator;
use crate::ast::*;
use crate::interner::names;

impl<'a> Adapter<'a, '_> {
    pub(super) fn body(&mut self, body: &[ruff::Stmt]) -> Body<'a> {
        let arena = self.arena;
        arena.alloc_slice_fill_with(body.len(), |index| self.stmt(&body[index]))
    }

    fn stmt(&mut self, stmt: &ruff::Stmt) -> Stmt<'a> {
        let range = stmt.range();
        self.deeper(range, |this| this.stmt_inner(stmt))
            .unwrap_or(Stmt {
                kind: StmtKind::Pass,
                loc: self.loc(range),
            })
    }

    fn stmt_inner(&mut self, stmt: &ruff::Stmt) -> Stmt<'a> {
        let kind = match stmt {
            ruff::Stmt::Expr(node) => StmtKind::Expr {
                value: self.boxed(&node.value),
            },
            ruff::Stmt::Assign(node) => {
                let targets = self.exprs(&node.targets);
                StmtKind::Assign {
                    targets,
                    value: self.boxed(&node.value),
                }
            }
            ruff::Stmt::Return(node) => StmtKind::Return {
                value: self.boxed_option(node.value.as_deref()),
            },
            ruff::Stmt::AugAssign(node) => {
                let target = self.boxed(&node.target);
                StmtKind::AugAssign {
                    target,
                    op: operator(node.op),
                    value: self.boxed(&node.value),
                }
            }
            ruff::Stmt::AnnAssign(node) => {
                let target = self.expr(&node.target);
                let annotation = self.expr(&node.annotation);
                let value = self.boxed_option(node.value.as_deref());
                StmtKind::AnnAssign(self.arena.alloc(AnnAssign {
                    target,
                    annotation,
                    value,
                    simple: node.simple,
                }))
            }
            ruff::Stmt::Delete(node) => StmtKind::Delete {
                targets: self.exprs(&node.targets),
            },
            ruff::Stmt::TypeAlias(node) => {
                let name = self.expr(&node.name);
                let type_params = self.type_params(node.type_params.as_deref());
                let value = self.expr(&node.value);
                StmtKind::TypeAlias(self.arena.alloc(TypeAlias {
                    name,
                    type_params,
                    value,
                }))
            }
            ruff::Stmt::Raise(node) => {
                // For `raise;` ruff makes up a name.
                let exc = node.exc.as_deref().filter(|exc| !is_made_up(exc));
                let exc = self.boxed_option(exc);
                StmtKind::Raise {
                    exc,
                    cause: self.boxed_option(node.cause.as_deref()),
                }
            }
            ruff::Stmt::Assert(node) => {
                let test = self.boxed(&node.test);
                StmtKind::Assert {
                    test,
                    msg: self.boxed_option(node.msg.as_deref()),
                }
            }
            ruff::Stmt::Import(node) => StmtKind::Import {
                names: self.aliases(&node.names),
                is_lazy: node.is_lazy,
            },
            ruff::Stmt::ImportFrom(node) => {
                let module = node.module.as_ref().map(|module| self.identifier(module));
                if node.is_lazy && node.level == 0 && module == Some(names::FUTURE) {
                    self.fail_at("lazy from __future__ import is not allowed", node.range);
                }
                let names = self.aliases(&node.names);
                StmtKind::ImportFrom(self.arena.alloc(ImportFrom {
                    module,
                    names,
                    level: node.level,
                    is_lazy: node.is_lazy,
                }))
            }
            ruff::Stmt::Global(node) => StmtKind::Global {
                names: self.identifiers(&node.names),
            },
            ruff::Stmt::Nonlocal(node) => StmtKind::Nonlocal {
                names: self.identifiers(&node.names),
            },
            ruff::Stmt::Pass(_) => StmtKind::Pass,
            ruff::Stmt::Break(_) => StmtKind::Break,
            ruff::Stmt::Continue(_) => StmtKind::Continue,
            ruff::Stmt::IpyEscapeCommand(node) => {
                self.fail_at("invalid syntax", node.range);
                StmtKind::Pass
            }
            compound => return self.compound(compound),
        };
        Stmt {
            kind,
            loc: self.loc(stmt.range()),
        }
    }

    fn compound(&mut self, stmt: &ruff::Stmt) -> Stmt<'a> {
        let range = stmt.range();
        let mut start = range.start().to_u32();
        let kind = match stmt {
            ruff::Stmt::FunctionDef(node) => {
                start = self.definition_start(range, &node.decorator_list);
                let def = self.function(node);
                if node.is_async {
                    StmtKind::AsyncFunctionDef(def)
                } else {
                    StmtKind::FunctionDef(def)
                }
            }
            ruff::Stmt::ClassDef(node) => {
                start = self.definition_start(range, &node.decorator_list);
                StmtKind::ClassDef(self.class(node))
            }
            ruff::Stmt::If(node) => {
                let end = self.block_end(range.end().to_u32());
                return self.if_chain(start, end, &node.test, &node.body, &node.elif_else_clauses);
            }
            ruff::Stmt::For(node) => {
                let target = self.expr(&node.target);
                let iter = self.expr(&node.iter);
                let body = self.body(&node.body);
                let orelse = self.body(&node.orelse);
                let each = self.arena.alloc(For {
                    target,
                    iter,
                    body,
                    orelse,
                });
                if node.is_async {
                    StmtKind::AsyncFor(each)
                } else {
                    StmtKind::For(each)
                }
            }
            ruff::Stmt::While(node) => {
                let test = self.expr(&node.test);
                let body = self.body(&node.body);
                let orelse = self.body(&node.orelse);
                StmtKind::While(self.arena.alloc(While { test, body, orelse }))
            }
            ruff::Stmt::With(node) => {
                let with = self.with(node);
                if node.is_async {
                    StmtKind::AsyncWith(with)
                } else {
                    StmtKind::With(with)
                }
            }
            ruff::Stmt::Match(node) => {
                let subject = self.expr(&node.subject);
                let arena = self.arena;
                let cases = arena.alloc_slice_fill_with(node.cases.len(), |index| {
                    let case = &node.cases[index];
                    let pattern = self.pattern(&case.pattern);
                    let guard = self.boxed_option(case.guard.as_deref());
                    MatchCase {
                        pattern,
                        guard,
                        body: self.body(&case.body),
                    }
                });
                StmtKind::Match(arena.alloc(Match { subject, cases }))
            }
            ruff::Stmt::Try(node) => {
                let tried = self.try_statement(node);
                if node.is_star {
                    StmtKind::TryStar(tried)
                } else {
                    StmtKind::Try(tried)
                }
            }
            // Simple statements are dealt with by the caller.
            _ => StmtKind::Pass,
        };
        Stmt {
            kind,
            loc: self.compound_loc(start, range),
        }
    }

    /// Where `def`, `async def` or `class` stands; ruff's range has the decorators too.
    fn definition_start(&self, range: TextRange, decorators: &[ruff::Decorator]) -> u32 {
        match decorators.last() {
            Some(last) => self.skip_trivia(last.range.end().to_u32()),
            None => range.start().to_u32(),
        }
    }

    fn decorators(&mut self, decorators: &[ruff::Decorator]) -> Exprs<'a> {
        let arena = self.arena;
        arena.alloc_slice_fill_with(decorators.len(), |index| {
            self.expr(&decorators[index].expression)
        })
    }

    fn function(&mut self, node: &ruff::StmtFunctionDef) -> &'a FunctionDef<'a> {
        let decorator_list = self.decorators(&node.decorator_list);
        let name = self.identifier(&node.name);
        let type_params = self.type_params(node.type_params.as_deref());
        let args = self.arguments(Some(&node.parameters));
        let returns = self.boxed_option(node.returns.as_deref());
        let body = self.body(&node.body);
        self.arena.alloc(FunctionDef {
            name,
            args,
            body,
            decorator_list,
            returns,
            type_params,
        })
    }

    fn class(&mut self, node: &ruff::StmtClassDef) -> &'a ClassDef<'a> {
        let decorator_list = self.decorators(&node.decorator_list);
        let name = self.identifier(&node.name);
        let type_params = self.type_params(node.type_params.as_deref());
        let (bases, keywords) = match &node.arguments {
            Some(arguments) => self.call_arguments(arguments),
            None => (&[][..], &[][..]),
        };
        let body = self.body(&node.body);
        self.arena.alloc(ClassDef {
            name,
            bases,
            keywords,
            body,
            decorator_list,
            type_params,
        })
    }

    /// An `if` or `elif` with what follows it; all of a chain end where the whole statement does.
    fn if_chain(
        &mut self,
        start: u32,
        end: u32,
        test: &ruff::Expr,
        body: &[ruff::Stmt],
        rest: &[ruff::ElifElseClause],
    ) -> Stmt<'a> {
        let test = self.expr(test);
        let body = self.body(body);
        let orelse = match rest {
            [] => &[][..],
            [clause, rest @ ..] => match &clause.test {
                None => self.body(&clause.body),
                Some(test) => {
                    let start = self.start_of(clause);
                    match self.deeper(clause.range, |this| {
                        this.if_chain(start, end, test, &clause.body, rest)
                    }) {
                        Some(stmt) => std::slice::from_ref(self.arena.alloc(stmt)),
                        None => &[],
                    }
                }
            },
        };
        let node = self.arena.alloc(If { test, body, orelse });
        Stmt {
            kind: StmtKind::If(node),
            loc: self.lines.span(start, end),
        }
    }

    fn with(&mut self, node: &ruff::StmtWith) -> &'a With<'a> {
        let arena = self.arena;
        let items = arena.alloc_slice_fill_with(node.items.len(), |index| {
            let item = &node.items[index];
            self.check_yield(&item.context_expr);
            let context_expr = self.expr(&item.context_expr);
            WithItem {
                context_expr,
                optional_vars: self.boxed_option(item.optional_vars.as_deref()),
            }
        });
        let body = self.body(&node.body);
        arena.alloc(With { items, body })
    }

    fn try_statement(&mut self, node: &ruff::StmtTry) -> &'a Try<'a> {
        let arena = self.arena;
        let body = self.body(&node.body);
        let handlers = arena.alloc_slice_fill_with(node.handlers.len(), |index| {
            let ruff::ExceptHandler::ExceptHandler(handler) = &node.handlers[index];
            let type_ = self.boxed_option(handler.type_.as_deref());
            let name = handler.name.as_ref().map(|name| self.identifier(name));
            let body = self.body(&handler.body);
            let loc = self.compound_loc(handler.range.start().to_u32(), handler.range);
            ExceptHandler {
                type_,
                name,
                body,
                loc,
            }
        });
        let orelse = self.body(&node.orelse);
        let finalbody = self.body(&node.finalbody);
        arena.alloc(Try {
            body,
            handlers,
            orelse,
            finalbody,
        })
    }

    fn aliases(&mut self, list: &[ruff::Alias]) -> &'a [Alias] {
        let arena = self.arena;
        arena.alloc_slice_fill_with(list.len(), |index| {
            let alias = &list[index];
            let name = self.identifier(&alias.name);
            let asname = alias.asname.as_ref().map(|asname| self.identifier(asname));
            Alias {
                name,
                asname,
                loc: self.loc(alias.range),
            }
        })
    }
}

fn is_made_up(expr: &ruff::Expr) -> bool {
    matches!(expr, ruff::Expr::Name(name) if name.ctx == ruff::ExprContext::Invalid)
}
