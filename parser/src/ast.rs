//! The abstract syntax tree: CPython's ASDL (`Parser/Python.asdl`), its names, fields and positions.
//!
//! Nodes live in an arena, so that a node's address identifies it (see [`ExprKind`] users in the symbol
//! table). Lists are arena slices. Identifiers are [`Name`]s; constants are decoded.
//!
//! Nodes are copied soon after they are written. The processor waits if it then reads pieces other than those that were written, as it would
//! with tags of a byte and other small fields beside them: hence `repr`, which makes them words, and puts them first.

use pycsmith_bytecode::Location;

use crate::interner::Name;

pub type Exprs<'a> = &'a [Expr<'a>];
pub type Body<'a> = &'a [Stmt<'a>];

/// `mod.Module`. `single` and `eval` inputs have no use in `.pyc` files.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    pub body: Body<'a>,
    pub notes: Option<Notes<'a>>,
}

/// What a module says of names, in the order in which CPython's symbol table meets them: as much as the tree says, for those
/// who need not know where.
#[derive(Clone, Copy, Debug)]
pub struct Notes<'a> {
    pub list: &'a [Note],
    /// What some of `list` refer to, by number.
    pub trees: &'a [Tree<'a>],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Note {
    /// A name that is loaded.
    Load(Name),
    /// A name that is bound.
    Store(Name),
    /// Part of the tree that its names alone do not tell of.
    Tree(u32),
    /// A function or class. The notes up to the [`Note::End`] that belongs to it are on its body.
    Scope(u32),
    End,
    Yield,
    /// `await`, or an asynchronous statement.
    Await,
}

#[derive(Clone, Copy, Debug)]
pub enum Tree<'a> {
    Expr(&'a Expr<'a>),
    Stmt(&'a Stmt<'a>),
}

#[derive(Clone, Copy, Debug)]
pub struct Stmt<'a> {
    pub kind: StmtKind<'a>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum StmtKind<'a> {
    FunctionDef(&'a FunctionDef<'a>),
    AsyncFunctionDef(&'a FunctionDef<'a>),
    ClassDef(&'a ClassDef<'a>),
    Return {
        value: Option<&'a Expr<'a>>,
    },
    Delete {
        targets: Exprs<'a>,
    },
    Assign {
        targets: Exprs<'a>,
        value: &'a Expr<'a>,
    },
    TypeAlias(&'a TypeAlias<'a>),
    AugAssign {
        op: Operator,
        target: &'a Expr<'a>,
        value: &'a Expr<'a>,
    },
    AnnAssign(&'a AnnAssign<'a>),
    For(&'a For<'a>),
    AsyncFor(&'a For<'a>),
    While(&'a While<'a>),
    If(&'a If<'a>),
    With(&'a With<'a>),
    AsyncWith(&'a With<'a>),
    Match(&'a Match<'a>),
    Raise {
        exc: Option<&'a Expr<'a>>,
        cause: Option<&'a Expr<'a>>,
    },
    Try(&'a Try<'a>),
    TryStar(&'a Try<'a>),
    Assert {
        test: &'a Expr<'a>,
        msg: Option<&'a Expr<'a>>,
    },
    Import {
        is_lazy: bool,
        names: &'a [Alias],
    },
    ImportFrom(&'a ImportFrom<'a>),
    Global {
        names: &'a [Name],
    },
    Nonlocal {
        names: &'a [Name],
    },
    Expr {
        value: &'a Expr<'a>,
    },
    Pass,
    Break,
    Continue,
}

#[derive(Clone, Copy, Debug)]
pub struct FunctionDef<'a> {
    pub name: Name,
    pub args: Arguments<'a>,
    pub body: Body<'a>,
    pub decorator_list: Exprs<'a>,
    pub returns: Option<&'a Expr<'a>>,
    pub type_params: &'a [TypeParam<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct ClassDef<'a> {
    pub name: Name,
    pub bases: Exprs<'a>,
    pub keywords: &'a [Keyword<'a>],
    pub body: Body<'a>,
    pub decorator_list: Exprs<'a>,
    pub type_params: &'a [TypeParam<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct TypeAlias<'a> {
    pub name: Expr<'a>,
    pub type_params: &'a [TypeParam<'a>],
    pub value: Expr<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct AnnAssign<'a> {
    pub target: Expr<'a>,
    pub annotation: Expr<'a>,
    pub value: Option<&'a Expr<'a>>,
    /// The target is a name without parentheses.
    pub simple: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct For<'a> {
    pub target: Expr<'a>,
    pub iter: Expr<'a>,
    pub body: Body<'a>,
    pub orelse: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct While<'a> {
    pub test: Expr<'a>,
    pub body: Body<'a>,
    pub orelse: Body<'a>,
}

