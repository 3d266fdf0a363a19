//! A parser for the Python that most files are written in, straight from text to our tree.
//!
//! It accepts only what it is sure of: for errors, and for the very rare (PEP 401, very deep nests), it gives up, and
//! the whole text goes to the other parser, which finds the words for errors. So this one needs neither error recovery
//! nor messages. It follows CPython's grammar (`Grammar/python.gram` of 3.15), whose rules the functions are named
//! after; what a target does not have yet, it [requires](Parser::require).

mod arguments;
mod atoms;
mod compound;
mod expressions;
mod f_strings;
mod fields_as_text;
mod lexer;
mod notes;
mod patterns;
mod simple;
mod strings;
mod targets;
pub(crate) mod words;

use bumpalo::Bump;
use pycsmith_bytecode::{Location, Target};

use crate::ast::*;
use crate::interner::{Interner, Name, names};
use crate::limits::{MAX_STRINGS, max_ast_depth};
use crate::literals;
use lexer::{Lexer, Pos, State, Tok, Token};

/// This parser gives up.
#[derive(Debug)]
struct Bail;

type Result<T> = std::result::Result<T, Bail>;

/// How deep a text may nest.
#[derive(Clone, Copy)]
struct Limits {
    /// Nested statements and expressions, all together.
    depth: u32,
    /// Links of chains (`a.b.c`, `a + b + c`).
    links: u32,
    /// All links of a statement are counted together, not those of each expression.
    all_links: bool,
}

/// Those of the first attempt. Depth times links is less than [`MAX_AST_DEPTH`](crate::MAX_AST_DEPTH).
const SHALLOW: Limits = Limits {
    depth: 100,
    links: 150,
    all_links: false,
};

/// Levels that come on top of depth and links: of each bracket, `if`, `or`, `and`, `not`, a comparison and `await`; of
/// each string literal, and the innermost atom, those that are expressions alone; and a simple statement.
const UNCOUNTED: u32 = 200 * 6 + MAX_STRINGS + 2;

impl Limits {
    /// Those of the second attempt, on a stack of its own. With [`UNCOUNTED`] ones their sum is what may be.
    fn deep(target: Target) -> Limits {
        let all = max_ast_depth(target);
        let depth = (all / 4).min(4_000);
        Limits {
            depth,
            links: all - depth - UNCOUNTED,
            all_links: true,
        }
    }
}

/// A level's stack, in bytes, generously.
const FRAME: usize = 16 << 10;

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
    let mut parser = Parser::new(Lexer::new(text), text, arena, names, target);
    let mut tree = parser.module();
    if tree.is_err() && parser.too_deep {
        drop(parser);
        let limits = Limits::deep(target);
        tree = stacker::grow(limits.depth as usize * FRAME, || {
            let mut parser = Parser::new(Lexer::new(text), text, arena, names, target);
            parser.limits = limits;
            parser.module()
        });
    }
    tree.ok()
}

/// The f-string, or literals side by side, in this range of the text, whose start has this line and column.
pub(crate) fn parse_strings<'a>(
    text: &str,
    range: std::ops::Range<usize>,
    (line, col): (i32, i32),
    arena: &'a Bump,
    names: &mut Interner,
    target: Target,
) -> Option<Expr<'a>> {
    let mut lexer = Lexer::new(&text[..range.end]);
    lexer.start_within(range.start, line, col);
    let mut parser = Parser::new(lexer, text, arena, names, target);
    parser.skip().ok()?;
    let strings = parser.at(Tok::StringStart).then(|| parser.strings())?;
    strings.ok().filter(|_| parser.at(Tok::EndOfFile))
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
    /// The expression parsed last, by the functions called `..._value`: it stays here while it may become the operand of something, since each
    /// copy of one just written waits for its parts.
    value: Expr<'a>,
    limits: Limits,
    /// A limit was the reason to give up.
    too_deep: bool,
    depth: u32,
    links: u32,
    /// f-strings and t-strings that are not closed.
    open_strings: u32,
    /// Lists that are being made, inner ones behind outer ones.
    exprs: Vec<Expr<'a>>,
    stmts: Vec<Stmt<'a>>,
    keywords: Vec<Keyword<'a>>,
    /// How many arguments with stars there have been.
    stars: u32,
    keys: Vec<Option<Expr<'a>>>,
    /// [`Notes`] that are being made.
    notes: Vec<Note>,
    trees: Vec<Tree<'a>>,
    /// Names among the targets that are being made of an expression.
    target_names: usize,
    /// Whether the notes tell all.
    is_noted: bool,
    /// The current statement is part of a class's body, not of a function's.
    in_class: bool,
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
    open_strings: u32,
    exprs: usize,
    keywords: usize,
    keys: usize,
    notes: usize,
}

