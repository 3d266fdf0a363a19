//! Expressions down to primaries.

use super::lexer::{Pos, Tok};
use super::{Bail, Parser, Result};
use crate::ast::*;

/// An operator and how tight it binds.
#[inline]
fn binary_operator(kind: Tok) -> Option<(Operator, u8)> {
    Some(match kind {
        Tok::Pipe => (Operator::BitOr, 1),
        Tok::Caret => (Operator::BitXor, 2),
        Tok::Amper => (Operator::BitAnd, 3),
        Tok::LeftShift => (Operator::LShift, 4),
        Tok::RightShift => (Operator::RShift, 4),
        Tok::Plus => (Operator::Add, 5),
        Tok::Minus => (Operator::Sub, 5),
        Tok::Star => (Operator::Mult, 6),
        Tok::Slash => (Operator::Div, 6),
        Tok::DoubleSlash => (Operator::FloorDiv, 6),
        Tok::Percent => (Operator::Mod, 6),
        Tok::At => (Operator::MatMult, 6),
        _ => return None,
    })
}

/// Whether an operand is followed by an operator, but for `**`, which belongs to the operand.
#[inline]
fn follows_operand(kind: Tok) -> bool {
    binary_operator(kind).is_some()
        || matches!(
            kind,
            Tok::EqEqual
                | Tok::NotEqual
                | Tok::Less
                | Tok::LessEqual
                | Tok::Greater
                | Tok::GreaterEqual
                | Tok::In
                | Tok::Is
                | Tok::Not
                | Tok::And
                | Tok::Or
        )
}

/// Whether this always ends an expression; what does so as a rule is enough.
#[inline]
fn ends_expression(kind: Tok) -> bool {
    matches!(
        kind,
        Tok::Newline | Tok::Rpar | Tok::Rsqb | Tok::Rbrace | Tok::Comma | Tok::Colon | Tok::Equal
    )
}