/// `elif` is an `If` alone in `orelse`.
#[derive(Clone, Copy, Debug)]
pub struct If<'a> {
    pub test: Expr<'a>,
    pub body: Body<'a>,
    pub orelse: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    pub items: &'a [WithItem<'a>],
    pub body: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct WithItem<'a> {
    pub context_expr: Expr<'a>,
    pub optional_vars: Option<&'a Expr<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Match<'a> {
    pub subject: Expr<'a>,
    pub cases: &'a [MatchCase<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct MatchCase<'a> {
    pub pattern: Pattern<'a>,
    pub guard: Option<&'a Expr<'a>>,
    pub body: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct Try<'a> {
    pub body: Body<'a>,
    pub handlers: &'a [ExceptHandler<'a>],
    pub orelse: Body<'a>,
    pub finalbody: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct ExceptHandler<'a> {
    pub type_: Option<&'a Expr<'a>>,
    pub name: Option<Name>,
    pub body: Body<'a>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
pub struct ImportFrom<'a> {
    /// Dotted, as one name.
    pub module: Option<Name>,
    pub names: &'a [Alias],
    pub level: u32,
    pub is_lazy: bool,
}

/// `name` may be dotted, or `*`.
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    pub name: Name,
    pub asname: Option<Name>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
pub struct Expr<'a> {
    pub kind: ExprKind<'a>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum ExprKind<'a> {
    BoolOp {
        op: BoolOp,
        values: Exprs<'a>,
    },
    NamedExpr {
        target: &'a Expr<'a>,
        value: &'a Expr<'a>,
    },
    BinOp {
        op: Operator,
        left: &'a Expr<'a>,
        right: &'a Expr<'a>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: &'a Expr<'a>,
    },
    Lambda(&'a Lambda<'a>),
    IfExp(&'a IfExp<'a>),
    Dict(&'a Dict<'a>),
    Set {
        elts: Exprs<'a>,
    },
    ListComp(&'a Comp<'a>),
    SetComp(&'a Comp<'a>),
    /// `value` is present, except for 3.15's `{**d for d in ds}`.
    DictComp(&'a Comp<'a>),
    GeneratorExp(&'a Comp<'a>),
    Await {
        value: &'a Expr<'a>,
    },
    Yield {
        value: Option<&'a Expr<'a>>,
    },
    YieldFrom {
        value: &'a Expr<'a>,
    },
    Compare(&'a Compare<'a>),
    Call(&'a Call<'a>),
    FormattedValue(&'a FormattedValue<'a>),
    Interpolation(&'a Interpolation<'a>),
    JoinedStr {
        values: Exprs<'a>,
    },
    TemplateStr {
        values: Exprs<'a>,
    },
    Constant(Constant<'a>),
    Attribute {
        value: &'a Expr<'a>,
        attr: Name,
        ctx: Ctx,
    },
    Subscript {
        ctx: Ctx,
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
    },
    Starred {
        value: &'a Expr<'a>,
        ctx: Ctx,
    },
    Name {
        id: Name,
        ctx: Ctx,
    },
    List {
        elts: Exprs<'a>,
        ctx: Ctx,
    },
    Tuple {
        elts: Exprs<'a>,
        ctx: Ctx,
    },
    Slice(&'a Slice<'a>),
}

#[derive(Clone, Copy, Debug)]
pub struct Lambda<'a> {
    pub args: Arguments<'a>,
    pub body: Expr<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct IfExp<'a> {
    pub test: Expr<'a>,
    pub body: Expr<'a>,
    pub orelse: Expr<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct Dict<'a> {
    /// `None` for `**value`.
    pub keys: &'a [Option<Expr<'a>>],
    pub values: Exprs<'a>,
}

/// A comprehension or generator expression; `elt` is the key of a `DictComp`.
#[derive(Clone, Copy, Debug)]
pub struct Comp<'a> {
    pub elt: Expr<'a>,
    pub value: Option<Expr<'a>>,
    pub generators: &'a [Comprehension<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Comprehension<'a> {
    pub target: Expr<'a>,
    pub iter: Expr<'a>,
    pub ifs: Exprs<'a>,
    pub is_async: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Compare<'a> {
    pub left: Expr<'a>,
    pub ops: &'a [CmpOp],
    pub comparators: Exprs<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub func: Expr<'a>,
    pub args: Exprs<'a>,
    pub keywords: &'a [Keyword<'a>],
    /// Whether there may be stars among the arguments.
    pub may_unpack: bool,
}

