//! `match` and its patterns.

use bumpalo::collections::Vec as ArenaVec;

use super::lexer::{Pos, Tok};
use super::{Bail, Parser, Result};
use crate::ast::*;

/// The last bytes of a text, and zeros behind them.
#[cold]
fn last_bytes(rest: &[u8]) -> [u8; size_of::<u64>()] {
    std::array::from_fn(|at| rest.get(at).copied().unwrap_or(0))
}

impl<'a> Parser<'a, '_> {
    /// Whether the current token is this word, which is no keyword.
    #[inline]
    pub(super) fn at_word<const LENGTH: usize>(&self, word: &[u8; LENGTH]) -> bool {
        let mut wanted = [0; size_of::<u64>()];
        wanted[..LENGTH].copy_from_slice(word);
        self.start_of_token() == u64::from_le_bytes(wanted) && self.at(Tok::Name)
    }

    /// The first bytes of the current token; zeros behind it, if it has less. How long tokens are cannot be predicted: there is no
    /// branch.
    #[inline]
    fn start_of_token(&self) -> u64 {
        let (start, end) = (self.token.start as usize, self.token.end as usize);
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let bytes = match rest.first_chunk() {
            Some(bytes) => *bytes,
            None => last_bytes(rest),
        };
        let behind = bytes.len() - end.saturating_sub(start).min(bytes.len());
        let mask = u64::MAX.checked_shr(u8::BITS * behind as u32);
        u64::from_le_bytes(bytes) & mask.unwrap_or(0)
    }

    /// A `match` statement if this is one: `match`, a subject, a colon and a line end.
    pub(super) fn match_stmt(&mut self) -> Result<Option<StmtKind<'a>>> {
        if !self.at_word(b"match") {
            return Ok(None);
        }
        let place = self.place();
        let Ok(subject) = self.match_subject() else {
            self.go_back(place);
            return Ok(None);
        };
        self.skip()?;
        if !self.at(Tok::Indent) {
            return Err(Bail);
        }
        self.skip()?;
        let mut cases = ArenaVec::with_capacity_in(4, self.arena);
        while !self.at(Tok::Dedent) {
            if !self.at_word(b"case") {
                return Err(Bail);
            }
            self.links = 0;
            self.advance()?;
            let pattern = self.patterns()?;
            let guard = if self.eat(Tok::If)? {
                let guard = self.named_expression()?;
                Some(self.boxed(guard))
            } else {
                None
            };
            let body = self.block()?;
            cases.push(MatchCase {
                pattern,
                guard,
                body,
            });
        }
        self.skip()?;
        Ok(Some(StmtKind::Match(self.arena.alloc(Match {
            subject,
            cases: cases.into_bump_slice(),
        }))))
    }

    /// The subject; the line end after it is the current token then.
    fn match_subject(&mut self) -> Result<Expr<'a>> {
        self.advance()?;
        if !self.starts_expression() {
            return Err(Bail);
        }
        let start = self.token.pos;
        let starred = self.at(Tok::Star);
        let first = self.star_named_expression()?;
        let subject = if self.at(Tok::Comma) {
            self.rest_of_tuple(start, first, Self::star_named_expression)?
        } else if starred {
            return Err(Bail);
        } else {
            first
        };
        self.expect(Tok::Colon)?;
        if self.at(Tok::Newline) {
            Ok(subject)
        } else {
            Err(Bail)
        }
    }

    fn pattern_node(&self, kind: PatternKind<'a>, start: Pos) -> Pattern<'a> {
        Pattern {
            kind,
            loc: self.loc(start),
        }
    }

    fn boxed_pattern(&self, pattern: Pattern<'a>) -> &'a Pattern<'a> {
        self.arena.alloc(pattern)
    }

    /// After `case`: a sequence needs no brackets.
    fn patterns(&mut self) -> Result<Pattern<'a>> {
        let start = self.token.pos;
        let starred = self.at(Tok::Star);
        let first = self.maybe_star_pattern()?;
        if !self.at(Tok::Comma) {
            return if starred { Err(Bail) } else { Ok(first) };
        }
        let mut patterns = bumpalo::vec![in self.arena; first];
        while self.eat(Tok::Comma)? && !matches!(self.token.kind, Tok::Colon | Tok::If) {
            patterns.push(self.maybe_star_pattern()?);
        }
        let patterns = patterns.into_bump_slice();
        Ok(self.pattern_node(PatternKind::MatchSequence { patterns }, start))
    }

    fn maybe_star_pattern(&mut self) -> Result<Pattern<'a>> {
        if !self.at(Tok::Star) {
            return self.as_pattern();
        }
        let start = self.token.pos;
        self.advance()?;
        let wildcard = self.at_word(b"_");
        let name = if wildcard {
            self.advance()?;
            None
        } else {
            Some(self.name()?)
        };
        Ok(self.pattern_node(PatternKind::MatchStar { name }, start))
    }

    fn as_pattern(&mut self) -> Result<Pattern<'a>> {
        self.enter()?;
        let start = self.token.pos;
        let first = self.closed_pattern()?;
        let pattern = if self.at(Tok::Pipe) {
            let mut patterns = bumpalo::vec![in self.arena; first];
            while self.eat(Tok::Pipe)? {
                patterns.push(self.closed_pattern()?);
            }
            let patterns = patterns.into_bump_slice();
            self.pattern_node(PatternKind::MatchOr { patterns }, start)
        } else {
            first
        };
        self.leave();
        if !self.eat(Tok::As)? {
            return Ok(pattern);
        }
        if self.at_word(b"_") {
            return Err(Bail);
        }
        let name = Some(self.name()?);
        let pattern = Some(self.boxed_pattern(pattern));
        Ok(self.pattern_node(PatternKind::MatchAs { pattern, name }, start))
    }

    fn closed_pattern(&mut self) -> Result<Pattern<'a>> {
        let start = self.token.pos;
        let kind = match self.token.kind {
            Tok::Number | Tok::Minus | Tok::Plus => {
                let value = self.signed_number()?;
                PatternKind::MatchValue {
                    value: self.boxed(value),
                }
            }
            Tok::StringStart => {
                let value = self.strings()?;
                PatternKind::MatchValue {
                    value: self.boxed(value),
                }
            }
            Tok::None | Tok::True | Tok::False => {
                let value = match self.token.kind {
                    Tok::None => Constant::None,
                    kind => Constant::Bool(kind == Tok::True),
                };
                self.advance()?;
                PatternKind::MatchSingleton { value }
            }
            Tok::Name => self.name_pattern()?,
            Tok::Lpar => {
                self.advance()?;
                let starred = self.at(Tok::Star);
                if self.eat(Tok::Rpar)? {
                    let patterns = &[][..];
                    return Ok(self.pattern_node(PatternKind::MatchSequence { patterns }, start));
                }
                let first = self.maybe_star_pattern()?;
                if !starred && self.eat(Tok::Rpar)? {
                    return Ok(first);
                }
                if !self.at(Tok::Comma) {
                    return Err(Bail);
                }
                let patterns = self.rest_of_sequence(Some(first), Tok::Rpar)?;
                PatternKind::MatchSequence { patterns }
            }
            Tok::Lsqb => {
                self.advance()?;
                let patterns = self.rest_of_sequence(None, Tok::Rsqb)?;
                PatternKind::MatchSequence { patterns }
            }
            Tok::Lbrace => self.mapping_pattern()?,
            _ => return Err(Bail),
        };
        Ok(self.pattern_node(kind, start))
    }

    /// The patterns up to `close`, and that; after a first one comes a comma.
    fn rest_of_sequence(
        &mut self,
        first: Option<Pattern<'a>>,
        close: Tok,
    ) -> Result<&'a [Pattern<'a>]> {
        let mut patterns = ArenaVec::new_in(self.arena);
        if let Some(first) = first {
            patterns.push(first);
            self.expect(Tok::Comma)?;
        }
        while !self.at(close) {
            patterns.push(self.maybe_star_pattern()?);
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.expect(close)?;
        Ok(patterns.into_bump_slice())
    }

    /// A number, which may be negative or complex.
    fn signed_number(&mut self) -> Result<Expr<'a>> {
        let start = self.token.pos;
        let sign = match self.token.kind {
            Tok::Minus => Some(UnaryOp::USub),
            Tok::Plus => {
                self.require(self.target.plus_signs_in_patterns())?;
                Some(UnaryOp::UAdd)
            }
            _ => None,
        };
        if sign.is_some() {
            self.advance()?;
        }
        if !self.at(Tok::Number) {
            return Err(Bail);
        }
        let mut left = self.atom()?;
        let imaginary =
            |expr: &Expr<'a>| matches!(expr.kind, ExprKind::Constant(Constant::Imaginary(_)));
        let real = !imaginary(&left);
        if let Some(op) = sign {
            let operand = self.boxed(left);
            left = self.node(ExprKind::UnaryOp { op, operand }, start);
        }
        let op = match self.token.kind {
            Tok::Plus => Operator::Add,
            Tok::Minus => Operator::Sub,
            _ => return Ok(left),
        };
        self.advance()?;
        if !self.at(Tok::Number) {
            return Err(Bail);
        }
        let right = self.atom()?;
        if !real || !imaginary(&right) {
            return Err(Bail);
        }
        let (left, right) = (self.boxed(left), self.boxed(right));
        Ok(self.node(ExprKind::BinOp { left, op, right }, start))
    }

    fn mapping_pattern(&mut self) -> Result<PatternKind<'a>> {
        self.expect(Tok::Lbrace)?;
        let arena = self.arena;
        let mut keys = ArenaVec::new_in(arena);
        let mut patterns = ArenaVec::new_in(arena);
        let mut rest = None;
        while !self.at(Tok::Rbrace) {
            if self.eat(Tok::DoubleStar)? {
                if self.at_word(b"_") {
                    return Err(Bail);
                }
                rest = Some(self.name()?);
                self.eat(Tok::Comma)?;
                break;
            }
            keys.push(self.pattern_key()?);
            self.expect(Tok::Colon)?;
            patterns.push(self.as_pattern()?);
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.expect(Tok::Rbrace)?;
        Ok(PatternKind::MatchMapping(arena.alloc(MatchMapping {
            keys: keys.into_bump_slice(),
            patterns: patterns.into_bump_slice(),
            rest,
        })))
    }

    /// A literal or a dotted name.
    fn pattern_key(&mut self) -> Result<Expr<'a>> {
        match self.token.kind {
            Tok::Number | Tok::Minus | Tok::Plus => self.signed_number(),
            Tok::StringStart => self.strings(),
            Tok::None | Tok::True | Tok::False => self.atom(),
            Tok::Name => {
                let start = self.token.pos;
                let (id, ctx) = (self.name()?, Ctx::Load);
                let first = self.node(ExprKind::Name { id, ctx }, start);
                if self.at(Tok::Dot) {
                    self.rest_of_dotted_name(first, start)
                } else {
                    Err(Bail)
                }
            }
            _ => Err(Bail),
        }
    }

    fn rest_of_dotted_name(&mut self, first: Expr<'a>, start: Pos) -> Result<Expr<'a>> {
        let mut value = first;
        while self.eat(Tok::Dot)? {
            self.link()?;
            let attr = self.name()?;
            let object = self.boxed(value);
            let kind = ExprKind::Attribute {
                value: object,
                attr,
                ctx: Ctx::Load,
            };
            value = self.node(kind, start);
        }
        Ok(value)
    }

    /// A capture, a wildcard, a dotted name, or a class.
    fn name_pattern(&mut self) -> Result<PatternKind<'a>> {
        let start = self.token.pos;
        if self.at_word(b"_") {
            // No dot nor parenthesis may follow.
            self.advance()?;
            let (pattern, name) = (None, None);
            return Ok(PatternKind::MatchAs { pattern, name });
        }
        let ctx = Ctx::Load;
        let id = self.name()?;
        let name = self.node(ExprKind::Name { id, ctx }, start);
        let dotted = self.at(Tok::Dot);
        let value = self.rest_of_dotted_name(name, start)?;
        if self.at(Tok::Lpar) {
            return self.class_pattern(value);
        }
        Ok(if dotted {
            PatternKind::MatchValue {
                value: self.boxed(value),
            }
        } else {
            let (pattern, name) = (None, Some(id));
            PatternKind::MatchAs { pattern, name }
        })
    }

    fn class_pattern(&mut self, cls: Expr<'a>) -> Result<PatternKind<'a>> {
        self.expect(Tok::Lpar)?;
        let arena = self.arena;
        let mut patterns = ArenaVec::new_in(arena);
        let mut kwd_attrs = ArenaVec::new_in(arena);
        let mut kwd_patterns = ArenaVec::new_in(arena);
        while !self.at(Tok::Rpar) {
            let keyword = self.at(Tok::Name) && {
                let state = self.lexer.state;
                let mut next = self.token;
                self.lexer.next(&mut next, self.names)?;
                self.lexer.state = state;
                next.kind == Tok::Equal
            };
            if keyword {
                kwd_attrs.push(self.name()?);
                self.expect(Tok::Equal)?;
                kwd_patterns.push(self.as_pattern()?);
            } else if kwd_attrs.is_empty() {
                patterns.push(self.as_pattern()?);
            } else {
                return Err(Bail);
            }
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.expect(Tok::Rpar)?;
        Ok(PatternKind::MatchClass(arena.alloc(MatchClass {
            cls,
            patterns: patterns.into_bump_slice(),
            kwd_attrs: kwd_attrs.into_bump_slice(),
            kwd_patterns: kwd_patterns.into_bump_slice(),
        })))
    }
}
