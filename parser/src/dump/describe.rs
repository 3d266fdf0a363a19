//! Nodes as classes with named fields, in the order of CPython's ASDL (`Parser/Python.asdl`).

use pycsmith_bytecode::Location;

use crate::ast::*;
use crate::interner::Name;
use crate::type_comments::TypeIgnore;

/// Any node that has no other name here: the classes of `Parser/Python.asdl`.
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    Module(&'a Module<'a>),
    Stmt(&'a Stmt<'a>),
    Expr(&'a Expr<'a>),
    Arguments(&'a Arguments<'a>),
    Arg(&'a Arg<'a>),
    Keyword(&'a Keyword<'a>),
    Alias(&'a Alias),
    WithItem(&'a WithItem<'a>),
    MatchCase(&'a MatchCase<'a>),
    Pattern(&'a Pattern<'a>),
    ExceptHandler(&'a ExceptHandler<'a>),
    Comprehension(&'a Comprehension<'a>),
    TypeParam(&'a TypeParam<'a>),
    TypeIgnore(&'a TypeIgnore),
    /// Items of a `with` as one without a target, and as the tuple that this one is.
    ItemsItem(&'a [WithItem<'a>], Location),
    ItemsTuple(&'a [WithItem<'a>], Location),
}

/// A field's list.
#[derive(Clone, Copy)]
pub(super) enum List<'a> {
    Empty,
    Stmts(Body<'a>),
    Exprs(Exprs<'a>),
    OptionalExprs(&'a [Option<Expr<'a>>]),
    Args(&'a [Arg<'a>]),
    Keywords(&'a [Keyword<'a>]),
    Aliases(&'a [Alias]),
    WithItems(&'a [WithItem<'a>]),
    Cases(&'a [MatchCase<'a>]),
    Patterns(&'a [Pattern<'a>]),
    Handlers(&'a [ExceptHandler<'a>]),
    Comprehensions(&'a [Comprehension<'a>]),
    TypeParams(&'a [TypeParam<'a>]),
    Names(&'a [Name]),
    CmpOps(&'a [CmpOp]),
    TypeIgnores(&'a [TypeIgnore]),
    /// A `with`'s items as one item, a tuple at this place; and its elements.
    ItemsTuple(&'a [WithItem<'a>], Location),
    ContextExprs(&'a [WithItem<'a>]),
}

#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// An optional field that is absent.
    Absent,
    Node(Node<'a>),
    List(List<'a>),
    Name(Name),
    Int(i64),
    Constant(Constant<'a>),
    /// A node without fields or position: an operator or a context.
    Class(&'static str),
    /// `None` in a list.
    None,
    Kind,
    Text(&'a str),
}

/// A described node.
pub(super) struct Description<'a> {
    pub class: &'static str,
    pub fields: Vec<(&'static str, Value<'a>)>,
    pub loc: Option<Location>,
}

impl<'a> List<'a> {
    pub fn len(self) -> usize {
        match self {
            List::Empty => 0,
            List::Stmts(list) => list.len(),
            List::Exprs(list) => list.len(),
            List::OptionalExprs(list) => list.len(),
            List::Args(list) => list.len(),
            List::Keywords(list) => list.len(),
            List::Aliases(list) => list.len(),
            List::WithItems(list) => list.len(),
            List::Cases(list) => list.len(),
            List::Patterns(list) => list.len(),
            List::Handlers(list) => list.len(),
            List::Comprehensions(list) => list.len(),
            List::TypeParams(list) => list.len(),
            List::Names(list) => list.len(),
            List::CmpOps(list) => list.len(),
            List::TypeIgnores(list) => list.len(),
            List::ItemsTuple(..) => 1,
            List::ContextExprs(list) => list.len(),
        }
    }

    pub fn get(self, index: usize) -> Value<'a> {
        Value::Node(match self {
            List::Empty => return Value::None,
            List::Stmts(list) => Node::Stmt(&list[index]),
            List::Exprs(list) => Node::Expr(&list[index]),
            List::OptionalExprs(list) => match &list[index] {
                Some(expr) => Node::Expr(expr),
                None => return Value::None,
            },
            List::Args(list) => Node::Arg(&list[index]),
            List::Keywords(list) => Node::Keyword(&list[index]),
            List::Aliases(list) => Node::Alias(&list[index]),
            List::WithItems(list) => Node::WithItem(&list[index]),
            List::Cases(list) => Node::MatchCase(&list[index]),
            List::Patterns(list) => Node::Pattern(&list[index]),
            List::Handlers(list) => Node::ExceptHandler(&list[index]),
            List::Comprehensions(list) => Node::Comprehension(&list[index]),
            List::TypeParams(list) => Node::TypeParam(&list[index]),
            List::Names(list) => return Value::Name(list[index]),
            List::CmpOps(list) => return Value::Class(cmp_op(list[index])),
            List::TypeIgnores(list) => Node::TypeIgnore(&list[index]),
            List::ItemsTuple(items, loc) => Node::ItemsItem(items, loc),
            List::ContextExprs(list) => Node::Expr(&list[index].context_expr),
        })
    }
}

fn expr<'a>(expr: &'a Expr<'a>) -> Value<'a> {
    Value::Node(Node::Expr(expr))
}

fn optional<'a>(expr: Option<&'a Expr<'a>>) -> Value<'a> {
    expr.map_or(Value::Absent, |expr| Value::Node(Node::Expr(expr)))
}

fn optional_arg<'a>(arg: Option<&'a Arg<'a>>) -> Value<'a> {
    arg.map_or(Value::Absent, |arg| Value::Node(Node::Arg(arg)))
}

fn optional_name<'a>(name: Option<Name>) -> Value<'a> {
    name.map_or(Value::Absent, Value::Name)
}

fn exprs<'a>(list: Exprs<'a>) -> Value<'a> {
    Value::List(List::Exprs(list))
}

