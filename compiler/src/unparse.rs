//! Expressions back to text, for `from __future__ import annotations` (CPython's `ast_unparse.c`).

use pycsmith_bytecode::{Constant, PyStr, Target};
use pycsmith_parser::ast::{
    self, Arg, Arguments, BoolOp, Call, CmpOp, Comp, Compare, Dict, Expr, ExprKind, Exprs,
};
use pycsmith_parser::ast::{Operator, UnaryOp};
use pycsmith_parser::{Interner, repr};
use std::sync::Arc;

/// How tightly an expression binds (`PR_*`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Level(u8);

impl Level {
    const TUPLE: Level = Level(0);
    const TEST: Level = Level(1);
    const OR: Level = Level(2);
    const AND: Level = Level(3);
    const NOT: Level = Level(4);
    const CMP: Level = Level(5);
    const EXPR: Level = Level(6);
    const BOR: Level = Level::EXPR;
    const BXOR: Level = Level(7);
    const BAND: Level = Level(8);
    const SHIFT: Level = Level(9);
    const ARITH: Level = Level(10);
    const TERM: Level = Level(11);
    const FACTOR: Level = Level(12);
    const POWER: Level = Level(13);
    const AWAIT: Level = Level(14);
    const ATOM: Level = Level(15);

    const fn next(self) -> Level {
        Level(self.0 + 1)
    }
}

/// The text of an annotation (`_PyAST_ExprAsUnicode`).
pub fn unparse(names: &Interner, e: &Expr<'_>, target: Target) -> Constant {
    let mut writer = Writer {
        names,
        target,
        out: Vec::new(),
    };
    writer.expr(e, Level::TEST);
    Constant::Str(Arc::new(PyStr::constant(writer.out)))
}