impl<'a, 's> Parser<'a, 's> {
    fn new(
        lexer: Lexer<'s>,
        text: &'s str,
        arena: &'a Bump,
        names: &'s mut Interner,
        target: Target,
    ) -> Parser<'a, 's> {
        let pos = Pos { line: 1, col: 0 };
        Parser {
            lexer,
            text,
            arena,
            names,
            target,
            token: Token {
                kind: Tok::Newline,
                start: 0,
                end: 0,
                pos,
                name: names::EMPTY,
            },
            end: pos,
            value: Expr {
                kind: ExprKind::Constant(Constant::None),
                loc: Location::NONE,
            },
            limits: SHALLOW,
            too_deep: false,
            depth: 0,
            links: 0,
            open_strings: 0,
            exprs: Vec::with_capacity(64),
            stmts: Vec::with_capacity(64),
            keywords: Vec::new(),
            stars: 0,
            keys: Vec::new(),
            notes: Vec::with_capacity(256),
            trees: Vec::new(),
            target_names: 0,
            is_noted: true,
            in_class: false,
            scratch: Vec::new(),
        }
    }

    fn place(&self) -> Place {
        Place {
            lexer: self.lexer.state,
            token: self.token,
            end: self.end,
            depth: self.depth,
            links: self.links,
            open_strings: self.open_strings,
            exprs: self.exprs.len(),
            keywords: self.keywords.len(),
            keys: self.keys.len(),
            notes: self.notes.len(),
        }
    }

    #[cold]
    fn go_back(&mut self, place: Place) {
        self.lexer.state = place.lexer;
        self.token = place.token;
        self.end = place.end;
        self.depth = place.depth;
        self.links = place.links;
        self.open_strings = place.open_strings;
        self.exprs.truncate(place.exprs);
        self.keywords.truncate(place.keywords);
        self.keys.truncate(place.keys);
        self.notes.truncate(place.notes);
    }

    fn module(&mut self) -> Result<&'a Module<'a>> {
        self.skip()?;
        while self.token.kind != Tok::EndOfFile {
            self.statement()?;
        }
        let body = self.arena.alloc_slice_copy(&self.stmts);
        let notes = self.finish_notes();
        Ok(self.arena.alloc(Module { body, notes }))
    }

    /// Goes to the next token, from one that is neither a line end nor indentation.
    #[inline]
    fn advance(&mut self) -> Result<()> {
        self.end = self.lexer.pos();
        self.lexer.within_line(&mut self.token, self.names)
    }

    /// The same from a token that no node ends with: another one has to follow.
    #[inline]
    fn go_on(&mut self) -> Result<()> {
        self.lexer.within_line(&mut self.token, self.names)
    }

    /// Goes to the next token, from one that is a line end or indentation.
    #[inline]
    fn skip(&mut self) -> Result<()> {
        self.lexer.next(&mut self.token, self.names)
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

    /// Makes a node the [`value`](Parser::value).
    #[inline]
    fn set(&mut self, kind: ExprKind<'a>, start: Pos) {
        self.value = self.node(kind, start);
    }

    /// The value, in a place of its own.
    #[inline]
    fn boxed_value(&self) -> &'a Expr<'a> {
        self.arena.alloc(self.value)
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
        if self.depth > self.limits.depth {
            self.too_deep = true;
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
        if self.links > self.limits.links {
            self.too_deep = true;
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
        let name = match self.token.name {
            names::EMPTY => self.unusual_name()?,
            name => name,
        };
        self.advance()?;
        Ok(name)
    }

    /// The identifier that the current token stands for, which is not all ASCII.
    #[cold]
    fn unusual_name(&mut self) -> Result<Name> {
        let word = &self.text[self.token.start as usize..self.token.end as usize];
        let word = literals::names::identifier(word, self.target).ok_or(Bail)?;
        let name = self.names.intern(&word);
        match name {
            names::NONE | names::TRUE | names::FALSE => Err(Bail),
            name => Ok(name),
        }
    }
}