fn stmts<'a>(list: Body<'a>) -> Value<'a> {
    Value::List(List::Stmts(list))
}

fn patterns<'a>(list: &'a [Pattern<'a>]) -> Value<'a> {
    Value::List(List::Patterns(list))
}

fn context<'a>(ctx: Ctx) -> Value<'a> {
    Value::Class(match ctx {
        Ctx::Load => "Load",
        Ctx::Store => "Store",
        Ctx::Del => "Del",
    })
}

fn operator<'a>(op: Operator) -> Value<'a> {
    Value::Class(match op {
        Operator::Add => "Add",
        Operator::Sub => "Sub",
        Operator::Mult => "Mult",
        Operator::MatMult => "MatMult",
        Operator::Div => "Div",
        Operator::Mod => "Mod",
        Operator::Pow => "Pow",
        Operator::LShift => "LShift",
        Operator::RShift => "RShift",
        Operator::BitOr => "BitOr",
        Operator::BitXor => "BitXor",
        Operator::BitAnd => "BitAnd",
        Operator::FloorDiv => "FloorDiv",
    })
}

fn cmp_op(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "Eq",
        CmpOp::NotEq => "NotEq",
        CmpOp::Lt => "Lt",
        CmpOp::LtE => "LtE",
        CmpOp::Gt => "Gt",
        CmpOp::GtE => "GtE",
        CmpOp::Is => "Is",
        CmpOp::IsNot => "IsNot",
        CmpOp::In => "In",
        CmpOp::NotIn => "NotIn",
    }
}