/// Appends to WTF-8 text.
struct Writer<'n> {
    names: &'n Interner,
    target: Target,
    out: Vec<u8>,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn name(&mut self, name: pycsmith_parser::Name) {
        self.text(self.names.resolve(name));
    }

    /// `inside`, in parentheses if it binds less tightly than `level` wants.
    fn enclosed(&mut self, level: Level, own: Level, inside: impl FnOnce(&mut Self)) {
        if level > own {
            self.text("(");
        }
        inside(self);
        if level > own {
            self.text(")");
        }
    }

    fn separated<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            each(self, item);
        }
    }

    fn tests(&mut self, open: &str, exprs: Exprs<'_>, close: &str) {
        self.text(open);
        self.separated(exprs, |this, e| this.expr(e, Level::TEST));
        self.text(close);
    }

    fn expr(&mut self, e: &Expr<'_>, level: Level) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.expr_here(e, level));
    }

    fn expr_here(&mut self, e: &Expr<'_>, level: Level) {
        match &e.kind {
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, level),
            ExprKind::BinOp { left, op, right } => self.bin_op(left, *op, right, level),
            ExprKind::UnaryOp { op, operand } => self.unary_op(*op, operand, level),
            ExprKind::Lambda(lambda) => self.enclosed(level, Level::TEST, |this| {
                // CPython quirk (append_ast_lambda): no space before a first `*`.
                let positional = lambda.args.args.len() + lambda.args.posonlyargs.len();
                this.text(if positional > 0 { "lambda " } else { "lambda" });
                this.arguments(&lambda.args);
                this.text(": ");
                this.expr(&lambda.body, Level::TEST);
            }),
            ExprKind::IfExp(ifexp) => self.enclosed(level, Level::TEST, |this| {
                this.expr(&ifexp.body, Level::TEST.next());
                this.text(" if ");
                this.expr(&ifexp.test, Level::TEST.next());
                this.text(" else ");
                this.expr(&ifexp.orelse, Level::TEST);
            }),
            ExprKind::Dict(dict) => self.dict(dict),
            ExprKind::Set { elts } => self.tests("{", elts, "}"),
            ExprKind::List { elts, .. } => self.tests("[", elts, "]"),
            ExprKind::Tuple { elts, .. } => self.tuple(elts, level),
            ExprKind::GeneratorExp(comp) => self.comp("(", comp, ")"),
            ExprKind::ListComp(comp) => self.comp("[", comp, "]"),
            // `{**element for ...}` has no value (PEP 798).
            ExprKind::DictComp(comp) if comp.value.is_none() => self.comp("{**", comp, "}"),
            ExprKind::SetComp(comp) | ExprKind::DictComp(comp) => self.comp("{", comp, "}"),
            ExprKind::Yield { value: None } => self.text("(yield)"),
            ExprKind::Yield { value: Some(value) } => {
                self.text("(yield ");
                self.expr(value, Level::TEST);
                self.text(")");
            }
            ExprKind::YieldFrom { value } => {
                self.text("(yield from ");
                self.expr(value, Level::TEST);
                self.text(")");
            }
            ExprKind::Await { value } => self.enclosed(level, Level::AWAIT, |this| {
                this.text("await ");
                this.expr(value, Level::ATOM);
            }),
            ExprKind::Compare(compare) => self.compare(compare, level),
            ExprKind::Call(call) => self.call(call),
            ExprKind::Constant(constant) => self.constant(*constant),
            ExprKind::JoinedStr { values } => self.string("f", values, false),
            ExprKind::TemplateStr { values } => self.string("t", values, false),
            ExprKind::FormattedValue(_) | ExprKind::Interpolation(_) => {
                self.string_element(e, false)
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, Level::ATOM);
                let number = matches!(
                    value.kind,
                    ExprKind::Constant(ast::Constant::Int(_) | ast::Constant::BigInt(_))
                );
                self.text(if number { " ." } else { "." });
                self.name(*attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, Level::ATOM);
                self.text("[");
                self.expr(slice, Level::TUPLE);
                self.text("]");
            }
            ExprKind::Starred { value, .. } => {
                self.text("*");
                self.expr(value, Level::EXPR);
            }
            ExprKind::Slice(slice) => {
                if let Some(lower) = &slice.lower {
                    self.expr(lower, Level::TEST);
                }
                self.text(":");
                if let Some(upper) = &slice.upper {
                    self.expr(upper, Level::TEST);
                }
                if let Some(step) = &slice.step {
                    self.text(":");
                    self.expr(step, Level::TEST);
                }
            }
            ExprKind::Name { id, .. } => self.name(*id),
            ExprKind::NamedExpr { target, value } => self.enclosed(level, Level::TUPLE, |this| {
                this.expr(target, Level::ATOM);
                this.text(" := ");
                this.expr(value, Level::ATOM);
            }),
        }
    }

    fn bool_op(&mut self, op: BoolOp, values: Exprs<'_>, level: Level) {
        let (word, own) = match op {
            BoolOp::And => (" and ", Level::AND),
            BoolOp::Or => (" or ", Level::OR),
        };
        self.enclosed(level, own, |this| {
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    this.text(word);
                }
                this.expr(value, own.next());
            }
        });
    }

    fn bin_op(&mut self, left: &Expr<'_>, op: Operator, right: &Expr<'_>, level: Level) {
        let (sign, own) = match op {
            Operator::Add => (" + ", Level::ARITH),
            Operator::Sub => (" - ", Level::ARITH),
            Operator::Mult => (" * ", Level::TERM),
            Operator::MatMult => (" @ ", Level::TERM),
            Operator::Div => (" / ", Level::TERM),
            Operator::Mod => (" % ", Level::TERM),
            Operator::FloorDiv => (" // ", Level::TERM),
            Operator::LShift => (" << ", Level::SHIFT),
            Operator::RShift => (" >> ", Level::SHIFT),
            Operator::BitOr => (" | ", Level::BOR),
            Operator::BitXor => (" ^ ", Level::BXOR),
            Operator::BitAnd => (" & ", Level::BAND),
            Operator::Pow => (" ** ", Level::POWER),
        };
        let (left_level, right_level) = if op == Operator::Pow {
            (own.next(), own)
        } else {
            (own, own.next())
        };
        self.enclosed(level, own, |this| {
            this.expr(left, left_level);
            this.text(sign);
            this.expr(right, right_level);
        });
    }

    fn unary_op(&mut self, op: UnaryOp, operand: &Expr<'_>, level: Level) {
        let (sign, own) = match op {
            UnaryOp::Invert => ("~", Level::FACTOR),
            UnaryOp::Not => ("not ", Level::NOT),
            UnaryOp::UAdd => ("+", Level::FACTOR),
            UnaryOp::USub => ("-", Level::FACTOR),
        };
        self.enclosed(level, own, |this| {
            this.text(sign);
            this.expr(operand, own);
        });
    }

    fn arg(&mut self, arg: &Arg<'_>) {
        self.name(arg.arg);
        if let Some(annotation) = arg.annotation {
            self.text(": ");
            self.expr(annotation, Level::TEST);
        }
    }

    fn arguments(&mut self, args: &Arguments<'_>) {
        let mut first = true;
        let mut comma = |this: &mut Self| {
            if !std::mem::take(&mut first) {
                this.text(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        let without_default = positional.saturating_sub(args.defaults.len());
        for (index, arg) in args.posonlyargs.iter().chain(args.args).enumerate() {
            comma(self);
            self.arg(arg);
            if let Some(default) = index
                .checked_sub(without_default)
                .and_then(|index| args.defaults.get(index))
            {
                self.text("=");
                self.expr(default, Level::TEST);
            }
            if index + 1 == args.posonlyargs.len() {
                self.text(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            comma(self);
            self.text("*");
            if let Some(vararg) = args.vararg {
                self.arg(vararg);
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            comma(self);
            self.arg(arg);
            if let Some(default) = default {
                self.text("=");
                self.expr(default, Level::TEST);
            }
        }
        if let Some(kwarg) = args.kwarg {
            comma(self);
            self.text("**");
            self.arg(kwarg);
        }
    }

    fn dict(&mut self, dict: &Dict<'_>) {
        self.text("{");
        for (index, (key, value)) in dict.keys.iter().zip(dict.values).enumerate() {
            if index > 0 {
                self.text(", ");
            }
            match key {
                Some(key) => {
                    self.expr(key, Level::TEST);
                    self.text(": ");
                    self.expr(value, Level::TEST);
                }
                None => {
                    self.text("**");
                    self.expr(value, Level::EXPR);
                }
            }
        }
        self.text("}");
    }

    fn tuple(&mut self, elts: Exprs<'_>, level: Level) {
        if elts.is_empty() {
            return self.text("()");
        }
        self.enclosed(level, Level::TUPLE, |this| {
            this.tests("", elts, if elts.len() == 1 { "," } else { "" });
        });
    }

    fn comp(&mut self, open: &str, comp: &Comp<'_>, close: &str) {
        self.text(open);
        self.expr(&comp.elt, Level::TEST);
        if let Some(value) = &comp.value {
            self.text(": ");
            self.expr(value, Level::TEST);
        }
        for generator in comp.generators {
            self.text(if generator.is_async {
                " async for "
            } else {
                " for "
            });
            self.expr(&generator.target, Level::TUPLE);
            self.text(" in ");
            self.expr(&generator.iter, Level::TEST.next());
            for condition in generator.ifs {
                self.text(" if ");
                self.expr(condition, Level::TEST.next());
            }
        }
        self.text(close);
    }

    fn compare(&mut self, compare: &Compare<'_>, level: Level) {
        self.enclosed(level, Level::CMP, |this| {
            this.expr(&compare.left, Level::CMP.next());
            for (op, comparator) in compare.ops.iter().zip(compare.comparators) {
                this.text(match op {
                    CmpOp::Eq => " == ",
                    CmpOp::NotEq => " != ",
                    CmpOp::Lt => " < ",
                    CmpOp::LtE => " <= ",
                    CmpOp::Gt => " > ",
                    CmpOp::GtE => " >= ",
                    CmpOp::Is => " is ",
                    CmpOp::IsNot => " is not ",
                    CmpOp::In => " in ",
                    CmpOp::NotIn => " not in ",
                });
                this.expr(comparator, Level::CMP.next());
            }
        });
    }

    fn call(&mut self, call: &Call<'_>) {
        self.expr(&call.func, Level::ATOM);
        if let (
            [
                Expr {
                    kind: ExprKind::GeneratorExp(comp),
                    ..
                },
            ],
            [],
        ) = (call.args, call.keywords)
        {
            return self.comp("(", comp, ")");
        }
        self.tests("(", call.args, "");
        for (index, keyword) in call.keywords.iter().enumerate() {
            if index > 0 || !call.args.is_empty() {
                self.text(", ");
            }
            match keyword.arg {
                Some(arg) => {
                    self.name(arg);
                    self.text("=");
                }
                None => self.text("**"),
            }
            self.expr(&keyword.value, Level::TEST);
        }
        self.text(")");
    }

    fn constant(&mut self, constant: ast::Constant<'_>) {
        let mut text = String::new();
        match constant {
            ast::Constant::Ellipsis => return self.text("..."),
            ast::Constant::Str { u_prefix: true, .. } => text.push('u'),
            _ => {}
        }
        repr::constant(&mut text, constant, self.target);
        if let ast::Constant::Float(value) | ast::Constant::Imaginary(value) = constant
            && value.is_infinite()
        {
            text = text.replace("inf", "1e309");
        }
        self.text(&text);
    }

    /// An f-string or t-string, or the body alone of a format specification.
    fn string(&mut self, prefix: &str, values: Exprs<'_>, is_format_spec: bool) {
        let start = self.out.len();
        values
            .iter()
            .for_each(|value| self.string_element(value, is_format_spec));
        if !is_format_spec {
            let body = self.out.split_off(start);
            let mut quoted = String::from(prefix);
            repr::string(&mut quoted, &body, self.target);
            self.text(&quoted);
        }
    }

    /// `append_fstring_element`.
    fn string_element(&mut self, e: &Expr<'_>, is_format_spec: bool) {
        match &e.kind {
            ExprKind::Constant(ast::Constant::Str { wtf8, .. }) => {
                for &byte in *wtf8 {
                    self.out.push(byte);
                    if matches!(byte, b'{' | b'}') {
                        self.out.push(byte);
                    }
                }
            }
            ExprKind::JoinedStr { values } => self.string("f", values, is_format_spec),
            ExprKind::TemplateStr { values } => self.string("t", values, false),
            ExprKind::FormattedValue(value) => {
                let start = self.out.len();
                // More than `TEST`, for parentheses around a lambda.
                self.expr(&value.value, Level::TEST.next());
                let text = self.out.split_off(start);
                self.interpolation(&text, value.conversion, value.format_spec);
            }
            ExprKind::Interpolation(value) => {
                let text = match value.str {
                    ast::Constant::Str { wtf8, .. } => wtf8,
                    _ => &[],
                };
                self.interpolation(text, value.conversion, value.format_spec);
            }
            _ => self.expr(e, Level::TEST),
        }
    }

    fn interpolation(&mut self, text: &[u8], conversion: i32, format_spec: Option<&Expr<'_>>) {
        self.text(if text.first() == Some(&b'{') {
            "{ "
        } else {
            "{"
        });
        self.out.extend_from_slice(text);
        if let Ok(conversion @ (b'a' | b'r' | b's')) = u8::try_from(conversion) {
            self.out.extend([b'!', conversion]);
        }
        if let Some(format_spec) = format_spec {
            self.text(":");
            self.string_element(format_spec, true);
        }
        self.text("}");
    }
}
