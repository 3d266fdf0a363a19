//! A parser for the Python that most files are written in, straight from text to our tree.
//!
//! It accepts only what it is sure of: for errors, and for what is rare (template
//! strings, names that are not ASCII, deep nests), it gives up, and the whole text goes to the other parser, which
//! knows all of the grammar and finds the words for errors. So this one needs neither error recovery nor messages.
//! It follows CPython's grammar (`Grammar/python.gram` of 3.14), whose rules the functions are named after.

mod arguments;
mod atoms;
mod compound;
mod expressions;
mod lexer;
mod patterns;
mod simple;
mod strings;
mod targets;

use bumpalo::Bump;
use pycsmith_bytecode::{Location, Target};

use crate::ast::*;
use crate::interner::{Interner, Name};
use lexer::{Lexer, Pos, State, Tok, Token};

/// This parser gives up.
#[derive(Debug)]
struct Bail;

type Result<T> = std::result::Result<T, Bail>;

/// Nested statements and expressions, all together.
const MAX_DEPTH: u32 = 100;
/// Links of the chains (`a.b.c`, `a + b + c`, `elif`) directly within one expression or statement. Times
/// [`MAX_DEPTH`] it is less than [`MAX_AST_DEPTH`](crate::MAX_AST_DEPTH).
const MAX_LINKS: u32 = 150;

/// The tree of a text, if this parser knows it.
///
/// Names of the text may be interned even if it does not.
pub(crate) fn parse<'a>(
    text: &str,
    arena: &'a Bump,
    names: &mut Interner,
    target: Target,
) -> Option<&'a Module<'a>> {
    if u32::try_from(text.len()).is_err() {
        return None;
    }
    let mut parser = Parser {
        lexer: Lexer::new(text),
        text,
        arena,
        names,
        target,
        token: Token {
            kind: Tok::Newline,
            start: 0,
            end: 0,
            pos: Pos { line: 1, col: 0 },
        },
        end: Pos { line: 1, col: 0 },
        depth: 0,
        links: 0,
        exprs: Vec::with_capacity(64),
        stmts: Vec::with_capacity(64),
        keywords: Vec::new(),
        keys: Vec::new(),
        scratch: Vec::new(),
    };
    parser.module().ok()
}

struct Parser<'a, 's> {
    lexer: Lexer<'s>,
    text: &'s str,
    arena: &'a Bump,
    names: &'s mut Interner,
    target: Target,
    /// The token that is looked at.
    token: Token,
    /// Where the token before it ends; line ends and indentation do not count.
    end: Pos,
    depth: u32,
    links: u32,
    /// Lists that are being made, inner ones behind outer ones.
    exprs: Vec<Expr<'a>>,
    stmts: Vec<Stmt<'a>>,
    keywords: Vec<Keyword<'a>>,
    keys: Vec<Option<Expr<'a>>>,
    /// Reused while string literals are decoded.
    scratch: Vec<u8>,
}

/// A place to come back to when a guess was wrong; blocks may not begin or end in between.
struct Place {
    lexer: State,
    token: Token,
    end: Pos,
    depth: u32,
    links: u32,
    exprs: usize,
    keywords: usize,
    keys: usize,
}

impl<'a> Parser<'a, '_> {
    fn place(&self) -> Place {
        Place {
            lexer: self.lexer.state,
            token: self.token,
            end: self.end,
            depth: self.depth,
            links: self.links,
            exprs: self.exprs.len(),
            keywords: self.keywords.len(),
            keys: self.keys.len(),
        }
    }

    #[cold]
    fn go_back(&mut self, place: Place) {
        self.lexer.state = place.lexer;
        self.token = place.token;
        self.end = place.end;
        self.depth = place.depth;
        self.links = place.links;
        self.exprs.truncate(place.exprs);
        self.keywords.truncate(place.keywords);
        self.keys.truncate(place.keys);
    }

    fn module(&mut self) -> Result<&'a Module<'a>> {
        self.skip()?;
        while self.token.kind != Tok::EndOfFile {
            self.statement()?;
        }
        let body = self.arena.alloc_slice_copy(&self.stmts);
        Ok(self.arena.alloc(Module { body }))
    }

    /// Goes to the next token.
    #[inline]
    fn advance(&mut self) -> Result<()> {
        self.end = self.lexer.pos();
        self.token = self.lexer.next()?;
        Ok(())
    }

    /// Goes to the next token, from one that is a line end or indentation.
    #[inline]
    fn skip(&mut self) -> Result<()> {
        self.token = self.lexer.next()?;
        Ok(())
    }

    #[inline]
    fn at(&self, kind: Tok) -> bool {
        self.token.kind == kind
    }

    #[inline]
    fn eat(&mut self, kind: Tok) -> Result<bool> {
        let found = self.token.kind == kind;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    #[inline]
    fn expect(&mut self, kind: Tok) -> Result<()> {
        if self.token.kind == kind {
            self.advance()
        } else {
            Err(Bail)
        }
    }

    #[inline]
    fn loc(&self, start: Pos) -> Location {
        Location {
            line: start.line,
            end_line: self.end.line,
            col: start.col,
            end_col: self.end.col,
        }
    }

    #[inline]
    fn node(&self, kind: ExprKind<'a>, start: Pos) -> Expr<'a> {
        Expr {
            kind,
            loc: self.loc(start),
        }
    }

    #[inline]
    fn boxed(&self, expr: Expr<'a>) -> &'a Expr<'a> {
        self.arena.alloc(expr)
    }

    /// Nothing, if the target has this piece of syntax.
    fn require(&self, feature: bool) -> Result<()> {
        if feature { Ok(()) } else { Err(Bail) }
    }

    /// One level deeper.
    #[inline]
    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Bail);
        }
        Ok(())
    }

    #[inline]
    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// One more link of a chain.
    #[inline]
    fn link(&mut self) -> Result<()> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Bail);
        }
        Ok(())
    }

    /// The expressions from `base` on, as a list of the tree.
    #[inline]
    fn take_exprs(&mut self, base: usize) -> Exprs<'a> {
        let list = self.arena.alloc_slice_copy(&self.exprs[base..]);
        self.exprs.truncate(base);
        list
    }

    /// The word of the current token, which is a name, and goes on.
    #[inline]
    fn name(&mut self) -> Result<Name> {
        if self.token.kind != Tok::Name {
            return Err(Bail);
        }
        let word = &self.text[self.token.start as usize..self.token.end as usize];
        let name = self.names.intern(word);
        self.advance()?;
        Ok(name)
    }
}