pub(super) fn describe(node: Node<'_>) -> Description<'_> {
    let (class, fields, loc) = match node {
        Node::Module(module) => (
            "Module",
            vec![
                ("body", stmts(module.body)),
                ("type_ignores", Value::List(List::Empty)),
            ],
            None,
        ),
        Node::Stmt(stmt) => {
            let (class, fields) = describe_stmt(&stmt.kind);
            (class, fields, Some(stmt.loc))
        }
        Node::Expr(expr) => {
            let (class, fields) = describe_expr(&expr.kind);
            (class, fields, Some(expr.loc))
        }
        Node::Pattern(pattern) => {
            let (class, fields) = describe_pattern(&pattern.kind);
            (class, fields, Some(pattern.loc))
        }
        Node::Arguments(args) => {
            let fields = vec![
                ("posonlyargs", Value::List(List::Args(args.posonlyargs))),
                ("args", Value::List(List::Args(args.args))),
                ("vararg", optional_arg(args.vararg)),
                ("kwonlyargs", Value::List(List::Args(args.kwonlyargs))),
                (
                    "kw_defaults",
                    Value::List(List::OptionalExprs(args.kw_defaults)),
                ),
                ("kwarg", optional_arg(args.kwarg)),
                ("defaults", exprs(args.defaults)),
            ];
            ("arguments", fields, None)
        }
        Node::Arg(arg) => (
            "arg",
            vec![
                ("arg", Value::Name(arg.arg)),
                ("annotation", optional(arg.annotation)),
                ("type_comment", Value::Absent),
            ],
            Some(arg.loc),
        ),
        Node::Keyword(keyword) => (
            "keyword",
            vec![
                ("arg", optional_name(keyword.arg)),
                ("value", expr(&keyword.value)),
            ],
            Some(keyword.loc),
        ),
        Node::Alias(alias) => (
            "alias",
            vec![
                ("name", Value::Name(alias.name)),
                ("asname", optional_name(alias.asname)),
            ],
            Some(alias.loc),
        ),
        Node::WithItem(item) => (
            "withitem",
            vec![
                ("context_expr", expr(&item.context_expr)),
                ("optional_vars", optional(item.optional_vars)),
            ],
            None,
        ),
        Node::MatchCase(case) => (
            "match_case",
            vec![
                ("pattern", Value::Node(Node::Pattern(&case.pattern))),
                ("guard", optional(case.guard)),
                ("body", stmts(case.body)),
            ],
            None,
        ),
        Node::ExceptHandler(handler) => (
            "ExceptHandler",
            vec![
                ("type", optional(handler.type_)),
                ("name", optional_name(handler.name)),
                ("body", stmts(handler.body)),
            ],
            Some(handler.loc),
        ),
        Node::Comprehension(comprehension) => (
            "comprehension",
            vec![
                ("target", expr(&comprehension.target)),
                ("iter", expr(&comprehension.iter)),
                ("ifs", exprs(comprehension.ifs)),
                ("is_async", Value::Int(comprehension.is_async.into())),
            ],
            None,
        ),
        Node::TypeParam(param) => {
            let mut fields = vec![("name", Value::Name(param.name))];
            let class = match param.kind {
                TypeParamKind::TypeVar { bound } => {
                    fields.push(("bound", optional(bound)));
                    "TypeVar"
                }
                TypeParamKind::ParamSpec => "ParamSpec",
                TypeParamKind::TypeVarTuple => "TypeVarTuple",
            };
            fields.push(("default_value", optional(param.default_value)));
            (class, fields, Some(param.loc))
        }
        Node::TypeIgnore(ignore) => (
            "TypeIgnore",
            vec![
                ("lineno", Value::Int(ignore.lineno.into())),
                ("tag", Value::Text(&ignore.tag)),
            ],
            None,
        ),
        Node::ItemsItem(items, loc) => (
            "withitem",
            vec![("context_expr", Value::Node(Node::ItemsTuple(items, loc)))],
            None,
        ),
        Node::ItemsTuple(items, loc) => (
            "Tuple",
            vec![
                ("elts", Value::List(List::ContextExprs(items))),
                ("ctx", context(Ctx::Load)),
            ],
            Some(loc),
        ),
    };
    Description { class, fields, loc }
}

type ClassAndFields<'a> = (&'static str, Vec<(&'static str, Value<'a>)>);