/// `arg` is `None` for `**value`.
#[derive(Clone, Copy, Debug)]
pub struct Keyword<'a> {
    pub arg: Option<Name>,
    pub value: Expr<'a>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
pub struct FormattedValue<'a> {
    pub value: Expr<'a>,
    /// -1, or the code of `s`, `r` or `a`.
    pub conversion: i32,
    pub format_spec: Option<&'a Expr<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Interpolation<'a> {
    pub value: Expr<'a>,
    /// The expression's source text (UTF-8).
    pub str: Constant<'a>,
    /// -1, or the code of `s`, `r` or `a`.
    pub conversion: i32,
    pub format_spec: Option<&'a Expr<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Slice<'a> {
    pub lower: Option<Expr<'a>>,
    pub upper: Option<Expr<'a>>,
    pub step: Option<Expr<'a>>,
}

#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum Constant<'a> {
    None,
    Ellipsis,
    Bool(bool),
    /// Negative ones come from constant folding.
    Int(i64),
    /// A magnitude over `i64::MAX`: little-endian base 2**32 digits, the last one not zero.
    BigInt(&'a [u32]),
    Float(f64),
    /// An imaginary literal: the real part is 0.
    Imaginary(f64),
    /// WTF-8, surrogate pairs not joined from separate escapes as CPython keeps them.
    Str {
        u_prefix: bool,
        wtf8: &'a [u8],
    },
    Bytes(&'a [u8]),
    // Values that no literal has; constant folding makes them.
    /// The magnitude, as of `BigInt`, of an integer below `i64::MIN`.
    NegativeBigInt(&'a [u32]),
    Complex(f64, f64),
    Tuple(&'a [Constant<'a>]),
    /// Distinct items.
    FrozenSet(&'a [Constant<'a>]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Ctx {
    Load,
    Store,
    Del,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Clone, Copy, Debug)]
pub struct Arguments<'a> {
    pub posonlyargs: &'a [Arg<'a>],
    pub args: &'a [Arg<'a>],
    pub vararg: Option<&'a Arg<'a>>,
    pub kwonlyargs: &'a [Arg<'a>],
    /// One for each of `kwonlyargs`.
    pub kw_defaults: &'a [Option<Expr<'a>>],
    pub kwarg: Option<&'a Arg<'a>>,
    /// Of the last positional parameters.
    pub defaults: Exprs<'a>,
}

#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    pub arg: Name,
    pub annotation: Option<&'a Expr<'a>>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
pub struct TypeParam<'a> {
    pub kind: TypeParamKind<'a>,
    pub name: Name,
    pub default_value: Option<&'a Expr<'a>>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
pub enum TypeParamKind<'a> {
    TypeVar { bound: Option<&'a Expr<'a>> },
    ParamSpec,
    TypeVarTuple,
}

#[derive(Clone, Copy, Debug)]
pub struct Pattern<'a> {
    pub kind: PatternKind<'a>,
    pub loc: Location,
}

#[derive(Clone, Copy, Debug)]
pub enum PatternKind<'a> {
    MatchValue {
        value: &'a Expr<'a>,
    },
    /// `None`, `True` or `False`.
    MatchSingleton {
        value: Constant<'a>,
    },
    MatchSequence {
        patterns: &'a [Pattern<'a>],
    },
    MatchMapping(&'a MatchMapping<'a>),
    MatchClass(&'a MatchClass<'a>),
    MatchStar {
        name: Option<Name>,
    },
    MatchAs {
        pattern: Option<&'a Pattern<'a>>,
        name: Option<Name>,
    },
    MatchOr {
        patterns: &'a [Pattern<'a>],
    },
}

#[derive(Clone, Copy, Debug)]
pub struct MatchMapping<'a> {
    pub keys: Exprs<'a>,
    pub patterns: &'a [Pattern<'a>],
    pub rest: Option<Name>,
}

#[derive(Clone, Copy, Debug)]
pub struct MatchClass<'a> {
    pub cls: Expr<'a>,
    pub patterns: &'a [Pattern<'a>],
    pub kwd_attrs: &'a [Name],
    pub kwd_patterns: &'a [Pattern<'a>],
}

const _: () = assert!(size_of::<Constant>() <= 24 && size_of::<StmtKind>() <= 32);
const _: () = assert!(size_of::<Note>() <= 8);
const _: () = assert!(size_of::<Expr>() <= 48 && size_of::<Option<Expr>>() == size_of::<Expr>());
