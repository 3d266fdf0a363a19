//! Expressions as targets of assignments and deletions.

use super::lexer::Tok;
use super::{Bail, Parser, Result};
use crate::ast::*;

impl<'a> Parser<'a, '_> {
    /// The targets of a `for`.
    pub(super) fn star_targets(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let mark = self.mark();
        let first = self.star_target()?;
        let expr = if self.at(Tok::Comma) {
            self.rest_of_tuple(start, first, Self::star_target)?
        } else {
            first
        };
        self.store(mark, expr)
    }

    fn star_target(&mut self) -> Result<Expr<'a>> {
        if self.at(Tok::Star) {
            self.starred()
        } else {
            self.bitwise_or()
        }
    }

    /// The expression, noted from `mark` on, as a target of an assignment.
    pub(super) fn store(&mut self, mark: usize, expr: Expr<'a>) -> Result<Expr<'a>> {
        self.target_names = 0;
        let target = self.with_context(expr, Ctx::Store)?;
        self.note_targets(mark, self.target_names, &target);
        Ok(target)
    }

    /// Makes the value, noted from `mark` on, a target of an assignment.
    #[inline]
    pub(super) fn store_value(&mut self, mark: usize) -> Result<()> {
        match &mut self.value.kind {
            ExprKind::Name { ctx, .. } => {
                *ctx = Ctx::Store;
                self.note_store();
            }
            ExprKind::Attribute { ctx, attr, .. } => {
                *ctx = Ctx::Store;
                let attr = *attr;
                self.check_bound(attr);
            }
            ExprKind::Subscript { ctx, .. } => *ctx = Ctx::Store,
            _ => self.value = self.store(mark, self.value)?,
        }
        Ok(())
    }

    /// The expression as a target of a `del`.
    pub(super) fn del(&mut self, expr: Expr<'a>) -> Result<Expr<'a>> {
        self.with_context(expr, Ctx::Del)
    }

    pub(super) fn with_context(&mut self, expr: Expr<'a>, ctx: Ctx) -> Result<Expr<'a>> {
        let kind = match expr.kind {
            ExprKind::Name { id, .. } => {
                self.target_names += 1;
                ExprKind::Name { id, ctx }
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.check_bound(attr);
                ExprKind::Attribute { value, attr, ctx }
            }
            ExprKind::Subscript { value, slice, .. } => ExprKind::Subscript { value, slice, ctx },
            ExprKind::Tuple { elts, .. } => ExprKind::Tuple {
                elts: self.all_with_context(elts, ctx)?,
                ctx,
            },
            ExprKind::List { elts, .. } => ExprKind::List {
                elts: self.all_with_context(elts, ctx)?,
                ctx,
            },
            ExprKind::Starred { value, .. } if ctx == Ctx::Store => {
                let value = self.with_context(*value, ctx)?;
                ExprKind::Starred {
                    value: self.boxed(value),
                    ctx,
                }
            }
            _ => return Err(Bail),
        };
        Ok(Expr {
            kind,
            loc: expr.loc,
        })
    }

    fn all_with_context(&mut self, list: Exprs<'a>, ctx: Ctx) -> Result<Exprs<'a>> {
        let base = self.exprs.len();
        for expr in list {
            let expr = self.with_context(*expr, ctx)?;
            self.exprs.push(expr);
        }
        Ok(self.take_exprs(base))
    }
}