fn describe_stmt<'a>(kind: &'a StmtKind<'a>) -> ClassAndFields<'a> {
    let function = |def: &'a FunctionDef<'a>| {
        vec![
            ("name", Value::Name(def.name)),
            ("args", Value::Node(Node::Arguments(&def.args))),
            ("body", stmts(def.body)),
            ("decorator_list", exprs(def.decorator_list)),
            ("returns", optional(def.returns)),
            ("type_comment", Value::Absent),
            (
                "type_params",
                Value::List(List::TypeParams(def.type_params)),
            ),
        ]
    };
    let for_ = |for_: &'a For<'a>| {
        vec![
            ("target", expr(&for_.target)),
            ("iter", expr(&for_.iter)),
            ("body", stmts(for_.body)),
            ("orelse", stmts(for_.orelse)),
            ("type_comment", Value::Absent),
        ]
    };
    let with = |with: &'a With<'a>| {
        vec![
            ("items", Value::List(List::WithItems(with.items))),
            ("body", stmts(with.body)),
            ("type_comment", Value::Absent),
        ]
    };
    let try_ = |try_: &'a Try<'a>| {
        vec![
            ("body", stmts(try_.body)),
            ("handlers", Value::List(List::Handlers(try_.handlers))),
            ("orelse", stmts(try_.orelse)),
            ("finalbody", stmts(try_.finalbody)),
        ]
    };
    match *kind {
        StmtKind::FunctionDef(def) => ("FunctionDef", function(def)),
        StmtKind::AsyncFunctionDef(def) => ("AsyncFunctionDef", function(def)),
        StmtKind::ClassDef(def) => (
            "ClassDef",
            vec![
                ("name", Value::Name(def.name)),
                ("bases", exprs(def.bases)),
                ("keywords", Value::List(List::Keywords(def.keywords))),
                ("body", stmts(def.body)),
                ("decorator_list", exprs(def.decorator_list)),
                (
                    "type_params",
                    Value::List(List::TypeParams(def.type_params)),
                ),
            ],
        ),
        StmtKind::Return { value } => ("Return", vec![("value", optional(value))]),
        StmtKind::Delete { targets } => ("Delete", vec![("targets", exprs(targets))]),
        StmtKind::Assign { targets, value } => (
            "Assign",
            vec![
                ("targets", exprs(targets)),
                ("value", expr(value)),
                ("type_comment", Value::Absent),
            ],
        ),
        StmtKind::TypeAlias(alias) => (
            "TypeAlias",
            vec![
                ("name", expr(&alias.name)),
                (
                    "type_params",
                    Value::List(List::TypeParams(alias.type_params)),
                ),
                ("value", expr(&alias.value)),
            ],
        ),
        StmtKind::AugAssign { target, op, value } => (
            "AugAssign",
            vec![
                ("target", expr(target)),
                ("op", operator(op)),
                ("value", expr(value)),
            ],
        ),
        StmtKind::AnnAssign(assign) => (
            "AnnAssign",
            vec![
                ("target", expr(&assign.target)),
                ("annotation", expr(&assign.annotation)),
                ("value", optional(assign.value)),
                ("simple", Value::Int(assign.simple.into())),
            ],
        ),
        StmtKind::For(stmt) => ("For", for_(stmt)),
        StmtKind::AsyncFor(stmt) => ("AsyncFor", for_(stmt)),
        StmtKind::While(stmt) => (
            "While",
            vec![
                ("test", expr(&stmt.test)),
                ("body", stmts(stmt.body)),
                ("orelse", stmts(stmt.orelse)),
            ],
        ),
        StmtKind::If(stmt) => (
            "If",
            vec![
                ("test", expr(&stmt.test)),
                ("body", stmts(stmt.body)),
                ("orelse", stmts(stmt.orelse)),
            ],
        ),
        StmtKind::With(stmt) => ("With", with(stmt)),
        StmtKind::AsyncWith(stmt) => ("AsyncWith", with(stmt)),
        StmtKind::Match(stmt) => (
            "Match",
            vec![
                ("subject", expr(&stmt.subject)),
                ("cases", Value::List(List::Cases(stmt.cases))),
            ],
        ),
        StmtKind::Raise { exc, cause } => (
            "Raise",
            vec![("exc", optional(exc)), ("cause", optional(cause))],
        ),
        StmtKind::Try(stmt) => ("Try", try_(stmt)),
        StmtKind::TryStar(stmt) => ("TryStar", try_(stmt)),
        StmtKind::Assert { test, msg } => {
            ("Assert", vec![("test", expr(test)), ("msg", optional(msg))])
        }
        StmtKind::Import { names, is_lazy } => (
            "Import",
            vec![
                ("names", Value::List(List::Aliases(names))),
                ("is_lazy", Value::Int(is_lazy.into())),
            ],
        ),
        StmtKind::ImportFrom(import) => (
            "ImportFrom",
            vec![
                ("module", optional_name(import.module)),
                ("names", Value::List(List::Aliases(import.names))),
                ("level", Value::Int(import.level.into())),
                ("is_lazy", Value::Int(import.is_lazy.into())),
            ],
        ),
        StmtKind::Global { names } => ("Global", vec![("names", Value::List(List::Names(names)))]),
        StmtKind::Nonlocal { names } => {
            ("Nonlocal", vec![("names", Value::List(List::Names(names)))])
        }
        StmtKind::Expr { value } => ("Expr", vec![("value", expr(value))]),
        StmtKind::Pass => ("Pass", vec![]),
        StmtKind::Break => ("Break", vec![]),
        StmtKind::Continue => ("Continue", vec![]),
    }
}

