//! Arguments of calls and parameters of functions.

use bumpalo::collections::Vec as ArenaVec;

use super::lexer::{Pos, Tok};
use super::{Bail, Parser, Result};
use crate::ast::*;

impl<'a> Parser<'a, '_> {
    /// The arguments of a call or of a class definition, with their parentheses.
    pub(super) fn call_arguments(
        &mut self,
        is_call: bool,
    ) -> Result<(Exprs<'a>, &'a [Keyword<'a>])> {
        let open = self.token.pos;
        self.go_on()?;
        if self.eat(Tok::Rpar)? {
            return Ok((&[], &[]));
        }
        let (base, first_keyword) = (self.exprs.len(), self.keywords.len());
        let mark = self.mark();
        // Where the notes on the keywords begin, once there are any.
        let mut keyword_mark = mark;
        let mut unpacked = false;
        while !self.at(Tok::Rpar) {
            let first = self.token;
            match first.kind {
                Tok::Star => {
                    let star_mark = self.mark();
                    let starred = self.starred_expression()?;
                    self.stars += 1;
                    if self.keywords.len() > first_keyword {
                        // Keywords come last.
                        let notes = self.mark() - star_mark;
                        self.notes[keyword_mark..].rotate_right(notes);
                        keyword_mark += notes;
                    }
                    if unpacked {
                        return Err(Bail);
                    }
                    if matches!(self.token.kind, Tok::For | Tok::Async) {
                        let alone =
                            self.exprs.len() == base && self.keywords.len() == first_keyword;
                        self.require(is_call && alone)?;
                        return self.generator_argument(open, starred, mark);
                    }
                    self.exprs.push(starred);
                }
                Tok::DoubleStar => {
                    if self.keywords.len() == first_keyword {
                        keyword_mark = self.mark();
                    }
                    self.advance()?;
                    let value = self.expression()?;
                    let loc = self.loc(first.pos);
                    unpacked = true;
                    self.stars += 1;
                    self.keywords.push(Keyword {
                        arg: None,
                        value,
                        loc,
                    });
                }
                _ => {
                    self.expression_value()?;
                    match (self.token.kind, self.value.kind) {
                        (Tok::Equal, ExprKind::Name { id, .. }) if first.kind == Tok::Name => {
                            self.go_on()?;
                            self.take_note();
                            self.check_bound(id);
                            if self.keywords.len() == first_keyword {
                                keyword_mark = self.mark();
                            }
                            self.expression_value()?;
                            let loc = self.loc(first.pos);
                            self.keywords.push(Keyword {
                                arg: Some(id),
                                value: self.value,
                                loc,
                            });
                        }
                        _ if self.keywords.len() > first_keyword => return Err(Bail),
                        (Tok::ColonEqual, ExprKind::Name { .. }) if first.kind == Tok::Name => {
                            let named =
                                self.rest_of_assignment_expression(self.value, first.pos)?;
                            self.exprs.push(named);
                        }
                        (Tok::For | Tok::Async, _) if is_call && self.exprs.len() == base => {
                            return self.generator_argument(open, self.value, mark);
                        }
                        // As a rule the only one.
                        (Tok::Rpar, _) if self.exprs.len() == base => {
                            let args = std::slice::from_ref(self.boxed_value());
                            self.advance()?;
                            return Ok((args, &[]));
                        }
                        _ => self.exprs.push(self.value),
                    }
                }
            }
            if !self.at(Tok::Comma) {
                break;
            }
            self.go_on()?;
        }
        self.expect(Tok::Rpar)?;
        let args = self.take_exprs(base);
        if self.keywords.len() == first_keyword {
            return Ok((args, &[]));
        }
        let keywords = self.arena.alloc_slice_copy(&self.keywords[first_keyword..]);
        self.keywords.truncate(first_keyword);
        Ok((args, keywords))
    }

    /// A generator expression as the only argument, noted from `mark` on, from the end of its element on. The parentheses of
    /// the call are its own.
    fn generator_argument(
        &mut self,
        open: Pos,
        elt: Expr<'a>,
        mark: usize,
    ) -> Result<(Exprs<'a>, &'a [Keyword<'a>])> {
        let comp = self.comprehension(elt, None)?;
        self.expect(Tok::Rpar)?;
        let generator = self.node(ExprKind::GeneratorExp(comp), open);
        self.note_expr(mark, &generator);
        Ok((std::slice::from_ref(self.boxed(generator)), &[]))
    }

    /// Parameters up to `close`, which stays.
    pub(super) fn parameters(&mut self, close: Tok, annotated: bool) -> Result<Arguments<'a>> {
        let arena = self.arena;
        let mut posonlyargs = ArenaVec::new_in(arena);
        let mut args = ArenaVec::new_in(arena);
        let mut kwonlyargs = ArenaVec::new_in(arena);
        let mut defaults = ArenaVec::new_in(arena);
        let mut kw_defaults = ArenaVec::new_in(arena);
        let (mut vararg, mut kwarg) = (None, None);
        let (mut slash, mut star) = (false, false);
        while !self.at(close) {
            match self.token.kind {
                Tok::Name => {
                    let arg = self.parameter(annotated)?;
                    let default = if self.eat(Tok::Equal)? {
                        Some(self.expression()?)
                    } else {
                        None
                    };
                    if star {
                        kwonlyargs.push(arg);
                        kw_defaults.push(default);
                    } else {
                        args.push(arg);
                        match default {
                            Some(default) => defaults.push(default),
                            None if defaults.is_empty() => {}
                            None => return Err(Bail),
                        }
                    }
                }
                Tok::Slash if !slash && !star && !args.is_empty() => {
                    self.advance()?;
                    slash = true;
                    std::mem::swap(&mut posonlyargs, &mut args);
                }
                Tok::Star if !star => {
                    self.advance()?;
                    star = true;
                    if !self.at(Tok::Comma) {
                        let arg = self.variadic_parameter(annotated)?;
                        vararg = Some(&*arena.alloc(arg));
                    }
                }
                Tok::DoubleStar => {
                    self.advance()?;
                    let arg = self.parameter(annotated)?;
                    kwarg = Some(&*arena.alloc(arg));
                    self.eat(Tok::Comma)?;
                    break;
                }
                _ => return Err(Bail),
            }
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        if !self.at(close) || star && vararg.is_none() && kwonlyargs.is_empty() {
            return Err(Bail);
        }
        Ok(Arguments {
            posonlyargs: posonlyargs.into_bump_slice(),
            args: args.into_bump_slice(),
            vararg,
            kwonlyargs: kwonlyargs.into_bump_slice(),
            kw_defaults: kw_defaults.into_bump_slice(),
            kwarg,
            defaults: defaults.into_bump_slice(),
        })
    }

    /// The name after a star; its annotation may have one too.
    fn variadic_parameter(&mut self, annotated: bool) -> Result<Arg<'a>> {
        let start = self.token.pos;
        let arg = self.name()?;
        let annotation = if annotated && self.eat(Tok::Colon)? {
            let annotation = self.star_expression()?;
            Some(self.boxed(annotation))
        } else {
            None
        };
        Ok(Arg {
            arg,
            annotation,
            loc: self.loc(start),
        })
    }

    /// Type parameters in brackets, if there are any.
    pub(super) fn type_params(&mut self) -> Result<&'a [TypeParam<'a>]> {
        if !self.eat(Tok::Lsqb)? {
            return Ok(&[]);
        }
        self.require(self.target.type_parameters())?;
        let mut list = ArenaVec::with_capacity_in(1, self.arena);
        loop {
            let start = self.token.pos;
            let star = self.token.kind;
            if matches!(star, Tok::Star | Tok::DoubleStar) {
                self.advance()?;
            }
            let name = self.name()?;
            let kind = match star {
                Tok::Star => TypeParamKind::TypeVarTuple,
                Tok::DoubleStar => TypeParamKind::ParamSpec,
                _ if self.eat(Tok::Colon)? => {
                    let bound = self.expression()?;
                    TypeParamKind::TypeVar {
                        bound: Some(self.boxed(bound)),
                    }
                }
                _ => TypeParamKind::TypeVar { bound: None },
            };
            let default_value = if self.eat(Tok::Equal)? {
                self.require(self.target.type_parameter_defaults())?;
                let value = if star == Tok::Star {
                    self.star_expression()?
                } else {
                    self.expression()?
                };
                Some(self.boxed(value))
            } else {
                None
            };
            list.push(TypeParam {
                kind,
                name,
                default_value,
                loc: self.loc(start),
            });
            if !self.eat(Tok::Comma)? || self.at(Tok::Rsqb) {
                break;
            }
        }
        self.expect(Tok::Rsqb)?;
        Ok(list.into_bump_slice())
    }

    fn parameter(&mut self, annotated: bool) -> Result<Arg<'a>> {
        let start = self.token.pos;
        let arg = self.name()?;
        let annotation = if annotated && self.eat(Tok::Colon)? {
            let annotation = self.expression()?;
            Some(self.boxed(annotation))
        } else {
            None
        };
        Ok(Arg {
            arg,
            annotation,
            loc: self.loc(start),
        })
    }
}
