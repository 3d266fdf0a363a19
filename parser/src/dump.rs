//! Prints an AST as the target's `python -m ast -a` does (`Lib/ast.py`, `dump`).
//!
//! Every node is first described (class, fields, location) and then printed from an explicit stack, so that
//! the depth of a tree is no concern here. Type comments are not part of the AST; they are looked up.

mod describe;

use std::fmt::Write as _;

use pycsmith_bytecode::Target;

use describe::{Description, List, Node, Value, describe};

use crate::ast::{Module, StmtKind};
use crate::interner::Interner;
use crate::repr;
use crate::type_comments::TypeComments;

/// What to print, as the parameters of `ast.dump`.
#[derive(Clone, Copy, Debug)]
pub struct DumpOptions {
    /// Positions as well.
    pub include_attributes: bool,
    /// Spaces a level; all in one line if `None`.
    pub indent: Option<usize>,
    /// Empty lists as well, and fields that are `None`.
    pub show_empty: bool,
    /// Whose fields the nodes have.
    pub target: Target,
}

impl DumpOptions {
    /// Those of `python -m ast -a` of the target.
    pub fn of_target(target: Target) -> DumpOptions {
        DumpOptions {
            include_attributes: true,
            indent: Some(3),
            show_empty: target.dumps_empty_lists(),
            target,
        }
    }
}

impl Default for DumpOptions {
    /// Those of `python3.14 -m ast -a`.
    fn default() -> DumpOptions {
        DumpOptions::of_target(Target::PY314)
    }
}

/// The text of `module` without its type comments, without a newline at its end.
pub fn dump(module: &Module<'_>, names: &Interner, options: DumpOptions) -> String {
    dump_with(module, names, &TypeComments::default(), options)
}

/// The text of `module`, without a newline at its end. The comments are those that
/// [`find`](crate::type_comments::find) found in it.
pub fn dump_with(
    module: &Module<'_>,
    names: &Interner,
    comments: &TypeComments,
    options: DumpOptions,
) -> String {
    let mut printer = Printer {
        names,
        comments,
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

struct Printer<'a> {
    names: &'a Interner,
    comments: &'a TypeComments,
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
        self.add_comments(node, &mut description);
        let DumpOptions {
            show_empty, target, ..
        } = self.options;
        description.fields.retain(|(name, value)| match value {
            Value::Absent => false,
            Value::List(_) if *name == "type_params" && !target.type_parameters() => false,
            Value::List(list) => show_empty || list.len() != 0,
            Value::Class("Load") => show_empty || target.dumps_load_contexts(),
            Value::Int(_) if *name == "is_lazy" => target.lazy_imports(),
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

    fn add_comments(&self, node: Node<'a>, description: &mut Description<'a>) {
        let comments = self.comments;
        let (name, value) = match node {
            Node::Module(_) => {
                let ignores = List::TypeIgnores(comments.ignores());
                ("type_ignores", Some(Value::List(ignores)))
            }
            Node::Stmt(stmt) => {
                description.loc = Some(comments.extended(stmt.loc));
                if let StmtKind::AsyncWith(with) = stmt.kind
                    && let Some(tuple) = comments.items_as_tuple(stmt.loc)
                {
                    let items = Value::List(List::ItemsTuple(with.items, tuple));
                    set_field(description, "items", items);
                }
                let comment = comments.of_statement(stmt.loc);
                ("type_comment", comment.map(Value::Text))
            }
            Node::ExceptHandler(handler) => {
                description.loc = Some(comments.extended(handler.loc));
                return;
            }
            Node::Arg(arg) => {
                let comment = comments.of_parameter(arg.loc);
                ("type_comment", comment.map(Value::Text))
            }
            _ => return,
        };
        if let Some(value) = value {
            set_field(description, name, value);
        }
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
                repr::string(&mut self.out, text.as_bytes(), self.options.target);
            }
            Value::Int(value) => {
                let _ = write!(self.out, "{value}");
            }
            Value::Constant(constant) => {
                repr::constant(&mut self.out, constant, self.options.target)
            }
            Value::Class(class) => {
                self.out.push_str(class);
                self.out.push_str("()");
            }
            Value::None | Value::Absent => self.out.push_str("None"),
            Value::Kind => self.out.push_str("'u'"),
            Value::Text(text) => repr::string(&mut self.out, text.as_bytes(), self.options.target),
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

fn set_field<'a>(description: &mut Description<'a>, name: &str, value: Value<'a>) {
    if let Some(field) = description.fields.iter_mut().find(|field| field.0 == name) {
        field.1 = value;
    }
}
