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
            .unwrap_or(PatternKind::MatchAs { pattern: None, name: None });
        Pattern { kind, loc: self.loc(range) }
    }

    fn patterns(&mut self, list: &[ruff::Pattern]) -> &'a [Pattern<'a>] {
        let arena = self.arena;
        arena.alloc_slice_fill_with(list.len(), |index| self.pattern(&list[index]))
    }

    fn pattern_kind(&mut self, pattern: &ruff::Pattern) -> PatternKind<'a> {
        match pattern {
            ruff::Pattern::MatchValue(node) => PatternKind::MatchValue { value: self.boxed(&node.value) },
            ruff::Pattern::MatchSingleton(node) => PatternKind::MatchSingleton {
                value: match node.value {
                    ruff::Singleton::None => Constant::None,
                    ruff::Singleton::True => Constant::Bool(true),
                    ruff::Singleton::False => Constant::Bool(false),
                },
            },
            ruff::Pattern::MatchSequence(node) => {
                PatternKind::MatchSequence { patterns: self.patterns(&node.patterns) }
            }
            ruff::Pattern::MatchMapping(node) => {
                let keys = self.exprs(&node.keys);
                let patterns = self.patterns(&node.patterns);
                let rest = node.rest.as_ref().map(|rest| self.identifier(rest));
                PatternKind::MatchMapping(self.arena.alloc(MatchMapping { keys, patterns, rest }))
            }
            ruff::Pattern::MatchClass(node) => {
                let arena = self.arena;
                let cls = self.expr(&node.cls);
                let patterns = self.patterns(&node.arguments.patterns);
                let keywords = &node.arguments.keywords;
                let kwd_attrs =
                    arena.alloc_slice_fill_with(keywords.len(), |index| self.identifier(&keywords[index].attr));
                let kwd_patterns =
                    arena.alloc_slice_fill_with(keywords.len(), |index| self.pattern(&keywords[index].pattern));
                PatternKind::MatchClass(arena.alloc(MatchClass { cls, patterns, kwd_attrs, kwd_patterns }))
            }
            ruff::Pattern::MatchStar(node) => {
                PatternKind::MatchStar { name: node.name.as_ref().map(|name| self.identifier(name)) }
            }
            ruff::Pattern::MatchAs(node) => {
                let pattern = match &node.pattern {
                    Some(pattern) => {
                        let pattern = self.pattern(pattern);
                        Some(&*self.arena.alloc(pattern))
                    }
                    None => None,
                };
                PatternKind::MatchAs { pattern, name: node.name.as_ref().map(|name| self.identifier(name)) }
            }
            ruff::Pattern::MatchOr(node) => PatternKind::MatchOr { patterns: self.patterns(&node.patterns) },
        }
    }
}
