//! Expressions.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::Adapter;
use crate::ast::*;
use crate::error::SyntaxError;
use crate::literals::numbers;

impl<'a> Adapter<'a, '_> {
    pub(super) fn expr(&mut self, expr: &ruff::Expr) -> Expr<'a> {
        let range = expr.range();
        if let ruff::Expr::FString(node) = expr
            && !self.target.parses_fields_as_code()
        {
            return self.f_string_with_text_fields(node);
        }
        match self.deeper(range, |this| this.expr_kind(expr)) {
            Some(kind) => Expr {
                kind,
                loc: self.loc(range),
            },
            None => self.stand_in(range),
        }
    }

    fn expr_kind(&mut self, expr: &ruff::Expr) -> ExprKind<'a> {
        match expr {
            ruff::Expr::Name(node) => ExprKind::Name {
                id: self.name(&node.id),
                ctx: context(node.ctx),
            },
            ruff::Expr::Attribute(node) => {
                let value = self.boxed(&node.value);
                ExprKind::Attribute {
                    value,
                    attr: self.identifier(&node.attr),
                    ctx: context(node.ctx),
                }
            }
            ruff::Expr::Call(node) => self.call(node),
            ruff::Expr::StringLiteral(node) => self.string_literal(node),
            ruff::Expr::NumberLiteral(node) => ExprKind::Constant(self.number(node)),
            ruff::Expr::BytesLiteral(node) => self.bytes_literal(node),
            ruff::Expr::BooleanLiteral(node) => ExprKind::Constant(Constant::Bool(node.value)),
            ruff::Expr::NoneLiteral(_) => ExprKind::Constant(Constant::None),
            ruff::Expr::EllipsisLiteral(_) => ExprKind::Constant(Constant::Ellipsis),
            ruff::Expr::FString(node) => self.f_string(node),
            ruff::Expr::TString(node) => self.t_string(node),
            ruff::Expr::BoolOp(node) => {
                let op = match node.op {
                    ruff::BoolOp::And => BoolOp::And,
                    ruff::BoolOp::Or => BoolOp::Or,
                };
                self.check_first_yield(&node.values);
                ExprKind::BoolOp {
                    op,
                    values: self.exprs(&node.values),
                }
            }
            ruff::Expr::Named(node) => {
                if node.target.range().start() != node.range.start() {
                    self.fail_at(
                        "cannot use assignment expressions with name",
                        node.target.range(),
                    );
                }
                let target = self.boxed(&node.target);
                ExprKind::NamedExpr {
                    target,
                    value: self.boxed(&node.value),
                }
            }
            ruff::Expr::BinOp(node) => {
                self.check_yield(&node.left);
                let left = self.boxed(&node.left);
                ExprKind::BinOp {
                    left,
                    op: operator(node.op),
                    right: self.boxed(&node.right),
                }
            }
            ruff::Expr::UnaryOp(node) => {
                let op = match node.op {
                    ruff::UnaryOp::Invert => UnaryOp::Invert,
                    ruff::UnaryOp::Not => UnaryOp::Not,
                    ruff::UnaryOp::UAdd => UnaryOp::UAdd,
                    ruff::UnaryOp::USub => UnaryOp::USub,
                };
                ExprKind::UnaryOp {
                    op,
                    operand: self.boxed(&node.operand),
                }
            }
            ruff::Expr::Lambda(node) => self.lambda(node),
            ruff::Expr::If(node) => {
                self.check_yield(&node.body);
                let body = self.expr(&node.body);
                let test = self.expr(&node.test);
                let orelse = self.expr(&node.orelse);
                ExprKind::IfExp(self.arena.alloc(IfExp { test, body, orelse }))
            }
            ruff::Expr::Dict(node) => self.dict(node),
            ruff::Expr::Set(node) => ExprKind::Set {
                elts: self.exprs(&node.elts),
            },
            ruff::Expr::List(node) => ExprKind::List {
                elts: self.exprs(&node.elts),
                ctx: context(node.ctx),
            },
            ruff::Expr::Tuple(node) => {
                self.check_first_yield(&node.elts);
                ExprKind::Tuple {
                    elts: self.exprs(&node.elts),
                    ctx: context(node.ctx),
                }
            }
            ruff::Expr::ListComp(node) => {
                ExprKind::ListComp(self.comp(&node.elt, None, &node.generators))
            }
            ruff::Expr::SetComp(node) => {
                ExprKind::SetComp(self.comp(&node.elt, None, &node.generators))
            }
            ruff::Expr::DictComp(node) => match &node.key {
                Some(key) => {
                    ExprKind::DictComp(self.comp(key, Some(&node.value), &node.generators))
                }
                None => ExprKind::DictComp(self.comp(&node.value, None, &node.generators)),
            },
            ruff::Expr::Generator(node) => {
                ExprKind::GeneratorExp(self.comp(&node.elt, None, &node.generators))
            }
            ruff::Expr::Await(node) => ExprKind::Await {
                value: self.boxed(&node.value),
            },
            ruff::Expr::Yield(node) => ExprKind::Yield {
                value: self.boxed_option(node.value.as_deref()),
            },
            ruff::Expr::YieldFrom(node) => ExprKind::YieldFrom {
                value: self.boxed(&node.value),
            },
            ruff::Expr::Compare(node) => self.compare(node),
            ruff::Expr::Subscript(node) => {
                let value = self.boxed(&node.value);
                ExprKind::Subscript {
                    value,
                    slice: self.boxed(&node.slice),
                    ctx: context(node.ctx),
                }
            }
            ruff::Expr::Starred(node) => ExprKind::Starred {
                value: self.boxed(&node.value),
                ctx: context(node.ctx),
            },
            ruff::Expr::Slice(node) => {
                let lower = node.lower.as_deref().map(|expr| self.expr(expr));
                let upper = node.upper.as_deref().map(|expr| self.expr(expr));
                let step = node.step.as_deref().map(|expr| self.expr(expr));
                ExprKind::Slice(self.arena.alloc(Slice { lower, upper, step }))
            }
            ruff::Expr::IpyEscapeCommand(node) => {
                self.fail_at("invalid syntax", node.range);
                ExprKind::Constant(Constant::None)
            }
        }
    }

    /// A `yield` is no operand without parentheses; ruff takes one without a value as the first.
    #[inline]
    pub(super) fn check_yield(&mut self, expr: &ruff::Expr) {
        if expr.is_yield_expr() {
            self.check_parenthesized(expr);
        }
    }

    #[inline]
    fn check_first_yield(&mut self, list: &[ruff::Expr]) {
        if let Some(first) = list.first() {
            self.check_yield(first);
        }
    }

    #[cold]
    fn check_parenthesized(&mut self, expr: &ruff::Expr) {
        let next = self.skip_trivia(expr.range().end().to_u32()) as usize;
        if self.text.as_bytes().get(next) != Some(&b')') {
            self.fail_at("invalid syntax", expr.range());
        }
    }

    fn number(&mut self, node: &ruff::ExprNumberLiteral) -> Constant<'a> {
        match &node.value {
            ruff::Number::Int(value) => {
                match value.as_u64().and_then(|value| i64::try_from(value).ok()) {
                    Some(value) => Constant::Int(value),
                    None => numbers::integer(self.arena, self.source(node.range)).unwrap_or_else(
                        |msg| {
                            let mut loc = self.loc(node.range);
                            // CPython quirk (3.14, `parsenumber_raw`): this error has a line, but no column.
                            (loc.col, loc.end_line, loc.end_col) = (-1, loc.line, -1);
                            self.fail(SyntaxError::at(msg, loc));
                            Constant::Int(0)
                        },
                    ),
                }
            }
            ruff::Number::Float(value) => Constant::Float(*value),
            ruff::Number::Complex { imag, .. } => Constant::Imaginary(*imag),
        }
    }

    fn lambda(&mut self, node: &ruff::ExprLambda) -> ExprKind<'a> {
        let args = self.arguments(node.parameters.as_deref());
        let body = self.expr(&node.body);
        ExprKind::Lambda(self.arena.alloc(Lambda { args, body }))
    }

    fn dict(&mut self, node: &ruff::ExprDict) -> ExprKind<'a> {
        let arena = self.arena;
        let items = &node.items;
        let keys = arena.alloc_slice_fill_with(items.len(), |index| {
            items[index].key.as_ref().map(|key| self.expr(key))
        });
        let values =
            arena.alloc_slice_fill_with(items.len(), |index| self.expr(&items[index].value));
        ExprKind::Dict(arena.alloc(Dict { keys, values }))
    }

    fn comp(
        &mut self,
        elt: &ruff::Expr,
        value: Option<&ruff::Expr>,
        generators: &[ruff::Comprehension],
    ) -> &'a Comp<'a> {
        let arena = self.arena;
        self.check_yield(elt);
        let elt = self.expr(elt);
        let value = value.map(|value| self.expr(value));
        let generators = arena.alloc_slice_fill_with(generators.len(), |index| {
            let generator = &generators[index];
            let target = self.expr(&generator.target);
            let iter = self.expr(&generator.iter);
            let ifs = self.exprs(&generator.ifs);
            Comprehension {
                target,
                iter,
                ifs,
                is_async: generator.is_async,
            }
        });
        arena.alloc(Comp {
            elt,
            value,
            generators,
        })
    }

    fn compare(&mut self, node: &ruff::ExprCompare) -> ExprKind<'a> {
        let arena = self.arena;
        self.check_yield(&node.left);
        let left = self.expr(&node.left);
        let ops = arena.alloc_slice_fill_with(node.ops.len(), |index| comparison(node.ops[index]));
        let comparators = self.exprs(&node.comparators);
        ExprKind::Compare(arena.alloc(Compare {
            left,
            ops,
            comparators,
        }))
    }

    fn call(&mut self, node: &ruff::ExprCall) -> ExprKind<'a> {
        let func = self.expr(&node.func);
        let (args, keywords) = self.call_arguments(&node.arguments);
        ExprKind::Call(self.arena.alloc(Call {
            func,
            args,
            keywords,
            may_unpack: true,
        }))
    }

    /// The arguments of a call or of a class definition.
    pub(super) fn call_arguments(
        &mut self,
        arguments: &ruff::Arguments,
    ) -> (Exprs<'a>, &'a [Keyword<'a>]) {
        let args = match &arguments.args[..] {
            // A generator expression alone needs no parentheses: those of the call are its own.
            [expr @ ruff::Expr::Generator(generator)] if !generator.parenthesized => {
                let mut arg = self.expr(expr);
                arg.loc = self.loc(arguments.range);
                std::slice::from_ref(self.arena.alloc(arg))
            }
            args => self.exprs(args),
        };
        let arena = self.arena;
        let keywords = &arguments.keywords;
        let keywords = arena.alloc_slice_fill_with(keywords.len(), |index| {
            let keyword = &keywords[index];
            let arg = keyword.arg.as_ref().map(|arg| self.identifier(arg));
            let value = self.expr(&keyword.value);
            Keyword {
                arg,
                value,
                loc: self.loc(keyword.range),
            }
        });
        (args, keywords)
    }
}

