//! Names, numbers, displays and comprehensions.

use super::lexer::{Pos, Tok};
use super::{Bail, Parser, Result};
use crate::ast::*;
use crate::literals::numbers;

/// What has been noted of a dictionary.
struct DictNotes {
    mark: usize,
    /// How many notes are on keys.
    keys: usize,
}

impl<'a> Parser<'a, '_> {
    #[inline]
    pub(super) fn atom(&mut self) -> Result<Expr<'a>> {
        self.atom_value()?;
        Ok(self.value)
    }

    #[inline]
    pub(super) fn atom_value(&mut self) -> Result<()> {
        if self.at(Tok::Name) {
            self.name_value()
        } else {
            self.other_atom_value()
        }
    }

    #[inline]
    pub(super) fn name_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        let id = self.name()?;
        self.note(Note::Load(id));
        let ctx = Ctx::Load;
        self.set(ExprKind::Name { id, ctx }, start);
        Ok(())
    }

    /// An atom that is no name.
    fn other_atom_value(&mut self) -> Result<()> {
        match self.token.kind {
            Tok::StringStart => self.strings_value(),
            Tok::Lpar | Tok::Lsqb | Tok::Lbrace => self.bracketed_value(),
            _ => self.constant_value(),
        }
    }

    #[inline(never)]
    fn bracketed_value(&mut self) -> Result<()> {
        self.value = match self.token.kind {
            Tok::Lpar => self.parentheses()?,
            Tok::Lsqb => self.brackets()?,
            _ => self.braces()?,
        };
        Ok(())
    }

    /// A number, or a constant with a name.
    #[inline(never)]
    pub(super) fn constant_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        let constant = match self.token.kind {
            Tok::Number => self.number()?,
            Tok::None => Constant::None,
            Tok::True => Constant::Bool(true),
            Tok::False => Constant::Bool(false),
            Tok::Ellipsis => Constant::Ellipsis,
            _ => return Err(Bail),
        };
        self.advance()?;
        self.set(ExprKind::Constant(constant), start);
        Ok(())
    }

    #[inline]
    fn number(&mut self) -> Result<Constant<'a>> {
        let text = &self.text[self.token.start as usize..self.token.end as usize];
        if let &[digit] = text.as_bytes() {
            return Ok(Constant::Int((digit - b'0').into()));
        }
        numbers::value(self.arena, text).ok_or(Bail)
    }

    fn parentheses(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        self.advance()?;
        if self.eat(Tok::Rpar)? {
            let (elts, ctx) = (&[][..], Ctx::Load);
            return Ok(self.node(ExprKind::Tuple { elts, ctx }, start));
        }
        self.after_parenthesis(start, Tok::Rpar)
    }

    /// The rest of a group, tuple or generator expression, which is not empty, up to and with `close`.
    pub(super) fn after_parenthesis(&mut self, start: Pos, close: Tok) -> Result<Expr<'a>> {
        let ctx = Ctx::Load;
        let mark = self.mark();
        if self.at(Tok::Yield) {
            self.enter()?;
            let expr = self.yield_expr()?;
            self.leave();
            self.close(close)?;
            return Ok(expr);
        }
        let star = self.token.pos;
        let starred = self.at(Tok::Star);
        let first = if starred {
            self.advance()?;
            let value = self.unpacked()?;
            let value = self.boxed(value);
            let ctx = Ctx::Load;
            self.node(ExprKind::Starred { value, ctx }, star)
        } else {
            self.named_expression()?
        };
        match self.token.kind {
            kind if kind == close && !starred => {
                self.close(close)?;
                Ok(first)
            }
            Tok::Comma => {
                let base = self.exprs.len();
                self.exprs.push(first);
                self.rest_of_elements(close)?;
                let elts = self.take_exprs(base);
                Ok(self.node(ExprKind::Tuple { elts, ctx }, start))
            }
            Tok::For | Tok::Async => {
                let comp = self.comprehension(first, None)?;
                self.close(close)?;
                Ok(self.noted(mark, ExprKind::GeneratorExp(comp), start))
            }
            _ => Err(Bail),
        }
    }

    /// Goes past the closing bracket. The end of a replacement field's text stands for a parenthesis.
    #[inline]
    fn close(&mut self, close: Tok) -> Result<()> {
        self.expect(close)?;
        if close == Tok::EndOfFile {
            self.end.col += 1;
        }
        Ok(())
    }

    /// What follows `*` or `**`: any expression before a comprehension, an operand elsewhere.
    fn unpacked(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let value = self.expression()?;
        let bare = value.loc.line == start.line && value.loc.col == start.col;
        let wide = match value.kind {
            ExprKind::BoolOp { .. }
            | ExprKind::Compare(_)
            | ExprKind::IfExp(_)
            | ExprKind::Lambda(_) => bare,
            ExprKind::UnaryOp { op, .. } => bare && op == UnaryOp::Not,
            _ => false,
        };
        if wide && !matches!(self.token.kind, Tok::For | Tok::Async) {
            return Err(Bail);
        }
        Ok(value)
    }

    /// The elements of a tuple, list or set after the first, and the closing bracket.
    fn rest_of_elements(&mut self, close: Tok) -> Result<()> {
        while self.eat(Tok::Comma)? && !self.at(close) {
            let expr = self.star_named_expression()?;
            self.exprs.push(expr);
        }
        self.close(close)
    }

    fn brackets(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        self.advance()?;
        let ctx = Ctx::Load;
        if self.eat(Tok::Rsqb)? {
            return Ok(self.node(ExprKind::List { elts: &[], ctx }, start));
        }
        let mark = self.mark();
        let first = self.star_named_expression()?;
        if matches!(self.token.kind, Tok::For | Tok::Async) {
            let comp = self.comprehension(first, None)?;
            self.expect(Tok::Rsqb)?;
            return Ok(self.noted(mark, ExprKind::ListComp(comp), start));
        }
        let base = self.exprs.len();
        self.exprs.push(first);
        self.rest_of_elements(Tok::Rsqb)?;
        let elts = self.take_exprs(base);
        Ok(self.node(ExprKind::List { elts, ctx }, start))
    }

    /// A dictionary, a set, or a comprehension of these.
    fn braces(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        self.advance()?;
        let mut notes = DictNotes {
            mark: self.mark(),
            keys: 0,
        };
        if matches!(self.token.kind, Tok::Rbrace | Tok::DoubleStar) {
            let (keys, values) = (self.keys.len(), self.exprs.len());
            return self.rest_of_dict(start, keys, values, notes);
        }
        let first_token = self.token.kind;
        let first = self.star_named_expression()?;
        if self.at(Tok::Colon) {
            let assigns = matches!(first.kind, ExprKind::NamedExpr { .. });
            if first_token == Tok::Star || first_token == Tok::Name && assigns {
                return Err(Bail);
            }
            notes.keys = self.mark() - notes.mark;
            self.advance()?;
            let value = self.expression()?;
            if matches!(self.token.kind, Tok::For | Tok::Async) {
                let comp = self.comprehension(first, Some(value))?;
                self.expect(Tok::Rbrace)?;
                return Ok(self.noted(notes.mark, ExprKind::DictComp(comp), start));
            }
            let (keys, values) = (self.keys.len(), self.exprs.len());
            self.keys.push(Some(first));
            self.exprs.push(value);
            if !self.at(Tok::Rbrace) {
                self.expect(Tok::Comma)?;
            }
            return self.rest_of_dict(start, keys, values, notes);
        }
        if matches!(self.token.kind, Tok::For | Tok::Async) {
            let comp = self.comprehension(first, None)?;
            self.expect(Tok::Rbrace)?;
            return Ok(self.noted(notes.mark, ExprKind::SetComp(comp), start));
        }
        let base = self.exprs.len();
        self.exprs.push(first);
        self.rest_of_elements(Tok::Rbrace)?;
        let elts = self.take_exprs(base);
        Ok(self.node(ExprKind::Set { elts }, start))
    }

    fn rest_of_dict(
        &mut self,
        start: Pos,
        first_key: usize,
        first_value: usize,
        mut notes: DictNotes,
    ) -> Result<Expr<'a>> {
        while !self.at(Tok::Rbrace) {
            let key = if self.eat(Tok::DoubleStar)? {
                None
            } else {
                let mark = self.mark();
                let key = self.expression()?;
                notes.keys += self.mark() - mark;
                self.expect(Tok::Colon)?;
                Some(key)
            };
            let value = match key {
                Some(_) => self.expression()?,
                None => self.unpacked()?,
            };
            if key.is_none() && matches!(self.token.kind, Tok::For | Tok::Async) {
                self.require(self.target.unpacks_in_comprehensions())?;
                self.require(self.exprs.len() == first_value)?;
                let comp = self.comprehension(value, None)?;
                self.expect(Tok::Rbrace)?;
                return Ok(self.noted(notes.mark, ExprKind::DictComp(comp), start));
            }
            self.keys.push(key);
            self.exprs.push(value);
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.expect(Tok::Rbrace)?;
        let keys = self.arena.alloc_slice_copy(&self.keys[first_key..]);
        self.keys.truncate(first_key);
        let values = self.take_exprs(first_value);
        let node = self.arena.alloc(Dict { keys, values });
        let dict = self.node(ExprKind::Dict(node), start);
        if notes.keys > 0 {
            // All keys come before the values.
            self.note_expr(notes.mark, &dict);
        }
        Ok(dict)
    }

    /// A node that is noted as a tree, from `mark` on.
    #[inline(never)]
    fn noted(&mut self, mark: usize, kind: ExprKind<'a>, start: Pos) -> Expr<'a> {
        let node = self.node(kind, start);
        self.note_expr(mark, &node);
        node
    }

    /// The clauses after an element.
    pub(super) fn comprehension(
        &mut self,
        elt: Expr<'a>,
        value: Option<Expr<'a>>,
    ) -> Result<&'a Comp<'a>> {
        if let ExprKind::Starred { .. } = elt.kind {
            self.require(self.target.unpacks_in_comprehensions())?;
        }
        let arena = self.arena;
        let mut generators = bumpalo::collections::Vec::with_capacity_in(1, arena);
        while matches!(self.token.kind, Tok::For | Tok::Async) {
            let is_async = self.eat(Tok::Async)?;
            self.expect(Tok::For)?;
            let target = self.star_targets()?;
            self.expect(Tok::In)?;
            let iter = self.disjunction()?;
            let base = self.exprs.len();
            while self.eat(Tok::If)? {
                let test = self.disjunction()?;
                self.exprs.push(test);
            }
            generators.push(Comprehension {
                target,
                iter,
                ifs: self.take_exprs(base),
                is_async,
            });
        }
        Ok(arena.alloc(Comp {
            elt,
            value,
            generators: generators.into_bump_slice(),
        }))
    }
}
