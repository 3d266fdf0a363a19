//! Compound statements.

use bumpalo::collections::Vec as ArenaVec;

use super::lexer::{Pos, Tok};
use super::{Bail, Parser, Result};
use crate::ast::*;

/// Whether only compound statements start with this.
#[inline]
fn starts_compound(kind: Tok) -> bool {
    const COMPOUND: [Tok; 9] = [
        Tok::If,
        Tok::Def,
        Tok::Class,
        Tok::For,
        Tok::While,
        Tok::Try,
        Tok::With,
        Tok::Async,
        Tok::At,
    ];
    const KINDS: usize = Tok::Yield as usize + 1;
    static STARTS: [bool; KINDS] = {
        let mut starts = [false; KINDS];
        let mut number = 0;
        while number < COMPOUND.len() {
            starts[COMPOUND[number] as usize] = true;
            number += 1;
        }
        starts
    };
    STARTS[kind as usize]
}

impl<'a> Parser<'a, '_> {
    #[inline]
    pub(super) fn statement(&mut self) -> Result<()> {
        if starts_compound(self.token.kind) || self.at_word(b"match") {
            self.compound_stmt()
        } else {
            self.simple_stmts()
        }
    }

    /// A compound statement, or simple ones that start with the word `match`.
    fn compound_stmt(&mut self) -> Result<()> {
        let start = self.token.pos;
        let mark = self.mark();
        self.links = 0;
        self.enter()?;
        let kind = match self.token.kind {
            Tok::If => self.if_stmt()?,
            Tok::Def => StmtKind::FunctionDef(self.function_def(&[], mark)?),
            Tok::Class => self.class_def(&[], mark)?,
            Tok::For => StmtKind::For(self.for_stmt()?),
            Tok::While => self.while_stmt()?,
            Tok::Try => self.try_stmt()?,
            Tok::With => StmtKind::With(self.with_stmt()?),
            Tok::Async => self.async_stmt(&[], mark)?,
            Tok::At => {
                let (kind, start) = self.decorated()?;
                return self.finish_compound(kind, start, mark);
            }
            _ => match self.match_stmt()? {
                Some(kind) => kind,
                None => {
                    self.simple_stmts()?;
                    self.leave();
                    return Ok(());
                }
            },
        };
        self.finish_compound(kind, start, mark)
    }

    /// The statement, noted from `mark` on, ends here.
    fn finish_compound(&mut self, kind: StmtKind<'a>, start: Pos, mark: usize) -> Result<()> {
        let loc = self.loc(start);
        let stmt = Stmt { kind, loc };
        match kind {
            StmtKind::FunctionDef(_) | StmtKind::AsyncFunctionDef(_) | StmtKind::ClassDef(_) => {
                self.note_scope(mark, &stmt);
            }
            // What annotations mean to a class depends on the statements around them.
            _ if self.in_class || matches!(kind, StmtKind::Match(_)) => {
                self.note_stmt(mark, &stmt);
            }
            _ => {}
        }
        self.stmts.push(stmt);
        self.leave();
        Ok(())
    }

    /// The colon and the statements after it.
    pub(super) fn block(&mut self) -> Result<Body<'a>> {
        self.expect(Tok::Colon)?;
        let base = self.stmts.len();
        if self.at(Tok::Newline) {
            self.skip()?;
            if !self.at(Tok::Indent) {
                return Err(Bail);
            }
            self.skip()?;
            while !self.at(Tok::Dedent) {
                self.statement()?;
            }
            self.skip()?;
        } else {
            self.simple_stmts()?;
        }
        let body = self.arena.alloc_slice_copy(&self.stmts[base..]);
        self.stmts.truncate(base);
        Ok(body)
    }

    fn else_block(&mut self) -> Result<Body<'a>> {
        if self.eat(Tok::Else)? {
            self.block()
        } else {
            Ok(&[])
        }
    }

    fn if_stmt(&mut self) -> Result<StmtKind<'a>> {
        let mut clauses: ArenaVec<'a, (Pos, Expr<'a>, Body<'a>)> =
            ArenaVec::with_capacity_in(1, self.arena);
        while clauses.is_empty() || self.at(Tok::Elif) {
            if !clauses.is_empty() {
                // Each is within the one before it.
                self.enter()?;
            }
            let start = self.token.pos;
            self.advance()?;
            let test = self.named_expression()?;
            let body = self.block()?;
            clauses.push((start, test, body));
        }
        let mut orelse = self.else_block()?;
        self.depth -= clauses.len() as u32 - 1;
        let mut clauses = clauses.into_iter().rev();
        loop {
            let Some((start, test, body)) = clauses.next() else {
                return Err(Bail);
            };
            let node = self.arena.alloc(If { test, body, orelse });
            let kind = StmtKind::If(node);
            if clauses.len() == 0 {
                return Ok(kind);
            }
            let loc = self.loc(start);
            orelse = std::slice::from_ref(self.arena.alloc(Stmt { kind, loc }));
        }
    }

    fn while_stmt(&mut self) -> Result<StmtKind<'a>> {
        self.advance()?;
        let test = self.named_expression()?;
        let body = self.block()?;
        let orelse = self.else_block()?;
        Ok(StmtKind::While(self.arena.alloc(While {
            test,
            body,
            orelse,
        })))
    }

    fn for_stmt(&mut self) -> Result<&'a For<'a>> {
        self.advance()?;
        let target = self.star_targets()?;
        self.expect(Tok::In)?;
        let iter = self.star_expressions()?;
        let body = self.block()?;
        let orelse = self.else_block()?;
        Ok(self.arena.alloc(For {
            target,
            iter,
            body,
            orelse,
        }))
    }

    fn async_stmt(&mut self, decorators: Exprs<'a>, mark: usize) -> Result<StmtKind<'a>> {
        self.advance()?;
        self.note(Note::Await);
        Ok(match self.token.kind {
            Tok::Def => StmtKind::AsyncFunctionDef(self.function_def(decorators, mark)?),
            Tok::For if decorators.is_empty() => StmtKind::AsyncFor(self.for_stmt()?),
            Tok::With if decorators.is_empty() => StmtKind::AsyncWith(self.with_stmt()?),
            _ => return Err(Bail),
        })
    }

    fn decorated(&mut self) -> Result<(StmtKind<'a>, Pos)> {
        let (base, mark) = (self.exprs.len(), self.mark());
        while self.eat(Tok::At)? {
            let decorator = self.named_expression()?;
            self.exprs.push(decorator);
            if !self.at(Tok::Newline) {
                return Err(Bail);
            }
            self.skip()?;
        }
        let decorators = self.take_exprs(base);
        let start = self.token.pos;
        let kind = match self.token.kind {
            Tok::Def => StmtKind::FunctionDef(self.function_def(decorators, mark)?),
            Tok::Class => self.class_def(decorators, mark)?,
            Tok::Async => self.async_stmt(decorators, mark)?,
            _ => return Err(Bail),
        };
        Ok((kind, start))
    }

    /// `mark` is where the notes on the decorators begin.
    fn function_def(
        &mut self,
        decorator_list: Exprs<'a>,
        mark: usize,
    ) -> Result<&'a FunctionDef<'a>> {
        self.advance()?;
        let name = self.name()?;
        let type_params = self.type_params()?;
        self.expect(Tok::Lpar)?;
        let args = self.parameters(Tok::Rpar, true)?;
        self.expect(Tok::Rpar)?;
        let returns = if self.eat(Tok::Arrow)? {
            let returns = self.expression()?;
            Some(self.boxed(returns))
        } else {
            None
        };
        let outer = self.begin_scope(mark, false);
        let body = self.block()?;
        self.end_scope(outer);
        Ok(self.arena.alloc(FunctionDef {
            name,
            args,
            body,
            decorator_list,
            returns,
            type_params,
        }))
    }

    fn class_def(&mut self, decorator_list: Exprs<'a>, mark: usize) -> Result<StmtKind<'a>> {
        self.advance()?;
        let name = self.name()?;
        let type_params = self.type_params()?;
        let (bases, keywords) = if self.at(Tok::Lpar) {
            self.call_arguments(false)?
        } else {
            (&[][..], &[][..])
        };
        let outer = self.begin_scope(mark, true);
        let body = self.block()?;
        self.end_scope(outer);
        Ok(StmtKind::ClassDef(self.arena.alloc(ClassDef {
            name,
            bases,
            keywords,
            body,
            decorator_list,
            type_params,
        })))
    }

    fn try_stmt(&mut self) -> Result<StmtKind<'a>> {
        self.advance()?;
        let body = self.block()?;
        let mut handlers = ArenaVec::with_capacity_in(1, self.arena);
        let mut stars = 0;
        while self.at(Tok::Except) {
            let start = self.token.pos;
            self.advance()?;
            let star = self.eat(Tok::Star)?;
            stars += usize::from(star);
            let (mut type_, mut name) = (None, None);
            if star || !self.at(Tok::Colon) {
                let start = self.token.pos;
                let mut expr = self.expression()?;
                if self.at(Tok::Comma) {
                    self.require(self.target.except_without_parentheses())?;
                    expr = self.rest_of_tuple(start, expr, Self::expression)?;
                } else if self.eat(Tok::As)? {
                    let bound = self.name()?;
                    self.note(Note::Store(bound));
                    name = Some(bound);
                }
                type_ = Some(self.boxed(expr));
            }
            let body = self.block()?;
            handlers.push(ExceptHandler {
                type_,
                name,
                body,
                loc: self.loc(start),
            });
        }
        if stars != 0 && stars != handlers.len() {
            return Err(Bail);
        }
        let orelse = if handlers.is_empty() {
            &[]
        } else {
            self.else_block()?
        };
        let finalbody = if self.eat(Tok::Finally)? {
            self.block()?
        } else if handlers.is_empty() {
            return Err(Bail);
        } else {
            &[]
        };
        let node = self.arena.alloc(Try {
            body,
            handlers: handlers.into_bump_slice(),
            orelse,
            finalbody,
        });
        Ok(if stars > 0 {
            StmtKind::TryStar(node)
        } else {
            StmtKind::Try(node)
        })
    }

    fn with_stmt(&mut self) -> Result<&'a With<'a>> {
        self.advance()?;
        let items = if self.at(Tok::Lpar) {
            let place = self.place();
            match self.parenthesized_with_items() {
                Ok(items) => items,
                Err(Bail) => {
                    self.go_back(place);
                    self.with_items(Tok::Colon)?
                }
            }
        } else {
            self.with_items(Tok::Colon)?
        };
        let body = self.block()?;
        Ok(self.arena.alloc(With { items, body }))
    }

    fn parenthesized_with_items(&mut self) -> Result<&'a [WithItem<'a>]> {
        self.expect(Tok::Lpar)?;
        let items = self.with_items(Tok::Rpar)?;
        self.expect(Tok::Rpar)?;
        if self.at(Tok::Colon) {
            Ok(items)
        } else {
            Err(Bail)
        }
    }

    /// Items up to `close`, which stays; only a parenthesis allows a comma before it.
    fn with_items(&mut self, close: Tok) -> Result<&'a [WithItem<'a>]> {
        let mut items = ArenaVec::with_capacity_in(1, self.arena);
        loop {
            let context_expr = self.expression()?;
            let optional_vars = if self.eat(Tok::As)? {
                let mark = self.mark();
                let target = self.bitwise_or()?;
                let target = self.store(mark, target)?;
                Some(self.boxed(target))
            } else {
                None
            };
            items.push(WithItem {
                context_expr,
                optional_vars,
            });
            if !self.eat(Tok::Comma)? || close == Tok::Rpar && self.at(close) {
                break;
            }
        }
        if self.at(close) {
            Ok(items.into_bump_slice())
        } else {
            Err(Bail)
        }
    }
}
