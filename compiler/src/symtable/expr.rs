//! Expressions (`symtable_visit_expr`).

use pycsmith_bytecode::Location;
use pycsmith_parser::Name;
use pycsmith_parser::ast::{Ctx, Expr, ExprKind, Exprs, Keyword, Lambda};
use pycsmith_parser::interner::names as known;

use super::build::Builder;
use super::{BlockType, ComprehensionType, KeyKind, ScopeKey, def};
use crate::error::{Result, syntax_error};

impl<'a> Builder<'_> {
    pub fn visit_exprs(&mut self, exprs: Exprs<'a>) -> Result {
        exprs.iter().try_for_each(|expr| self.visit_expr(expr))
    }

    /// What most visits end in needs no further call.
    #[inline]
    pub fn visit_expr(&mut self, expr: &'a Expr<'a>) -> Result {
        match expr.kind {
            ExprKind::Constant(_) if self.nesting < self.max_nesting => Ok(()),
            ExprKind::Name { id, ctx } if self.nesting < self.max_nesting => {
                self.visit_name(id, ctx, expr.loc)
            }
            _ => self.visit_compound(expr),
        }
    }

    fn visit_compound(&mut self, expr: &'a Expr<'a>) -> Result {
        self.nest()?;
        self.visit_expr_kind(expr)?;
        self.nesting -= 1;
        Ok(())
    }