impl<'a> Parser<'a, '_> {
    #[inline]
    pub(super) fn starts_expression(&self) -> bool {
        matches!(
            self.token.kind,
            Tok::Name
                | Tok::Number
                | Tok::StringStart
                | Tok::Lpar
                | Tok::Lsqb
                | Tok::Lbrace
                | Tok::Minus
                | Tok::Plus
                | Tok::Tilde
                | Tok::Not
                | Tok::Lambda
                | Tok::Await
                | Tok::None
                | Tok::True
                | Tok::False
                | Tok::Ellipsis
                | Tok::Star
        )
    }

    #[inline]
    pub(super) fn star_expressions(&mut self) -> Result<Expr<'a>> {
        self.star_expressions_value()?;
        Ok(self.value)
    }

    pub(super) fn star_expressions_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        if self.at(Tok::Star) {
            self.value = self.starred()?;
        } else {
            self.expression_value()?;
        }
        if self.at(Tok::Comma) {
            self.value = self.rest_of_tuple(start, self.value, Self::star_expression)?;
        }
        Ok(())
    }

    /// The elements from the first comma on, without brackets.
    pub(super) fn rest_of_tuple(
        &mut self,
        start: Pos,
        first: Expr<'a>,
        element: impl Fn(&mut Self) -> Result<Expr<'a>>,
    ) -> Result<Expr<'a>> {
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Tok::Comma)? && self.starts_expression() {
            let expr = element(self)?;
            self.exprs.push(expr);
        }
        let elts = self.take_exprs(base);
        Ok(self.node(
            ExprKind::Tuple {
                elts,
                ctx: Ctx::Load,
            },
            start,
        ))
    }

    pub(super) fn star_expression(&mut self) -> Result<Expr<'a>> {
        if self.at(Tok::Star) {
            self.starred()
        } else {
            self.expression()
        }
    }

    /// `*` and an operand.
    pub(super) fn starred(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        self.enter()?;
        self.advance()?;
        let value = self.bitwise_or()?;
        self.leave();
        let value = self.boxed(value);
        Ok(self.node(
            ExprKind::Starred {
                value,
                ctx: Ctx::Load,
            },
            start,
        ))
    }

    /// `*` and any expression.
    pub(super) fn starred_expression(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        self.expect(Tok::Star)?;
        let value = self.expression()?;
        let value = self.boxed(value);
        let ctx = Ctx::Load;
        Ok(self.node(ExprKind::Starred { value, ctx }, start))
    }

    pub(super) fn star_named_expression(&mut self) -> Result<Expr<'a>> {
        if self.at(Tok::Star) {
            self.starred()
        } else {
            self.named_expression()
        }
    }

    pub(super) fn named_expression(&mut self) -> Result<Expr<'a>> {
        let first = self.token;
        let expr = self.expression()?;
        if self.at(Tok::ColonEqual) {
            return match expr.kind {
                ExprKind::Name { .. } if first.kind == Tok::Name => {
                    self.rest_of_assignment_expression(expr, first.pos)
                }
                _ => Err(Bail),
            };
        }
        Ok(expr)
    }

    pub(super) fn rest_of_assignment_expression(
        &mut self,
        target: Expr<'a>,
        start: Pos,
    ) -> Result<Expr<'a>> {
        let target = self.with_context(target, Ctx::Store)?;
        let target = self.boxed(target);
        self.expect(Tok::ColonEqual)?;
        // The value comes first.
        self.note_store();
        let note = self.take_note();
        let value = self.expression()?;
        self.notes.extend(note);
        let value = self.boxed(value);
        Ok(self.node(ExprKind::NamedExpr { target, value }, start))
    }

    pub(super) fn yield_expr(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        self.expect(Tok::Yield)?;
        let kind = if self.eat(Tok::From)? {
            let value = self.expression()?;
            ExprKind::YieldFrom {
                value: self.boxed(value),
            }
        } else if self.starts_expression() {
            self.star_expressions_value()?;
            ExprKind::Yield {
                value: Some(self.boxed_value()),
            }
        } else {
            ExprKind::Yield { value: None }
        };
        self.note(Note::Yield);
        Ok(self.node(kind, start))
    }

    #[inline]
    pub(super) fn expression(&mut self) -> Result<Expr<'a>> {
        self.expression_value()?;
        Ok(self.value)
    }

    pub(super) fn expression_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        // Many are one atom. How many notes there are on it is known.
        let notes = match self.token.kind {
            Tok::Name => {
                self.name_value()?;
                Some(1)
            }
            Tok::StringStart => {
                let mark = self.mark();
                self.strings_value()?;
                Some(self.mark() - mark)
            }
            Tok::Number | Tok::None | Tok::True | Tok::False => {
                self.constant_value()?;
                Some(0)
            }
            _ => None,
        };
        if notes.is_some() && ends_expression(self.token.kind) {
            return Ok(());
        }
        self.longer_expression_value(start, notes)
    }

    /// An expression, or what follows the value, if that is the first atom, on which there are some `notes`.
    #[inline(never)]
    fn longer_expression_value(&mut self, start: Pos, notes: Option<usize>) -> Result<()> {
        let atom = notes.is_some();
        let mark = self.mark() - notes.unwrap_or(0);
        self.enter()?;
        let links = self.links;
        if !self.limits.all_links {
            self.links = 0;
        }
        if self.at(Tok::Lambda) && !atom {
            self.lambda_value()?;
        } else {
            if atom {
                self.rest_of_disjunction_value(start)?;
            } else {
                self.disjunction_value()?;
            }
            if self.at(Tok::If) {
                self.conditional_value(start, mark)?;
            }
        }
        if !self.limits.all_links {
            self.links = links;
        }
        self.leave();
        Ok(())
    }

    /// What follows the value in a conditional expression, noted from `mark` on.
    #[inline(never)]
    fn conditional_value(&mut self, start: Pos, mark: usize) -> Result<()> {
        let body = self.value;
        self.expect(Tok::If)?;
        let test_mark = self.mark();
        let test = self.disjunction()?;
        // The test comes first.
        self.notes[mark..].rotate_left(test_mark - mark);
        self.expect(Tok::Else)?;
        let orelse = self.expression()?;
        let node = self.arena.alloc(IfExp { test, body, orelse });
        self.set(ExprKind::IfExp(node), start);
        Ok(())
    }

    #[inline(never)]
    fn lambda_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        let mark = self.mark();
        self.expect(Tok::Lambda)?;
        let args = self.parameters(Tok::Colon, false)?;
        self.expect(Tok::Colon)?;
        let body = self.expression()?;
        let node = self.arena.alloc(Lambda { args, body });
        self.set(ExprKind::Lambda(node), start);
        let lambda = self.value;
        self.note_expr(mark, &lambda);
        Ok(())
    }

    #[inline]
    pub(super) fn disjunction(&mut self) -> Result<Expr<'a>> {
        self.disjunction_value()?;
        Ok(self.value)
    }

    #[inline]
    fn disjunction_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        let inverted = self.at(Tok::Not);
        if !inverted {
            self.factor_value()?;
            // Most expressions are one operand.
            if !follows_operand(self.token.kind) {
                return Ok(());
            }
        }
        self.longer_disjunction_value(start, inverted)
    }

    /// What follows the first atom.
    #[inline]
    fn rest_of_disjunction_value(&mut self, start: Pos) -> Result<()> {
        self.rest_of_primary_value(start)?;
        if self.at(Tok::DoubleStar) {
            self.power_value(start)?;
        }
        if follows_operand(self.token.kind) {
            self.longer_disjunction_value(start, false)?;
        }
        Ok(())
    }

    /// A disjunction that starts with `not`, or whose first operand is the value.
    #[inline(never)]
    fn longer_disjunction_value(&mut self, start: Pos, inverted: bool) -> Result<()> {
        self.value = if inverted {
            self.inversion()?
        } else {
            self.rest_of_comparison(start, self.value)?
        };
        if self.at(Tok::And) {
            self.value = self.rest_of_bool_op(start, self.value, BoolOp::And, Self::inversion)?;
        }
        if self.at(Tok::Or) {
            self.value = self.rest_of_bool_op(start, self.value, BoolOp::Or, Self::conjunction)?;
        }
        Ok(())
    }

    fn conjunction(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let first = self.inversion()?;
        if !self.at(Tok::And) {
            return Ok(first);
        }
        self.rest_of_bool_op(start, first, BoolOp::And, Self::inversion)
    }

    /// The operands from the first operator on.
    #[inline]
    fn rest_of_bool_op(
        &mut self,
        start: Pos,
        first: Expr<'a>,
        op: BoolOp,
        operand: impl Fn(&mut Self) -> Result<Expr<'a>>,
    ) -> Result<Expr<'a>> {
        let tok = self.token.kind;
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(tok)? {
            let expr = operand(self)?;
            self.exprs.push(expr);
        }
        let values = self.take_exprs(base);
        Ok(self.node(ExprKind::BoolOp { op, values }, start))
    }

    fn inversion(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        if !self.at(Tok::Not) {
            let operand = self.factor()?;
            return self.rest_of_comparison(start, operand);
        }
        self.enter()?;
        self.advance()?;
        let operand = self.inversion()?;
        self.leave();
        let operand = self.boxed(operand);
        let op = UnaryOp::Not;
        Ok(self.node(ExprKind::UnaryOp { op, operand }, start))
    }

    /// Goes past a comparison operator if there is one.
    #[inline]
    fn comparison_operator(&mut self) -> Result<Option<CmpOp>> {
        let op = match self.token.kind {
            Tok::EqEqual => CmpOp::Eq,
            Tok::NotEqual => CmpOp::NotEq,
            Tok::Less => CmpOp::Lt,
            Tok::LessEqual => CmpOp::LtE,
            Tok::Greater => CmpOp::Gt,
            Tok::GreaterEqual => CmpOp::GtE,
            Tok::In => CmpOp::In,
            Tok::Is => {
                self.advance()?;
                return Ok(Some(if self.eat(Tok::Not)? {
                    CmpOp::IsNot
                } else {
                    CmpOp::Is
                }));
            }
            Tok::Not => {
                self.advance()?;
                self.expect(Tok::In)?;
                return Ok(Some(CmpOp::NotIn));
            }
            _ => return Ok(None),
        };
        self.go_on()?;
        Ok(Some(op))
    }

    /// A comparison, or less, whose first operand is there.
    fn rest_of_comparison(&mut self, start: Pos, operand: Expr<'a>) -> Result<Expr<'a>> {
        let left = self.rest_of_binary(start, operand, 0)?;
        let Some(first) = self.comparison_operator()? else {
            return Ok(left);
        };
        let right = self.bitwise_or()?;
        let arena = self.arena;
        let (ops, comparators) = match self.comparison_operator()? {
            None => (
                &*arena.alloc_slice_copy(&[first]),
                &*arena.alloc_slice_copy(&[right]),
            ),
            Some(second) => {
                let mut ops = bumpalo::vec![in arena; first, second];
                let base = self.exprs.len();
                self.exprs.push(right);
                loop {
                    let right = self.bitwise_or()?;
                    self.exprs.push(right);
                    match self.comparison_operator()? {
                        Some(op) => ops.push(op),
                        None => break,
                    }
                }
                (ops.into_bump_slice(), self.take_exprs(base))
            }
        };
        let node = arena.alloc(Compare {
            left,
            ops,
            comparators,
        });
        Ok(self.node(ExprKind::Compare(node), start))
    }

    #[inline]
    pub(super) fn bitwise_or(&mut self) -> Result<Expr<'a>> {
        self.binary(0)
    }

    fn binary(&mut self, tightest: u8) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let operand = self.factor()?;
        self.rest_of_binary(start, operand, tightest)
    }

    /// Operators that bind at least as tight, and their right operands.
    #[inline]
    fn rest_of_binary(&mut self, start: Pos, operand: Expr<'a>, tightest: u8) -> Result<Expr<'a>> {
        let mut left = operand;
        while let Some((op, binding)) = binary_operator(self.token.kind) {
            if binding < tightest {
                break;
            }
            self.link()?;
            self.go_on()?;
            let right = self.binary(binding + 1)?;
            let (left_operand, right) = (self.boxed(left), self.boxed(right));
            left = self.node(
                ExprKind::BinOp {
                    left: left_operand,
                    op,
                    right,
                },
                start,
            );
        }
        Ok(left)
    }

    #[inline]
    fn factor(&mut self) -> Result<Expr<'a>> {
        self.factor_value()?;
        Ok(self.value)
    }

    #[inline]
    fn factor_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        if matches!(
            self.token.kind,
            Tok::Minus | Tok::Plus | Tok::Tilde | Tok::Await
        ) {
            return self.prefixed_factor_value();
        }
        self.primary_value()?;
        if self.at(Tok::DoubleStar) {
            return self.power_value(start);
        }
        Ok(())
    }

    #[inline(never)]
    fn prefixed_factor_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        let op = match self.token.kind {
            Tok::Minus => UnaryOp::USub,
            Tok::Plus => UnaryOp::UAdd,
            Tok::Tilde => UnaryOp::Invert,
            _ => {
                self.expect(Tok::Await)?;
                self.note(Note::Await);
                self.primary_value()?;
                let value = self.boxed_value();
                self.set(ExprKind::Await { value }, start);
                if self.at(Tok::DoubleStar) {
                    return self.power_value(start);
                }
                return Ok(());
            }
        };
        self.enter()?;
        self.advance()?;
        self.factor_value()?;
        self.leave();
        let operand = self.boxed_value();
        self.set(ExprKind::UnaryOp { op, operand }, start);
        Ok(())
    }

    /// `**` and its right operand, behind the value.
    #[inline(never)]
    fn power_value(&mut self, start: Pos) -> Result<()> {
        self.advance()?;
        self.enter()?;
        let left = self.boxed_value();
        self.factor_value()?;
        self.leave();
        let (op, right) = (Operator::Pow, self.boxed_value());
        self.set(ExprKind::BinOp { op, left, right }, start);
        Ok(())
    }

    #[inline]
    fn primary_value(&mut self) -> Result<()> {
        let start = self.token.pos;
        self.atom_value()?;
        self.rest_of_primary_value(start)
    }

    /// Attributes, calls and subscripts behind the value.
    fn rest_of_primary_value(&mut self, start: Pos) -> Result<()> {
        loop {
            let kind = match self.token.kind {
                Tok::Dot => {
                    self.go_on()?;
                    let attr = self.name()?;
                    ExprKind::Attribute {
                        value: self.boxed_value(),
                        attr,
                        ctx: Ctx::Load,
                    }
                }
                Tok::Lpar => {
                    let (func, stars) = (self.value, self.stars);
                    let (args, keywords) = self.call_arguments(true)?;
                    ExprKind::Call(self.arena.alloc(Call {
                        func,
                        args,
                        keywords,
                        may_unpack: self.stars != stars,
                    }))
                }
                Tok::Lsqb => {
                    self.go_on()?;
                    let value = self.boxed_value();
                    let slice = self.slices()?;
                    self.expect(Tok::Rsqb)?;
                    ExprKind::Subscript {
                        value,
                        slice: self.boxed(slice),
                        ctx: Ctx::Load,
                    }
                }
                _ => return Ok(()),
            };
            self.link()?;
            self.set(kind, start);
        }
    }

    fn slices(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let starred = self.at(Tok::Star);
        let first = self.slice()?;
        if !self.at(Tok::Comma) && !starred {
            return Ok(first);
        }
        let base = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Tok::Comma)? && !self.at(Tok::Rsqb) {
            let expr = self.slice()?;
            self.exprs.push(expr);
        }
        let elts = self.take_exprs(base);
        Ok(self.node(
            ExprKind::Tuple {
                elts,
                ctx: Ctx::Load,
            },
            start,
        ))
    }

    fn slice(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        if self.at(Tok::Star) {
            return self.starred_expression();
        }
        let lower = if self.at(Tok::Colon) {
            None
        } else {
            let expr = self.named_expression()?;
            if !self.at(Tok::Colon) {
                return Ok(expr);
            }
            // An assignment expression needs parentheses here.
            let assigns = matches!(expr.kind, ExprKind::NamedExpr { .. });
            if assigns && expr.loc.line == start.line && expr.loc.col == start.col {
                return Err(Bail);
            }
            Some(expr)
        };
        self.expect(Tok::Colon)?;
        let is_end = |this: &Self| matches!(this.token.kind, Tok::Colon | Tok::Comma | Tok::Rsqb);
        let upper = if is_end(self) {
            None
        } else {
            Some(self.expression()?)
        };
        let step = if self.eat(Tok::Colon)? && !is_end(self) {
            Some(self.expression()?)
        } else {
            None
        };
        let node = self.arena.alloc(Slice { lower, upper, step });
        Ok(self.node(ExprKind::Slice(node), start))
    }
}
