//! Prints an AST as `python3.14 -m ast -a` does (`Lib/ast.py`, `dump`).
//!
//! Every node is first described (class, fields, location) and then printed from an explicit stack, so that
//! the depth of a tree is no concern here. Type comments are not part of the AST and are not printed.

use std::fmt::Write as _;

use pycsmith_bytecode::Location;

use crate::ast::*;
use crate::interner::{Interner, Name};
use crate::repr;

/// What to print, as the parameters of `ast.dump`.
#[derive(Clone, Copy, Debug)]
pub struct DumpOptions {
    /// Positions as well.
    pub include_attributes: bool,
    /// Spaces a level; all in one line if `None`.
    pub indent: Option<usize>,
    /// Empty lists as well, and fields that are `None`.
    pub show_empty: bool,
}

impl Default for DumpOptions {
    /// Those of `python3.14 -m ast -a`.
    fn default() -> DumpOptions {
        DumpOptions {
            include_attributes: true,
            indent: Some(3),
            show_empty: false,
        }
    }
}

/// The text of `module`, without a newline at its end.
pub fn dump(module: &Module<'_>, names: &Interner, options: DumpOptions) -> String {
    let mut printer = Printer {
        names,
        options,
        out: String::new(),
        tasks: Vec::new(),
    };
    printer.tasks.push(Task::Node(Node::Module(module), 0));
    while let Some(task) = printer.tasks.pop() {
        printer.step(task);
    }
    printer.out
}

/// Any node that has no other name here: the classes of `Parser/Python.asdl`.
#[derive(Clone, Copy)]
enum Node<'a> {
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
}

/// A field's list.
#[derive(Clone, Copy)]
enum List<'a> {
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
}

#[derive(Clone, Copy)]
enum Value<'a> {
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
}

enum Task<'a> {
    Node(Node<'a>, usize),
    Value(Value<'a>, usize),
    Text(&'static str),
    Field(&'static str),
    /// A line break and the indentation of this level.
    Break(usize),
    /// A comma, then as `Break`.
    Separator(usize),
}

/// A described node.
struct Description<'a> {
    class: &'static str,
    fields: Vec<(&'static str, Value<'a>)>,
    loc: Option<Location>,
}

struct Printer<'a> {
    names: &'a Interner,
    options: DumpOptions,
    out: String,
    tasks: Vec<Task<'a>>,
}

impl<'a> Printer<'a> {
    fn step(&mut self, task: Task<'a>) {
        match task {
            Task::Node(node, level) => self.node(node, level),
            Task::Value(value, level) => self.value(value, level),
            Task::Text(text) => self.out.push_str(text),
            Task::Field(name) => {
                self.out.push_str(name);
                self.out.push('=');
            }
            Task::Break(level) => self.line_break(level),
            Task::Separator(level) => {
                self.out.push(',');
                if self.options.indent.is_none() {
                    self.out.push(' ');
                }
                self.line_break(level);
            }
        }
    }

    fn line_break(&mut self, level: usize) {
        if let Some(indent) = self.options.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent * level));
        }
    }

    /// The described node with its invisible fields left out.
    fn visible(&self, node: Node<'a>) -> Description<'a> {
        let mut description = describe(node);
        let show_empty = self.options.show_empty;
        description.fields.retain(|(_, value)| match value {
            Value::Absent => false,
            Value::List(list) => show_empty || list.len() != 0,
            _ => true,
        });
        if !self.options.include_attributes {
            description.loc = None;
        }
        if let Some(loc) = description.loc {
            description.fields.extend([
                ("lineno", Value::Int(loc.line.into())),
                ("col_offset", Value::Int(loc.col.into())),
                ("end_lineno", Value::Int(loc.end_line.into())),
                ("end_col_offset", Value::Int(loc.end_col.into())),
            ]);
        }
        description
    }

    fn is_simple(&self, value: Value<'a>) -> bool {
        match value {
            Value::Node(node) => self.visible(node).fields.is_empty(),
            Value::List(list) => list.len() == 0,
            _ => true,
        }
    }

    fn node(&mut self, node: Node<'a>, level: usize) {
        let level = level + 1;
        let Description { class, fields, .. } = self.visible(node);
        self.out.push_str(class);
        self.out.push('(');
        self.tasks.push(Task::Text(")"));
        let one_line = fields.len() <= 3 && fields.iter().all(|&(_, value)| self.is_simple(value));
        for (index, &(name, value)) in fields.iter().enumerate().rev() {
            self.tasks.push(Task::Value(value, level));
            self.tasks.push(Task::Field(name));
            self.tasks.push(match (index, one_line) {
                (0, true) => continue,
                (0, false) => Task::Break(level),
                (_, true) => Task::Text(", "),
                (_, false) => Task::Separator(level),
            });
        }
    }

    fn value(&mut self, value: Value<'a>, level: usize) {
        match value {
            Value::Node(node) => self.node(node, level),
            Value::List(list) => self.list(list, level),
            Value::Name(name) => {
                let text = self.names.resolve(name);
                repr::string(&mut self.out, text.as_bytes());
            }
            Value::Int(value) => {
                let _ = write!(self.out, "{value}");
            }
            Value::Constant(constant) => repr::constant(&mut self.out, constant),
            Value::Class(class) => {
                self.out.push_str(class);
                self.out.push_str("()");
            }
            Value::None | Value::Absent => self.out.push_str("None"),
            Value::Kind => self.out.push_str("'u'"),
        }
    }

    fn list(&mut self, list: List<'a>, level: usize) {
        self.out.push('[');
        self.tasks.push(Task::Text("]"));
        let level = level + 1;
        for index in (0..list.len()).rev() {
            self.tasks.push(Task::Value(list.get(index), level));
            self.tasks.push(if index == 0 {
                Task::Break(level)
            } else {
                Task::Separator(level)
            });
        }
    }
}

impl<'a> List<'a> {
    fn len(self) -> usize {
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
        }
    }

    fn get(self, index: usize) -> Value<'a> {
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

fn describe(node: Node<'_>) -> Description<'_> {
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
        ]
    };
    let with = |with: &'a With<'a>| {
        vec![
            ("items", Value::List(List::WithItems(with.items))),
            ("body", stmts(with.body)),
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
            vec![("targets", exprs(targets)), ("value", expr(value))],
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
        StmtKind::Import { names, is_lazy: _ } => {
            ("Import", vec![("names", Value::List(List::Aliases(names)))])
        }
        StmtKind::ImportFrom(import) => (
            "ImportFrom",
            vec![
                ("module", optional_name(import.module)),
                ("names", Value::List(List::Aliases(import.names))),
                ("level", Value::Int(import.level.into())),
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
