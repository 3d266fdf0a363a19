//! Patterns (`symtable_visit_pattern`).

use pycsmith_parser::ast::{Ctx, Expr, Pattern, PatternKind};

use super::build::Builder;
use super::def;
use crate::error::Result;

impl<'a> Builder<'_> {
    pub fn visit_pattern(&mut self, pattern: &'a Pattern<'a>) -> Result {
        match pattern.kind {
            PatternKind::MatchValue { value } => self.visit_pattern_value(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.visit_patterns(patterns)
            }
            PatternKind::MatchMapping(mapping) => {
                mapping
                    .keys
                    .iter()
                    .try_for_each(|key| self.visit_pattern_value(key))?;
                self.visit_patterns(mapping.patterns)?;
                self.visit_capture(mapping.rest, pattern)
            }
            PatternKind::MatchClass(class) => {
                self.visit_expr(&class.cls)?;
                self.visit_patterns(class.patterns)?;
                for (&attr, pattern) in class.kwd_attrs.iter().zip(class.kwd_patterns) {
                    self.check_name(attr, pattern.loc, Ctx::Store)?;
                }
                self.visit_patterns(class.kwd_patterns)
            }
            PatternKind::MatchStar { name } => self.visit_capture(name, pattern),
            PatternKind::MatchAs {
                pattern: inner,
                name,
            } => {
                if let Some(inner) = inner {
                    self.visit_pattern(inner)?;
                }
                self.visit_capture(name, pattern)
            }
        }
    }

    fn visit_patterns(&mut self, patterns: &'a [Pattern<'a>]) -> Result {
        patterns
            .iter()
            .try_for_each(|pattern| self.visit_pattern(pattern))
    }

    fn visit_capture(
        &mut self,
        name: Option<pycsmith_parser::Name>,
        pattern: &Pattern<'_>,
    ) -> Result {
        name.map_or(Ok(()), |name| self.add_def(name, def::LOCAL, pattern.loc))
    }

    /// CPython quirk (3.14, astfold_pattern): `__debug__` is not a constant in values and mapping keys.
    fn visit_pattern_value(&mut self, value: &'a Expr<'a>) -> Result {
        self.in_value_pattern = true;
        let result = self.visit_expr(value);
        self.in_value_pattern = false;
        result
    }
}
