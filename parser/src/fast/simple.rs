//! Simple statements.

use bumpalo::collections::Vec as ArenaVec;

use super::lexer::Tok;
use super::{Bail, Parser, Result};
use crate::ast::*;
use crate::interner::{Name, names};

fn augmented(kind: Tok) -> Option<Operator> {
    Some(match kind {
        Tok::PlusEqual => Operator::Add,
        Tok::MinusEqual => Operator::Sub,
        Tok::StarEqual => Operator::Mult,
        Tok::DoubleStarEqual => Operator::Pow,
        Tok::SlashEqual => Operator::Div,
        Tok::DoubleSlashEqual => Operator::FloorDiv,
        Tok::PercentEqual => Operator::Mod,
        Tok::PipeEqual => Operator::BitOr,
        Tok::AmperEqual => Operator::BitAnd,
        Tok::CaretEqual => Operator::BitXor,
        Tok::AtEqual => Operator::MatMult,
        Tok::LeftShiftEqual => Operator::LShift,
        Tok::RightShiftEqual => Operator::RShift,
        _ => return None,
    })
}

impl<'a> Parser<'a, '_> {
    /// Simple statements up to the end of the line.
    pub(super) fn simple_stmts(&mut self) -> Result<()> {
        loop {
            self.simple_stmt()?;
            if !self.eat(Tok::Semi)? || self.at(Tok::Newline) {
                break;
            }
        }
        if !self.at(Tok::Newline) {
            return Err(Bail);
        }
        self.skip()
    }

    #[inline]
    fn simple_stmt(&mut self) -> Result<()> {
        let start = self.token.pos;
        let mark = self.mark();
        self.links = 0;
        let soft_keyword = self.soft_keyword()?;
        let kind = match self.token.kind {
            _ if let Some(follows) = soft_keyword => match follows {
                Tok::Import => self.import_name(true)?,
                Tok::From => self.import_from(true)?,
                _ => self.type_alias()?,
            },
            Tok::Return => {
                self.advance()?;
                let value = if self.starts_expression() {
                    self.star_expressions_value()?;
                    Some(self.boxed_value())
                } else {
                    None
                };
                StmtKind::Return { value }
            }
            Tok::Import => self.import_name(false)?,
            Tok::From => self.import_from(false)?,
            Tok::Raise => self.raise()?,
            Tok::Pass => {
                self.advance()?;
                StmtKind::Pass
            }
            Tok::Break => {
                self.advance()?;
                StmtKind::Break
            }
            Tok::Continue => {
                self.advance()?;
                StmtKind::Continue
            }
            Tok::Del => self.delete()?,
            Tok::Assert => {
                self.advance()?;
                let test = self.expression()?;
                let msg = if self.eat(Tok::Comma)? {
                    let msg = self.expression()?;
                    Some(self.boxed(msg))
                } else {
                    None
                };
                StmtKind::Assert {
                    test: self.boxed(test),
                    msg,
                }
            }
            Tok::Global => StmtKind::Global {
                names: self.names_after_keyword()?,
            },
            Tok::Nonlocal => StmtKind::Nonlocal {
                names: self.names_after_keyword()?,
            },
            Tok::Yield => {
                let value = self.yield_expr()?;
                // `yield` is no target.
                if self.at(Tok::Equal) {
                    return Err(Bail);
                }
                StmtKind::Expr {
                    value: self.boxed(value),
                }
            }
            _ => self.assignment_or_expression(mark)?,
        };
        let stmt = Stmt {
            kind,
            loc: self.loc(start),
        };
        if !says_names_alone(&kind) {
            self.note_stmt(mark, &stmt);
        }
        self.stmts.push(stmt);
        Ok(())
    }

    /// Goes past a word that only this place makes a keyword, and gives what follows it: `type` before a
    /// name, `lazy` before an import.
    #[inline]
    fn soft_keyword(&mut self) -> Result<Option<Tok>> {
        let is_type = self.at_word(b"type");
        if is_type | self.at_word(b"lazy") {
            self.soft_keyword_before(|kind| match is_type {
                true => kind == Tok::Name,
                false => matches!(kind, Tok::Import | Tok::From),
            })
        } else {
            Ok(None)
        }
    }

    #[cold]
    fn soft_keyword_before(&mut self, follows: impl Fn(Tok) -> bool) -> Result<Option<Tok>> {
        let state = self.lexer.state;
        let mut next = self.token;
        self.lexer.next(&mut next, self.names)?;
        self.lexer.state = state;
        if !follows(next.kind) {
            return Ok(None);
        }
        self.require(match next.kind {
            Tok::Name => self.target.type_parameters(),
            _ => self.target.lazy_imports(),
        })?;
        self.advance()?;
        // Whether a lazy import may stand within other statements depends on these.
        self.is_noted &= next.kind == Tok::Name || self.depth == 0;
        Ok(Some(next.kind))
    }

    fn type_alias(&mut self) -> Result<StmtKind<'a>> {
        let start = self.token.pos;
        let id = self.name()?;
        let ctx = Ctx::Store;
        let name = self.node(ExprKind::Name { id, ctx }, start);
        let type_params = self.type_params()?;
        self.expect(Tok::Equal)?;
        let value = self.expression()?;
        Ok(StmtKind::TypeAlias(self.arena.alloc(TypeAlias {
            name,
            type_params,
            value,
        })))
    }

    fn names_after_keyword(&mut self) -> Result<&'a [Name]> {
        let mut names = ArenaVec::new_in(self.arena);
        self.advance()?;
        loop {
            names.push(self.name()?);
            if !self.eat(Tok::Comma)? {
                return Ok(names.into_bump_slice());
            }
        }
    }

    fn raise(&mut self) -> Result<StmtKind<'a>> {
        self.advance()?;
        let (mut exc, mut cause) = (None, None);
        if self.starts_expression() {
            let value = self.expression()?;
            exc = Some(self.boxed(value));
            if self.eat(Tok::From)? {
                let value = self.expression()?;
                cause = Some(self.boxed(value));
            }
        }
        Ok(StmtKind::Raise { exc, cause })
    }

    fn delete(&mut self) -> Result<StmtKind<'a>> {
        self.advance()?;
        let base = self.exprs.len();
        loop {
            let target = self.bitwise_or()?;
            let target = self.del(target)?;
            self.exprs.push(target);
            if !self.eat(Tok::Comma)? || matches!(self.token.kind, Tok::Newline | Tok::Semi) {
                break;
            }
        }
        let targets = self.take_exprs(base);
        Ok(StmtKind::Delete { targets })
    }

    /// What may follow `=`.
    #[inline]
    fn annotated_rhs_value(&mut self) -> Result<()> {
        if self.at(Tok::Yield) {
            self.value = self.yield_expr()?;
            Ok(())
        } else {
            self.star_expressions_value()
        }
    }

    /// Makes the value a target, and what follows the `=` behind it the value; `mark` is where the notes on it begin.
    #[inline]
    fn assignment_target(&mut self, mark: &mut usize) -> Result<&'a Expr<'a>> {
        self.store_value(*mark)?;
        *mark = self.mark();
        let target = self.boxed_value();
        self.go_on()?;
        self.annotated_rhs_value()?;
        Ok(target)
    }

    #[inline]
    fn assignment_or_expression(&mut self, mark: usize) -> Result<StmtKind<'a>> {
        let first_token = self.token.kind;
        self.star_expressions_value()?;
        match self.token.kind {
            Tok::Equal => {
                let mut mark = mark;
                let first = self.assignment_target(&mut mark)?;
                let targets = if self.at(Tok::Equal) {
                    let base = self.exprs.len();
                    self.exprs.push(*first);
                    while self.at(Tok::Equal) {
                        let target = self.assignment_target(&mut mark)?;
                        self.exprs.push(*target);
                    }
                    self.take_exprs(base)
                } else {
                    std::slice::from_ref(first)
                };
                let value = self.boxed_value();
                Ok(StmtKind::Assign { targets, value })
            }
            Tok::Colon => {
                let first = self.value;
                let name = matches!(first.kind, ExprKind::Name { .. });
                check_single_target(&first)?;
                let target = self.store(mark, first)?;
                self.advance()?;
                let annotation = self.expression()?;
                let value = if self.eat(Tok::Equal)? {
                    self.annotated_rhs_value()?;
                    Some(self.boxed_value())
                } else {
                    None
                };
                Ok(StmtKind::AnnAssign(self.arena.alloc(AnnAssign {
                    target,
                    annotation,
                    value,
                    simple: name && first_token == Tok::Name,
                })))
            }
            kind => {
                let Some(op) = augmented(kind) else {
                    return Ok(StmtKind::Expr {
                        value: self.boxed_value(),
                    });
                };
                check_single_target(&self.value)?;
                let target = self.store(mark, self.value)?;
                self.advance()?;
                self.annotated_rhs_value()?;
                Ok(StmtKind::AugAssign {
                    target: self.boxed(target),
                    op,
                    value: self.boxed_value(),
                })
            }
        }
    }

    fn dotted_name(&mut self) -> Result<Name> {
        let start = self.token.start as usize;
        let mut last = self.token;
        let mut plain = true;
        let first = self.name()?;
        if !self.at(Tok::Dot) {
            return Ok(first);
        }
        let place = self.place();
        while self.at(Tok::Dot) {
            plain &= self.token.start == last.end;
            self.advance()?;
            plain &= self.token.start == last.end + 1;
            if !self.at(Tok::Name) {
                return Err(Bail);
            }
            last = self.token;
            self.advance()?;
        }
        let text = &self.text[start..last.end as usize];
        if plain && text.is_ascii() {
            return Ok(self.names.intern(text));
        }
        self.go_back(place);
        let mut joined = self.names.resolve(first).to_owned();
        while self.eat(Tok::Dot)? {
            let name = self.name()?;
            joined.push('.');
            joined.push_str(self.names.resolve(name));
        }
        Ok(self.names.intern(&joined))
    }

    fn as_name(&mut self) -> Result<Option<Name>> {
        if self.eat(Tok::As)? {
            self.name().map(Some)
        } else {
            Ok(None)
        }
    }

    fn dotted_as_names(&mut self) -> Result<&'a [Alias]> {
        let mut aliases = ArenaVec::with_capacity_in(1, self.arena);
        loop {
            let start = self.token.pos;
            let name = self.dotted_name()?;
            let asname = self.as_name()?;
            let loc = self.loc(start);
            aliases.push(Alias { name, asname, loc });
            if !self.eat(Tok::Comma)? {
                return Ok(aliases.into_bump_slice());
            }
        }
    }

    fn import_name(&mut self, is_lazy: bool) -> Result<StmtKind<'a>> {
        self.advance()?;
        let names = self.dotted_as_names()?;
        Ok(StmtKind::Import { names, is_lazy })
    }

    fn import_from(&mut self, is_lazy: bool) -> Result<StmtKind<'a>> {
        self.advance()?;
        let mut level = 0;
        loop {
            match self.token.kind {
                Tok::Dot => level += 1,
                Tok::Ellipsis => level += 3,
                _ => break,
            }
            self.advance()?;
        }
        let module = if level > 0 && self.at(Tok::Import) {
            None
        } else {
            let module = self.dotted_name()?;
            if is_lazy && level == 0 && module == names::FUTURE {
                return Err(Bail);
            }
            Some(module)
        };
        self.expect(Tok::Import)?;
        let start = self.token.pos;
        let names = if self.eat(Tok::Star)? {
            let name = self.names.intern("*");
            let loc = self.loc(start);
            &*self.arena.alloc_slice_copy(&[Alias {
                name,
                asname: None,
                loc,
            }])
        } else {
            let parenthesized = self.eat(Tok::Lpar)?;
            let mut aliases = ArenaVec::with_capacity_in(4, self.arena);
            loop {
                let start = self.token.pos;
                let name = self.name()?;
                // PEP 401 changes the operators.
                if name == names::BARRY_AS_FLUFL && self.target.imports_change_operators() {
                    return Err(Bail);
                }
                let asname = self.as_name()?;
                let loc = self.loc(start);
                aliases.push(Alias { name, asname, loc });
                if !self.eat(Tok::Comma)? || parenthesized && self.at(Tok::Rpar) {
                    break;
                }
            }
            if parenthesized {
                self.expect(Tok::Rpar)?;
            }
            aliases.into_bump_slice()
        };
        Ok(StmtKind::ImportFrom(self.arena.alloc(ImportFrom {
            module,
            names,
            level,
            is_lazy,
        })))
    }
}

/// Whether the names in a simple statement tell all that there is to know of it.
#[inline]
fn says_names_alone(kind: &StmtKind<'_>) -> bool {
    !matches!(
        kind,
        StmtKind::Import { .. }
            | StmtKind::ImportFrom(_)
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Delete { .. }
            | StmtKind::TypeAlias(_)
            | StmtKind::AnnAssign(_)
    )
}

/// A name, an attribute or an item, in parentheses or not.
fn check_single_target(target: &Expr<'_>) -> Result<()> {
    match target.kind {
        ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => Ok(()),
        _ => Err(Bail),
    }
}
