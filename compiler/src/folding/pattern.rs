//! Patterns: numbers in them are constants (`astfold_pattern`).

use pycsmith_parser::ast::{MatchCase, MatchClass, MatchMapping, Pattern, PatternKind};

use super::{Folder, RED_ZONE, STACK_PIECE, rebuild};

impl<'a> Folder<'a> {
    pub(super) fn match_case(&mut self, case: &'a MatchCase<'a>) -> Option<MatchCase<'a>> {
        rebuild!(
            self,
            case,
            MatchCase {
                pattern: pattern,
                guard: optional_expr,
                body: stmts
            }
        )
    }

    fn patterns(&mut self, patterns: &&'a [Pattern<'a>]) -> Option<&'a [Pattern<'a>]> {
        self.list(patterns, Self::pattern)
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>) -> Option<Pattern<'a>> {
        let kind = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.pattern_kind(&pattern.kind))?;
        Some(Pattern { kind, ..*pattern })
    }

    fn pattern_kind(&mut self, kind: &'a PatternKind<'a>) -> Option<PatternKind<'a>> {
        Some(match kind {
            PatternKind::MatchValue { value } => PatternKind::MatchValue {
                value: self.expr_ref(value)?,
            },
            PatternKind::MatchSequence { patterns } => PatternKind::MatchSequence {
                patterns: self.patterns(patterns)?,
            },
            PatternKind::MatchMapping(mapping) => {
                let mapping = rebuild!(
                    self,
                    *mapping,
                    MatchMapping {
                        keys: exprs,
                        patterns: patterns
                    }
                )?;
                PatternKind::MatchMapping(self.arena.alloc(mapping))
            }
            PatternKind::MatchClass(class) => {
                let class = rebuild!(
                    self,
                    *class,
                    MatchClass {
                        cls: expr,
                        patterns: patterns,
                        kwd_patterns: patterns
                    }
                )?;
                PatternKind::MatchClass(self.arena.alloc(class))
            }
            PatternKind::MatchAs { pattern, name } => PatternKind::MatchAs {
                pattern: self.optional(pattern, Self::pattern)?,
                name: *name,
            },
            PatternKind::MatchOr { patterns } => PatternKind::MatchOr {
                patterns: self.patterns(patterns)?,
            },
            PatternKind::MatchSingleton { .. } | PatternKind::MatchStar { .. } => return None,
        })
    }
}