fn describe_expr<'a>(kind: &'a ExprKind<'a>) -> ClassAndFields<'a> {
    let comprehension = |comp: &'a Comp<'a>| {
        vec![
            ("elt", expr(&comp.elt)),
            (
                "generators",
                Value::List(List::Comprehensions(comp.generators)),
            ),
        ]
    };
    match *kind {
        ExprKind::BoolOp { op, values } => {
            let op = match op {
                BoolOp::And => "And",
                BoolOp::Or => "Or",
            };
            (
                "BoolOp",
                vec![("op", Value::Class(op)), ("values", exprs(values))],
            )
        }
        ExprKind::NamedExpr { target, value } => (
            "NamedExpr",
            vec![("target", expr(target)), ("value", expr(value))],
        ),
        ExprKind::BinOp { left, op, right } => (
            "BinOp",
            vec![
                ("left", expr(left)),
                ("op", operator(op)),
                ("right", expr(right)),
            ],
        ),
        ExprKind::UnaryOp { op, operand } => {
            let op = match op {
                UnaryOp::Invert => "Invert",
                UnaryOp::Not => "Not",
                UnaryOp::UAdd => "UAdd",
                UnaryOp::USub => "USub",
            };
            (
                "UnaryOp",
                vec![("op", Value::Class(op)), ("operand", expr(operand))],
            )
        }
        ExprKind::Lambda(lambda) => (
            "Lambda",
            vec![
                ("args", Value::Node(Node::Arguments(&lambda.args))),
                ("body", expr(&lambda.body)),
            ],
        ),
        ExprKind::IfExp(if_) => (
            "IfExp",
            vec![
                ("test", expr(&if_.test)),
                ("body", expr(&if_.body)),
                ("orelse", expr(&if_.orelse)),
            ],
        ),
        ExprKind::Dict(dict) => (
            "Dict",
            vec![
                ("keys", Value::List(List::OptionalExprs(dict.keys))),
                ("values", exprs(dict.values)),
            ],
        ),
        ExprKind::Set { elts } => ("Set", vec![("elts", exprs(elts))]),
        ExprKind::ListComp(comp) => ("ListComp", comprehension(comp)),
        ExprKind::SetComp(comp) => ("SetComp", comprehension(comp)),
        ExprKind::DictComp(comp) => (
            "DictComp",
            vec![
                ("key", expr(&comp.elt)),
                ("value", optional(comp.value.as_ref())),
                (
                    "generators",
                    Value::List(List::Comprehensions(comp.generators)),
                ),
            ],
        ),
        ExprKind::GeneratorExp(comp) => ("GeneratorExp", comprehension(comp)),
        ExprKind::Await { value } => ("Await", vec![("value", expr(value))]),
        ExprKind::Yield { value } => ("Yield", vec![("value", optional(value))]),
        ExprKind::YieldFrom { value } => ("YieldFrom", vec![("value", expr(value))]),
        ExprKind::Compare(compare) => (
            "Compare",
            vec![
                ("left", expr(&compare.left)),
                ("ops", Value::List(List::CmpOps(compare.ops))),
                ("comparators", exprs(compare.comparators)),
            ],
        ),
        ExprKind::Call(call) => (
            "Call",
            vec![
                ("func", expr(&call.func)),
                ("args", exprs(call.args)),
                ("keywords", Value::List(List::Keywords(call.keywords))),
            ],
        ),
        ExprKind::FormattedValue(value) => (
            "FormattedValue",
            vec![
                ("value", expr(&value.value)),
                ("conversion", Value::Int(value.conversion.into())),
                ("format_spec", optional(value.format_spec)),
            ],
        ),
        ExprKind::Interpolation(value) => (
            "Interpolation",
            vec![
                ("value", expr(&value.value)),
                ("str", Value::Constant(value.str)),
                ("conversion", Value::Int(value.conversion.into())),
                ("format_spec", optional(value.format_spec)),
            ],
        ),
        ExprKind::JoinedStr { values } => ("JoinedStr", vec![("values", exprs(values))]),
        ExprKind::TemplateStr { values } => ("TemplateStr", vec![("values", exprs(values))]),
        ExprKind::Constant(constant) => {
            let kind = match constant {
                Constant::Str { u_prefix: true, .. } => Value::Kind,
                _ => Value::Absent,
            };
            (
                "Constant",
                vec![("value", Value::Constant(constant)), ("kind", kind)],
            )
        }
        ExprKind::Attribute { value, attr, ctx } => (
            "Attribute",
            vec![
                ("value", expr(value)),
                ("attr", Value::Name(attr)),
                ("ctx", context(ctx)),
            ],
        ),
        ExprKind::Subscript { value, slice, ctx } => (
            "Subscript",
            vec![
                ("value", expr(value)),
                ("slice", expr(slice)),
                ("ctx", context(ctx)),
            ],
        ),
        ExprKind::Starred { value, ctx } => (
            "Starred",
            vec![("value", expr(value)), ("ctx", context(ctx))],
        ),
        ExprKind::Name { id, ctx } => {
            ("Name", vec![("id", Value::Name(id)), ("ctx", context(ctx))])
        }
        ExprKind::List { elts, ctx } => {
            ("List", vec![("elts", exprs(elts)), ("ctx", context(ctx))])
        }
        ExprKind::Tuple { elts, ctx } => {
            ("Tuple", vec![("elts", exprs(elts)), ("ctx", context(ctx))])
        }
        ExprKind::Slice(slice) => (
            "Slice",
            vec![
                ("lower", optional(slice.lower.as_ref())),
                ("upper", optional(slice.upper.as_ref())),
                ("step", optional(slice.step.as_ref())),
            ],
        ),
    }
}

