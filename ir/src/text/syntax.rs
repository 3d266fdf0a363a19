//! A text as its lines say it, before names and blocks are looked up.

use super::error::Span;

/// A line that is not empty.
#[derive(Debug)]
pub struct Line<'a> {
    pub span: Span,
    pub kind: LineKind<'a>,
}

#[derive(Debug)]
pub enum LineKind<'a> {
    /// `code f line 1 args [a] {`
    Open(&'a str, Vec<Item<'a>>),
    /// `}`
    Close,
    /// `b3: handler depth=1`
    Block(&'a str, Vec<Item<'a>>),
    /// `.unwind b2`
    Directive(&'a str, Vec<Item<'a>>),
    /// `LOAD_FAST x @3:4-3:5`, `target 3.14`; the place is bytes of the text and the location as written.
    Words(&'a str, Vec<Item<'a>>, Option<(Span, &'a str)>),
}

#[derive(Debug)]
pub struct Item<'a> {
    pub span: Span,
    pub kind: ItemKind<'a>,
}

#[derive(Debug)]
pub enum ItemKind<'a> {
    Value(Value<'a>),
    /// `depth=1`
    Setting(&'a str, &'a str),
    /// `**`, `<=`
    Operator(&'a str),
    /// `[a, /, b, *c]`
    Parameters(Vec<(Span, Parameter<'a>)>),
}

/// One entry between the brackets of `args`.
#[derive(Debug)]
pub enum Parameter<'a> {
    Plain(Value<'a>),
    /// `/`
    EndOfPositionalOnly,
    /// `*` alone
    StartOfKeywordOnly,
    VarArgs(Value<'a>),
    VarKeywords(Value<'a>),
}

/// A constant or a name, as written.
#[derive(Debug)]
pub enum Value<'a> {
    Ellipsis,
    Word(&'a str),
    /// `const.3`
    Index(&'a str),
    Number(&'a str),
    Str(&'a str),
    Bytes(&'a str),
    Tuple(Vec<Value<'a>>),
    /// `{1, 2}`: only within `frozenset(...)`.
    Set(Vec<Value<'a>>),
    /// `frozenset({1})`, `slice(1, 2, None)`, `complex(0.0, 1.0)`, `code(f)`
    Call(&'a str, Vec<Value<'a>>),
}