    #[inline]
    fn visit_expr_kind(&mut self, expr: &'a Expr<'a>) -> Result {
        let loc = expr.loc;
        match expr.kind {
            // Only what is nested too deep comes here.
            ExprKind::Name { .. } | ExprKind::Constant(_) => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, loc, ctx)?;
                self.visit_expr(value)
            }
            ExprKind::Call(call) => {
                self.visit_expr(&call.func)?;
                self.visit_exprs(call.args)?;
                if call.keywords.is_empty() {
                    return Ok(());
                }
                self.check_keywords(call.keywords)?;
                self.visit_keywords(call.keywords)
            }
            ExprKind::NamedExpr { target, value } => {
                self.refuse_in_annotation("named expression", loc)?;
                self.visit_named_expr(target, value, loc)
            }
            ExprKind::BoolOp { values, .. } => self.visit_exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.visit_expr(left)?;
                self.visit_expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.visit_expr(operand),
            ExprKind::Lambda(lambda) => self.visit_lambda(lambda, loc),
            ExprKind::IfExp(if_) => {
                self.visit_expr(&if_.test)?;
                self.visit_expr(&if_.body)?;
                self.visit_expr(&if_.orelse)
            }
            ExprKind::Dict(dict) => {
                dict.keys
                    .iter()
                    .flatten()
                    .try_for_each(|key| self.visit_expr(key))?;
                self.visit_exprs(dict.values)
            }
            ExprKind::GeneratorExp(comp) => {
                self.visit_comprehension(comp, ComprehensionType::Generator, loc)
            }
            ExprKind::ListComp(comp) => {
                self.visit_comprehension(comp, ComprehensionType::List, loc)
            }
            ExprKind::SetComp(comp) => self.visit_comprehension(comp, ComprehensionType::Set, loc),
            ExprKind::DictComp(comp) => {
                self.visit_comprehension(comp, ComprehensionType::Dict, loc)
            }
            ExprKind::Yield { value } => {
                self.refuse_in_annotation("yield expression", loc)?;
                self.visit_optional(value)?;
                self.visited_yield(loc)
            }
            ExprKind::YieldFrom { value } => {
                self.refuse_in_annotation("yield expression", loc)?;
                self.visit_expr(value)?;
                self.visited_yield(loc)
            }
            ExprKind::Await { value } => self.visit_await(value, loc),
            ExprKind::Compare(compare) => {
                self.visit_expr(&compare.left)?;
                self.visit_exprs(compare.comparators)
            }
            ExprKind::FormattedValue(formatted) => {
                self.visit_expr(&formatted.value)?;
                self.visit_optional(formatted.format_spec)
            }
            ExprKind::Interpolation(interpolation) => {
                self.visit_expr(&interpolation.value)?;
                self.visit_optional(interpolation.format_spec)
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                self.visit_exprs(values)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.visit_expr(value)?;
                self.visit_expr(slice)
            }
            ExprKind::Starred { value, .. } => self.visit_expr(value),
            ExprKind::Slice(slice) => {
                self.visit_optional(slice.lower.as_ref())?;
                self.visit_optional(slice.upper.as_ref())?;
                self.visit_optional(slice.step.as_ref())
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.visit_exprs(elts)
            }
        }
    }

    fn visit_name(&mut self, name: Name, ctx: Ctx, loc: Location) -> Result {
        let scope = self.cur();
        if scope.in_unevaluated_annotation {
            return Ok(());
        }
        let flag = match ctx {
            Ctx::Load => def::USE,
            Ctx::Store | Ctx::Del => def::LOCAL,
        };
        if !scope.comp_iter_target && self.plain_names().add(name, flag) {
            return Ok(());
        }
        self.visit_unusual_name(name, ctx, loc)
    }

    /// Any name, in code that runs.
    pub fn visit_unusual_name(&mut self, name: Name, ctx: Ctx, loc: Location) -> Result {
        if ctx != Ctx::Load {
            return self.add_def_ctx(name, def::LOCAL, loc, ctx);
        }
        if name == known::DEBUG && !self.in_value_pattern {
            return Ok(());
        }
        self.add_def_ctx(name, def::USE, loc, ctx)?;
        if name == known::SUPER && self.cur().is_function_like() {
            self.add_def(known::CLASS, def::USE, loc)?;
        }
        Ok(())
    }

    fn visit_lambda(&mut self, lambda: &'a Lambda<'a>, loc: Location) -> Result {
        self.refuse_nested_scope("lambda", loc)?;
        self.visit_defaults(&lambda.args)?;
        let key = ScopeKey::of(lambda, KeyKind::Body);
        self.enter_block(known::LAMBDA, BlockType::Function, Some(key), loc)?;
        self.visit_arguments(&lambda.args)?;
        self.visit_expr(&lambda.body)?;
        self.exit_block();
        Ok(())
    }

    /// `what` opens a scope, which some targets cannot have in scopes for annotations that see a class's names.
    pub fn refuse_nested_scope(&self, what: &str, loc: Location) -> Result {
        if self.cur().can_see_class_scope && !self.target.nests_scopes_in_annotations() {
            let message = format!("Cannot use {what} in annotation scope within class scope");
            return syntax_error(loc, message);
        }
        Ok(())
    }

    fn visit_await(&mut self, value: &'a Expr<'a>, loc: Location) -> Result {
        self.refuse_in_annotation("await expression", loc)?;
        let cur = self.cur();
        if !cur.is_function_like() {
            return syntax_error(loc, "'await' outside function");
        }
        if !self.is_async_def() && cur.comprehension == ComprehensionType::No {
            return syntax_error(loc, "'await' outside async function");
        }
        self.visit_expr(value)?;
        self.cur_mut().coroutine = true;
        Ok(())
    }

    /// `IS_ASYNC_DEF`.
    pub fn is_async_def(&self) -> bool {
        let cur = self.cur();
        cur.kind == BlockType::Function && cur.coroutine
    }

    fn visited_yield(&mut self, loc: Location) -> Result {
        let cur = self.cur_mut();
        cur.generator = true;
        let kind = match cur.comprehension {
            ComprehensionType::No => return Ok(()),
            ComprehensionType::List => "list comprehension",
            ComprehensionType::Set => "set comprehension",
            ComprehensionType::Dict => "dict comprehension",
            ComprehensionType::Generator => "generator expression",
        };
        syntax_error(loc, format!("'yield' inside {kind}"))
    }

    /// `symtable_raise_if_annotation_block`: what cannot be in annotations and the like.
    fn refuse_in_annotation(&self, what: &str, loc: Location) -> Result {
        let cur = self.cur();
        let place = match cur.kind {
            BlockType::Annotation => "an annotation",
            BlockType::TypeVariable => cur.scope_info,
            BlockType::TypeAlias => "a type alias",
            BlockType::TypeParameters => "the definition of a generic",
            BlockType::Function | BlockType::Class | BlockType::Module => return Ok(()),
        };
        syntax_error(loc, format!("{what} cannot be used within {place}"))
    }

    /// `check_keywords`.
    pub fn check_keywords(&self, keywords: &[Keyword<'_>]) -> Result {
        keywords.iter().try_for_each(|keyword| match keyword.arg {
            Some(name) => self.check_name(name, keyword.loc, Ctx::Store),
            None => Ok(()),
        })
    }

    pub fn visit_keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result {
        keywords
            .iter()
            .try_for_each(|keyword| self.visit_expr(&keyword.value))
    }
}