fn describe_pattern<'a>(kind: &'a PatternKind<'a>) -> ClassAndFields<'a> {
    match *kind {
        PatternKind::MatchValue { value } => ("MatchValue", vec![("value", expr(value))]),
        PatternKind::MatchSingleton { value } => {
            ("MatchSingleton", vec![("value", Value::Constant(value))])
        }
        PatternKind::MatchSequence { patterns: list } => {
            ("MatchSequence", vec![("patterns", patterns(list))])
        }
        PatternKind::MatchMapping(mapping) => (
            "MatchMapping",
            vec![
                ("keys", exprs(mapping.keys)),
                ("patterns", patterns(mapping.patterns)),
                ("rest", optional_name(mapping.rest)),
            ],
        ),
        PatternKind::MatchClass(class) => (
            "MatchClass",
            vec![
                ("cls", expr(&class.cls)),
                ("patterns", patterns(class.patterns)),
                ("kwd_attrs", Value::List(List::Names(class.kwd_attrs))),
                ("kwd_patterns", patterns(class.kwd_patterns)),
            ],
        ),
        PatternKind::MatchStar { name } => ("MatchStar", vec![("name", optional_name(name))]),
        PatternKind::MatchAs { pattern, name } => {
            let pattern = pattern
                .map(Node::Pattern)
                .map_or(Value::Absent, Value::Node);
            (
                "MatchAs",
                vec![("pattern", pattern), ("name", optional_name(name))],
            )
        }
        PatternKind::MatchOr { patterns: list } => ("MatchOr", vec![("patterns", patterns(list))]),
    }
}
