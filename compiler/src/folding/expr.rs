//! Expressions (`astfold_expr`).

use bumpalo::collections::Vec as ArenaVec;
use pycsmith_bytecode::Location;
use pycsmith_optimizer::const_eval::{Unary, distinct, eval_binary, eval_unary, nb};
use pycsmith_parser::ast::{
    Call, CmpOp, Comp, Compare, Comprehension, Constant, Ctx, Dict, Expr, ExprKind, Exprs,
    FormattedValue, IfExp, Keyword, Lambda, Operator, Slice, UnaryOp,
};
use pycsmith_parser::interner::names::DEBUG;
use smallvec::SmallVec;

use super::value::{to_object, to_tree};
use super::{Folder, RED_ZONE, STACK_PIECE, rebuild};

impl<'a> Folder<'a> {
    pub(super) fn expr(&mut self, e: &'a Expr<'a>) -> Option<Expr<'a>> {
        match e.kind {
            ExprKind::Constant(_) => None,
            ExprKind::Name {
                id: DEBUG,
                ctx: Ctx::Load,
            } => Some(Expr {
                kind: ExprKind::Constant(Constant::Bool(self.debug)),
                ..*e
            }),
            ExprKind::Name { .. } => None,
            _ => stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.compound(e)),
        }
    }

    pub(super) fn expr_ref(&mut self, e: &&'a Expr<'a>) -> Option<&'a Expr<'a>> {
        let new = self.expr(e)?;
        Some(self.arena.alloc(new))
    }

    pub(super) fn optional_expr(
        &mut self,
        e: &Option<&'a Expr<'a>>,
    ) -> Option<Option<&'a Expr<'a>>> {
        self.optional(e, Self::expr)
    }

    pub(super) fn exprs(&mut self, exprs: &Exprs<'a>) -> Option<Exprs<'a>> {
        self.list(exprs, Self::expr)
    }

    /// Expressions some of which are absent.
    pub(super) fn optional_exprs(
        &mut self,
        exprs: &&'a [Option<Expr<'a>>],
    ) -> Option<&'a [Option<Expr<'a>>]> {
        self.list(exprs, Self::inline_optional)
    }

    fn inline_optional(&mut self, e: &'a Option<Expr<'a>>) -> Option<Option<Expr<'a>>> {
        Some(Some(self.expr(e.as_ref()?)?))
    }

    fn compound(&mut self, e: &'a Expr<'a>) -> Option<Expr<'a>> {
        let arena = self.arena;
        let kind = match e.kind {
            ExprKind::BoolOp { op, ref values } => ExprKind::BoolOp {
                op,
                values: self.exprs(values)?,
            },
            ExprKind::NamedExpr { target, ref value } => ExprKind::NamedExpr {
                target,
                value: self.expr_ref(value)?,
            },
            ExprKind::BinOp { .. } => return self.binop(e),
            ExprKind::UnaryOp { op, operand } => return self.unaryop(e.loc, op, operand),
            ExprKind::Lambda(lambda) => ExprKind::Lambda(arena.alloc(rebuild!(
                self,
                lambda,
                Lambda {
                    args: arguments,
                    body: expr
                }
            )?)),
            ExprKind::IfExp(if_) => ExprKind::IfExp(arena.alloc(rebuild!(
                self,
                if_,
                IfExp {
                    test: expr,
                    body: expr,
                    orelse: expr
                }
            )?)),
            ExprKind::Dict(dict) => ExprKind::Dict(arena.alloc(rebuild!(
                self,
                dict,
                Dict {
                    keys: optional_exprs,
                    values: exprs
                }
            )?)),
            ExprKind::Set { ref elts } => ExprKind::Set {
                elts: self.exprs(elts)?,
            },
            ExprKind::ListComp(comp) => ExprKind::ListComp(arena.alloc(self.comp(comp)?)),
            ExprKind::SetComp(comp) => ExprKind::SetComp(arena.alloc(self.comp(comp)?)),
            ExprKind::DictComp(comp) => ExprKind::DictComp(arena.alloc(self.comp(comp)?)),
            ExprKind::GeneratorExp(comp) => ExprKind::GeneratorExp(arena.alloc(self.comp(comp)?)),
            ExprKind::Await { ref value } => ExprKind::Await {
                value: self.expr_ref(value)?,
            },
            ExprKind::Yield { ref value } => ExprKind::Yield {
                value: self.optional_expr(value)?,
            },
            ExprKind::YieldFrom { ref value } => ExprKind::YieldFrom {
                value: self.expr_ref(value)?,
            },
            ExprKind::Compare(compare) => ExprKind::Compare(arena.alloc(self.compare(compare)?)),
            ExprKind::Call(call) => ExprKind::Call(arena.alloc(rebuild!(
                self,
                call,
                Call {
                    func: expr,
                    args: exprs,
                    keywords: keywords
                }
            )?)),
            ExprKind::FormattedValue(value) => ExprKind::FormattedValue(arena.alloc(rebuild!(
                self,
                value,
                FormattedValue {
                    value: expr,
                    format_spec: optional_expr
                }
            )?)),
            ExprKind::JoinedStr { ref values } => ExprKind::JoinedStr {
                values: self.exprs(values)?,
            },
            ExprKind::Attribute {
                ref value,
                attr,
                ctx,
            } => ExprKind::Attribute {
                value: self.expr_ref(value)?,
                attr,
                ctx,
            },
            ExprKind::Subscript { value, slice, ctx } => {
                return self.subscript(e.loc, value, slice, ctx);
            }
            ExprKind::Starred { ref value, ctx } => ExprKind::Starred {
                value: self.expr_ref(value)?,
                ctx,
            },
            ExprKind::List { ref elts, ctx } => ExprKind::List {
                elts: self.exprs(elts)?,
                ctx,
            },
            ExprKind::Tuple { ref elts, ctx } => self.tuple(elts, ctx)?,
            ExprKind::Slice(slice) => ExprKind::Slice(arena.alloc(rebuild!(
                self,
                slice,
                Slice {
                    lower: inline_optional,
                    upper: inline_optional,
                    step: inline_optional,
                }
            )?)),
            // Template strings are newer than folding on the tree.
            ExprKind::Constant(_)
            | ExprKind::Name { .. }
            | ExprKind::Interpolation(_)
            | ExprKind::TemplateStr { .. } => return None,
        };
        Some(Expr { kind, loc: e.loc })
    }

    /// A binary operation. A chain `a + b + c + ...` nests to the left, and is walked without recursion (`fold_binop`).
    fn binop(&mut self, e: &'a Expr<'a>) -> Option<Expr<'a>> {
        let mut spine: SmallVec<[&'a Expr<'a>; 8]> = SmallVec::new();
        let mut leftmost = e;
        while let ExprKind::BinOp { left, .. } = leftmost.kind {
            spine.push(leftmost);
            leftmost = left;
        }
        let mut folded = self.expr(leftmost);
        for e in spine.into_iter().rev() {
            let ExprKind::BinOp { left, op, right } = e.kind else {
                continue;
            };
            let new_right = self.expr_ref(&right);
            let value = {
                let left = folded.as_ref().unwrap_or(left);
                self.binary_value(left, op, new_right.unwrap_or(right))
            };
            folded = match (value, folded) {
                (Some(value), _) => Some(constant(e.loc, value)),
                (None, None) if new_right.is_none() => None,
                (None, folded) => Some(Expr {
                    kind: ExprKind::BinOp {
                        left: match folded {
                            Some(left) => self.arena.alloc(left),
                            None => left,
                        },
                        op,
                        right: new_right.unwrap_or(right),
                    },
                    loc: e.loc,
                }),
            };
        }
        folded
    }

    fn binary_value(
        &self,
        left: &Expr<'a>,
        op: Operator,
        right: &Expr<'a>,
    ) -> Option<Constant<'a>> {
        let (ExprKind::Constant(left), ExprKind::Constant(right)) = (&left.kind, &right.kind)
        else {
            return None;
        };
        let op = match op {
            Operator::Add => nb::ADD,
            Operator::Sub => nb::SUBTRACT,
            Operator::Mult => nb::MULTIPLY,
            Operator::Div => nb::TRUE_DIVIDE,
            Operator::FloorDiv => nb::FLOOR_DIVIDE,
            Operator::Mod => nb::REMAINDER,
            Operator::Pow => nb::POWER,
            Operator::LShift => nb::LSHIFT,
            Operator::RShift => nb::RSHIFT,
            Operator::BitOr => nb::OR,
            Operator::BitXor => nb::XOR,
            Operator::BitAnd => nb::AND,
            Operator::MatMult => return None,
        };
        let value = eval_binary(self.target, &to_object(left), op, &to_object(right))?;
        to_tree(self.arena, &value)
    }

    /// `fold_unaryop`.
    fn unaryop(&mut self, loc: Location, op: UnaryOp, operand: &'a Expr<'a>) -> Option<Expr<'a>> {
        let folded = self.expr(operand);
        let current = folded.as_ref().unwrap_or(operand);
        match current.kind {
            ExprKind::Constant(ref value) => {
                let op = match op {
                    UnaryOp::Invert => Unary::Invert,
                    UnaryOp::Not => Unary::Not,
                    UnaryOp::UAdd => Unary::Positive,
                    UnaryOp::USub => Unary::Negative,
                };
                let value = eval_unary(self.target, op, &to_object(value))
                    .and_then(|value| to_tree(self.arena, &value));
                if let Some(value) = value {
                    return Some(constant(loc, value));
                }
            }
            ExprKind::Compare(compare) if op == UnaryOp::Not => {
                if let Some(op) = opposite(compare.ops) {
                    // CPython quirk (3.11, ast_opt.c): `not` and its place are lost.
                    let compare = Compare {
                        ops: self.arena.alloc_slice_copy(&[op]),
                        ..*compare
                    };
                    return Some(Expr {
                        kind: ExprKind::Compare(self.arena.alloc(compare)),
                        loc: current.loc,
                    });
                }
            }
            _ => {}
        }
        let operand = self.arena.alloc(folded?);
        Some(Expr {
            kind: ExprKind::UnaryOp { op, operand },
            loc,
        })
    }

    /// `fold_compare`: the last operand is only searched if the operator is `in`.
    fn compare(&mut self, compare: &'a Compare<'a>) -> Option<Compare<'a>> {
        let new = rebuild!(
            self,
            compare,
            Compare {
                left: expr,
                comparators: exprs
            }
        );
        let current = new.as_ref().unwrap_or(compare);
        if let (Some(CmpOp::In | CmpOp::NotIn), Some(last)) =
            (current.ops.last(), current.comparators.last())
            && let Some(last) = self.searched(last)
        {
            let comparators = self.arena.alloc_slice_copy(current.comparators);
            if let Some(place) = comparators.last_mut() {
                *place = last;
            }
            return Some(Compare {
                comparators,
                ..*current
            });
        }
        new
    }

    /// `fold_subscr`.
    fn subscript(
        &mut self,
        loc: Location,
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        ctx: Ctx,
    ) -> Option<Expr<'a>> {
        let new = (self.expr_ref(&value), self.expr_ref(&slice));
        let (value, slice) = (new.0.unwrap_or(value), new.1.unwrap_or(slice));
        if let (Ctx::Load, ExprKind::Constant(value), ExprKind::Constant(index)) =
            (ctx, &value.kind, &slice.kind)
            && let Some(item) = eval_binary(
                self.target,
                &to_object(value),
                nb::SUBSCR,
                &to_object(index),
            )
            && let Some(item) = to_tree(self.arena, &item)
        {
            return Some(constant(loc, item));
        }
        if let (None, None) = new {
            return None;
        }
        Some(Expr {
            kind: ExprKind::Subscript { value, slice, ctx },
            loc,
        })
    }

    /// `fold_tuple`.
    fn tuple(&mut self, elts: &Exprs<'a>, ctx: Ctx) -> Option<ExprKind<'a>> {
        let new = self.exprs(elts);
        if ctx == Ctx::Load
            && let Some(items) = self.constants(new.unwrap_or(elts))
        {
            return Some(ExprKind::Constant(Constant::Tuple(items)));
        }
        Some(ExprKind::Tuple { elts: new?, ctx })
    }

    /// The values if all are constants (`make_const_tuple`).
    fn constants(&self, elts: Exprs<'a>) -> Option<&'a [Constant<'a>]> {
        if !elts
            .iter()
            .all(|elt| matches!(elt.kind, ExprKind::Constant(_)))
        {
            return None;
        }
        let mut items = ArenaVec::with_capacity_in(elts.len(), self.arena);
        items.extend(elts.iter().filter_map(|elt| match elt.kind {
            ExprKind::Constant(value) => Some(value),
            _ => None,
        }));
        Some(items.into_bump_slice())
    }

    /// A folded display that is only searched or iterated over: a list without stars is a tuple, a set of constants a
    /// frozenset (`fold_iter`).
    fn searched(&mut self, e: &Expr<'a>) -> Option<Expr<'a>> {
        let kind = match e.kind {
            ExprKind::List { elts, ctx } => {
                if elts
                    .iter()
                    .any(|elt| matches!(elt.kind, ExprKind::Starred { .. }))
                {
                    return None;
                }
                match self.constants(elts) {
                    Some(items) => ExprKind::Constant(Constant::Tuple(items)),
                    None => ExprKind::Tuple { elts, ctx },
                }
            }
            ExprKind::Set { elts } => {
                let items: Vec<_> = self.constants(elts)?.iter().map(to_object).collect();
                let items = distinct(&items)
                    .iter()
                    .map(|item| to_tree(self.arena, item))
                    .collect::<Option<Vec<_>>>()?;
                ExprKind::Constant(Constant::FrozenSet(self.arena.alloc_slice_copy(&items)))
            }
            _ => return None,
        };
        Some(Expr { kind, loc: e.loc })
    }

    /// What a loop iterates over.
    pub(super) fn iterated(&mut self, e: &'a Expr<'a>) -> Option<Expr<'a>> {
        let new = self.expr(e);
        self.searched(new.as_ref().unwrap_or(e)).or(new)
    }

    fn comp(&mut self, comp: &'a Comp<'a>) -> Option<Comp<'a>> {
        rebuild!(
            self,
            comp,
            Comp {
                elt: expr,
                value: inline_optional,
                generators: comprehensions
            }
        )
    }

    fn comprehensions(
        &mut self,
        generators: &&'a [Comprehension<'a>],
    ) -> Option<&'a [Comprehension<'a>]> {
        self.list(generators, |folder, generator| {
            rebuild!(
                folder,
                generator,
                Comprehension {
                    target: expr,
                    iter: iterated,
                    ifs: exprs
                }
            )
        })
    }

    pub(super) fn keywords(&mut self, keywords: &&'a [Keyword<'a>]) -> Option<&'a [Keyword<'a>]> {
        self.list(keywords, |folder, keyword| {
            rebuild!(folder, keyword, Keyword { value: expr })
        })
    }
}

fn constant<'a>(loc: Location, value: Constant<'a>) -> Expr<'a> {
    Expr {
        kind: ExprKind::Constant(value),
        loc,
    }
}

/// The comparison that is true where a single one of `ops` is false. `==` and `<` have none, as objects define them
/// freely.
fn opposite(ops: &[CmpOp]) -> Option<CmpOp> {
    match ops {
        [CmpOp::Is] => Some(CmpOp::IsNot),
        [CmpOp::IsNot] => Some(CmpOp::Is),
        [CmpOp::In] => Some(CmpOp::NotIn),
        [CmpOp::NotIn] => Some(CmpOp::In),
        _ => None,
    }
}