fn context(ctx: ruff::ExprContext) -> Ctx {
    match ctx {
        ruff::ExprContext::Load | ruff::ExprContext::Invalid => Ctx::Load,
        ruff::ExprContext::Store => Ctx::Store,
        ruff::ExprContext::Del => Ctx::Del,
    }
}

pub(super) fn operator(op: ruff::Operator) -> Operator {
    match op {
        ruff::Operator::Add => Operator::Add,
        ruff::Operator::Sub => Operator::Sub,
        ruff::Operator::Mult => Operator::Mult,
        ruff::Operator::MatMult => Operator::MatMult,
        ruff::Operator::Div => Operator::Div,
        ruff::Operator::Mod => Operator::Mod,
        ruff::Operator::Pow => Operator::Pow,
        ruff::Operator::LShift => Operator::LShift,
        ruff::Operator::RShift => Operator::RShift,
        ruff::Operator::BitOr => Operator::BitOr,
        ruff::Operator::BitXor => Operator::BitXor,
        ruff::Operator::BitAnd => Operator::BitAnd,
        ruff::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn comparison(op: ruff::CmpOp) -> CmpOp {
    match op {
        ruff::CmpOp::Eq => CmpOp::Eq,
        ruff::CmpOp::NotEq => CmpOp::NotEq,
        ruff::CmpOp::Lt => CmpOp::Lt,
        ruff::CmpOp::LtE => CmpOp::LtE,
        ruff::CmpOp::Gt => CmpOp::Gt,
        ruff::CmpOp::GtE => CmpOp::GtE,
        ruff::CmpOp::Is => CmpOp::Is,
        ruff::CmpOp::IsNot => CmpOp::IsNot,
        ruff::CmpOp::In => CmpOp::In,
        ruff::CmpOp::NotIn => CmpOp::NotIn,
    }
}
