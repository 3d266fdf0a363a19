//! Patterns of `match` statements.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::Adapter;
use crate::ast::*;

impl<'a> Adapter<'a, '_> {
    pub(super) fn pattern(&mut self, pattern: &ruff::Pattern) -> Pattern<'a> {
        let range = pattern.range();
        let kind = self
            .deeper(range, |this| this.pattern_kind(pattern))
            .unwrap_or(PatternKind::MatchAs {
                pattern: None,
                name: None,
            });
        Pattern {
            kind,
            loc: self.loc(range),
        }
    }

    fn patterns(&mut self, list: &[ruff::Pattern]) -> &'a [Pattern<'a>] {
        let arena = self.arena;
        arena.alloc_slice_fill_with(list.len(), |index| self.pattern(&list[index]))
    }

    /// The grammar allows literals, signed and complex numbers, and dotted names.
    fn check_pattern_value(&mut self, value: &ruff::Expr) {
        let valid = match value {
            ruff::Expr::NumberLiteral(_)
            | ruff::Expr::StringLiteral(_)
            | ruff::Expr::BytesLiteral(_)
            | ruff::Expr::BooleanLiteral(_)
            | ruff::Expr::NoneLiteral(_) => true,
            ruff::Expr::UnaryOp(_) => is_signed_number(value),
            ruff::Expr::BinOp(node) => {
                let sum = matches!(node.op, ruff::Operator::Add | ruff::Operator::Sub);
                let right = matches!(&*node.right, ruff::Expr::NumberLiteral(_));
                let valid = sum && right && is_signed_number(&node.left);
                if valid && is_imaginary(&node.left) {
                    self.fail_at("real number required in complex literal", node.left.range());
                } else if valid && !is_imaginary(&node.right) {
                    self.fail_at(
                        "imaginary number required in complex literal",
                        node.right.range(),
                    );
                }
                valid
            }
            ruff::Expr::Attribute(_) => is_dotted_name(value),
            // f-strings and t-strings are left to code generation.
            ruff::Expr::FString(_) | ruff::Expr::TString(_) => true,
            _ => false,
        };
        let bare = !matches!(value, ruff::Expr::UnaryOp(_) | ruff::Expr::BinOp(_)) || {
            let text = self.source(value.range()).as_bytes();
            memchr::memchr2(b'(', b')', text).is_none() || memchr::memchr(b'#', text).is_some()
        };
        if !(valid && bare) {
            self.fail_at("invalid syntax", value.range());
        }
    }

    fn pattern_kind(&mut self, pattern: &ruff::Pattern) -> PatternKind<'a> {
        match pattern {
            ruff::Pattern::MatchValue(node) => {
                self.check_pattern_value(&node.value);
                PatternKind::MatchValue {
                    value: self.boxed(&node.value),
                }
            }
            ruff::Pattern::MatchSingleton(node) => PatternKind::MatchSingleton {
                value: match node.value {
                    ruff::Singleton::None => Constant::None,
                    ruff::Singleton::True => Constant::Bool(true),
                    ruff::Singleton::False => Constant::Bool(false),
                },
            },
            ruff::Pattern::MatchSequence(node) => PatternKind::MatchSequence {
                patterns: self.patterns(&node.patterns),
            },
            ruff::Pattern::MatchMapping(node) => {
                for key in &node.keys {
                    self.check_pattern_value(key);
                }
                let keys = self.exprs(&node.keys);
                let patterns = self.patterns(&node.patterns);
                let rest = node.rest.as_ref().map(|rest| self.identifier(rest));
                PatternKind::MatchMapping(self.arena.alloc(MatchMapping {
                    keys,
                    patterns,
                    rest,
                }))
            }
            ruff::Pattern::MatchClass(node) => {
                let arena = self.arena;
                let cls = self.expr(&node.cls);
                let patterns = self.patterns(&node.arguments.patterns);
                let keywords = &node.arguments.keywords;
                let kwd_attrs = arena.alloc_slice_fill_with(keywords.len(), |index| {
                    self.identifier(&keywords[index].attr)
                });
                let kwd_patterns = arena.alloc_slice_fill_with(keywords.len(), |index| {
                    self.pattern(&keywords[index].pattern)
                });
                PatternKind::MatchClass(arena.alloc(MatchClass {
                    cls,
                    patterns,
                    kwd_attrs,
                    kwd_patterns,
                }))
            }
            ruff::Pattern::MatchStar(node) => PatternKind::MatchStar {
                name: node.name.as_ref().map(|name| self.identifier(name)),
            },
            ruff::Pattern::MatchAs(node) => {
                let pattern = match &node.pattern {
                    Some(pattern) => {
                        let pattern = self.pattern(pattern);
                        Some(&*self.arena.alloc(pattern))
                    }
                    None => None,
                };
                PatternKind::MatchAs {
                    pattern,
                    name: node.name.as_ref().map(|name| self.identifier(name)),
                }
            }
            ruff::Pattern::MatchOr(node) => PatternKind::MatchOr {
                patterns: self.patterns(&node.patterns),
            },
        }
    }
}

fn is_signed_number(expr: &ruff::Expr) -> bool {
    match expr {
        ruff::Expr::NumberLiteral(_) => true,
        ruff::Expr::UnaryOp(node) => {
            node.op == ruff::UnaryOp::USub && matches!(&*node.operand, ruff::Expr::NumberLiteral(_))
        }
        _ => false,
    }
}

fn is_dotted_name(mut expr: &ruff::Expr) -> bool {
    while let ruff::Expr::Attribute(node) = expr {
        expr = &node.value;
    }
    matches!(expr, ruff::Expr::Name(_))
}

fn is_imaginary(expr: &ruff::Expr) -> bool {
    match expr {
        ruff::Expr::NumberLiteral(node) => node.value.is_complex(),
        ruff::Expr::UnaryOp(node) => is_imaginary(&node.operand),
        _ => false,
    }
}
